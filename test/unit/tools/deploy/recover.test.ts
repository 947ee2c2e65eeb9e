import { writeFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { importIdOf, importIds } from "../../../../tools/deploy/import-ids.ts";
import { halfMadeIn, recover } from "../../../../tools/deploy/recover.ts";
import type { State, StateResource } from "../../../../plan/state.ts";
import { planOf } from "../../../stacks.ts";
import { fakeStack, resource, sessionWith, stateWith } from "./fakes.ts";

const table = resource("aws:dynamodb/table:Table", "table", { inputs: { name: "payments" } });
const vpc = resource("aws:ec2/vpc:Vpc", "vpc", { inputs: { name: "in-aws" } });
// As SIGINT leaves a queue: it is there, and its ARN is not.
const queue = resource("aws:sqs/queue:Queue", "queue", { id: "url", initErrors: ["context canceled"] });
const role = resource("aws:iam/role:Role", "role", { id: "role", inputs: { name: "role" } });

const interrupted: State = {
    ...stateWith([queue, role]),
    pending: [
        { type: "creating", resource: table },
        { type: "creating", resource: vpc },
        { type: "creating", resource: role },
        { type: "deleting", resource: role },
    ],
};

test("half made is what is unfinished, may be there, or cannot be told", () => {
    const { unfinished, adoptable, unknown } = halfMadeIn(interrupted);
    expect(unfinished).toEqual([queue.urn, role.urn]);
    expect(adoptable).toEqual([{ ...table, id: "payments" }]);
    // The role is in the state already: what was being created is its replacement.
    expect(unknown).toEqual([vpc, role]);
});

async function recovering(state: State, codes: { export?: number; import?: number; stderr?: string } = {}) {
    const root = mkdtempSync(join(tmpdir(), "recover-"));
    writeFileSync(join(root, "Pulumi.dev.yaml"), "config: {}\n");
    const imported: { deployment: { resources: StateResource[]; pending_operations: unknown[] } }[] = [];
    const targets: string[][] = [];
    const { stack } = fakeStack([], {
        refresh: (options: never) => {
            targets.push((options as { target: string[] }).target);
            return Promise.resolve({});
        },
    });
    const { session, said } = sessionWith({
        root,
        cli: ([, verb], options) => {
            if (verb === "import") {
                imported.push(JSON.parse(options?.input ?? "") as (typeof imported)[number]);
                return Promise.resolve({ code: codes.import ?? 0, stdout: "", stderr: codes.stderr ?? "" });
            }
            const deployment = {
                resources: state.resources,
                pending_operations: state.pending,
                secrets_providers: "x",
            };
            const stdout = JSON.stringify({ version: 3, deployment });
            return Promise.resolve({ code: codes.export ?? 0, stdout, stderr: "no state" });
        },
    });
    const changed = await recover(session, stack, state);
    return { changed, imported, targets, said };
}

test("what may be there is written into the state with its ID, then all of it is read anew", async () => {
    const { changed, imported, targets, said } = await recovering(interrupted);
    expect(changed).toBe(true);
    expect(imported).toHaveLength(1);
    expect(imported[0]?.deployment).toMatchObject({
        resources: [queue, role, { ...table, id: "payments" }],
        pending_operations: [{ type: "deleting" }],
        secrets_providers: "x",
    });
    expect(targets).toEqual([[queue.urn, role.urn, table.urn]]);
    const warnings = said.filter((line) => line.startsWith("warning: "));
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain("the creation of vpc (aws:ec2/vpc:Vpc), called in-aws in AWS, was interrupted");
});

test("unfinished resources alone need no edit of the state; whole ones need nothing", async () => {
    const { imported, targets } = await recovering(stateWith([queue]));
    expect({ imported, targets }).toEqual({ imported: [], targets: [[queue.urn]] });
    expect(await recovering(stateWith([role]))).toMatchObject({ changed: false, targets: [], said: [] });
});

test("only creations that cannot be told are forgotten, and nothing is read", async () => {
    const { imported, targets } = await recovering({
        ...stateWith([]),
        pending: [{ type: "creating", resource: vpc }],
    });
    expect(imported[0]?.deployment.pending_operations).toEqual([]);
    expect(targets).toEqual([]);
});

test.each(["export", "import"] as const)("a state that cannot be read or written ends it (%s)", async (verb) => {
    await expect(recovering(interrupted, { [verb]: 255 })).rejects.toMatchObject({ ending: "failed" });
});

test("a stack that another operation holds is told as one", async () => {
    // As the CLI writes it.
    const stderr =
        "error: could not import deployment: the stack is currently locked by 1 lock(s). Either wait for the other " +
        "process(es) to end or delete the lock file with `pulumi cancel`.";
    await expect(recovering(interrupted, { import: 255, stderr })).rejects.toMatchObject({ ending: "locked" });
});

test("an ID needs all inputs of its template as text", () => {
    const policy = "aws:iam/rolePolicy:RolePolicy";
    expect(importIdOf({ type: policy, inputs: { role: "r", name: "p" } })).toBe("r:p");
    expect(importIdOf({ type: policy, inputs: { role: "r" } })).toBeUndefined();
    expect(importIdOf({ type: "aws:ec2/vpc:Vpc", inputs: {} })).toBeUndefined();
});

test("every row is of a type that a stack has, and names inputs that it has", async () => {
    // Prod has every type: readers, monitoring and its own certificate among them.
    const { nodes } = await planOf("prod");
    const wrong = Object.entries(importIds).filter(([type, template]) => {
        const keys = [...template.matchAll(/\{(\w+)\}/g)].map(([, key = ""]) => key);
        return !nodes.some(
            (node) => node.type === type && keys.every((key) => key in { ...node.outputs, ...node.inputs }),
        );
    });
    expect(wrong).toEqual([]);
});
