import { expect, test } from "@jest/globals";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { valueChanges, propertyChanges, parsePropertyPath } from "../../../../analysis/difference/property-changes.ts";
import { valueText } from "../../../../plan/value-text.ts";
import { formatStep, type ShownStep } from "../../../../tools/deploy/display/change-lines.ts";
import { formatDuration } from "../../../../tools/deploy/display/duration.ts";
import { OperationLog } from "../../../../tools/deploy/display/operation-log.ts";

type Tree = Record<string, unknown>;

/**
 * A step written by hand in the form of the engine's events, with no more than the display reads;
 * `test/engine/update-output.test.ts` has the CLI's own.
 */
function step(
    op: string,
    name: string,
    type: string,
    old: Tree | undefined,
    next: Tree | undefined,
    rest: object = {},
) {
    const side = (inputs: Tree | undefined) => inputs && { custom: true, urn: "", inputs, outputs: inputs };
    return {
        op,
        urn: `urn:pulumi:dev::payment-platform::payment:index:X$${type}::${name}`,
        type,
        old: side(old),
        new: side(next),
        ...rest,
    } as ShownStep;
}

const rules = (limit: number) => ({
    rules: [{ name: "common" }, { name: "rate", statement: { rateBasedStatement: { limit } } }],
});
const webAcl = step("update", "payment-firewall-dev", "aws:wafv2/webAcl:WebAcl", rules(2000), rules(3000), {
    diffs: ["rules"],
    // The engine counts the rules as AWS lists them, not as the program does.
    detailedDiff: { "rules[0].statement.rateBasedStatement.limit": { diffKind: "update", inputDiff: false } },
});

const definition = (digest: string) => ({
    containerDefinitions: JSON.stringify([{ name: "api", image: `repository@sha256:${digest}`, cpu: 0 }]),
    family: "payment-api-dev",
});
const taskDefinition = step(
    "replace",
    "payment-api-dev",
    "aws:ecs/taskDefinition:TaskDefinition",
    definition("aaa"),
    definition("bbb"),
    {
        keys: ["containerDefinitions"],
        diffs: ["containerDefinitions"],
        detailedDiff: { containerDefinitions: { diffKind: "update-replace", inputDiff: false } },
    },
);

test("a change shows its values with the property's path in the program", () => {
    expect(formatStep(webAcl)).toBe(
        "~  payment-firewall-dev (aws:wafv2/webAcl:WebAcl): rules[1].statement.rateBasedStatement.limit: 2000 -> 3000",
    );
});

test("JSON texts are compared by their content, and the cause of a replacement is marked", () => {
    expect(formatStep(taskDefinition)).toBe(
        "+- payment-api-dev (aws:ecs/taskDefinition:TaskDefinition): containerDefinitions[0].image: " +
            "repository@sha256:aaa -> repository@sha256:bbb (forces replacement)",
    );
});

test("without a detailed difference the listed properties are compared; the cause of a replacement is first", () => {
    const table = step(
        "replace",
        "t",
        "aws:dynamodb/table:Table",
        { hashKey: "a", billing: 1 },
        { hashKey: "b" },
        {
            keys: ["hashKey"],
            diffs: ["billing", "hashKey"],
        },
    );
    expect(formatStep(table)).toMatch(/: hashKey: a -> b \(forces replacement\); billing: 1 -> nothing$/);
});

test("a changed secret is shown without a value, and drift of an output with both values", () => {
    const masked = step("update", "s", "aws:x/y:Y", { token: "[secret]" }, { token: "[secret]" }, { diffs: ["token"] });
    expect(propertyChanges(masked)).toEqual([
        { path: "token", before: "[secret]", after: "[secret]", forcesReplacement: false },
    ]);
    const inputs = { tags: { a: "1" } };
    const drifted = {
        ...step("update", "q", "aws:sqs/queue:Queue", inputs, inputs, { diffs: ["tags"] }),
        old: { inputs, outputs: { tags: { a: "1" } } },
        new: { inputs, outputs: { tags: { a: "2" } } },
    } as unknown as ShownStep;
    expect(propertyChanges(drifted)).toMatchObject([{ path: "tags.a", before: "1", after: "2" }]);
});

test("added and removed items of a list, and values of different types, are shown as they are", () => {
    expect(valueChanges("a", [1], [1, { b: 2 }])).toEqual([{ path: "a[1]", before: undefined, after: { b: 2 } }]);
    expect(valueChanges("a", { b: [] }, { b: "{ no JSON" })).toEqual([{ path: "a.b", before: [], after: "{ no JSON" }]);
    expect(valueChanges("", { b: 1 }, {})).toEqual([{ path: "b", before: 1, after: undefined }]);
});

test("a property path of Pulumi has names, indexes and quoted names", () => {
    expect(parsePropertyPath('tags["a.b\\"c"][2].d')).toEqual(["tags", 'a.b"c', "2", "d"]);
});

test("a value fits one line: unknown ones are named, long ones shortened", () => {
    expect(valueText("a\n  b")).toBe("a b");
    expect(valueText("04da6b54-80e4-46f7-96ec-b56ff0331ba9")).toBe("(known after the update)");
    expect(valueText("x".repeat(300))).toBe(`${"x".repeat(200)}... (300 characters)`);
    expect(formatDuration(125_400)).toBe("2 min 5 s");
});

/** The lines that a log prints for these events; a number advances the clock by so many seconds. */
function logOf(...events: (object | number)[]): string[] {
    const lines: string[] = [];
    let time = 0;
    const log = new OperationLog(
        (line) => void lines.push(line),
        () => time,
    );
    for (const event of events) {
        if (typeof event === "number") {
            time += event * 1000;
            log.printRunning();
        } else {
            log.onEvent(event as EngineEvent);
        }
    }
    return lines;
}

const begun = (metadata: object) => ({ resourcePreEvent: { metadata } });
const done = (metadata: object, planning = false) => ({ resOutputsEvent: { metadata, planning } });
const summary = (resourceChanges: object) => ({ summaryEvent: { resourceChanges } });
const same = step("same", "unchanged", "aws:sqs/queue:Queue", {}, {});
const created = step("create", "new", "aws:sqs/queue:Queue", undefined, {});
const deleted = step("delete", "old", "aws:sqs/queue:Queue", {}, undefined);
const component = { ...created, new: { custom: false } };

test("an update prints a line when a resource has changed, and its counts", () => {
    const lines = logOf(
        done(same),
        done(component),
        done(webAcl),
        done(created),
        summary({ same: 1, create: 1, update: 1 }),
    );
    expect(lines).toEqual([
        formatStep(webAcl),
        "+  new (aws:sqs/queue:Queue)",
        "1 created, 1 updated, 1 unchanged, in 0 s",
    ]);
});

test("a preview prints what is replaced and deleted first", () => {
    const lines = logOf(
        done(created, true),
        done(webAcl, true),
        done(deleted, true),
        done(taskDefinition, true),
        summary({}),
    );
    expect(lines.map((line) => line.slice(0, 2))).toEqual(["+-", "- ", "~ ", "+ ", "no"]);
    expect(lines.at(-1)).toBe("nothing to do, in 0 s");
});

test("up to five operations in progress are listed with their duration; none after the end", () => {
    const waits = Array.from({ length: 7 }, (_, i) => begun(step("create", `r${i}`, "aws:x/y:Y", undefined, {})));
    expect(logOf(begun(same), ...waits, 60, summary({}), 60)).toEqual([
        "1 min 0 s: 0 resources done; under way: r0 (1 min 0 s), r1 (1 min 0 s), r2 (1 min 0 s), r3 (1 min 0 s), r4 (1 min 0 s), 2 more",
        "nothing to do, in 1 min 0 s",
    ]);
    expect(logOf(begun(created), done(created), 60)).toEqual([
        "+  new (aws:sqs/queue:Queue)",
        "1 min 0 s: 1 resources done",
    ]);
});

test("warnings, errors, policies and failures are printed without colours; progress and notes are not", () => {
    const diagnostic = (severity: string, message: string, rest: object = {}) => ({
        diagnosticEvent: { severity, message, ...rest },
    });
    const lines = logOf(
        diagnostic("error", "<{%reset%}>no such key<{%reset%}>\n", { urn: "urn::key" }),
        diagnostic("warning", "old"),
        diagnostic("info", "a note"),
        diagnostic("error", "passing", { ephemeral: true }),
        { policyEvent: { enforcementLevel: "mandatory", policyName: "tagged", message: "no tag" } },
        begun(created),
        { resOpFailedEvent: { metadata: created } },
        60,
    );
    expect(lines).toEqual([
        "error: key: no such key",
        "warning: old",
        "policy (mandatory): tagged: no tag",
        "failed: +  new (aws:sqs/queue:Queue)",
        "1 min 0 s: 0 resources done",
    ]);
});
