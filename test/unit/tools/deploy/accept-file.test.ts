import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Consequence } from "../../../../analysis/difference/consequence.ts";
import { readAcceptFile, digestsOfUpdate, writeAcceptFile } from "../../../../tools/deploy/accept-file.ts";
import type { StateResource } from "../../../../plan/state.ts";
import { Secret, type Plan, type PlanNode, type Values } from "../../../../plan/plan.ts";
import { defaultNodeOptions } from "../../../../plan/plan-node.ts";
import { stateResource, exportedSecret, stateWith } from "./fakes.ts";

const queue = "aws:sqs/queue:Queue";
const node = (name: string, inputs: Values): PlanNode => ({
    ...{ urn: stateResource(queue, name).urn, type: queue, name, custom: true, external: false, id: "", inputs },
    ...{ unknown: [], outputs: {}, unknownOutputs: [], dependencies: [], propertyDependencies: {} },
    options: defaultNodeOptions(),
});
const planWith = (...nodes: PlanNode[]): Plan => ({
    ...{ project: "payment-platform", stack: "dev", nodes, outputs: {}, unknownOutputs: [] },
    ...{ inventedAnswers: [], messages: [] },
});
const deployed = (inputs: StateResource["inputs"]) => stateWith([stateResource(queue, "a", { id: "1", inputs })]);

const plan = planWith(node("a", { name: "a" }), node("b", { name: "b" }));
const state = deployed({ name: "a" });
const consequences: Consequence[] = [
    { kind: "delete", resource: "c", text: "deletes the Queue", losesData: true },
    { kind: "path", resource: "d", text: "opens e -> d:443", losesData: false },
];

let folder = "";
let file = "";
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "accept-"));
    file = join(folder, "approvals", "dev.json");
});
afterEach(() => {
    rmSync(folder, { recursive: true });
});

test("a file accepts its consequences, for the update for which it was written", () => {
    writeAcceptFile(file, digestsOfUpdate(plan, state), consequences);
    expect(readAcceptFile(file, digestsOfUpdate(plan, state), consequences)).toEqual(["c:delete", "d:path"]);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
        stack: "dev",
        deployed: expect.stringMatching(/^[0-9a-f]{64}$/),
        planned: expect.stringMatching(/^[0-9a-f]{64}$/),
        accept: [
            { accept: "c:delete", text: "deletes the Queue" },
            { accept: "d:path", text: "opens e -> d:443" },
        ],
    });
});

test.each<[string, Plan, typeof state, string]>([
    ["another stack", { ...plan, stack: "prod" }, state, "accepts an update of dev, not of prod"],
    [
        "a state that moved on",
        plan,
        deployed({ name: "a", tags: {} }),
        "accepts an update of what was deployed earlier",
    ],
    [
        "another resource in AWS",
        plan,
        stateWith([stateResource(queue, "a", { id: "2", inputs: { name: "a" } })]),
        "earlier",
    ],
    ["another change", planWith(node("a", { name: "z" })), state, "accepts another change than the one"],
])("with %s it is refused, with the next step", (_, otherPlan, otherState, message) => {
    writeAcceptFile(file, digestsOfUpdate(plan, state), consequences);
    const refused = () => readAcceptFile(file, digestsOfUpdate(otherPlan, otherState), consequences);
    expect(refused).toThrow(message);
    expect(refused).toThrow(`preview --write-accept-file ${file}`);
    expect(refused).toThrow(expect.objectContaining({ exitReason: "unconfirmed" }));
});

test("a consequence that differs from the reviewed one is not accepted", () => {
    writeAcceptFile(file, digestsOfUpdate(plan, state), consequences);
    const worse = consequences.map((each) => ({ ...each, text: `${each.text}!` }));
    expect(() => readAcceptFile(file, digestsOfUpdate(plan, state), worse)).toThrow(
        "says otherwise what this update does to c:delete, d:path",
    );
});

test("the order of resources and properties, and components, do not matter", () => {
    const first = digestsOfUpdate(
        planWith(node("a", { x: 1, y: 2 }), node("b", {})),
        stateWith([stateResource(queue, "a"), stateResource(queue, "b")]),
    );
    const component = stateResource("payment:index:Database", "c", { custom: false });
    const second = digestsOfUpdate(
        planWith(node("b", {}), node("a", { y: 2, x: 1 })),
        stateWith([stateResource(queue, "b"), component, stateResource(queue, "a")]),
    );
    expect(second).toEqual(first);
});

test("no secret is written to the file", () => {
    const withSecret = (value: string) =>
        digestsOfUpdate(planWith(node("a", { token: new Secret(value) })), deployed({ token: exportedSecret(value) }));
    expect(withSecret("open sesame")).toEqual(withSecret("another"));
});

test.each([
    ["is not there", undefined, "ENOENT"],
    ["is no JSON", "{", "JSON"],
    [
        "has another form",
        '{"stack": "dev", "accept": [{"accept": "a:delete"}]}',
        "deployed: .*; planned: .*; accept.0.text: ",
    ],
])("a file that %s is a usage error", (_, text, message) => {
    const path = join(folder, "dev.json");
    if (text !== undefined) {
        writeFileSync(path, text);
    }
    const reading = () => readAcceptFile(path, digestsOfUpdate(plan, state), consequences);
    expect(reading).toThrow(
        expect.objectContaining({ exitReason: "usage", message: expect.stringMatching(new RegExp(message)) }),
    );
});
