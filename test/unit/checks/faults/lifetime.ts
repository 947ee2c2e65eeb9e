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
const webAclLog = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration";
const usagePlan = "aws:apigateway/usagePlan:UsagePlan";

/** Prod has no GuardDuty: its plan gets one feature, with these names in its list. */
const monitoringAtRuntime = (...names: string[]) =>
    changeResources(queue, "processing-prod", (node) => [
        {
            ...node,
            name: "runtime-monitoring",
            type: "aws:guardduty/detectorFeature:DetectorFeature",
            inputs: {
                name: "RUNTIME_MONITORING",
                additionalConfigurations: names.map((name) => ({ name, status: "ENABLED" })),
            },
        },
    ]);

export const lifetimeFaults: FaultsByRule = {
    "whole-lists-stated": {
        "a list with the item that is on, alone": [
            monitoringAtRuntime("ECS_FARGATE_AGENT_MANAGEMENT"),
            "runtime-monitoring must state EKS_ADDON_MANAGEMENT, ECS_FARGATE_AGENT_MANAGEMENT, EC2_AGENT_MANAGEMENT in additionalConfigurations",
        ],
        "a whole list in another order": [
            monitoringAtRuntime("EC2_AGENT_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EKS_ADDON_MANAGEMENT"),
            "runtime-monitoring must state EKS_ADDON_MANAGEMENT, ECS_FARGATE_AGENT_MANAGEMENT, EC2_AGENT_MANAGEMENT in additionalConfigurations",
        ],
    },
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
        "a log of a web ACL before the policy for its delivery": [
            changeResources(webAclLog, "payment-firewall", withoutDependencies),
            "payment-firewall-prod must depend on payment-log-delivery-prod (LogResourcePolicy): AWS would write the policy for its delivery of logs, and two services that do so at once fail",
        ],
        "logs of the cache before the policy for their delivery": [
            changeResources("aws:elasticache/replicationGroup:ReplicationGroup", "", withoutDependencies),
            "payment-cache-prod must depend on payment-log-delivery-prod (LogResourcePolicy): AWS would write the policy for its delivery of logs, and two services that do so at once fail",
        ],
        "logs of two web ACLs at once": [
            changeResources(webAclLog, "gateway", withoutDependencies),
            "payment-gateway-firewall-prod must depend on payment-firewall-prod (WebAclLoggingConfiguration): WAF changes one policy for all logs, and two logs that it adds at once fail",
        ],
        "a stack without the policy for the delivery of logs": [
            removeResources("aws:cloudwatch/logResourcePolicy:LogResourcePolicy"),
            "payment-gateway-firewall-prod must have its dependency in the plan: AWS would write the policy for its delivery of logs, and two services that do so at once fail",
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
            "payment-database-prod must name a final snapshot, with a part of its own, only where the stack has deletion protection",
        ],
        "a log group with skipDestroy": [
            changeInputs("aws:cloudwatch/logGroup:LogGroup", "payment-api", { skipDestroy: true }),
            "payment-api-prod must not have skipDestroy",
        ],
        "Object Lock in compliance mode": [
            changeInputs("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "", {
                rule: { defaultRetention: { mode: "COMPLIANCE", days: 365 } },
            }),
            "payment-audit-prod must lock in governance mode: in compliance mode no permission deletes an object, and the bucket would remain",
        ],
        "a queue with `retainOnDelete`": [
            changeOptions(queue, { retainOnDelete: true }),
            "payment-notifications-dlq-prod must not set `retainOnDelete`",
        ],
        "a validation record that is deleted with the stack": [
            changeOptions("aws:route53/record:Record", { retainOnDelete: false }),
            "payment-certificate-prod must set `retainOnDelete`: other stacks may use it",
        ],
    },
};
