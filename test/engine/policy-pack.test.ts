import { expect } from "@jest/globals";
import { violationsFromCheck, policyPackArgs, testPolicyPackOnNewStack } from "./support/policy-pack.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();

testPolicyPackOnNewStack("dev");

scenario(
    "the policy pack, in a preview of a deployed stack, and `npm run check` agree, with and without a refresh",
    30,
    async () => {
        await project.ensureDeployed("dev");
        const expected = { code: 0, violations: await violationsFromCheck(project, "dev") };
        expect(await project.runOperation("preview", "dev", policyPackArgs(project))).toMatchObject(expected);
        expect(await project.runOperation("preview", "dev", ["--refresh", ...policyPackArgs(project)])).toMatchObject(
            expected,
        );
    },
);
