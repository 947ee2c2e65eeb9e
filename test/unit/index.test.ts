import { expect, test } from "@jest/globals";
import { outputDescriptions } from "../../lib/outputs.ts";
import { Secret, type Plan, type Value } from "../../plan/plan.ts";
import { findNode, nodesOf } from "../recorder.ts";
import { planTestStack, planOfConfig } from "../stacks.ts";
import { accountId, configWithAcquirer, onlyNode, plainTextOf, typeTokens } from "./fixtures.ts";
import { readStackConfig, withSettings } from "./settings/stack-config.ts";

const stacks = ["dev", "staging", "prod"] as const;
const provider = "pulumi:providers:aws";

/** The stack dev with some settings changed. */
const planned = (changes: Readonly<Record<string, unknown>>) =>
    planOfConfig(withSettings(readStackConfig("dev"), changes));

/** The stack dev in another region, with its account and a tag of its own. */
const elsewhere = () => planned({ "aws:region": "eu-central-1", accountId, tags: { Team: "payments" } });

const outputNames = [
    "acquirerSecretArns",
    ...["albDnsName", "apiGatewayId", "apiGatewayUrl", "apiUrl", "auditBucketName", "cacheEndpoint", "dashboardUrl"],
    "databaseEndpoint",
    ...["databaseReaderEndpoint", "databaseSecretArn", "databaseSubnetIds", "deadLetterQueueNames", "ecsClusterName"],
    ...["environment", "environmentSuffix", "logGroupNames", "manifest", "merchantKeySecretArns"],
    ...["privateSubnetIds", "publicSubnetIds", "queueUrls", "region", "repositoryUrls", "serviceNames", "topicArns"],
    ...["transactionTableName", "validatorFunctionName", "vpcId"],
];

/** All that a value holds, down to its leaves. */
const leavesOf = (value: Value): Value[] =>
    typeof value === "object" && value !== null && !(value instanceof Secret)
        ? Object.values(value).flatMap(leavesOf)
        : [value];

const secretsIn = (plan: Plan): string[] =>
    plan.nodes
        // The stack's own secret is the manifest (manifest.test.ts).
        .filter(({ type }) => type !== "pulumi:pulumi:Stack")
        .flatMap(({ inputs, outputs }) => leavesOf({ inputs, outputs }))
        .flatMap((leaf) => (leaf instanceof Secret ? leavesOf(leaf.value) : []))
        .flatMap((value) => (typeof value === "string" ? [value] : []));

test.each(stacks)("%s has all outputs that an operator needs, each with a value", async (stack) => {
    const { outputs } = await planTestStack(stack);
    expect(Object.keys(outputs).sort()).toEqual(outputNames);
    // The manifest has numbers, and nulls where its schema admits them (manifest.test.ts).
    const { manifest, ...others } = outputs;
    expect(manifest).toMatchObject({ secret: true, value: { stack, environment: stack } });
    const leaves = leavesOf(others);
    expect(leaves.length).toBeGreaterThan(outputNames.length);
    expect(leaves.filter((leaf) => typeof leaf !== "string" || leaf === "")).toEqual([]);
});

test.each(stacks)("no output of %s is secret, or derived from a secret", async (stack) => {
    const plan = await planTestStack(stack);
    const secrets = secretsIn(plan);
    expect(secrets.length).toBeGreaterThan(0);
    const told = JSON.stringify(plan.outputs);
    expect(secrets.filter((secret) => told.includes(JSON.stringify(secret).slice(1, -1)))).toEqual([]);
});

test.each(stacks)("%s lists every one of its log groups", async (stack) => {
    const plan = await planTestStack(stack);
    const groups = nodesOf(plan, typeTokens.logGroup).map(({ inputs }) => plainTextOf(inputs.name));
    expect(groups.length).toBeGreaterThan(8);
    expect([...(plan.outputs.logGroupNames as string[])].sort()).toEqual(groups.sort());
});

test.each(stacks)("%s has the addresses of its resources, under the names of the settings", async (stack) => {
    const plan = await planTestStack(stack);
    const database = onlyNode(plan, "aws:rds/cluster:Cluster").outputs;
    const outputOf = (name: string, type: string, output: string) =>
        plainTextOf(findNode(plan, name, type).outputs[output]);
    const perService = (valueOf: (name: string) => string) =>
        Object.fromEntries(["api", "payment", "notification"].map((s) => [s, valueOf(`payment-${s}-${stack}`)]));
    const queue = (noun: string) => outputOf(`payment-${noun}-${stack}`, typeTokens.queue, "url");
    const topic = (noun: string) => outputOf(`payment-${noun}-${stack}`, "aws:sns/topic:Topic", "arn");
    expect(plan.outputs).toMatchObject({
        environment: stack,
        environmentSuffix: stack,
        region: "us-east-1",
        albDnsName: plainTextOf(onlyNode(plan, typeTokens.loadBalancer).outputs.dnsName),
        vpcId: onlyNode(plan, "aws:ec2/vpc:Vpc").id,
        databaseEndpoint: plainTextOf(database.endpoint),
        // Dev has no readers.
        databaseReaderEndpoint: plainTextOf(stack === "dev" ? database.endpoint : database.readerEndpoint),
        databaseSecretArn: (database.masterUserSecrets as { secretArn: string }[])[0]?.secretArn,
        cacheEndpoint: plainTextOf(onlyNode(plan, typeTokens.replicationGroup).outputs.primaryEndpointAddress),
        queueUrls: { processing: queue("processing"), notifications: queue("notifications") },
        deadLetterQueueNames: {
            processing: `payment-processing-dlq-${stack}`,
            notifications: `payment-notifications-dlq-${stack}`,
        },
        topicArns: {
            events: topic("events"),
            critical: topic("alerts-critical"),
            warning: topic("alerts-warning"),
        },
        ecsClusterName: `payment-cluster-${stack}`,
        serviceNames: perService((name) => name),
        repositoryUrls: perService((name) => outputOf(name, typeTokens.repository, "repositoryUrl")),
        auditBucketName: `payment-audit-${stack}-${accountId}`,
        apiGatewayId: onlyNode(plan, "aws:apigateway/restApi:RestApi").id,
        apiGatewayUrl: plainTextOf(onlyNode(plan, "aws:apigateway/stage:Stage").outputs.invokeUrl),
        merchantKeySecretArns: {
            "example-shop": outputOf(`payment-gateway-merchant-example-shop-${stack}`, typeTokens.secret, "arn"),
        },
        acquirerSecretArns: {},
        transactionTableName: `payment-transactions-${stack}`,
        validatorFunctionName: `payment-validator-${stack}`,
    });
});

test("a stack names the secret for each service's acquirer, which the service and its reconciliation alone may read", async () => {
    const plan = await planOfConfig(configWithAcquirer());
    const { arn } = findNode(plan, "payment-payment-acquirer-dev", typeTokens.secret).outputs;
    expect(plan.outputs.acquirerSecretArns).toEqual({ payment: arn });
    const readers = nodesOf(plan, "aws:iam/rolePolicy:RolePolicy").filter(({ inputs }) =>
        plainTextOf(inputs.policy).includes(plainTextOf(arn)),
    );
    expect(readers.map(({ name }) => name).sort()).toEqual([
        "payment-payment-reconciliation-task-dev",
        "payment-payment-task-dev",
    ]);
});

test.each([
    ["dev", 2],
    ["staging", 2],
    ["prod", 3],
])("%s lists its subnets by tier, one in each of %i zones", async (stack, zones) => {
    const plan = await planTestStack(stack);
    const { publicSubnetIds, privateSubnetIds, databaseSubnetIds } = plan.outputs;
    const tiers = [publicSubnetIds, privateSubnetIds, databaseSubnetIds] as string[][];
    expect(tiers.map((ids) => ids.length)).toEqual([zones, zones, zones]);
    const made = nodesOf(plan, "aws:ec2/subnet:Subnet").map(({ id }) => id);
    expect(tiers.flat().sort()).toEqual(made.sort());
});

test.each([
    ["dev", /^https:\/\/payment-dev-.*\.elb\.amazonaws\.com$/],
    ["staging", /^https:\/\/staging\.payments\.example\.com$/],
    ["prod", /^https:\/\/payments\.example\.com$/],
])("customers of %s call an HTTPS address", async (stack, address) => {
    expect((await planTestStack(stack)).outputs.apiUrl).toMatch(address);
});

test("every output is described, and nothing else", () => {
    expect(Object.keys(outputDescriptions).sort()).toEqual(outputNames);
});

test.each([
    ["dev", "dev-payments", "internal", "none"],
    ["staging", "staging-payments", "internal", "PCI-DSS"],
    ["prod", "prod-payments", "confidential", "PCI-DSS"],
])(
    "every resource of %s has tags for its owner and its data",
    async (stack, CostCenter, DataClassification, Compliance) => {
        const { name, inputs } = onlyNode(await planTestStack(stack), provider);
        expect(name).toBe(`payment-aws-${stack}`);
        expect(inputs).toMatchObject({
            region: "us-east-1",
            defaultTags: {
                tags: {
                    Project: "payment-platform",
                    Environment: stack,
                    EnvironmentSuffix: stack,
                    CostCenter,
                    DataClassification,
                    Compliance,
                    ManagedBy: "pulumi",
                },
            },
        });
    },
);

test("a stack's own tags are added", async () => {
    const { inputs } = onlyNode(await elsewhere(), provider);
    expect(inputs.defaultTags).toMatchObject({ tags: { Team: "payments", ManagedBy: "pulumi" } });
});

test("credentials of another account are refused, when the stack sets its account", async () => {
    expect(onlyNode(await elsewhere(), provider).inputs.allowedAccountIds).toEqual([accountId]);
    expect(onlyNode(await planTestStack("dev"), provider).inputs).not.toHaveProperty("allowedAccountIds");
});

test("a stack is in the region of its file, and so is its dashboard", async () => {
    const plan = await elsewhere();
    expect(onlyNode(plan, provider).inputs.region).toBe("eu-central-1");
    expect(plan.outputs.region).toBe("eu-central-1");
    expect(plan.outputs.dashboardUrl).toMatch(/^https:\/\/eu-central-1\.console\.aws\.amazon\.com\//);
    expect(JSON.stringify(nodesOf(plan, typeTokens.taskDefinition))).not.toContain("us-east-1");
});

test("a copy with its own suffix can exist with the first stack, without a common name", async () => {
    const plan = await planned({ environmentSuffix: "pr-123" });
    expect(plan.outputs).toMatchObject({ environment: "dev", environmentSuffix: "pr-123" });
    const namesIn = (copy: Plan, type: string) => nodesOf(copy, type).map(({ inputs }) => plainTextOf(inputs.name));
    for (const type of [
        typeTokens.queue,
        typeTokens.logGroup,
        typeTokens.repository,
        typeTokens.ecsService,
        typeTokens.alarm,
    ]) {
        const taken = namesIn(await planTestStack("dev"), type);
        const names = namesIn(plan, type);
        expect(names).toHaveLength(taken.length);
        expect(names.filter((name) => taken.includes(name))).toEqual([]);
    }
});
