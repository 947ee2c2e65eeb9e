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

test("a change shows its values, at the place where the program has them", () => {
    expect(formatStep(webAcl)).toBe(
        "~  payment-firewall-dev (aws:wafv2/webAcl:WebAcl): rules[1].statement.rateBasedStatement.limit: 2000 -> 3000",
    );
});

test("JSON text is compared by what it says, and what forces a replacement is marked", () => {
    expect(formatStep(taskDefinition)).toBe(
        "+- payment-api-dev (aws:ecs/taskDefinition:TaskDefinition): containerDefinitions[0].image: " +
            "repository@sha256:aaa -> repository@sha256:bbb (forces replacement)",
    );
});

test("without a detailed difference the told properties are compared; what forces comes first", () => {
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

test("a secret that changes is told without a value, and drift of an output with both", () => {
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

test("added and removed places of a list, and kinds that differ, are told as they are", () => {
    expect(valueChanges("a", [1], [1, { b: 2 }])).toEqual([{ path: "a[1]", before: undefined, after: { b: 2 } }]);
    expect(valueChanges("a", { b: [] }, { b: "{ no JSON" })).toEqual([{ path: "a.b", before: [], after: "{ no JSON" }]);
    expect(valueChanges("", { b: 1 }, {})).toEqual([{ path: "b", before: 1, after: undefined }]);
});

test("a path of Pulumi's has names, places and quoted names", () => {
    expect(parsePropertyPath('tags["a.b\\"c"][2].d')).toEqual(["tags", 'a.b"c', "2", "d"]);
});

test("a value fits a line: unknown ones are named, long ones cut", () => {
    expect(valueText("a\n  b")).toBe("a b");
    expect(valueText("04da6b54-80e4-46f7-96ec-b56ff0331ba9")).toBe("(known after the update)");
    expect(valueText("x".repeat(300))).toBe(`${"x".repeat(200)}... (300 characters)`);
    expect(formatDuration(125_400)).toBe("2 min 5 s");
});

/** The lines of a log that hears these events; a number lets so many seconds pass. */
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

test("an update shows a line per changed resource as it is done, and its counts", () => {
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

test("a preview shows what is replaced and deleted before all else", () => {
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

test("what is under way is told with how long it has been, up to five; after the end nothing is", () => {
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

test("warnings, errors, policies and failures are told without colours; progress and notes are not", () => {
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
