import { expect } from "@jest/globals";
import { checked, judgedBy, newStackIsJudged } from "./support/policy-pack.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();

newStackIsJudged("dev");

scenario(
    "a preview of a deployed stack is judged as npm run check judges its files, refreshed or not",
    30,
    async () => {
        await project.deployed("dev");
        const expected = { code: 0, violations: await checked(project, "dev") };
        expect(await project.operate("preview", "dev", judgedBy(project))).toMatchObject(expected);
        expect(await project.operate("preview", "dev", ["--refresh", ...judgedBy(project)])).toMatchObject(expected);
    },
);
