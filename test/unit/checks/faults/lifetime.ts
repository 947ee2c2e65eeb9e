import { inputs, options, unordered, where, without, type Faults } from "../fault.ts";

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

export const lifetimeFaults: Faults = {
    "made-in-order": {
        "a function before its role may act": where(lambda, "", unordered),
        "a picture of half an API": where("aws:apigateway/deployment:Deployment", "", unordered),
        "a stage before its logs": where(stage, "", unordered),
        "limits before the role that logs": where(methodSettings, "", unordered),
        "a plan before its stage": where(usagePlan, "", unordered),
        "a role that may not write yet": where("aws:apigateway/account:Account", "", unordered),
        "an answer before its integration": where(
            "aws:apigateway/integrationResponse:IntegrationResponse",
            "",
            unordered,
        ),
        "a flow log before its role may write": without(rolePolicy, "flow-logs"),
        "a service before the path to it": where(service, "payment-api", (node) => [{ ...node, dependencies: [] }]),
    },
    "replaced-before-deleted": {
        "a certificate that goes first": options("aws:acm/certificate:Certificate", { deleteBeforeReplace: true }),
        "an API's deployment that goes first": options("aws:apigateway/deployment:Deployment", {
            deleteBeforeReplace: true,
        }),
    },
    "destroyable-unless-protected": {
        "a bucket that stays": inputs(bucket, "", { forceDestroy: false }),
        "a database that stays": inputs(cluster, "", { deletionProtection: true }),
        "a table that stays": inputs(table, "", { deletionProtectionEnabled: true }),
        "a table that Pulumi keeps": options(table, { protect: true }),
        "a queue that stays": options(queue, { protect: true }),
        "a database that asks for a last snapshot": inputs(cluster, "", { finalSnapshotIdentifier: "payment-final" }),
        "logs that stay": inputs("aws:cloudwatch/logGroup:LogGroup", "payment-api", { skipDestroy: true }),
        "records that are locked by default": where(bucket, "-audit-", (node) => [
            node,
            { ...node, type: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration" },
        ]),
        "a queue that is forgotten": options(queue, { retainOnDelete: true }),
    },
};
