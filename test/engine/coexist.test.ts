import { expect } from "@jest/globals";
import { exitCodeFor } from "../../tools/frame/exit.ts";
import { stateResourcesOfType } from "../../plan/state.ts";
import { Project, type StackFileChange } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();

/** `up --yes` with these settings; consequences that a person must accept are accepted, a refusal is not repeated. */
async function update(changes: readonly StackFileChange[]) {
    return project.withChangedSettings("dev", changes, async () => {
        const first = await project.deploy("dev", ["up", "--yes"]);
        const asked = [...first.stderr.matchAll(/--accept (\S+)/g)].flatMap(([, consequence = ""]) => [
            "--accept",
            consequence,
        ]);
        return first.code === exitCodeFor("unconfirmed") ? project.deploy("dev", ["up", "--yes", ...asked]) : first;
    });
}

const priority = (service: string, value: number): StackFileChange => ({
    path: ["services", service, "priority"],
    value,
});

/** A second service with a path. */
const secondPath: StackFileChange = { path: ["services", "payment", "path"], value: "/payment/*" };
const withPriorities = (api: number, payment: number): StackFileChange[] => [
    secondPath,
    priority("api", api),
    priority("payment", payment),
];

/** Priorities of the listener rules in the state, by name. */
async function deployedPriorities(): Promise<Record<string, unknown>> {
    const rules = stateResourcesOfType(await project.state("dev"), "lb/listenerRule:ListenerRule");
    return Object.fromEntries(rules.map(({ urn, inputs }) => [urn.split("::").at(-1) ?? "", inputs?.priority]));
}

/** Addresses with their names and ARNs in the state. */
async function deployedAddresses(): Promise<Record<string, { name: string; arn: unknown }>> {
    const subscriptions = stateResourcesOfType(await project.state("dev"), "sns/topicSubscription:TopicSubscription");
    return Object.fromEntries(
        subscriptions
            .filter(({ inputs }) => inputs?.protocol === "email")
            .map(({ urn, inputs, outputs }) => [
                String(inputs?.endpoint),
                { name: urn.split("::").at(-1) ?? "", arn: outputs?.arn },
            ]),
    );
}

scenario(
    "two services exchange their priorities in two updates; one update is refused before it begins",
    30,
    async () => {
        await project.ensureDeployed("dev");
        expect((await update(withPriorities(10, 20))).code).toBe(0);
        const refused = await update(withPriorities(20, 10));
        expect(refused).toMatchObject({
            code: exitCodeFor("refused"),
            stderr: expect.stringMatching(
                /payment-api-dev gets priority 20 of the lb\.ListenerRule payment-payment-dev.*PriorityInUse.*Update twice/,
            ),
        });
        expect(refused.stdout).not.toContain("Update:");
        expect(await deployedPriorities()).toMatchObject({ "payment-api-dev": 10, "payment-payment-dev": 20 });

        // As the refusal says: first other values, here those that follow from the names.
        expect((await update([secondPath])).code).toBe(0);
        expect((await update(withPriorities(20, 10))).code).toBe(0);
        expect(await deployedPriorities()).toMatchObject({ "payment-api-dev": 20, "payment-payment-dev": 10 });
        expect((await update([])).code).toBe(0);
    },
);

scenario("a service gets another name and keeps its path, in one update", 40, async () => {
    await project.ensureDeployed("dev");
    const service = (path: string) => ({ path, cpuUnits: 256, memoryMib: 512, minTasks: 1, maxTasks: 10 });
    expect((await update([{ path: ["services", "refund"], value: service("/refund/*") }])).code).toBe(0);
    const before = await deployedPriorities();
    const renamed = await update([{ path: ["services", "repayment"], value: service("/refund/*") }]);
    expect({ code: renamed.code, stderr: renamed.stderr }).toMatchObject({ code: 0 });
    const after = await deployedPriorities();
    expect(after).not.toHaveProperty("payment-refund-dev");
    expect(after["payment-repayment-dev"]).not.toBe(before["payment-refund-dev"]);
    expect((await update([])).code).toBe(0);
});

scenario("the address that stays in a list of alerts keeps its subscription", 30, async () => {
    await project.ensureDeployed("dev");
    const recipients = (...value: string[]): StackFileChange => ({ path: ["alerts", "critical"], value });
    expect((await update([recipients("a@example.com", "b@example.com")])).code).toBe(0);
    const both = await deployedAddresses();
    expect(Object.keys(both).toSorted()).toEqual(["a@example.com", "b@example.com"]);
    expect((await update([recipients("b@example.com")])).code).toBe(0);
    expect(await deployedAddresses()).toEqual({ "b@example.com": both["b@example.com"] });
    // AWS has it, too: a refresh removes from the state what it does not find.
    await project.runOperationSuccessfully("refresh", "dev");
    expect(await deployedAddresses()).toEqual({ "b@example.com": both["b@example.com"] });
    expect((await update([])).code).toBe(0);
});
