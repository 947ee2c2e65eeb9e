import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { replacedByOf, stateful } from "../../../policies/identity/forcing.ts";
import { identitiesOf, losses, type Identities } from "../../../policies/identity/upgrade.ts";
import { violationsOf, type Rule } from "../../../policies/rule.ts";
import { identityRules } from "../../../policies/rules/identity.ts";
import { at } from "../../../lib/list.ts";
import { Secret, type NodeAlias, type Plan, type PlanNode } from "../../../tools/plan/plan.ts";
import { planOf } from "../../stacks.ts";
import { stackConfig } from "../settings/stack-config.ts";
import { deep, inputs, options, where, without, type Change } from "./fault.ts";
import { settingsOf } from "./planned.ts";

const [rule] = identityRules as [Rule];
const cluster = "aws:rds/cluster:Cluster";
const table = "aws:dynamodb/table:Table";
const queue = "aws:sqs/queue:Queue";
const bucket = "aws:s3/bucket:Bucket";

let prod: Plan;
let before: Identities;
beforeAll(async () => {
    prod = await planOf("prod");
    before = identitiesOf(prod);
});

const lossesAfter = (change: Change, since = before): string[] =>
    losses(change(prod), since).map((finding) =>
        typeof finding === "string" ? finding : `${finding.node.name} ${finding.reason}`,
    );

/** The plan with a resource or a component, and all below it, called otherwise. */
const renamed =
    (from: string, to: string, type: string, aliases: NodeAlias[] = []): Change =>
    (plan) => {
        const old = plan.nodes.find((node) => node.name === from && node.type === type);
        expect(old).toBeDefined();
        const rename = (urn: string) => (urn === old?.urn ? urn.replace(/[^:]+$/, to) : urn);
        return {
            ...plan,
            nodes: plan.nodes.map((node): PlanNode => ({
                ...node,
                ...(node === old ? { name: to, options: { ...node.options, aliases } } : {}),
                urn: rename(node.urn),
                parent: node.parent && rename(node.parent),
                dependencies: node.dependencies.map(rename),
                propertyDependencies: Object.fromEntries(
                    Object.entries(node.propertyDependencies).map(([key, urns]) => [key, urns.map(rename)]),
                ),
            })),
        };
    };

test.each(["dev", "staging", "prod"])("an update of %s to what stands here loses nothing", async (stack) => {
    expect(violationsOf(rule, await planOf(stack), settingsOf(stackConfig(stack)))).toEqual([]);
});

describe("an update that loses what a resource holds is refused", () => {
    test.each<[string, Change, string]>([
        [
            "another name of the database",
            inputs(cluster, "", { clusterIdentifier: "payments" }),
            "payment-database-prod would be replaced, and with it payments: clusterIdentifier is payment-database-prod and becomes payments",
        ],
        [
            "a database that is no longer encrypted",
            inputs(cluster, "", { storageEncrypted: false }),
            "payment-database-prod would be replaced, and with it payments: storageEncrypted is true and becomes false",
        ],
        [
            "another key of the database",
            inputs(cluster, "", { kmsKeyId: "arn:aws:kms:us-east-1:123456789012:key/other" }),
            "payment-database-prod would be replaced, and with it payments: kmsKeyId is <arn of Key payment-data-prod> and becomes arn:aws:kms:us-east-1:<account>:key/other",
        ],
        [
            "another sort key of the table",
            inputs(table, "", { rangeKey: "created" }),
            "payment-transactions-prod would be replaced, and with it the transaction log: rangeKey is timestamp and becomes created",
        ],
        [
            "a bucket without lock",
            inputs(bucket, "-audit-", { objectLockEnabled: false }),
            "payment-audit-prod would be replaced, and with it audit records and access logs: objectLockEnabled is true and becomes false",
        ],
        [
            "a name that Pulumi no longer makes",
            inputs("aws:secretsmanager/secret:Secret", "cache", { name: "token" }),
            "payment-cache-token-prod would be replaced, and with it what it keeps, under an ARN that tasks know: name is nothing and becomes token",
        ],
        [
            "images under another key",
            inputs("aws:ecr/repository:Repository", "payment-api", { encryptionConfigurations: [] }),
            'payment-api-prod would be replaced, and with it the images that run: encryptionConfigurations is [{"encryptionType":"KMS","kmsKey":"<arn of Key payment-data-prod>"}] and becomes []',
        ],
        [
            "another region",
            inputs("pulumi:providers:aws", "", { region: "eu-west-1" }),
            "payment-aws-prod would be replaced, and with it everything: another region makes every resource anew: region is us-east-1 and becomes eu-west-1",
        ],
        [
            "a region of its own",
            inputs(queue, "processing-prod", { region: "eu-west-1" }),
            "payment-processing-prod would be replaced, and with it messages that nobody has consumed yet: region is nothing and becomes eu-west-1",
        ],
        [
            "a key that the program now takes from a secret",
            inputs(cluster, "", { kmsKeyId: new Secret("arn:aws:kms:us-east-1:123456789012:key/other") }),
            "payment-database-prod would be replaced, and with it payments: kmsKeyId is <arn of Key payment-data-prod> and becomes <secret>",
        ],
        [
            "a property that the program lets replace",
            (plan) => options(table, { replaceOnChanges: ["billingMode"] })(plan),
            "payment-transactions-prod would be replaced, and with it the transaction log: billingMode is nothing and becomes PROVISIONED",
        ],
    ])("%s", (_, change, line) => {
        expect(lossesAfter(change)).toEqual([line]);
    });

    test("a resource that is gone", () => {
        expect(lossesAfter(without(queue, "payment-processing-dlq-prod"))).toEqual([
            expect.stringMatching(
                /^would lose payment-processing-dlq-prod \(Queue\), which holds messages .* nothing has it as an alias/,
            ),
        ]);
    });

    test("a resource that nobody has recorded, as its later replacement would go unnoticed", () => {
        const others = Object.fromEntries(Object.entries(before).filter(([urn]) => !urn.includes(table)));
        expect(lossesAfter((plan) => plan, others)).toEqual([
            "payment-transactions-prod is not recorded yet, so that nobody would notice its replacement",
        ]);
    });

    test.each<[string, Change, RegExp]>([
        [
            "that changes",
            (plan) => plan,
            /^payment-validator-prod would be replaced, and with it data: name is payments and becomes nothing$/,
        ],
        [
            "that is gone",
            without("aws:lambda/function:Function"),
            /^would lose payment-validator-prod \(Function\), which holds data: it is no longer in the plan/,
        ],
    ])("a resource %s, of a type that was once said to hold something", (_, change, line) => {
        const { urn } = at(
            prod.nodes.filter(({ type }) => type === "aws:lambda/function:Function"),
            0,
        );
        const recorded = { ...before, [urn]: { replacedBy: { name: "payments" } } };
        expect(lossesAfter(change, recorded)).toEqual([expect.stringMatching(line)]);
    });

    test("a stack without records", () => {
        expect(lossesAfter((plan) => plan, {})).toHaveLength(Object.keys(before).length);
    });

    test("a protection that goes", () => {
        const kept = identitiesOf(options(table, { protect: true })(prod));
        expect(lossesAfter((plan) => plan, kept)).toEqual([
            "payment-transactions-prod would lose its protection: protect is true and becomes false",
        ]);
    });
});

describe("an update that loses nothing passes", () => {
    test.each<[string, Change]>([
        ["more capacity", inputs(table, "", { readCapacity: 100 })],
        ["a newer engine", inputs(cluster, "", { engineVersion: "17.9" })],
        ["protection that comes", options(table, { protect: true })],
        [
            "a replacing change that Pulumi is told to overlook",
            where(table, "", (node) => [
                {
                    ...node,
                    inputs: { ...node.inputs, ...deep("rangeKey", "created")(node.inputs) },
                    options: { ...node.options, ignoreChanges: ["rangeKey"] },
                },
            ]),
        ],
        ["a function that goes", without("aws:lambda/function:Function")],
    ])("%s", (_, change) => {
        expect(lossesAfter(change)).toEqual([]);
    });

    test("another account, and other IDs of what AWS makes", () => {
        const key = prod.nodes.find(({ name, type }) => name === "payment-data-prod" && type === "aws:kms/key:Key");
        const text = JSON.stringify(prod.nodes)
            .replaceAll("123456789012", "210987654321")
            .replaceAll(key?.id ?? "", "00000000-0000-0000-0000-000000000000");
        expect(lossesAfter((plan) => ({ ...plan, nodes: JSON.parse(text) as PlanNode[] }))).toEqual([]);
    });
});

describe("a new name", () => {
    const names = ["payment-database-prod", "payment-store-prod"] as const;

    test("loses the resource without an alias, and with it what stands in it by its name", () => {
        const lines = lossesAfter(renamed(...names, cluster));
        expect(lines).toContainEqual(
            expect.stringContaining("would lose payment-database-prod (Cluster), which holds payments"),
        );
        expect(lines).toContain("payment-store-prod is not recorded yet, so that nobody would notice its replacement");
        expect(lines.filter((line) => /^payment-database-\d-prod would be replaced/.test(line))).toHaveLength(6);
        expect(lines).toHaveLength(8);
    });

    test("passes with the former name as alias", () => {
        expect(lossesAfter(renamed(...names, cluster, [{ name: "payment-database-prod" }]))).toEqual([]);
    });

    test("passes with the former URN as alias", () => {
        const urn = prod.nodes.find(({ type }) => type === cluster)?.urn ?? "";
        expect(lossesAfter(renamed(...names, cluster, [{ urn }]))).toEqual([]);
    });

    test("does not pass with the alias of something else", () => {
        expect(lossesAfter(renamed(...names, cluster, [{ name: "payment-databank-prod" }]))).not.toEqual([]);
    });

    test("of a component passes with an alias, and its children with it", () => {
        const component = "payment:index:Messaging";
        const aliases = [{ name: "payment-messaging-prod" }];
        expect(lossesAfter(renamed("payment-messaging-prod", "payment-queues-prod", component, aliases))).toEqual([]);
    });
});

describe("another parent", () => {
    /** The table, moved out of its component. */
    const moved = (aliases: NodeAlias[]): Change =>
        where(table, "", (node) => [
            {
                ...node,
                urn: node.urn.replace("$payment:index:Transactions", ""),
                parent: (node.parent ?? "").replace(
                    "$payment:index:Transactions::payment-transactions-prod",
                    "::payment-prod",
                ),
                options: { ...node.options, aliases },
            },
        ]);

    test("loses the resource without an alias", () => {
        expect(lossesAfter(moved([]))).toHaveLength(2);
    });

    test("passes with the former parent as alias", () => {
        const parent = prod.nodes.find(({ type }) => type === table)?.parent ?? "";
        expect(lossesAfter(moved([{ parent }]))).toEqual([]);
    });
});

test("a child called after its parent answers to its parent's former name", () => {
    const component = "payment:index:Transactions";
    const both: Change = (plan) =>
        renamed(
            "payment-transactions-prod",
            "payment-log-prod",
            table,
        )(
            renamed("payment-transactions-prod", "payment-log-prod", component, [
                { name: "payment-transactions-prod" },
            ])(plan),
        );
    expect(lossesAfter(both)).toEqual([]);
});

test("a copy of a stack is held to no records", async () => {
    const copy = { ...(await planOf("dev")), stack: "pr-123" };
    expect(violationsOf(rule, without(table)(copy), settingsOf(stackConfig("dev")))).toEqual([]);
});

test("no account stands in what is recorded", () => {
    const text = readFileSync("golden/prod.identity.json", "utf8");
    expect(text).toContain("payment-audit-prod-<account>");
    expect(text).not.toMatch(/\d{12}/);
});

test.each(Object.entries(stateful).filter(([type]) => type.startsWith("aws:")))(
    "the inputs of %s are spelt as the SDK has them",
    (type) => {
        const [, path = ""] = /^aws:(.+):/.exec(type) ?? [];
        const declared = readFileSync(`node_modules/@pulumi/aws/${path}.d.ts`, "utf8");
        const args = declared.slice(declared.indexOf("Args {"));
        expect(replacedByOf(type).filter((input) => !new RegExp(`^    ${input}\\??:`, "m").test(args))).toEqual([]);
    },
);
