import { asset } from "@pulumi/pulumi";
import { expect, test } from "@jest/globals";
import { Identities, revived } from "../../../policies/pack/identities.ts";
import { bareProperties, known, knownValues } from "../../../policies/pack/known.ts";
import { Secret, type Plan, type PlanNode, type Value, type Values } from "../../../tools/plan/plan.ts";
import { planOf } from "../../stacks.ts";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

test.each<[string, unknown, Value | undefined, Value | undefined]>([
    ["the engine's value comes first", "real", "planned", "real"],
    ["what a preview does not know comes from the plan", unknown, "planned", "planned"],
    ["a number that it does not know, too", "3eeb2bf0-c639-47a8-9e75-3b44932eb421", 5, 5],
    ["what the engine does not send comes from the plan", undefined, "planned", "planned"],
    ["what neither knows is left out", { a: unknown }, {}, {}],
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
    expect(known(engine, offline, () => undefined)).toEqual(expected);
});

test("what a provider takes where the program says nothing is no input", () => {
    const engine = {
        name: "auto-1234567",
        size: 5,
        nested: { mode: "default", __defaults: ["mode"] },
        __defaults: ["name"],
    };
    expect(knownValues(engine, {}, () => undefined)).toEqual({ size: 5, nested: {} });
});

test("properties are read past the guard that throws at what is not known yet", () => {
    const bare = { name: unknown };
    const guarded = new Proxy(bare, {
        get: (target, key) => {
            if (key === "__getSpecialProxyTarget") {
                return target;
            }
            throw new Error("not known yet");
        },
    });
    expect(bareProperties(guarded)).toBe(bare);
    expect(bareProperties(bare)).toBe(bare);
});

/** A plan of two resources: a queue, and a policy that names it. */
const planned = (): Plan => {
    const node = (name: string, inputs: Values, outputs: Values): PlanNode => ({
        urn: name,
        type: "aws:sqs/queue:Queue",
        name,
        custom: true,
        external: false,
        id: "",
        inputs,
        unknown: [],
        outputs,
        unknownOutputs: [],
        dependencies: [],
        propertyDependencies: {},
        options: {
            protect: false,
            retainOnDelete: false,
            deleteBeforeReplace: false,
            ignoreChanges: [],
            replaceOnChanges: [],
            additionalSecretOutputs: [],
            aliases: [],
            customTimeouts: {},
        },
    });
    const arn = "arn:aws:sqs:us-east-1:123456789012:queue";
    return {
        project: "p",
        stack: "dev",
        nodes: [
            node("queue", { name: "payments-queue" }, { arn, kmsKey: "key-0123456789abcdef" }),
            node(
                "policy",
                { policy: JSON.stringify({ Resource: `${arn}/*` }), token: new Secret("key-0123456789abcdef") },
                {},
            ),
        ],
        outputs: {},
        unknownOutputs: [],
        messages: [],
    };
};
const [queue] = planned().nodes as [PlanNode];

/** The same in AWS, which has given other names. */
const deployed = (): Plan =>
    JSON.parse(
        JSON.stringify(planned())
            .replaceAll("arn:aws:sqs:us-east-1:123456789012:queue", "arn:aws:sqs:us-east-1:210987654321:queue-7")
            .replaceAll("key-0123456789abcdef", "key-fedcba9876543210"),
        revived,
    ) as Plan;

test("what AWS has given is named as in the offline plan, in policies and in secrets, too", () => {
    const identities = new Identities(planned());
    identities.output(queue, "arn:aws:sqs:us-east-1:123456789012:queue", "arn:aws:sqs:us-east-1:210987654321:queue-7");
    identities.output(queue, "key-0123456789abcdef", "key-fedcba9876543210");
    identities.output(queue, "what repeats it", "key-fedcba9876543210");
    expect(identities.in(deployed())).toEqual(planned());
});

test("the account of one policy is the account of all", () => {
    const identities = new Identities(planned());
    identities.text("arn:aws:iam::123456789012:root, 123456789012", "arn:aws:iam::210987654321:root, 210987654321");
    expect(identities.in(deployed()).nodes[0]?.outputs.arn).toBe("arn:aws:sqs:us-east-1:123456789012:queue-7");
});

test("the account is known from the first resource whose ARN names one", () => {
    const outputs: Values[] = [{}, { arn: "arn:aws:s3:::payments" }, { arn: "arn:aws:iam::aws:policy/Payments" }];
    const nodes = [...outputs.map((own) => ({ ...queue, outputs: own })), ...planned().nodes];
    const identities = new Identities({ ...planned(), nodes });
    identities.text("123456789012", "210987654321");
    expect(identities.in(deployed()).nodes[0]?.outputs.arn).toBe("arn:aws:sqs:us-east-1:123456789012:queue-7");
});

test("where no resource names an account, none is exchanged", () => {
    const identities = new Identities({ ...planned(), nodes: [] });
    identities.text("123456789012", "210987654321");
    expect(identities.in(deployed())).toEqual(deployed());
});

test("an ID within a longer word is not that ID", () => {
    const identities = new Identities(planned());
    identities.output(queue, "key-0123456789abcdef", "payments");
    const plan = { ...planned(), project: "xpayments payments2 payments" };
    expect(identities.in(plan).project).toBe("xpayments payments2 key-0123456789abcdef");
});

test.each([
    [
        "texts that differ in more than the account tell of none",
        "arn:aws:iam::123456789012:root",
        "arn:aws:iam::210987654321:user",
    ],
    ["texts without an account tell of none", "payments", "210987654321"],
])("%s", (_, offline, engine) => {
    const identities = new Identities(planned());
    identities.text(offline, engine);
    expect(identities.in(deployed())).toEqual(deployed());
});

test.each([
    ["what the program has named keeps its name", "payments-queue", "key-fedcba9876543210"],
    ["a word such as a state is nobody's ID", "PENDING", "us-east"],
])("%s", (_, offline, engine) => {
    const identities = new Identities(planned());
    identities.output(queue, offline, engine);
    expect(identities.in(deployed())).toEqual(deployed());
});

test("a plan of which AWS has given nothing stays the same", async () => {
    const plan = await planOf("dev");
    expect(new Identities(plan).in(plan)).toBe(plan);
});
