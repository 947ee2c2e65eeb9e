import { beforeAll, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { comparePlans, type ResourceDifference } from "../../../../analysis/difference/compare.ts";
import { Secret, type NodeAlias, type Plan, type PlanNode } from "../../../../plan/plan.ts";
import { planTestStack } from "../../../stacks.ts";
import {
    withValueAt,
    changeInputs,
    changeOptions,
    changeResources,
    removeResources,
    type PlanChange,
} from "../../checks/fault.ts";

const cluster = "aws:rds/cluster:Cluster";
const table = "aws:dynamodb/table:Table";
const queue = "aws:sqs/queue:Queue";

let prod: Plan;
beforeAll(async () => {
    prod = await planTestStack("prod");
});

const after = (change: PlanChange): readonly ResourceDifference[] => comparePlans(prod, change(prod)).resources;
const short = ({ operation, name, type }: ResourceDifference): string =>
    `${operation} ${name} ${type.replace(/^.*:/, "")}`;
const reasons = (resource: ResourceDifference | undefined): string[] =>
    (resource?.changes ?? []).filter(({ forcesReplacement }) => forcesReplacement).map(({ path }) => path);

/** The plan with a resource or a component, and all below it, called otherwise. */
const renamed =
    (from: string, to: string, type: string, aliases: NodeAlias[] = []): PlanChange =>
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

test("two equal plans differ in nothing", () => {
    expect(comparePlans(prod, { ...prod })).toEqual({ resources: [], options: [], outputs: [], derived: [] });
});

test("a component that only one plan has is a difference of Pulumi's options, not of resources", () => {
    const lacking = removeResources("payment:index:Recovery")(prod);
    const [removed, added] = [comparePlans(prod, lacking), comparePlans(lacking, prod)];
    expect([removed.resources, added.resources]).toEqual([[], []]);
    const component = { name: "payment-recovery-prod" };
    expect(removed.options).toContainEqual(
        expect.objectContaining({ ...component, changes: [{ path: "exists", before: true, after: undefined }] }),
    );
    expect(added.options).toContainEqual(
        expect.objectContaining({ ...component, changes: [{ path: "exists", before: undefined, after: true }] }),
    );
});

describe("a replaced resource shows the input that forces the replacement", () => {
    test.each<[string, PlanChange, string, string]>([
        [
            "a name",
            changeInputs(cluster, "", { clusterIdentifier: "payments" }),
            "payment-database-prod",
            "clusterIdentifier",
        ],
        [
            "encryption",
            changeInputs(cluster, "", { storageEncrypted: false }),
            "payment-database-prod",
            "storageEncrypted",
        ],
        ["a sort key", changeInputs(table, "", { rangeKey: "created" }), "payment-transactions-prod", "rangeKey"],
        [
            "a region of its own",
            changeInputs(queue, "processing-prod", { region: "eu-west-1" }),
            "payment-processing-prod",
            "region",
        ],
        [
            "a value that becomes a secret",
            changeInputs(cluster, "", { kmsKeyId: new Secret("other") }),
            "payment-database-prod",
            "kmsKeyId",
        ],
        [
            "inputs in `replaceOnChanges`",
            (plan) =>
                changeOptions(table, { replaceOnChanges: ["billingMode"] })(
                    changeInputs(table, "", { billingMode: "x" })(plan),
                ),
            "payment-transactions-prod",
            "billingMode",
        ],
        [
            "a block within which the provider forces",
            changeInputs("aws:ecs/service:Service", "payment-api", { deploymentController: { type: "CODE_DEPLOY" } }),
            "payment-api-prod",
            "deploymentController",
        ],
        [
            "another replacement trigger, such as with the first image",
            changeOptions("aws:ecs/service:Service", { replacementTrigger: "image" }),
            "payment-api-prod",
            "replacementTrigger",
        ],
    ])("%s", (_, change, name, path) => {
        const [found] = after(change).filter((resource) => resource.operation === "replace" && resource.name === name);
        expect(reasons(found)).toContain(path);
    });

    test.each<[string, PlanChange, string]>([
        [
            "another time to live",
            changeInputs(table, "", { ttl: { enabled: false } }),
            "update payment-transactions-prod Table",
        ],
        [
            "a newer engine",
            changeInputs(cluster, "", { engineVersion: "17.9" }),
            "update payment-database-prod Cluster",
        ],
    ])("but not by %s", (_, change, line) => {
        expect(after(change).map(short)).toEqual([line]);
    });

    test("nor by a replacement trigger that an earlier release did not set", () => {
        const untriggered = changeOptions("aws:ecs/service:Service", { replacementTrigger: undefined });
        expect(after(untriggered)).toEqual([]);
    });

    test("nor by a change in `ignoreChanges`", () => {
        const overlooked = changeResources(table, "", (node) => [
            {
                ...node,
                inputs: { ...node.inputs, ...withValueAt("rangeKey", "created")(node.inputs) },
                options: { ...node.options, ignoreChanges: ["rangeKey"] },
            },
        ]);
        expect(after(overlooked)).toEqual([]);
    });
});

describe("what follows from a replacement", () => {
    test("a resource that refers to the ID is updated, or replaced for it in turn", () => {
        const found = after(changeInputs("aws:ec2/vpc:Vpc", "", { cidrBlock: "10.9.0.0/16" }));
        const subnet = found.find(({ type }) => type === "aws:ec2/subnet:Subnet");
        expect(subnet?.operation).toBe("replace");
        expect(subnet?.changes).toContainEqual({
            path: "vpcId",
            before: expect.stringMatching(/^vpc-/),
            after: pulumi.runtime.unknownValue,
            forcesReplacement: true,
        });
        // Two steps from the VPC: its subnets are.
        expect(found.map(short)).toContain("update payment-prod LoadBalancer");
    });

    test("one that refers to a name which the program gives is not touched", () => {
        const found = after(changeInputs("aws:ec2/securityGroup:SecurityGroup", "database", { description: "other" }));
        expect(found.map(short)).toContain("replace payment-database-prod SecurityGroup");
        expect(found.filter(({ type }) => type === table)).toEqual([]);
    });

    test("a copy of resources that refer to the ID is replaced, and what refers to the copy is updated", () => {
        const link = changeInputs("aws:apigatewayv2/vpcLink:VpcLink", "", { subnetIds: ["subnet-0other"] });
        expect(after(link).map(short).toSorted()).toEqual([
            "replace payment-gateway-prod Deployment",
            "replace payment-gateway-prod VpcLink",
            "update payment-gateway-services-prod Integration",
            "update payment-gateway-stage-prod Stage",
        ]);
    });

    test("another region replaces every resource on the provider", () => {
        const found = after(changeInputs("pulumi:providers:aws", "", { region: "eu-west-1" }));
        const aws = prod.nodes.filter(({ type, custom, external }) => type.startsWith("aws:") && custom && !external);
        expect(found.filter(({ operation }) => operation === "replace").length).toBeGreaterThanOrEqual(aws.length);
    });
});

describe("a new name", () => {
    const names = ["payment-database-prod", "payment-store-prod"] as const;

    test("without an alias deletes the resource and creates another", () => {
        const found = after(renamed(...names, cluster));
        expect(found.map(short)).toEqual(
            expect.arrayContaining(["delete payment-database-prod Cluster", "create payment-store-prod Cluster"]),
        );
    });

    test.each<[string, (plan: Plan) => NodeAlias]>([
        ["former name", () => ({ name: "payment-database-prod" })],
        ["former URN", (plan) => ({ urn: plan.nodes.find(({ type }) => type === cluster)?.urn ?? "" })],
    ])("with the %s as alias changes nothing in AWS, and is reported", (_, alias) => {
        const { resources, options: handled } = comparePlans(prod, renamed(...names, cluster, [alias(prod)])(prod));
        expect(resources).toEqual([]);
        expect(handled.map(({ name }) => name)).toContain("payment-store-prod");
        expect(handled.flatMap(({ changes }) => changes)).toContainEqual({
            path: "name",
            before: "payment-database-prod",
            after: "payment-store-prod",
        });
    });

    test("with the alias of something else is no rename", () => {
        expect(after(renamed(...names, cluster, [{ name: "payment-databank-prod" }]))).not.toEqual([]);
    });

    test("of a component with an alias keeps its children", () => {
        const aliases = [{ name: "payment-messaging-prod" }];
        expect(
            after(renamed("payment-messaging-prod", "payment-queues-prod", "payment:index:Messaging", aliases)),
        ).toEqual([]);
    });

    test("of a parent renames a child that is called after it", () => {
        const component = renamed("payment-transactions-prod", "payment-log-prod", "payment:index:Transactions", [
            { name: "payment-transactions-prod" },
        ]);
        expect(
            after((plan) => renamed("payment-transactions-prod", "payment-log-prod", table)(component(plan))),
        ).toEqual([]);
    });
});

describe("another parent", () => {
    const moved = (aliases: NodeAlias[]): PlanChange =>
        changeResources(table, "", (node) => [
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

    test("without an alias deletes the resource and creates another", () => {
        expect(after(moved([])).map(short)).toEqual([
            "delete payment-transactions-prod Table",
            "create payment-transactions-prod Table",
        ]);
    });

    test("with the former parent as alias keeps it", () => {
        const parent = prod.nodes.find(({ type }) => type === table)?.parent ?? "";
        expect(after(moved([{ parent }]))).toEqual([]);
    });
});

test("a removed resource is deleted from its component", () => {
    expect(after(removeResources(queue, "payment-processing-dlq-prod"))).toEqual([
        expect.objectContaining({ operation: "delete", name: "payment-processing-dlq-prod", component: "Messaging" }),
    ]);
});

test("a secret is compared, but never shown", () => {
    const secret = (value: string): PlanChange => changeInputs(queue, "processing-prod", { policy: new Secret(value) });
    const { resources } = comparePlans(secret("one-hush")(prod), secret("two-hush")(prod));
    expect(resources.map(({ changes }) => changes)).toEqual([
        [{ path: "policy", before: "[secret]", after: "[secret]", forcesReplacement: false }],
    ]);
    expect(comparePlans(secret("hush")(prod), secret("hush")(prod)).resources).toEqual([]);
    const whole = changeInputs(queue, "processing-prod", { tags: { a: [new Secret("hush")] } });
    expect(JSON.stringify(comparePlans(prod, whole(prod)))).not.toContain("hush");
});
