import { expect, test } from "@jest/globals";
import { runPreflightChecks, type PreflightInput } from "../../../../tools/deploy/preflight/check.ts";
import { fixedNameOf, namedTypes, takenNameChecks } from "../../../../tools/deploy/preflight/taken-names.ts";
import { emptyState, type State } from "../../../../plan/state.ts";
import type { Plan } from "../../../../plan/plan.ts";
import { requireItem } from "../../../../lib/list.ts";
import { resourcesOfType } from "../../../../plan/query.ts";
import { planTestStack } from "../../../stacks.ts";
import {
    actionsIn,
    generateDeployerPolicies,
    stackLocation,
    statementsOfDocuments,
} from "../../analysis/deployer/fixtures.ts";
import { asked, expectRequests, type Request } from "./asked.ts";
import { awsError, clientsWith, settingsOfStack, stateResourcesOf, type FakeResponses } from "./fakes.ts";

/** An account in which no name is taken, as each service says so. */
const free: FakeResponses = {
    DescribeTrails: { trailList: [] },
    DescribeLogGroups: { logGroups: [] },
    DescribeTable: awsError("ResourceNotFoundException"),
    DescribeRepositories: awsError("RepositoryNotFoundException"),
    DescribeServices: awsError("ClusterNotFoundException"),
    DescribeReplicationGroups: awsError("ReplicationGroupNotFoundFault"),
    DescribeKey: awsError("NotFoundException"),
    GetFunctionConfiguration: awsError("ResourceNotFoundException"),
    DescribeDBClusters: awsError("DBClusterNotFoundFault"),
    HeadBucket: awsError("NotFound"),
    GetScheduleGroup: awsError("ResourceNotFoundException"),
    GetQueueUrl: awsError("QueueDoesNotExist"),
};

const subjectOf = (plan: Plan, state: State = emptyState): PreflightInput => ({
    plan,
    settings: settingsOfStack("prod"),
    state,
});
const check = async (answers: FakeResponses, subject: PreflightInput) =>
    runPreflightChecks(takenNameChecks, clientsWith({ ...free, ...answers }).clients, subject);

test("a new stack is free to begin in an account that has none of its names", async () => {
    expect(await check({}, subjectOf(await planTestStack("prod")))).toEqual({ problems: [], warnings: [] });
});

const lateGroup = "/aws/ecs/containerinsights/payment-cluster-prod/performance";
const lateGroupExists: FakeResponses = {
    DescribeLogGroups: ({ logGroupNamePrefix }) => ({
        logGroups: logGroupNamePrefix === lateGroup ? [{ logGroupName: lateGroup }] : [],
    }),
};

test("a log group that an earlier stack left behind refuses the update, with the command that deletes it", async () => {
    const { problems } = await check(lateGroupExists, subjectOf(await planTestStack("prod")));
    expect(problems).toEqual([
        `names of each log group: ${lateGroup} exists and is not in the state, so that its creation would be refused; ` +
            `delete it: aws logs delete-log-group --log-group-name ${lateGroup}`,
    ]);
});

test("a group whose name only begins like a planned one is another's", async () => {
    const answers = { DescribeLogGroups: { logGroups: [{ logGroupName: `${lateGroup}-2` }] } };
    expect((await check(answers, subjectOf(await planTestStack("prod")))).problems).toEqual([]);
});

test("where the stack has the component already, the resource can be taken over", async () => {
    const plan = await planTestStack("prod");
    const resources = stateResourcesOf(plan).filter(({ inputs }) => inputs?.name !== lateGroup);
    const { problems } = await check(lateGroupExists, subjectOf(plan, { ...emptyState, resources }));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
        new RegExp(
            "take it over: npm run deploy -- prod pulumi import aws:cloudwatch/logGroup:LogGroup \\S+ " +
                `'${lateGroup}' --protect=false --parent parent='urn:\\S+' --provider provider='urn:\\S+', or delete it: aws logs`,
        ),
    );
});

test("what the state has, or has begun to create, is the stack's own", async () => {
    const plan = await planTestStack("prod");
    const all = stateResourcesOf(plan);
    const { clients, calls } = clientsWith({});
    const deployed = subjectOf(plan, { ...emptyState, resources: all });
    expect(await runPreflightChecks(takenNameChecks, clients, deployed)).toEqual({ problems: [], warnings: [] });
    const pending = all.map((resource) => ({ type: "creating" as const, resource }));
    const interrupted = subjectOf(plan, { ...emptyState, pending });
    expect(await runPreflightChecks(takenNameChecks, clients, interrupted)).toEqual({ problems: [], warnings: [] });
    expect(calls).toEqual([]);
});

test.each<[string, FakeResponses, string]>([
    [
        "trail",
        { DescribeTrails: { trailList: [{ Name: "payment-trail-prod" }] } },
        "aws cloudtrail delete-trail --name payment-trail-prod",
    ],
    ["table", { DescribeTable: {} }, "aws dynamodb delete-table --table-name payment-transactions-prod"],
    ["repository", { DescribeRepositories: { repositories: [{}] } }, "--repository-name payment-api-prod"],
    ["service", { DescribeServices: { services: [{ status: "ACTIVE" }] } }, "--service payment-api-prod"],
    ["replication group", { DescribeReplicationGroups: { ReplicationGroups: [{}] } }, "payment-cache-prod"],
    ["alias", { DescribeKey: {} }, "aws kms delete-alias --alias-name alias/payment-"],
    ["function", { GetFunctionConfiguration: {} }, "--function-name payment-validator-prod"],
    ["database cluster", { DescribeDBClusters: { DBClusters: [{}] } }, "--db-cluster-identifier payment-database-prod"],
    ["bucket", { HeadBucket: {} }, "aws s3api delete-bucket --bucket payment-"],
    ["schedule group", { GetScheduleGroup: {} }, "aws scheduler delete-schedule-group --name payment-recovery-prod"],
    ["queue", { GetQueueUrl: {} }, "# of payment-"],
])("a %s of that name is found", async (noun, answers, remedy) => {
    const { problems, warnings } = await check(answers, subjectOf(await planTestStack("prod")));
    expect(warnings).toEqual([]);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.filter((line) => !line.startsWith(`names of each ${noun}: `))).toEqual([]);
    expect(problems.join("\n")).toContain(remedy);
});

/** What AWS is asked about a name. */
const requests: Readonly<Record<string, Request>> = {
    "aws:cloudtrail/trail:Trail": ["DescribeTrails", { trailNameList: ["the-name"] }],
    "aws:cloudwatch/logGroup:LogGroup": ["DescribeLogGroups", { logGroupNamePrefix: "the-name" }],
    "aws:dynamodb/table:Table": ["DescribeTable", { TableName: "the-name" }],
    "aws:ecr/repository:Repository": ["DescribeRepositories", { repositoryNames: ["the-name"] }],
    "aws:ecs/service:Service": ["DescribeServices", { cluster: "the-cluster", services: ["the-name"] }],
    "aws:elasticache/replicationGroup:ReplicationGroup": [
        "DescribeReplicationGroups",
        { ReplicationGroupId: "the-name" },
    ],
    "aws:kms/alias:Alias": ["DescribeKey", { KeyId: "the-name" }],
    "aws:lambda/function:Function": ["GetFunctionConfiguration", { FunctionName: "the-name" }],
    "aws:rds/cluster:Cluster": ["DescribeDBClusters", { DBClusterIdentifier: "the-name" }],
    "aws:s3/bucket:Bucket": ["HeadBucket", { Bucket: "the-name" }],
    "aws:scheduler/scheduleGroup:ScheduleGroup": ["GetScheduleGroup", { Name: "the-name" }],
    "aws:sqs/queue:Queue": ["GetQueueUrl", { QueueName: "the-name" }],
};

test.each(Object.entries(namedTypes))(
    "%s: AWS is asked about the name, with just the action of the row",
    async (type, { iamAction, exists }) => {
        const node = requireItem(resourcesOfType(await planTestStack("prod"), type), 0);
        const request = requests[type];
        const { clients, taken, requests: received } = asked({ [request?.[0] ?? ""]: {} });
        await exists(clients, "the-name", { ...node, inputs: { ...node.inputs, cluster: "the-cluster" } });
        expectRequests(received(), request === undefined ? [] : [request]);
        expect(taken).toEqual(new Set([iamAction]));
    },
);

test("a service that was deleted leaves its name free", async () => {
    const answers = { DescribeServices: { services: [{ status: "INACTIVE" }] } };
    expect((await check(answers, subjectOf(await planTestStack("prod")))).problems).toEqual([]);
});

test("a name that may not be looked up is a warning", async () => {
    const answers = { HeadBucket: awsError("AccessDenied") };
    expect((await check(answers, subjectOf(await planTestStack("prod")))).warnings).toEqual([
        "could not check names of each bucket: needs s3:ListBucket",
    ]);
});

/** Types with a fixed name that are created all the same where the name is taken, and why. */
const createdOverTaken: Readonly<Record<string, string>> = {
    "aws:apigateway/model:Model": "its name is unique within the API, which is new",
    "aws:apigateway/restApi:RestApi": "several APIs may have one name",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": "PutCompositeAlarm overwrites",
    "aws:cloudwatch/dashboard:Dashboard": "PutDashboard overwrites",
    "aws:cloudwatch/eventRule:EventRule": "PutRule overwrites",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": "PutMetricFilter overwrites",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "PutResourcePolicy overwrites",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "PutMetricAlarm overwrites",
    "aws:ecs/cluster:Cluster": "CreateCluster answers with the existing cluster",
    "aws:ecs/taskDefinition:TaskDefinition": "each registration is a new revision of the family",
    "aws:scheduler/schedule:Schedule": "its name is unique within the schedule group, which is new",
    "aws:sns/topic:Topic": "CreateTopic answers with the existing topic",
};

test("each type that the program names is looked up, or can be created although the name is taken", async () => {
    const plan = await planTestStack("prod");
    // Settings of a bucket repeat its name.
    const named = plan.nodes.filter((node) => node.type.startsWith("aws:") && fixedNameOf(node) !== undefined);
    const unknown = named
        .map(({ type }) => type)
        .filter((type) => !(type in namedTypes) && !(type in createdOverTaken));
    expect([...new Set(unknown)]).toEqual(["aws:route53/record:Record"]);
});

test("the deployer may look up each of these names", async () => {
    const { deploy } = generateDeployerPolicies(await planTestStack("prod"), stackLocation("prod"));
    const allowed = new Set(actionsIn(statementsOfDocuments(deploy)));
    expect(
        Object.values(namedTypes)
            .map(({ iamAction }) => iamAction)
            .filter((action) => !allowed.has(action)),
    ).toEqual([]);
});
