import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { rules } from "../../../checks/rules.ts";
import { planTestStack } from "../../stacks.ts";
import { analyzeResources } from "./fake-engine.ts";
import { changeInputs } from "./fault.ts";
import { PackProcess } from "./pack-process.ts";

let pack: PackProcess;
beforeAll(async () => {
    pack = await PackProcess.start();
});
afterAll(() => pack.stop());

test("the CLI loads every rule as a mandatory policy", async () => {
    const policies = new Map(
        (await pack.info()).getPoliciesList().map((policy) => [policy.getName(), policy.toObject()]),
    );
    expect(rules.map(({ name }) => policies.get(name))).toEqual(
        rules.map(({ description }) => expect.objectContaining({ description, enforcementlevel: 1 })),
    );
});

/** One preview for both: each takes seconds, as the server reads all resources again for each policy. */
test("a preview of dev with a port open to all addresses fails at what it opens, and nowhere else", async () => {
    const opened = changeInputs("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "tasks-cache", {
        cidrIpv4: "0.0.0.0/0",
        referencedSecurityGroupId: undefined as unknown as string,
    })(await planTestStack("dev"));
    const found = await analyzeResources(pack, opened.nodes, true);
    expect(found.map(({ policy, urn, mandatory }) => [policy, urn.split("::").at(-1), mandatory])).toEqual([
        ["flows-only", "payment-tasks-cache-ingress-dev", true],
        ["flows-only", "", true],
        ["internet-reaches-https-only", "payment-tasks-cache-ingress-dev", true],
        ["public-edge-only", "payment-cache-dev", true],
    ]);
});
