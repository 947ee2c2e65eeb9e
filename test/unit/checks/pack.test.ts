import { AnalyzeResponse } from "@pulumi/pulumi/proto/analyzer_pb.js";
import { beforeAll, expect, test } from "@jest/globals";
import { createPolicyPack } from "../../../checks/pack.ts";
import { reviveSecret } from "../../../checks/pack/offline-plan.ts";
import type { Plan, PlanNode, Values } from "../../../plan/plan.ts";
import { testProjectFolder } from "../../project.ts";
import { planProjectStack, planTestStack } from "../../stacks.ts";
import { createInProcessAnalyzer, analyzeResources, type Analyzer, type Diagnostic } from "./fake-engine.ts";
import { changeInputs, withoutDependencies, changeResources, removeResources, type PlanChange } from "./fault.ts";

const ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

/** The pack, with plans of the cache: `pack-process.test.ts` has it make them in a process of their own. */
const createPack = () => createPolicyPack(testProjectFolder, planProjectStack);

const pack = createInProcessAnalyzer(createPack());
const judge = (plan: Plan, preview: boolean): Promise<Diagnostic[]> => analyzeResources(pack, plan.nodes, preview);

/** The same stack in AWS, which gives another account, other zones, IDs and names than the offline plan makes up. */
function deployed(plan: Plan): Plan {
    const text = JSON.stringify(plan)
        .replaceAll("123456789012", "210987654321")
        .replace(/\bus-east-1([ab])\b/g, (_, letter: string) => `us-east-1${letter === "a" ? "d" : "f"}`)
        .replace(
            /\b(subnet|sg|vpc|vpce|rtb|acl)-([0-9a-f]{17})\b/g,
            (_, kind: string, hex: string) => `${kind}-${hex.slice(8)}${hex.slice(0, 8)}`,
        )
        .replace(/-dev-([0-9a-f]{7})\b/g, (_, hex: string) => `-dev-${hex.slice(3)}${hex.slice(0, 3)}`)
        .replace(/\b(key|certificate)\/[0-9a-f]{8}-/g, "$1/ffffffff-");
    return JSON.parse(text, reviveSecret) as Plan;
}

let deployedDev: Plan;
beforeAll(async () => {
    deployedDev = deployed(await planTestStack("dev"));
});

/** What policies of the pack say of a deployed stack with a fault that its files do not have. */
const judgeWith = (change: PlanChange, names: readonly string[]): Promise<Diagnostic[]> =>
    analyzeResources(packWith(names), change(deployedDev).nodes, false);

/** The pack with some of its policies only: all of them take seconds. */
function packWith(names: readonly string[]): Analyzer {
    const { policies } = createPack();
    return createInProcessAnalyzer({
        policies: policies.filter(({ name }) => ["collect-inputs", ...names].includes(name)),
    });
}

/** The messages of `as-planned`, each up to its advice. */
const differences = (found: readonly Diagnostic[]): string[] =>
    found
        .filter(({ policy }) => policy === "as-planned")
        .map(({ message }) => message.replace(/^.*\n/, "").replace(/\. Run .*$/, ""));

function one(plan: Plan, type: string, name: string): PlanNode {
    const [found, ...others] = plan.nodes.filter((node) => node.type === type && node.name === name);
    if (found === undefined || others.length > 0) {
        throw new Error(`there must be one ${type} ${name}`);
    }
    return found;
}

/** Gives an input of one resource what another one publishes. */
const exchanged =
    (type: string, name: string, from: (plan: Plan) => Values): PlanChange =>
    (plan) =>
        changeInputs(type, name, from(plan))(plan);

test("a preview of a new stack, without any IDs, passes", async () => {
    expect(await judge(await planTestStack("dev"), true)).toEqual([]);
});

test("a finished update, with all values of AWS, passes", async () => {
    expect(await judge(deployedDev, false)).toEqual([]);
});

test("a preview with a port open to all addresses fails at the resource", async () => {
    const opened = changeInputs(ingress, "tasks-cache", {
        cidrIpv4: "0.0.0.0/0",
        referencedSecurityGroupId: undefined as unknown as string,
    })(await planTestStack("dev"));
    expect(await analyzeResources(packWith(["internet-reaches-https-only"]), opened.nodes, true)).toEqual([
        expect.objectContaining({ urn: expect.stringContaining("::payment-tasks-cache"), mandatory: true }),
    ]);
});

test("a resource that is not in the offline plan is a violation", async () => {
    const more = changeResources("aws:sqs/queue:Queue", "processing-dlq", (node) => [
        node,
        { ...node, urn: `${node.urn}-more`, name: "more" },
    ])(await planTestStack("dev"));
    expect(await judge(more, true)).toEqual([
        expect.objectContaining({
            policy: "as-planned",
            message: expect.stringContaining("-more is not in the offline plan"),
        }),
    ]);
});

test("a resource that the engine does not have is a violation, and rules report it missing", async () => {
    const less = removeResources(
        "aws:wafv2/webAclAssociation:WebAclAssociation",
        "gateway",
    )(await planTestStack("dev"));
    const found = await analyzeResources(packWith(["as-planned", "public-endpoints-behind-waf"]), less.nodes, true);
    expect(new Set(found.map(({ policy }) => policy))).toEqual(new Set(["as-planned", "public-endpoints-behind-waf"]));
});

test("an engine that does not send the stack resource passes", async () => {
    const { nodes, ...plan } = await planTestStack("dev");
    const stackType = "pulumi:pulumi:Stack";
    expect(await judge({ ...plan, nodes: nodes.filter(({ type }) => type !== stackType) }, true)).toEqual([]);
});

test("a stack without resources passes", async () => {
    expect(await analyzeResources(pack, [], true)).toEqual([]);
});

test("resources outside a targeted run are checked as planned", async () => {
    const silent = {
        ...createInProcessAnalyzer(createPack()),
        analyze: () => Promise.resolve(new AnalyzeResponse()),
    };
    expect(await analyzeResources(silent, (await planTestStack("dev")).nodes, true)).toEqual([]);
});

test.each<[string, PlanChange, string]>([
    [
        "role",
        exchanged("aws:ecs/taskDefinition:TaskDefinition", "payment-api-dev", (plan) => ({
            executionRoleArn: one(plan, "aws:iam/role:Role", "payment-api-task-dev").outputs.arn ?? null,
        })),
        "payment-api-dev: `executionRoleArn` must hold the arn of iam.Role payment-api-execution-dev, and holds the arn of iam.Role payment-api-task-dev",
    ],
    [
        "key",
        exchanged("aws:sqs/queue:Queue", "payment-processing-dlq-dev", (plan) => ({
            kmsMasterKeyId: one(plan, "aws:kms/key:Key", "payment-data-dev").outputs.arn ?? null,
        })),
        "payment-processing-dlq-dev: `kmsMasterKeyId` must hold the arn of kms.Key payment-messaging-dev, and holds the arn of kms.Key payment-data-dev",
    ],
    [
        "security group",
        exchanged("aws:elasticache/replicationGroup:ReplicationGroup", "payment-cache-dev", (plan) => ({
            securityGroupIds: [one(plan, "aws:ec2/securityGroup:SecurityGroup", "payment-database-dev").id],
        })),
        "payment-cache-dev: `securityGroupIds.*` must hold the id of ec2.SecurityGroup payment-cache-dev, and holds the id of ec2.SecurityGroup payment-database-dev",
    ],
    [
        "key of somebody else",
        changeInputs("aws:sqs/queue:Queue", "payment-processing-dlq-dev", {
            kmsMasterKeyId: "arn:aws:kms:us-east-1:210987654321:key/0",
        }),
        "payment-processing-dlq-dev: `kmsMasterKeyId` must hold the arn of kms.Key payment-messaging-dev, and holds `arn:aws:kms:us-east-1:210987654321:key/0`, which is no other resource's of the stack",
    ],
    [
        "zone of another subnet",
        changeInputs("aws:ec2/subnet:Subnet", "payment-public-2-dev", { availabilityZone: "us-east-1d" }),
        "payment-public-2-dev: `availabilityZone` must hold names us-east-1b of aws:index/getAvailabilityZones:getAvailabilityZones, and holds names us-east-1a of aws:index/getAvailabilityZones:getAvailabilityZones",
    ],
    [
        "account of somebody else",
        changeInputs("aws:s3/bucket:Bucket", "payment-access-logs-dev", {
            bucket: "payment-access-logs-dev-111111111111",
        }),
        "payment-access-logs-dev: `bucket` must hold accountId 123456789012 of aws:index/getCallerIdentity:getCallerIdentity, and holds `111111111111`, which is no other resource's of the stack",
    ],
])("a %s instead of the planned one is a violation that names both", async (_, change, message) => {
    expect(differences(await judgeWith(change, ["as-planned"]))).toEqual([message]);
});

test("rules check the engine's value instead of the planned one", async () => {
    const found = await judgeWith(
        exchanged("aws:ecs/taskDefinition:TaskDefinition", "payment-api-dev", (plan) => ({
            executionRoleArn: one(plan, "aws:iam/role:Role", "payment-api-task-dev").outputs.arn ?? null,
        })),
        ["tasks-isolated"],
    );
    expect(found).toEqual([
        expect.objectContaining({
            policy: "tasks-isolated",
            urn: expect.stringMatching(/TaskDefinition::payment-api-dev$/),
        }),
    ]);
});

test("two resources with one ID are a violation", async () => {
    const found = await judgeWith(
        (plan) => {
            const { id } = one(plan, "aws:ec2/securityGroup:SecurityGroup", "payment-cache-dev");
            const { id: other } = one(plan, "aws:ec2/securityGroup:SecurityGroup", "payment-database-dev");
            return JSON.parse(JSON.stringify(plan).replaceAll(other, id), reviveSecret) as Plan;
        },
        ["as-planned"],
    );
    expect(differences(found)).toContainEqual(
        expect.stringMatching(
            /^the engine has one value for the id of ec2.SecurityGroup .* and the id of ec2.SecurityGroup/,
        ),
    );
});

test.each<[string, string, PlanChange]>([
    [
        "a provider without default tags",
        "everything-tagged",
        changeResources("pulumi:providers:aws", "payment-aws-dev", (node) => [
            { ...node, inputs: { ...node.inputs, defaultTags: { tags: {} } } },
        ]),
    ],
    [
        "a service that waits for nothing",
        "created-after-dependencies",
        changeResources("aws:ecs/service:Service", "payment-api-dev", withoutDependencies),
    ],
    [
        "a component that registers nothing",
        "components-register-outputs",
        changeResources("payment:index:Cache", "", (node) => [{ ...node, outputs: {} }]),
    ],
])("%s is checked with the engine's value", async (_, policy, change) => {
    expect((await judgeWith(change, [policy])).map((each) => each.policy)).toContain(policy);
});

test("inputs in ignoreChanges are checked as planned: the engine sends those of the last update", async () => {
    const change = changeInputs("aws:ecs/service:Service", "payment-api-dev", {
        desiredCount: 7,
        capacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
    });
    expect(await judgeWith(change, ["deployments-keep-capacity", "stacks-differ-as-recorded"])).toEqual([]);
});

test("an update after its preview is checked with the inputs of the update", async () => {
    const both = packWith(["as-planned", "internet-reaches-https-only"]);
    const plan = await planTestStack("dev");
    const opened = changeInputs(ingress, "tasks-cache", { cidrIpv4: "0.0.0.0/0" })(plan);
    expect(await analyzeResources(both, opened.nodes, true)).not.toEqual([]);
    expect(await analyzeResources(both, deployedDev.nodes, false)).toEqual([]);
});
