import { expect, test } from "@jest/globals";
import { accessRoleRules } from "../../../checks/rules/access-roles.ts";
import { accessRules } from "../../../checks/rules/access.ts";
import { findViolations } from "../../../checks/rule.ts";
import { toText } from "../../../plan/query.ts";
import type { Plan, Values } from "../../../plan/plan.ts";
import { findNode } from "../../recorder.ts";
import { planTestStack } from "../../stacks.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";
import { withValueAt, changeInputs, changePolicy, changeResources, removeResources, type PlanChange } from "./fault.ts";
import { planOfConfig, settingsFromConfig } from "./config-plans.ts";

const rules = [...accessRules, ...accessRoleRules];
const settings = settingsFromConfig(readStackConfig("prod"));

function broken(name: string, plan: Plan): string[] {
    const rule = rules.find((each) => each.name === name);
    if (rule === undefined) {
        throw new Error(`no rule ${name}`);
    }
    return findViolations(rule, plan, settings).map(({ resource, reason }) => `${resource} ${reason}`);
}

const role = "aws:iam/role:Role";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const key = "aws:kms/key:Key";
const queue = "aws:sqs/queue:Queue";
const queuePolicy = "aws:sqs/queuePolicy:QueuePolicy";
const topicPolicy = "aws:sns/topicPolicy:TopicPolicy";
const bucketPolicy = "aws:s3/bucketPolicy:BucketPolicy";
const taskDefinition = "aws:ecs/taskDefinition:TaskDefinition";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const lambda = "aws:lambda/function:Function";
const schedule = "aws:scheduler/schedule:Schedule";

/** Adds a statement to a policy. */
const also = (type: string, part: string, statement: object): PlanChange =>
    changePolicy(type, part, /\]\}$/, () => `,${JSON.stringify(statement)}]}`);
const mayAlso = (part: string, action: string, resource: string): PlanChange =>
    also(rolePolicy, part, { Effect: "Allow", Action: action, Resource: resource });
const arn = "arn:aws:sqs:us-east-1:123456789012:payment-processing-prod";
const apiTask = (plan: Plan) => toText(findNode(plan, "payment-api-task-prod", role).outputs.arn);
const forApi =
    (type: string, part: string, statement: object): PlanChange =>
    (plan) =>
        also(type, part, { ...statement, Principal: { AWS: apiTask(plan) } })(plan);
/** Allows a role an action on what a pattern matches, and denies it something of that. */
const mayExcept = (part: string, action: string, resource: string, deny: object): PlanChange => {
    const denied = also(rolePolicy, part, { Effect: "Deny", Action: action, ...deny });
    return (plan) => denied(mayAlso(part, action, resource)(plan));
};
const inAccount = (service: string, rest: string): string => `arn:aws:${service}:us-east-1:123456789012:${rest}`;
/** Adds a statement to the policy of the first queue that names the API's role, on what a pattern matches. */
const queueNamesApi = (resource: string): PlanChange =>
    forApi(queuePolicy, "payment-notifications-prod", {
        Effect: "Allow",
        Action: "sqs:PurgeQueue",
        Resource: resource,
    });
const roleOf =
    (input: string, from: string): PlanChange =>
    (plan) => {
        const arnOfRole = findNode(plan, from, role).outputs.arn ?? null;
        return changeInputs(taskDefinition, "payment-api-prod", { [input]: arnOfRole })(plan);
    };
const copy =
    (part: string, name: string): PlanChange =>
    (plan) =>
        changeResources(role, part, (node) => [
            node,
            { ...node, name, urn: `${node.urn}-2`, outputs: { ...node.outputs, arn: `${toText(node.outputs.arn)}-2` } },
        ])(plan);

/** Faults by rule: what is changed, and the one finding that must come of it. */
const faults: Record<string, Record<string, [PlanChange, string]>> = {
    "policies-supported": {
        "an unsupported condition operator": [
            changePolicy(
                rolePolicy,
                "api-task",
                '"Resource"',
                '"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}},"Resource"',
            ),
            "payment-api-task-prod has the operator IpAddress, which the evaluator does not support",
        ],
        "a variable in a resource": [
            changePolicy(rolePolicy, "api-task", "payment-processing-prod", "${aws:PrincipalTag/queue}"),
            "payment-api-task-prod has the variable in arn:aws:sqs:us-east-1:123456789012:${aws:PrincipalTag/queue}, which the evaluator does not support",
        ],
        "a variable in what a Deny does not deny": [
            also(rolePolicy, "api-task", {
                Effect: "Deny",
                Action: "sqs:*",
                NotResource: "arn:aws:sqs:*:*:${aws:PrincipalTag/queue}",
            }),
            "payment-api-task-prod has the variable in arn:aws:sqs:*:*:${aws:PrincipalTag/queue}, which the evaluator does not support",
        ],
        "a queue policy for a session of a role": [
            also(queuePolicy, "payment-notifications-prod", {
                Effect: "Allow",
                Principal: { AWS: "arn:aws:sts::123456789012:assumed-role/payment-api-task-prod/x" },
                Action: "sqs:PurgeQueue",
                Resource: "*",
            }),
            "payment-notifications-prod has the session arn:aws:sts::123456789012:assumed-role/payment-api-task-prod/x, which the evaluator does not support",
        ],
        "a managed policy in the role": [
            changeInputs(role, "api-task", { managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }),
            "payment-api-task-prod has managedPolicyArns, which the evaluator does not read",
        ],
        "an inline policy in the role": [
            changeInputs(role, "api-task", {
                inlinePolicies: [{ policy: '{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}' }],
            }),
            "payment-api-task-prod has inlinePolicies, which the evaluator does not read",
        ],
        "a list of a role's managed policies": [
            changeResources(attachment, "gateway-logging", (node) => [
                { ...node, type: "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive" },
            ]),
            "payment-gateway-logging-prod gives access by a type of resource that the evaluator does not support",
        ],
        "a policy in an unsupported input": [
            changeInputs(queue, "payment-processing-prod", { policy: '{"Statement":[{"Effect":"Allow"}]}' }),
            "payment-processing-prod has a policy of a type that the evaluator does not read",
        ],
        "a KMS grant": [
            changeResources(key, "data", (node) => [
                node,
                { ...node, type: "aws:kms/grant:Grant", name: "grant", urn: "grant" },
            ]),
            "grant gives access by a type of resource that the evaluator does not support",
        ],
        "a boundary that is not in the plan": [
            changeInputs(role, "api-task", { permissionsBoundary: "arn:aws:iam::123456789012:policy/limits" }),
            "payment-api-task-prod has the managed policy arn:aws:iam::123456789012:policy/limits, whose statements the evaluator does not have",
        ],
        "an administrator": [
            changeInputs(attachment, "database-monitoring", {
                policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
            }),
            "payment-database-monitoring-prod has the managed policy arn:aws:iam::aws:policy/AdministratorAccess, whose statements the evaluator does not have",
        ],
    },
    "roles-within-boundary": {
        "another permissions boundary": [
            changeInputs(role, "api-task", { permissionsBoundary: "arn:aws:iam::123456789012:policy/limits" }),
            "payment-api-task-prod must have no boundary",
        ],
    },
    "no-privilege-escalation": {
        "a customer managed policy that passes roles": [
            (plan) => {
                const arnOfOwn = "arn:aws:iam::123456789012:policy/own";
                const document = '{"Statement":[{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}]}';
                const own = changeResources(rolePolicy, "payment-trail", (node) => [
                    node,
                    {
                        ...node,
                        type: "aws:iam/policy:Policy",
                        name: "own",
                        urn: "own",
                        inputs: { policy: document },
                        outputs: { arn: arnOfOwn },
                    },
                ]);
                return changeInputs(attachment, "gateway-logging", { policyArn: arnOfOwn })(own(plan));
            },
            "payment-gateway-logging-prod must not allow payment-gateway-logging-prod iam:PassRole, which passes a role to a resource that it runs",
        ],
        "a role that passes roles": [
            mayAlso("api-task", "iam:PassRole", "arn:aws:iam::123456789012:role/payment-*"),
            "payment-api-task-prod must not allow payment-api-task-prod iam:PassRole, which passes a role to a resource that it runs",
        ],
        "a role that edits key policies": [
            mayAlso("validator", "kms:Put*", "*"),
            "payment-validator-prod must not allow payment-validator-prod kms:PutKeyPolicy, which changes who may use a resource",
        ],
        "a role that changes policies of other roles, by a pattern within a known method": [
            mayAlso("api-task", "iam:PutRole*", "*"),
            "payment-api-task-prod must not allow payment-api-task-prod iam:Put*Policy, which changes the permissions of identities",
        ],
        "a role that attaches policies, by a pattern within a known method": [
            mayAlso("api-task", "iam:AttachRole*", "*"),
            "payment-api-task-prod must not allow payment-api-task-prod iam:Attach*Policy, which changes the permissions of identities",
        ],
        "a role that changes who may use the registry": [
            mayAlso("api-task", "ecr:PutRegistryPolicy", "*"),
            "payment-api-task-prod must not allow payment-api-task-prod ecr:PutRegistryPolicy, which changes who may use a resource",
        ],
        "a role that changes the policy of the API": [
            mayAlso("api-task", "apigateway:UpdateRestApiPolicy", "*"),
            "payment-api-task-prod must not allow payment-api-task-prod apigateway:UpdateRestApiPolicy, which changes who may use a resource",
        ],
        "a role that passes roles to one service, by a Deny for all others": [
            mayExcept("api-task", "iam:PassRole", "arn:aws:iam::123456789012:role/payment-*", {
                Resource: "*",
                Condition: { StringNotEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
            }),
            "payment-api-task-prod must not allow payment-api-task-prod iam:PassRole, which passes a role to a resource that it runs",
        ],
        "a role that pushes images": [
            mayAlso("api-execution", "ecr:PutImage", "arn:aws:ecr:us-east-1:123456789012:repository/payment-api-prod"),
            "payment-api-execution-prod must not allow payment-api-execution-prod ecr:PutImage, which runs its own code with another role",
        ],
        "a role that allows NotAction": [
            also(rolePolicy, "api-task", { Effect: "Allow", NotAction: "sqs:*", Resource: "*" }),
            "payment-api-task-prod must not allow payment-api-task-prod iam:CreateAccessKey, which creates credentials",
        ],
        "a service that edits the key policy": [
            changePolicy(key, "messaging", "kms:GenerateDataKey*", "kms:*"),
            "payment-messaging-prod must not allow anyone kms:PutKeyPolicy, which changes who may use a resource",
        ],
    },
    "aws-services-allowed": {
        "a topic policy without CloudWatch alarms": [
            changePolicy(topicPolicy, "critical", "cloudwatch.amazonaws.com", "x.amazonaws.com"),
            "payment-processing-dead-letters-prod needs cloudwatch.amazonaws.com to sns:Publish on payment-alerts-critical-prod, but the policy of TopicPolicy payment-alerts-critical-prod does not allow it (resource)",
        ],
        "a topic policy without EventBridge": [
            changePolicy(topicPolicy, "critical", "events.amazonaws.com", "x.amazonaws.com"),
            "payment-deployment-failed-prod needs events.amazonaws.com to sns:Publish on payment-alerts-critical-prod, but the policy of TopicPolicy payment-alerts-critical-prod does not allow it (resource)",
        ],
        "a topic policy that requires of EventBridge the account, which it does not send": [
            changePolicy(topicPolicy, "critical", "StringEqualsIfExists", "StringEquals"),
            "payment-deployment-failed-prod needs events.amazonaws.com to sns:Publish on payment-alerts-critical-prod, but the policy of TopicPolicy payment-alerts-critical-prod does not allow it (resource)",
        ],
        "a key policy that requires of EventBridge the account, which it does not send": [
            changePolicy(
                key,
                "alerts",
                /"Service":"events\.amazonaws\.com".*?"Condition":\{/,
                (found) => `${found}"StringEquals":{"aws:SourceAccount":"123456789012"},`,
            ),
            "payment-deployment-failed-prod needs events.amazonaws.com to kms:GenerateDataKey on payment-alerts-prod, but the policy of Key payment-alerts-prod does not allow it (key)",
        ],
        "a key policy for other topics than those of alerts": [
            changePolicy(key, "alerts", /:payment-alerts-\*-prod/, ":other-*-prod"),
            "payment-deployment-failed-prod needs events.amazonaws.com to kms:Decrypt on payment-alerts-prod, but the policy of Key payment-alerts-prod does not allow it (key)",
        ],
        "a key policy that requires of RDS the account, which it may not send": [
            changePolicy(
                key,
                "alerts",
                /"Service":"events\.rds\.amazonaws\.com".*?"Condition":\{/,
                (found) => `${found}"StringEquals":{"aws:SourceAccount":"123456789012"},`,
            ),
            "payment-db-parameter-group-events-prod needs events.rds.amazonaws.com to kms:GenerateDataKey on payment-alerts-prod, but the policy of Key payment-alerts-prod does not allow it (key)",
        ],
        "a dead-letter queue of EventBridge without a policy": [
            removeResources(queuePolicy, "alerts-dlq"),
            "payment-deployment-failed-prod needs events.amazonaws.com to sqs:SendMessage on payment-alerts-dlq-prod, but a policy of the resource does not allow it (resource)",
        ],
        "a dead-letter queue for rules of another stack": [
            changePolicy(queuePolicy, "alerts-dlq", "rule/payment-", "rule/other-"),
            "payment-deployment-failed-prod needs events.amazonaws.com to sqs:SendMessage on payment-alerts-dlq-prod, but the policy of QueuePolicy payment-alerts-dlq-prod does not allow it (resource)",
        ],
        "a key policy without the dead-letter queue of EventBridge": [
            changePolicy(key, "alerts", ":payment-alerts-dlq-prod", ":other-prod"),
            "payment-deployment-failed-prod needs events.amazonaws.com to kms:GenerateDataKey on payment-alerts-prod, but the policy of Key payment-alerts-prod does not allow it (key)",
        ],
        "a trust policy that requires of CloudTrail the account, which it may not send": [
            changePolicy(role, "payment-trail", "StringEqualsIfExists", "StringEquals", "assumeRolePolicy"),
            "payment-trail-prod needs cloudtrail.amazonaws.com to sts:AssumeRole on payment-trail-prod, but the trust of payment-trail-prod does not allow it (trust)",
        ],
        "access logs of a bucket in another folder": [
            changeInputs("aws:s3/bucketLogging:BucketLogging", "audit", { targetPrefix: "other/" }),
            "payment-audit-prod needs logging.s3.amazonaws.com to s3:PutObject on payment-access-logs-prod/other/*, but the policy of BucketPolicy payment-access-logs-prod does not allow it (resource)",
        ],
        "access logs for the load balancers of another account": [
            changePolicy(bucketPolicy, "access-logs", ":123456789012:loadbalancer/", ":210987654321:loadbalancer/"),
            "payment-prod needs logdelivery.elasticloadbalancing.amazonaws.com to s3:PutObject on payment-access-logs-prod/alb/AWSLogs/123456789012/*, but the policy of BucketPolicy payment-access-logs-prod does not allow it (resource)",
        ],
        "a topic of another stack": [
            changeInputs("aws:rds/eventSubscription:EventSubscription", "", {
                snsTopic: "arn:aws:sns:us-east-1:123456789012:other",
            }),
            "payment-db-parameter-group-events-prod needs events.rds.amazonaws.com to sns:Publish on arn:aws:sns:us-east-1:123456789012:other, but a policy of the resource does not allow it (resource)",
        ],
        "a key policy without RDS events": [
            changePolicy(key, "alerts", "events.rds.amazonaws.com", "x.amazonaws.com"),
            "payment-db-parameter-group-events-prod needs events.rds.amazonaws.com to kms:GenerateDataKey on payment-alerts-prod, but the policy of Key payment-alerts-prod does not allow it (key)",
        ],
        "a key policy without SNS": [
            changePolicy(key, "messaging", '"sns.amazonaws.com"', '"x.amazonaws.com"'),
            "payment-notifications-events-prod needs sns.amazonaws.com to kms:Decrypt on payment-messaging-prod, but the policy of Key payment-messaging-prod does not allow it (key)",
        ],
        "a dead-letter queue without a policy": [
            removeResources(queuePolicy, "notifications-dlq"),
            "payment-notifications-events-prod needs sns.amazonaws.com to sqs:SendMessage on payment-notifications-dlq-prod, but a policy of the resource does not allow it (resource)",
        ],
        "a queue policy that denies its topic": [
            also(queuePolicy, "payment-notifications-prod", {
                Effect: "Deny",
                Principal: { Service: "sns.amazonaws.com" },
                Action: "sqs:*",
                Resource: "*",
            }),
            "payment-notifications-events-prod needs sns.amazonaws.com to sqs:SendMessage on payment-notifications-prod, but the policy of QueuePolicy payment-notifications-prod denies it (resource)",
        ],
        "a dead-letter queue policy for another topic": [
            changePolicy(queuePolicy, "payment-notifications-dlq", "payment-events-prod", "payment-other-prod"),
            "payment-notifications-events-prod needs sns.amazonaws.com to sqs:SendMessage on payment-notifications-dlq-prod, but the policy of QueuePolicy payment-notifications-dlq-prod does not allow it (resource)",
        ],
        "a topic policy for alarms of another stack": [
            changePolicy(topicPolicy, "critical", "alarm:payment-", "alarm:other-"),
            "payment-processing-dead-letters-prod needs cloudwatch.amazonaws.com to sns:Publish on payment-alerts-critical-prod, but the policy of TopicPolicy payment-alerts-critical-prod does not allow it (resource)",
        ],
        "an endpoint policy without image layers": [
            changePolicy(endpoint, "payment-s3", "prod-us-east-1-starport", "prod-eu-west-1-starport"),
            "payment-api-prod needs ecr.amazonaws.com to s3:GetObject on arn:aws:s3:::prod-us-east-1-starport-layer-bucket/* through s3, but the policy of VpcEndpoint payment-s3-prod does not allow it (endpoint)",
        ],
        "a trust policy for another flow log": [
            changePolicy(role, "flow-logs", "vpc-flow-log/*", "vpc-flow-log/fl-0", "assumeRolePolicy"),
            "payment-flow-logs-prod needs vpc-flow-logs.amazonaws.com to sts:AssumeRole on payment-flow-logs-prod, but the trust of payment-flow-logs-prod does not allow it (trust)",
        ],
        "a trail that may not read the bucket's ACL": [
            changePolicy(bucketPolicy, "audit", "s3:GetBucketAcl", "s3:ListBucket"),
            "payment-trail-prod needs cloudtrail.amazonaws.com to s3:GetBucketAcl on payment-audit-prod, but the policy of BucketPolicy payment-audit-prod does not allow it (resource)",
        ],
        "a key policy without CloudTrail": [
            changePolicy(key, "logs", "cloudtrail.amazonaws.com", "x.amazonaws.com"),
            "payment-trail-prod needs cloudtrail.amazonaws.com to kms:GenerateDataKey on payment-logs-prod, but the policy of Key payment-logs-prod does not allow it (key)",
        ],
        "a key policy with which CloudTrail cannot use the bucket's key": [
            changePolicy(key, "logs", '["kms:DescribeKey","kms:Decrypt"]', '"kms:DescribeKey"'),
            "payment-trail-prod needs cloudtrail.amazonaws.com to kms:Decrypt on payment-logs-prod, but the policy of Key payment-logs-prod does not allow it (key)",
        ],
        "a bucket policy that also denies the trail to overwrite, which sends no such header": [
            changePolicy(bucketPolicy, "audit", "/audit/*", "/*"),
            "payment-trail-prod needs cloudtrail.amazonaws.com to s3:PutObject on payment-audit-prod/cloudtrail/AWSLogs/123456789012/*, but the policy of BucketPolicy payment-audit-prod denies it (resource)",
        ],
        "a bucket policy with another prefix than the trail's": [
            changePolicy(bucketPolicy, "audit", "/cloudtrail/AWSLogs", "/trail/AWSLogs"),
            "payment-trail-prod needs cloudtrail.amazonaws.com to s3:PutObject on payment-audit-prod/cloudtrail/AWSLogs/123456789012/*, but the policy of BucketPolicy payment-audit-prod does not allow it (resource)",
        ],
        "a schedule in a group that its role does not trust": [
            changeInputs(schedule, "recovery", { groupName: "default" }),
            "payment-recovery-prod needs scheduler.amazonaws.com to sts:AssumeRole on payment-recovery-prod, but the trust of payment-recovery-prod does not allow it (trust)",
        ],
    },
    "workloads-have-required-permissions": {
        "a parameter that ECS may not read": [
            changePolicy(
                taskDefinition,
                "payment-api",
                '"stopTimeout"',
                '"secrets":[{"name":"A","valueFrom":"arn:aws:ssm:us-east-1:123456789012:parameter/a"}],"stopTimeout"',
                "containerDefinitions",
            ),
            "payment-api-prod needs payment-api-execution-prod to ssm:GetParameters on arn:aws:ssm:us-east-1:123456789012:parameter/a through ssm, but the policy of RolePolicy payment-api-execution-prod does not allow it (identity)",
        ],
        "an image of another account": [
            changePolicy(
                taskDefinition,
                "payment-api",
                "123456789012.dkr.ecr",
                "210987654321.dkr.ecr",
                "containerDefinitions",
            ),
            "payment-api-prod needs payment-api-execution-prod to ecr:BatchGetImage on arn:aws:ecr:us-east-1:210987654321:repository/payment-api-prod through ecr.dkr, but the policy of VpcEndpoint payment-ecr-dkr-prod does not allow it (endpoint)",
        ],
        "a producer that may not send": [
            changePolicy(rolePolicy, "api-task", "sqs:SendMessage", "sqs:ListQueues"),
            "payment-api-prod needs payment-api-task-prod to sqs:SendMessage on payment-processing-prod through sqs, but the policy of RolePolicy payment-api-task-prod does not allow it (identity)",
        ],
        "a queue that the stack does not have": [
            changePolicy(
                taskDefinition,
                "payment-api",
                "/payment-processing-prod",
                "/payment-lost-prod",
                "containerDefinitions",
            ),
            "payment-api-prod needs payment-api-task-prod to sqs:SendMessage on https://sqs.us-east-1.amazonaws.com/123456789012/payment-lost-prod through sqs, but the policy of RolePolicy payment-api-task-prod does not allow it (identity)",
        ],
        "a database that the stack does not have": [
            changePolicy(
                taskDefinition,
                "payment-api",
                "payment-database-prod.cluster-c",
                "lost.cluster-c",
                "containerDefinitions",
            ),
            "payment-api-prod needs payment-api-task-prod to rds-db:connect on arn:aws:rds-db:us-east-1:123456789012:dbuser:lost.cluster-c05ab7f43f1a.us-east-1.rds.amazonaws.com/payment_api, but the policy of RolePolicy payment-api-task-prod does not allow it (identity)",
        ],
        "a container secret that the execution role may not read": [
            (plan) => {
                const secret = findNode(plan, "payment-cache-token-prod", "aws:secretsmanager/secret:Secret");
                const list = `"secrets":[{"name":"TOKEN","valueFrom":"${toText(secret.outputs.arn)}"}],"mountPoints"`;
                return changePolicy(taskDefinition, "payment-api", '"mountPoints"', list, "containerDefinitions")(plan);
            },
            "payment-api-prod needs payment-api-execution-prod to secretsmanager:GetSecretValue on payment-cache-token-prod through secretsmanager, but the policy of RolePolicy payment-api-execution-prod does not allow it (identity)",
        ],
        "a boundary that is too narrow": [
            changeInputs(role, "api-task", {
                permissionsBoundary: "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
            }),
            "payment-api-prod needs payment-api-task-prod to sqs:SendMessage on payment-processing-prod through sqs, but AWS's policy service-role/AmazonRDSEnhancedMonitoringRole does not allow it (boundary)",
        ],
        "a producer without the key": [
            changePolicy(rolePolicy, "api-task", '"kms:GenerateDataKey",', ""),
            "payment-api-prod needs payment-api-task-prod to kms:GenerateDataKey on payment-messaging-prod through sqs.us-east-1.amazonaws.com, but the policy of RolePolicy payment-api-task-prod does not allow it (identity)",
        ],
        "an endpoint policy without DeleteMessage": [
            changePolicy(endpoint, "sqs", '"sqs:DeleteMessage",', ""),
            "payment-payment-prod needs payment-payment-task-prod to sqs:DeleteMessage on payment-processing-prod through sqs, but the policy of VpcEndpoint payment-sqs-prod does not allow it (endpoint)",
        ],
        "a key that does not delegate": [
            changePolicy(key, "data", "kms:*", "kms:DescribeKey"),
            "payment-api-prod needs payment-api-task-prod to kms:Decrypt on payment-data-prod through secretsmanager.us-east-1.amazonaws.com, but the policy of Key payment-data-prod does not allow it (key)",
        ],
        "a queue policy that denies its consumer": [
            also(queuePolicy, "payment-notifications-prod", {
                Effect: "Deny",
                Principal: { AWS: "*" },
                Action: "sqs:ReceiveMessage",
                Resource: "*",
                Condition: { StringNotEquals: { "aws:SourceAccount": "123456789012" } },
            }),
            "payment-notification-prod needs payment-notification-task-prod to sqs:ReceiveMessage on payment-notifications-prod through sqs, but the policy of QueuePolicy payment-notifications-prod denies it (resource)",
        ],
        "a role that denies itself": [
            also(rolePolicy, "payment-task", { Effect: "Deny", Action: "sns:*", Resource: "*" }),
            "payment-payment-prod needs payment-payment-task-prod to sns:Publish on payment-events-prod through sns, but the policy of RolePolicy payment-payment-task-prod denies it (identity)",
        ],
        "the database user of another service": [
            changePolicy(rolePolicy, "notification-task", "/payment_notification", "/payment_api"),
            "payment-notification-prod needs payment-notification-task-prod to rds-db:connect on payment_notification of payment-database-prod, but the policy of RolePolicy payment-notification-task-prod does not allow it (identity)",
        ],
        "the repository of another service": [
            changePolicy(rolePolicy, "api-execution", "repository/payment-api-prod", "repository/payment-payment-prod"),
            "payment-api-prod needs payment-api-execution-prod to ecr:BatchGetImage on payment-api-prod through ecr.dkr, but the policy of RolePolicy payment-api-execution-prod does not allow it (identity)",
        ],
        "another prefix for records": [
            changePolicy(rolePolicy, "validator", "/audit/????/*", "/records/*"),
            "payment-validator-prod needs payment-validator-prod to s3:PutObject on payment-audit-prod/audit/????/* through s3, but the policy of RolePolicy payment-validator-prod does not allow it (identity)",
        ],
        "an endpoint policy without PutItem": [
            changePolicy(endpoint, "dynamodb", '"dynamodb:PutItem",', ""),
            "payment-validator-prod needs payment-validator-prod to dynamodb:PutItem on payment-transactions-prod through dynamodb, but the policy of VpcEndpoint payment-dynamodb-prod does not allow it (endpoint)",
        ],
        "enhanced monitoring without its managed policy": [
            removeResources(attachment, "database-monitoring"),
            "payment-database-1-prod needs payment-database-monitoring-prod to logs:PutLogEvents on arn:aws:logs:*:*:log-group:RDS*:log-stream:*, but a policy of the role does not allow it (identity)",
        ],
        "a schedule with another metric namespace": [
            changeInputs(schedule, "recovery", ({ target }) => ({
                target: { ...(target as Values), input: '{"Namespace":"Drills"}' },
            })),
            "payment-recovery-prod needs payment-recovery-prod to cloudwatch:PutMetricData on *, but the policy of RolePolicy payment-recovery-prod does not allow it (identity)",
        ],
        "a schedule without permission for its call": [
            changePolicy(rolePolicy, "recovery", "cloudwatch:PutMetricData", "cloudwatch:ListMetrics"),
            "payment-recovery-prod needs payment-recovery-prod to cloudwatch:PutMetricData on *, but the policy of RolePolicy payment-recovery-prod does not allow it (identity)",
        ],
        "a schedule without permission to decrypt its input": [
            changePolicy(rolePolicy, "recovery", "kms:Decrypt", "kms:DescribeKey"),
            "payment-recovery-prod needs payment-recovery-prod to kms:Decrypt on payment-messaging-prod, but the policy of RolePolicy payment-recovery-prod does not allow it (identity)",
        ],
        "a schedule with permission for the input of another": [
            changePolicy(rolePolicy, "recovery", "schedule/payment-recovery-prod/", "schedule/default/"),
            "payment-recovery-prod needs payment-recovery-prod to kms:Decrypt on payment-messaging-prod, but the policy of RolePolicy payment-recovery-prod does not allow it (identity)",
        ],
        "a container without the database host": [
            changePolicy(taskDefinition, "payment-api", "DATABASE_HOST", "DATABASE", "containerDefinitions"),
            "payment-api-prod needs payment-api-task-prod to rds-db:connect on arn:aws:rds-db:us-east-1:123456789012:dbuser:/payment_api, but the policy of RolePolicy payment-api-task-prod does not allow it (identity)",
        ],
        "a Deny of a part of the records": [
            also(rolePolicy, "validator", { Effect: "Deny", Action: "s3:*", Resource: "arn:aws:s3:::*/audit/2026/*" }),
            "payment-validator-prod needs payment-validator-prod to s3:PutObject on payment-audit-prod/audit/????/* through s3, but the policy of RolePolicy payment-validator-prod denies it (identity)",
        ],
        "a policy whose Deny statement is not in a list": [
            changeInputs(rolePolicy, "payment-payment-task", () => ({
                policy: '{"Statement":{"Effect":"Deny","Action":"sns:*","Resource":"*"}}',
            })),
            "payment-payment-prod needs payment-payment-task-prod to sns:Publish on payment-events-prod through sns, but the policy of RolePolicy payment-payment-task-prod denies it (identity)",
        ],
    },
    "workloads-have-no-extra-permissions": {
        "objects of other accounts' buckets, by a condition": [
            also(rolePolicy, "api-execution", {
                ...{ Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::attacker/*" },
                Condition: { StringNotEquals: { "aws:ResourceAccount": "123456789012" } },
            }),
            "payment-api-execution-prod allows payment-api-execution-prod s3:PutObject on arn:aws:s3:::attacker/*, which no workload requires",
        ],
        "objects of a bucket that is another account's, beside a Deny for the own one's": [
            (plan) =>
                also(rolePolicy, "api-execution", {
                    ...{ Effect: "Deny", Action: "s3:*", Resource: "*" },
                    Condition: { StringEquals: { "aws:ResourceAccount": "123456789012" } },
                })(mayAlso("api-execution", "s3:PutObject", "arn:aws:s3:::attacker/*")(plan)),
            "payment-api-execution-prod allows payment-api-execution-prod s3:PutObject on arn:aws:s3:::attacker/*, which no workload requires",
        ],
        "a queue in another Region, by a condition": [
            also(rolePolicy, "api-execution", {
                ...{ Effect: "Allow", Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-west-1:999999999999:x" },
                Condition: { StringNotEquals: { "aws:RequestedRegion": "us-east-1" } },
            }),
            "payment-api-execution-prod allows payment-api-execution-prod sqs:SendMessage on arn:aws:sqs:eu-west-1:999999999999:x, which no workload requires",
        ],
        "a schedule for any metric namespace": [
            changePolicy(rolePolicy, "recovery", /,"Condition":\{[^}]*\}\}/, ""),
            "payment-recovery-prod allows payment-recovery-prod cloudwatch:PutMetricData on *, which no workload requires",
        ],
        "a producer that may receive messages": [
            changePolicy(rolePolicy, "api-task", '"sqs:SendMessage"', '"sqs:SendMessage","sqs:ReceiveMessage"'),
            "payment-api-task-prod allows payment-api-task-prod sqs:ReceiveMessage on payment-processing-prod, which no workload requires",
        ],
        "a producer with all actions": [
            changePolicy(rolePolicy, "api-task", "sqs:SendMessage", "sqs:*"),
            "payment-api-task-prod allows payment-api-task-prod sqs:* on payment-processing-prod, which no workload requires",
        ],
        "a queue ARN with a wildcard": [
            changePolicy(rolePolicy, "api-task", "payment-processing-prod", "payment-processing-*"),
            "payment-api-task-prod allows payment-api-task-prod sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:payment-processing-*, which no workload requires",
        ],
        "a queue of another service": [
            mayAlso("notification-task", "sqs:SendMessage", arn),
            "payment-notification-task-prod allows payment-notification-task-prod sqs:SendMessage on payment-processing-prod, which no workload requires",
        ],
        "any database user": [
            changePolicy(rolePolicy, "api-task", "/payment_api", "/*"),
            "payment-api-task-prod allows payment-api-task-prod rds-db:connect on arn:aws:rds-db:us-east-1:123456789012:dbuser:payment-database-prod/*, which no workload requires",
        ],
        "the secret of the database administrator": [
            (plan) => {
                const cluster = findNode(plan, "payment-database-prod", "aws:rds/cluster:Cluster");
                const [secret] = cluster.outputs.masterUserSecrets as Values[];
                return mayAlso("api-task", "secretsmanager:GetSecretValue", toText(secret?.secretArn))(plan);
            },
            "payment-api-task-prod allows payment-api-task-prod secretsmanager:GetSecretValue on master of payment-database-prod, which no workload requires",
        ],
        "a key through any service": [
            changePolicy(
                rolePolicy,
                "notification-task",
                /,"Condition":\{"StringEquals":\{"kms:ViaService":"sqs[^}]*\}\}/,
                "",
            ),
            "payment-notification-task-prod allows payment-notification-task-prod kms:Decrypt on payment-messaging-prod, which no workload requires",
        ],
        "a key for any secret": [
            changePolicy(rolePolicy, "api-task", /,"kms:EncryptionContext:SecretARN":"[^"]+"/, ""),
            "payment-api-task-prod allows payment-api-task-prod kms:Decrypt on payment-data-prod through secretsmanager.us-east-1.amazonaws.com, which no workload requires",
        ],
        "all prefixes of the bucket": [
            changePolicy(rolePolicy, "validator", "/audit/????/*", "/*"),
            "payment-validator-prod allows payment-validator-prod s3:PutObject on payment-audit-prod/*, which no workload requires",
        ],
        "records of operators": [
            changePolicy(rolePolicy, "validator", "/audit/????/*", "/audit/operations/*"),
            "payment-validator-prod allows payment-validator-prod s3:PutObject on payment-audit-prod/audit/operations/*, which no workload requires",
        ],
        "interfaces for the function's own code": [
            changePolicy(
                rolePolicy,
                "validator",
                /\{"Effect":"Deny"[^]*\}\}\}/,
                '{"Effect":"Deny","Action":"iam:*","Resource":"*"}',
            ),
            "payment-validator-prod allows payment-validator-prod ec2:CreateNetworkInterface on * in its own code, which no workload requires",
        ],
        "a queue that names a role": [
            forApi(queuePolicy, "payment-notifications-dlq", {
                Effect: "Allow",
                Action: "sqs:ReceiveMessage",
                Resource: arn.replace("processing", "notifications-dlq"),
            }),
            "payment-notifications-dlq-prod allows payment-api-task-prod sqs:ReceiveMessage on payment-notifications-dlq-prod, which no workload requires",
        ],
        "a key that names a role": [
            forApi(key, "logs", { Effect: "Allow", Action: "kms:Decrypt", Resource: "*" }),
            "payment-logs-prod allows payment-api-task-prod kms:Decrypt on payment-logs-prod, which no workload requires",
        ],
        "a role that another role may take": [
            (plan) => {
                const statement = { Effect: "Allow", Principal: { AWS: apiTask(plan) }, Action: "sts:AssumeRole" };
                const trust = (found: string) => `,${JSON.stringify(statement)}${found}`;
                return changePolicy(role, "payment-trail", /\]\}$/, trust, "assumeRolePolicy")(plan);
            },
            "payment-trail-prod allows payment-api-task-prod sts:AssumeRole on payment-trail-prod, which no workload requires",
        ],
        "all secrets, by a Deny for all but some": [
            mayExcept("api-task", "secretsmanager:GetSecretValue", inAccount("secretsmanager", "secret:*"), {
                NotResource: inAccount("secretsmanager", "secret:payment-*"),
            }),
            "payment-api-task-prod allows payment-api-task-prod secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:123456789012:secret:*, which no workload requires",
        ],
        "all database users, by a Deny for all but some": [
            mayExcept("api-task", "rds-db:connect", inAccount("rds-db", "dbuser:cluster-X/*"), {
                NotResource: inAccount("rds-db", "dbuser:cluster-X/payment_*"),
            }),
            "payment-api-task-prod allows payment-api-task-prod rds-db:connect on arn:aws:rds-db:us-east-1:123456789012:dbuser:cluster-X/*, which no workload requires",
        ],
        "all queues, by a Deny for all but two": [
            mayExcept("api-task", "sqs:ReceiveMessage", inAccount("sqs", "payment-*"), {
                NotResource: [arn, inAccount("sqs", "payment-notifications-prod")],
            }),
            "payment-api-task-prod allows payment-api-task-prod sqs:ReceiveMessage on arn:aws:sqs:us-east-1:123456789012:payment-*, which no workload requires",
        ],
        "a key for one service, by a Deny for all others": [
            mayExcept("api-task", "kms:Decrypt", inAccount("kms", "key/*"), {
                Resource: "*",
                Condition: { StringNotEquals: { "kms:ViaService": "sqs.us-east-1.amazonaws.com" } },
            }),
            "payment-api-task-prod allows payment-api-task-prod kms:Decrypt on arn:aws:kms:us-east-1:123456789012:key/*, which no workload requires",
        ],
        ...Object.fromEntries(
            ["arn:aws:sqs:*", "arn:aws:s3:::*/*"].map((resource): [string, [PlanChange, string]] => [
                `${resource}, by a Deny for the account's own`,
                [
                    mayExcept("api-task", "x:Read", resource, {
                        Resource: "*",
                        Condition: { StringEquals: { "aws:ResourceAccount": "123456789012" } },
                    }),
                    `payment-api-task-prod allows payment-api-task-prod x:Read on ${resource}, which no workload requires`,
                ],
            ]),
        ),
        "reading of objects, by a Deny for all other actions": [
            (plan) =>
                also(rolePolicy, "api-task", { Effect: "Deny", NotAction: "s3:GetObject", Resource: "arn:aws:s3:::*" })(
                    mayAlso("api-task", "s3:Get*", "arn:aws:s3:::payment-audit-prod/*")(plan),
                ),
            "payment-api-task-prod allows payment-api-task-prod s3:Get* on arn:aws:s3:::payment-audit-prod/*, which no workload requires",
        ],
        "a queue that names a role, by a pattern of names": [
            queueNamesApi(inAccount("sqs", "payment-notifications-*")),
            "payment-notifications-prod allows payment-api-task-prod sqs:PurgeQueue on payment-notifications-prod, which no workload requires",
        ],
        "a queue that names a role, by a pattern of Regions": [
            queueNamesApi("arn:aws:sqs:*:123456789012:payment-notifications-prod"),
            "payment-notifications-prod allows payment-api-task-prod sqs:PurgeQueue on payment-notifications-prod, which no workload requires",
        ],
        "a queue that names a role, by a pattern that ends before the name": [
            queueNamesApi("arn:aws:sqs:*"),
            "payment-notifications-prod allows payment-api-task-prod sqs:PurgeQueue on payment-notifications-prod, which no workload requires",
        ],
        "a key that names a role, by a pattern": [
            forApi(key, "logs", { Effect: "Allow", Action: "kms:Decrypt", Resource: inAccount("kms", "key/*") }),
            "payment-logs-prod allows payment-api-task-prod kms:Decrypt on payment-logs-prod, which no workload requires",
        ],
        "a topic that names a role, by a pattern": [
            forApi(topicPolicy, "critical", {
                Effect: "Allow",
                Action: "sns:Subscribe",
                Resource: inAccount("sns", "payment-alerts-*"),
            }),
            "payment-alerts-critical-prod allows payment-api-task-prod sns:Subscribe on payment-alerts-critical-prod, which no workload requires",
        ],
        "a bucket that names a role, by a pattern that also matches its objects": [
            forApi(bucketPolicy, "audit", {
                Effect: "Allow",
                Action: "s3:GetObject",
                Resource: "arn:aws:s3:::payment-a*",
            }),
            "payment-audit-prod allows payment-api-task-prod s3:GetObject on payment-audit-prod/*, which no workload requires",
        ],
        "one of two policies for the same log group that names a role": [
            (plan) => {
                const group = toText(findNode(plan, "payment-api-prod", logGroup).outputs.arn);
                const policy = (name: string, principal: object) => ({
                    type: "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
                    name,
                    urn: name,
                    inputs: {
                        policyDocument: JSON.stringify({
                            Statement: [
                                {
                                    Effect: "Allow",
                                    Principal: principal,
                                    Action: "logs:GetLogEvents",
                                    Resource: `${group}:log-stream:*`,
                                },
                            ],
                        }),
                    },
                });
                return changeResources(queue, "payment-processing-prod", (node) => [
                    node,
                    { ...node, ...policy("first", { AWS: apiTask(plan) }) },
                    { ...node, ...policy("second", { Service: "delivery.logs.amazonaws.com" }) },
                ])(plan);
            },
            "second allows payment-api-task-prod logs:GetLogEvents on payment-api-prod:log-stream:*, which no workload requires",
        ],
        "NotResource with one queue": [
            also(rolePolicy, "api-task", { Effect: "Allow", Action: "sqs:PurgeQueue", NotResource: arn }),
            "payment-api-task-prod allows payment-api-task-prod sqs:PurgeQueue on *, which no workload requires",
        ],
        "a policy whose Allow statement is not in a list": [
            changeInputs(rolePolicy, "payment-trail", {
                policy: '{"Statement":{"Effect":"Allow","Action":"sqs:PurgeQueue","Resource":"*"}}',
            }),
            "payment-trail-prod allows payment-trail-prod sqs:PurgeQueue on *, which no workload requires",
        ],
        "a schedule that may decrypt everything under its key": [
            changePolicy(rolePolicy, "recovery", /,"Condition":\{"StringEquals":\{"kms:[^}]*\}\}/, ""),
            "payment-recovery-prod allows payment-recovery-prod kms:Decrypt on payment-messaging-prod, which no workload requires",
        ],
        "a schedule without a key of the platform": [
            changeInputs(schedule, "recovery", { kmsKeyArn: "" }),
            "payment-recovery-prod allows payment-recovery-prod kms:Decrypt on payment-messaging-prod, which no workload requires",
        ],
        "a schedule that may send messages": [
            mayAlso("recovery", "sqs:SendMessage", arn),
            "payment-recovery-prod allows payment-recovery-prod sqs:SendMessage on payment-processing-prod, which no workload requires",
        ],
        "a schedule with another target": [
            changeInputs(
                schedule,
                "recovery",
                withValueAt("target.arn", "arn:aws:sqs:us-east-1:123456789012:elsewhere"),
            ),
            "payment-recovery-prod allows payment-recovery-prod cloudwatch:PutMetricData on *, which no workload requires",
        ],
        "a function without its bucket": [
            changeInputs(
                lambda,
                "validator",
                withValueAt("environment.variables", { TABLE_NAME: "payment-transactions-prod" }),
            ),
            "payment-validator-prod allows payment-validator-prod s3:PutObject on payment-audit-prod/audit/????/* in its own code, which no workload requires",
        ],
        "a function without tracing": [
            changeInputs(lambda, "validator", withValueAt("tracingConfig.mode", "PassThrough")),
            "payment-validator-prod allows payment-validator-prod xray:PutTraceSegments on *, which no workload requires",
        ],
        "a function outside the VPC": [
            changeInputs(lambda, "validator", { vpcConfig: null }),
            "payment-validator-prod allows payment-validator-prod ec2:CreateNetworkInterface on *, which no workload requires",
        ],
        "flow logs that go to a bucket": [
            changeInputs("aws:ec2/flowLog:FlowLog", "", { iamRoleArn: "" }),
            "payment-flow-logs-prod allows payment-flow-logs-prod logs:PutLogEvents on payment-flow-logs-prod, which no workload requires",
        ],
        "an image from another registry": [
            changePolicy(
                taskDefinition,
                "payment-api",
                /\d+\.dkr\.ecr\.us-east-1\.amazonaws\.com/,
                "registry.example.com",
                "containerDefinitions",
            ),
            "payment-api-execution-prod allows payment-api-execution-prod ecr:GetAuthorizationToken on *, which no workload requires",
        ],
        "an image of a repository that the stack does not have": [
            changeResources("aws:ecr/repository:Repository", "payment-api-prod", () => []),
            "payment-api-execution-prod allows payment-api-execution-prod ecr:BatchGetImage on arn:aws:ecr:us-east-1:123456789012:repository/payment-api-prod, which no workload requires",
        ],
        "a queue with the AWS managed key": [
            changeInputs(queue, "payment-processing-prod", { kmsMasterKeyId: "" }),
            "payment-api-task-prod allows payment-api-task-prod kms:GenerateDataKey on payment-messaging-prod through sqs.us-east-1.amazonaws.com, which no workload requires",
        ],
        "an AWS managed policy": [
            (plan) => {
                const { id } = findNode(plan, "payment-trail-prod", role);
                return changeInputs(attachment, "gateway-logging", { role: id })(plan);
            },
            "payment-gateway-logging-prod allows payment-trail-prod logs:GetLogEvents on *, which no workload requires",
        ],
    },
    "wildcards-listed": {
        "all queues": [
            changePolicy(rolePolicy, "api-task", /arn:aws:sqs:[^"]+/, "*"),
            "payment-api-task-prod must name its resources: sqs:SendMessage, sqs:GetQueueUrl",
        ],
        "an endpoint policy for resources of other accounts": [
            changePolicy(endpoint, "sqs", "aws:ResourceAccount", "aws:RequestedRegion"),
            "payment-sqs-prod must name its resources: sqs:ChangeMessageVisibility, sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:GetQueueUrl, sqs:ReceiveMessage, sqs:SendMessage",
        ],
        "NotAction with one service": [
            also(rolePolicy, "api-task", { Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
            "payment-api-task-prod must name its resources: ",
        ],
    },
    "roles-have-one-workload": {
        "a role that nothing uses": [copy("api-task", "left-over"), "left-over must be used by a workload"],
        "one role for two services": [
            roleOf("taskRoleArn", "payment-payment-task-prod"),
            "payment-payment-task-prod must be used by one workload, not ecs/taskDefinition:TaskDefinition taskRoleArn payment-api-prod and ecs/taskDefinition:TaskDefinition taskRoleArn payment-payment-prod",
        ],
        "one role as task and execution role": [
            roleOf("taskRoleArn", "payment-api-execution-prod"),
            "payment-api-execution-prod must be used by one workload, not ecs/taskDefinition:TaskDefinition taskRoleArn payment-api-prod and ecs/taskDefinition:TaskDefinition executionRoleArn payment-api-prod",
        ],
        "a role without a policy": [
            removeResources(rolePolicy, "api-task"),
            "payment-api-task-prod must have a policy for its workload",
        ],
    },
};

test("every rule has a fault that it reports", () => {
    expect(Object.keys(faults).toSorted()).toEqual(rules.map(({ name }) => name).toSorted());
});

const trials = Object.entries(faults).flatMap(([rule, changes]) =>
    Object.entries(changes).map(([fault, [change, finding]]) => ({ rule, fault, change, finding })),
);

test.each(trials)("$rule reports $fault", async ({ rule, change, finding }) => {
    const plan = await planTestStack("prod");
    expect(broken(rule, plan)).toEqual([]);
    expect(broken(rule, change(plan))).toContain(finding);
});

test.each([
    "no-privilege-escalation",
    "workloads-have-required-permissions",
    "aws-services-allowed",
    "workloads-have-no-extra-permissions",
])("%s reports an unsupported policy instead of its own findings", async (rule) => {
    const change = changePolicy(rolePolicy, "api-task", "kms:ViaService", "aws:PrincipalTag/team");
    expect(broken(rule, change(await planTestStack("prod")))).toEqual([
        "payment-api-task-prod has the condition key aws:PrincipalTag/team, which the evaluator does not support",
    ]);
});

test("a stack with a permissions boundary passes every rule, and a role without it is reported", async () => {
    const boundary = "arn:aws:iam::123456789012:policy/payment-boundary";
    const config = withSettings(readStackConfig("dev"), { permissionsBoundaryArn: boundary });
    const plan = await planOfConfig(config);
    const found = (of: Plan) => rules.flatMap((rule) => findViolations(rule, of, settingsFromConfig(config)));
    expect(found(plan)).toEqual([]);
    expect(found(changeInputs(role, "api-task", { permissionsBoundary: "" })(plan))).toContainEqual(
        expect.objectContaining({ resource: "payment-api-task-dev", reason: `must have the boundary ${boundary}` }),
    );
});

test("an endpoint without a policy denies nothing", async () => {
    const plan = await planTestStack("prod");
    for (const service of ["sns", "sqs", "payment-s3"]) {
        expect(
            broken("workloads-have-required-permissions", changeInputs(endpoint, service, { policy: "" })(plan)),
        ).toEqual([]);
    }
});

test("a value without quotes is read as IAM reads it", async () => {
    const plan = await planTestStack("prod");
    const change = changePolicy(queuePolicy, "", '"aws:SecureTransport":"false"', '"aws:SecureTransport":false');
    expect(rules.flatMap(({ name }) => broken(name, change(plan)))).toEqual([]);
});

test("evidence has the permissions of each workload, and the reason for each wildcard", async () => {
    const plan = await planTestStack("prod");
    const evidence = (name: string) => rules.find((rule) => rule.name === name)?.evidence?.(plan, settings);
    expect(evidence("workloads-have-required-permissions")).toContain(
        "payment-api-prod: payment-api-task-prod may kms:Decrypt on payment-data-prod through secretsmanager.us-east-1.amazonaws.com",
    );
    expect(evidence("wildcards-listed")).toContain(
        "ecr:GetAuthorizationToken: ECR defines no resource for it (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html)",
    );
    expect(evidence("wildcards-listed")?.join()).not.toContain("ssmmessages");
});
