import { asset } from "@pulumi/pulumi";
import { expect, test } from "@jest/globals";
import { rawProperties, hasUnknown } from "../../../../analysis/engine/engine-values.ts";
import { InputReader } from "../../../../analysis/engine/input-reader.ts";
import { Placeholders } from "../../../../analysis/engine/placeholders.ts";
import type { UnknownRecord } from "../../../../plan/query.ts";
import { planNode } from "../../../plan-node.ts";
import { Secret, type Plan, type PlanNode, type Value, type Values } from "../../../../plan/plan.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A resource of a plan, with what the offline plan has for its inputs. */
const resource = (inputs: Values, more: Partial<PlanNode> = {}): PlanNode =>
    planNode({ urn: "it", type: "aws:sqs/queue:Queue", name: "payment-queue", inputs, ...more });
const planOf = (...nodes: PlanNode[]): Plan => ({
    project: "p",
    stack: "dev",
    nodes,
    outputs: {},
    unknownOutputs: [],
    inventedAnswers: [],
    messages: [],
});
const provider: UnknownRecord = { region: "us-east-1", defaultTags: '{"tags":{"Stack":"dev"}}' };

const readFor = (node: PlanNode, inputs: UnknownRecord): Values =>
    new InputReader({ node, inputs, provider }, new Placeholders(planOf(node), new Map())).read();

test.each<[string, unknown, Value | undefined, Value | undefined]>([
    ["the engine's value comes first", "real", "planned", "real"],
    ["what a preview does not know comes from the plan", unknown, "planned", "planned"],
    ["a number that it does not know, too", "3eeb2bf0-c639-47a8-9e75-3b44932eb421", 5, 5],
    ["what the engine does not send is gone", undefined, "planned", undefined],
    ["lists are filled item by item", ["real", unknown], ["planned", "filled"], ["real", "filled"]],
    ["an item that neither knows keeps its place", [unknown, "real"], [], [null, "real"]],
    ["a list longer than planned is the engine's", ["a", "b"], ["a"], ["a", "b"]],
    ["a list that the plan does not have is the engine's", ["a"], undefined, ["a"]],
    ["a group where the plan has a list is the engine's", { a: 1 }, ["a"], { a: 1 }],
    [
        "groups are filled field by field",
        { a: { b: unknown, c: 1 } },
        { a: { b: "filled" } },
        { a: { b: "filled", c: 1 } },
    ],
    ["a field that the engine lacks is gone", { a: 1 }, { a: 1, b: 2 }, { a: 1 }],
    ["what is secret in the plan stays secret", "real", new Secret("planned"), new Secret("real")],
    ["a secret that is not known stays secret", unknown, new Secret("planned"), new Secret("planned")],
    ["files are the program's own", new asset.StringAsset("x"), { asset: { text: "x" } }, { asset: { text: "x" } }],
])("%s", (_, engine, offline, expected) => {
    const read = readFor(
        resource(offline === undefined ? {} : { it: offline }),
        engine === undefined ? {} : { it: engine },
    );
    expect(read.it).toEqual(expected);
});

test.each<[string, string, UnknownRecord, Values]>([
    ["the provider's region", "aws:sqs/queue:Queue", { region: "us-east-1" }, {}],
    ["but not another one", "aws:sqs/queue:Queue", { region: "eu-west-1" }, { region: "eu-west-1" }],
    [
        "all tags",
        "aws:sqs/queue:Queue",
        { tags: { Tier: "1" }, tagsAll: { Tier: "1", Stack: "dev" } },
        { tags: { Tier: "1" } },
    ],
    ["but not other tags", "aws:sqs/queue:Queue", { tagsAll: { Stack: "x" } }, { tagsAll: { Stack: "x" } }],
    ["nor fewer", "aws:sqs/queue:Queue", { tagsAll: {} }, { tagsAll: {} }],
    ["an automatic name", "aws:sqs/queue:Queue", { name: "payment-queue-0a1b2c3" }, {}],
    ["one of a FIFO queue", "aws:sqs/queue:Queue", { name: "payment-queue-0a1b2c3.fifo" }, {}],
    ["but not a name", "aws:sqs/queue:Queue", { name: "payment-queue-2" }, { name: "payment-queue-2" }],
    ["the usual description", "aws:ec2/securityGroup:SecurityGroup", { description: "Managed by Pulumi" }, {}],
    ["a default of Terraform", "aws:sqs/queue:Queue", { fifoQueue: false, delaySeconds: 0 }, {}],
    ["but not what differs from it", "aws:sqs/queue:Queue", { fifoQueue: true }, { fifoQueue: true }],
    ["one within a group", "aws:lb/targetGroup:TargetGroup", { healthCheck: { enabled: true } }, { healthCheck: {} }],
    ["what is null", "aws:sqs/queue:Queue", { policy: null }, {}],
    ["a list of defaults", "aws:sqs/queue:Queue", { __defaults: ["name"] }, {}],
    ["the version of a plugin", "pulumi:providers:aws", { version: "7.48.0" }, {}],
    ["but not that of anything else", "aws:sqs/queue:Queue", { version: "7.48.0" }, { version: "7.48.0" }],
])("a provider adds %s", (_, type, engine, expected) => {
    const given = Object.fromEntries(Object.entries(expected).filter(([key]) => ["tags", "healthCheck"].includes(key)));
    expect(readFor(resource(given, { type }), engine)).toEqual(expected);
});

test("an input that the program sets is never taken for an addition", () => {
    expect(readFor(resource({ fifoQueue: false }), { fifoQueue: false })).toEqual({ fifoQueue: false });
});

test("an input in `ignoreChanges` is the planned one", () => {
    const node = resource({ size: 1, name: "a" });
    node.options.ignoreChanges = ["size"];
    expect(readFor(node, { size: 7, name: "b" })).toEqual({ size: 1, name: "b" });
});

test("an input may contain outputs of the resources on which it depends, and nothing else", () => {
    const queue = resource({ name: "payments" }, { urn: "queue", outputs: { url: "https://sqs/123/payments" } });
    const policy = resource(
        { queueUrl: "https://sqs/123/payments", name: "https://sqs/123/payments", queue: "payments" },
        { propertyDependencies: { queueUrl: ["queue"], queue: ["queue"] } },
    );
    const sent = { queueUrl: "https://sqs/456/payments", name: "https://sqs/456/payments", queue: "Payments" };
    const engine = new Map([
        ["queue", { inputs: { name: "payments" }, outputs: { url: "https://sqs/456/payments", name: "Payments" } }],
    ]);
    const reader = new InputReader(
        { node: policy, inputs: sent, provider },
        new Placeholders(planOf(queue, policy), engine),
    );
    expect(reader.read()).toEqual({ ...policy.inputs, name: "https://sqs/456/payments" });
    expect(reader.contradictions).toEqual([]);
});

test("properties are read without the guard that throws on unknown values", () => {
    const bare = { name: unknown };
    const guarded = new Proxy(bare, {
        get: (target, key) => {
            if (key === "__getSpecialProxyTarget") {
                return target;
            }
            throw new Error("not known yet");
        },
    });
    expect(rawProperties(guarded)).toBe(bare);
    expect(rawProperties(bare)).toBe(bare);
});

test("a value is unknown when a part of it is", () => {
    expect(hasUnknown({ a: [{ b: unknown }] })).toBe(true);
    expect(hasUnknown({ a: [1, null, "x"] })).toBe(false);
    expect(hasUnknown(new asset.StringAsset("x"))).toBe(false);
});
