import {
    changeInputs,
    changeOptions,
    withoutDependencies,
    changeResources,
    removeResources,
    type FaultsByRule,
} from "../fault.ts";

const queue = "aws:sqs/queue:Queue";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const bucket = "aws:s3/bucket:Bucket";
const cluster = "aws:rds/cluster:Cluster";
const service = "aws:ecs/service:Service";
const table = "aws:dynamodb/table:Table";
const lambda = "aws:lambda/function:Function";
const stage = "aws:apigateway/stage:Stage";
const methodSettings = "aws:apigateway/methodSettings:MethodSettings";
const usagePlan = "aws:apigateway/usagePlan:UsagePlan";

export const lifetimeFaults: FaultsByRule = {
    "created-after-dependencies": {
        "a function before its role may act": changeResources(lambda, "", withoutDependencies),
        "a picture of half an API": changeResources("aws:apigateway/deployment:Deployment", "", withoutDependencies),
        "a stage before its logs": changeResources(stage, "", withoutDependencies),
        "limits before the role that logs": changeResources(methodSettings, "", withoutDependencies),
        "a plan before its stage": changeResources(usagePlan, "", withoutDependencies),
        "a role that may not write yet": changeResources("aws:apigateway/account:Account", "", withoutDependencies),
        "an answer before its integration": changeResources(
            "aws:apigateway/integrationResponse:IntegrationResponse",
            "",
            withoutDependencies,
        ),
        "a flow log before its role may write": removeResources(rolePolicy, "flow-logs"),
        "a service before the path to it": changeResources(service, "payment-api", (node) => [
            { ...node, dependencies: [] },
        ]),
    },
    "replaced-before-deleted": {
        "a certificate that goes first": changeOptions("aws:acm/certificate:Certificate", {
            deleteBeforeReplace: true,
        }),
        "an API's deployment that goes first": changeOptions("aws:apigateway/deployment:Deployment", {
            deleteBeforeReplace: true,
        }),
    },
    "destroyable-unless-protected": {
        "a bucket that stays": changeInputs(bucket, "", { forceDestroy: false }),
        "a database that stays": changeInputs(cluster, "", { deletionProtection: true }),
        "a table that stays": changeInputs(table, "", { deletionProtectionEnabled: true }),
        "a table that Pulumi keeps": changeOptions(table, { protect: true }),
        "a queue that stays": changeOptions(queue, { protect: true }),
        "a database that asks for a last snapshot": changeInputs(cluster, "", {
            finalSnapshotIdentifier: "payment-final",
        }),
        "logs that stay": changeInputs("aws:cloudwatch/logGroup:LogGroup", "payment-api", { skipDestroy: true }),
        "records that are locked by default": changeResources(bucket, "-audit-", (node) => [
            node,
            { ...node, type: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration" },
        ]),
        "a queue that is forgotten": changeOptions(queue, { retainOnDelete: true }),
    },
};
