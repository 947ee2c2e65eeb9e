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
        "a function before the policy of its role": [
            changeResources(lambda, "", withoutDependencies),
            "payment-validator-prod must depend on payment-validator-prod (RolePolicy): Lambda checks that the role can use the subnets and the dead-letter queue",
        ],
        "a deployment before its methods": [
            changeResources("aws:apigateway/deployment:Deployment", "", withoutDependencies),
            "payment-gateway-prod must depend on payment-gateway-validate-prod (Resource): a deployment is a snapshot of the API",
        ],
        "a stage before its log groups": [
            changeResources(stage, "", withoutDependencies),
            "payment-gateway-stage-prod must depend on payment-gateway-access-prod (LogGroup): API Gateway checks the access log group, and would create the execution log group without a KMS key",
        ],
        "method settings before the role for logs": [
            changeResources(methodSettings, "", withoutDependencies),
            "payment-gateway-stage-prod must depend on payment-gateway-logging-prod (Account): API Gateway rejects logging of a stage while the account has no role for it",
        ],
        "a usage plan before its stage": [
            changeResources(usagePlan, "", withoutDependencies),
            "payment-gateway-merchant-example-shop-prod must depend on payment-gateway-stage-prod (Stage): a usage plan gives access to a stage",
        ],
        "account settings before the policy of the role": [
            changeResources("aws:apigateway/account:Account", "", withoutDependencies),
            "payment-gateway-logging-prod must depend on payment-gateway-logging-prod (RolePolicyAttachment): API Gateway checks the role before it accepts it",
        ],
        "an integration response before its integration": [
            changeResources("aws:apigateway/integrationResponse:IntegrationResponse", "", withoutDependencies),
            "payment-gateway-options-validate-prod must depend on payment-gateway-options-validate-prod (Integration): API Gateway rejects a response of an integration that does not exist",
        ],
        "a flow log without the policy of its role": [
            removeResources(rolePolicy, "flow-logs"),
            "payment-flow-logs-prod must have its dependency in the plan: the role must be allowed to write to the log group",
        ],
        "a service before its listener rule": [
            changeResources(service, "payment-api", (node) => [{ ...node, dependencies: [] }]),
            "payment-api-prod must depend on payment-api-prod (ListenerRule): ECS rejects a target group that no listener uses",
        ],
    },
    "replaced-before-deleted": {
        "a certificate that is deleted first": [
            changeOptions("aws:acm/certificate:Certificate", {
                deleteBeforeReplace: true,
            }),
            "payment-certificate-prod must not set `deleteBeforeReplace`",
        ],
        "an API deployment that is deleted first": [
            changeOptions("aws:apigateway/deployment:Deployment", {
                deleteBeforeReplace: true,
            }),
            "payment-gateway-prod must not set `deleteBeforeReplace`",
        ],
    },
    "destroyable-unless-protected": {
        "a bucket that is not emptied": [
            changeInputs(bucket, "", { forceDestroy: false }),
            "payment-access-logs-prod must have forceDestroy true",
        ],
        "a database with deletion protection": [
            changeInputs(cluster, "", { deletionProtection: true }),
            "payment-database-prod must have deletionProtection false",
        ],
        "a table with deletion protection": [
            changeInputs(table, "", { deletionProtectionEnabled: true }),
            "payment-transactions-prod must have deletionProtectionEnabled false",
        ],
        "a table with `protect`": [
            changeOptions(table, { protect: true }),
            "payment-transactions-prod must have protect false",
        ],
        "a queue with `protect`": [
            changeOptions(queue, { protect: true }),
            "payment-notifications-dlq-prod must not set `protect`",
        ],
        "a database with a final snapshot": [
            changeInputs(cluster, "", {
                finalSnapshotIdentifier: "payment-final",
            }),
            "payment-database-prod must name a final snapshot only where the stack has deletion protection",
        ],
        "a log group with skipDestroy": [
            changeInputs("aws:cloudwatch/logGroup:LogGroup", "payment-api", { skipDestroy: true }),
            "payment-api-prod must not have skipDestroy",
        ],
        "a default retention of Object Lock": [
            changeResources(bucket, "-audit-", (node) => [
                node,
                { ...node, type: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration" },
            ]),
            "payment-audit-prod must not exist: a default retention would keep objects when the stack is destroyed",
        ],
        "a queue with `retainOnDelete`": [
            changeOptions(queue, { retainOnDelete: true }),
            "payment-notifications-dlq-prod must not set `retainOnDelete`",
        ],
    },
};
