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

test("a preview of dev passes, and one with a port open to all addresses fails at the resource", async () => {
    const plan = await planTestStack("dev");
    expect(await analyzeResources(pack, plan.nodes, true)).toEqual([]);
    const opened = changeInputs("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "tasks-cache", {
        cidrIpv4: "0.0.0.0/0",
        referencedSecurityGroupId: undefined as unknown as string,
    })(plan);
    const found = (await analyzeResources(pack, opened.nodes, true)).filter(
        ({ policy }) => policy === "internet-reaches-https-only",
    );
    expect(found).toEqual([
        expect.objectContaining({ urn: expect.stringContaining("::payment-tasks-cache"), mandatory: true }),
    ]);
});
