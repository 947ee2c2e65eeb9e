import { arnOf, resourcesOfType } from "../../../../plan/query.ts";
import { changeInputs, changePolicy, changeResources, removeResources, setInput, type FaultsByRule } from "../fault.ts";

const key = "aws:kms/key:Key";
const role = "aws:iam/role:Role";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const queuePolicy = "aws:sqs/queuePolicy:QueuePolicy";
const topicPolicy = "aws:sns/topicPolicy:TopicPolicy";

/** Adds a statement that allows something. */
const allowAlso = (type: string, part: string, statement: object) =>
    changePolicy(type, part, /\]\}$/, () => `,${JSON.stringify({ Effect: "Allow", ...statement })}]}`);
const ofAccount = { Principal: "*", Condition: { StringEquals: { "aws:PrincipalAccount": "123456789012" } } };

export const documentFaults: FaultsByRule = {
    "sizes-fit": {
        "a queue's policy that is too long": [
            changeInputs(queuePolicy, "processing-prod", { policy: "x".repeat(8193) }),
            "payment-processing-prod must have at most 8192 bytes in policy, has 8193",
        ],
        "two policies of a role that are too long together": [
            changeResources(rolePolicy, "api-task", (node) => [
                { ...node, inputs: { ...node.inputs, policy: "x".repeat(10_000) } },
                { ...node, urn: `${node.urn}-2`, inputs: { ...node.inputs, policy: "x".repeat(241) } },
            ]),
            "payment-api-task-prod must have at most 10240 bytes in policy of its role, has 10241",
        ],
        "a function with too many environment variables": [
            setInput("lambda/function:Function", "environment.variables", { A: "x".repeat(4089) }),
            "payment-validator-prod must have at most 4096 bytes in environment.variables, has 4097",
        ],
    },
    "one-partition": {
        "a role with rights in another partition": [
            changePolicy(rolePolicy, "api-task", /arn:aws:sqs/, "arn:aws-us-gov:sqs"),
            "payment-api-task-prod must name resources of aws, not arn:aws-us-gov:sqs",
        ],
        "a key that is used through a service of another partition": [
            changePolicy(
                rolePolicy,
                "api-task",
                "secretsmanager.us-east-1.amazonaws.com",
                "secretsmanager.us-east-1.amazonaws.com.cn",
            ),
            "payment-api-task-prod must name resources of aws, not secretsmanager.us-east-1.amazonaws.com.cn",
        ],
    },
    "no-service-wide-actions": {
        "all actions of SQS": [
            changePolicy(rolePolicy, "api-task", "sqs:SendMessage", "sqs:*"),
            "payment-api-task-prod must list its actions: sqs:*, sqs:GetQueueUrl",
        ],
        "all actions": [
            changePolicy(rolePolicy, "api-task", "sqs:SendMessage", "*"),
            "payment-api-task-prod must list its actions: *, sqs:GetQueueUrl",
        ],
        "a key policy for the root of another account": [
            changePolicy(key, "data", ":123456789012:root", ":210987654321:root"),
            "payment-data-prod must list its actions: kms:*",
        ],
    },
    "no-allow-by-exception": {
        NotAction: [
            changePolicy(rolePolicy, "api-task", '"Action"', '"NotAction"'),
            "payment-api-task-prod must not use NotAction, NotResource or NotPrincipal: ",
        ],
    },
    "no-outside-principals": {
        "a topic policy for all principals": [
            changePolicy(topicPolicy, "critical", /"Principal":\{"Service":"[^"]+"\}/, '"Principal":"*"'),
            "payment-alerts-critical-prod must not allow all principals: sns:Publish",
        ],
        "a topic policy for all principals, in a list": [
            changePolicy(
                topicPolicy,
                "critical",
                /"Principal":\{"Service":"[^"]+"\}/,
                '"Principal":{"AWS":["arn:aws:iam::123456789012:root","*"]}',
            ),
            "payment-alerts-critical-prod must not allow all principals: sns:Publish",
        ],
        "an endpoint policy for all accounts": [
            changePolicy(endpoint, "sqs", "aws:PrincipalAccount", "aws:PrincipalTag/x"),
            "payment-sqs-prod must not allow all principals: sqs:ChangeMessageVisibility, sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:GetQueueUrl, sqs:ReceiveMessage, sqs:SendMessage",
        ],
        ...Object.fromEntries(
            [
                ["aws:sqs/queuePolicy:QueuePolicy", "payment-notifications-prod"],
                [key, "payment-data-prod"],
                [topicPolicy, "payment-alerts-critical-prod"],
                ["aws:s3/bucketPolicy:BucketPolicy", "payment-audit-prod"],
                [endpoint, "payment-sqs-prod"],
            ].flatMap(([type = "", part = ""]) =>
                Object.entries({
                    "another account": { AWS: "arn:aws:iam::210987654321:root" },
                    "another account by its number": { AWS: ["123456789012", "210987654321"] },
                    "a role of another account and a service": {
                        AWS: "arn:aws:iam::210987654321:role/x",
                        Service: "sns.amazonaws.com",
                    },
                    "an identity provider": { Federated: "accounts.google.com" },
                    "a user of S3": {
                        CanonicalUser: "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be",
                    },
                }).map(([who, Principal]): [string, FaultsByRule[string][string]] => [
                    `${who} in the policy of ${part}`,
                    [
                        allowAlso(type, part, { Principal, Action: "x:Y", Resource: "*" }),
                        `${part} must allow only AWS services and principals of the account: x:Y`,
                    ],
                ]),
            ),
        ),
        "an endpoint policy for another bucket": [
            changePolicy(endpoint, "payment-s3", /prod-[a-z0-9-]+-starport-layer-bucket/, "any-bucket"),
            "payment-s3-prod must not allow all principals: s3:GetObject",
        ],
    },
    "no-outside-resources": {
        "an endpoint without a policy": [
            changeInputs(endpoint, "sns", { policy: "" }),
            "payment-sns-prod must not allow resources outside the account: *",
        ],
        "an endpoint policy for all buckets": [
            allowAlso(endpoint, "payment-s3", { ...ofAccount, Action: "s3:PutObject", Resource: "arn:aws:s3:::*/*" }),
            "payment-s3-prod must not allow resources outside the account: s3:PutObject",
        ],
        "an endpoint policy for a queue of another account": [
            allowAlso(endpoint, "payment-sqs", {
                ...ofAccount,
                Action: "sqs:SendMessage",
                Resource: "arn:aws:sqs:us-east-1:210987654321:payment",
            }),
            "payment-sqs-prod must not allow resources outside the account: sqs:SendMessage",
        ],
        "an endpoint policy for queues of any account": [
            allowAlso(endpoint, "payment-sqs", {
                ...ofAccount,
                Action: "sqs:SendMessage",
                Resource: ["arn:aws:sqs:us-east-1:123456789012:payment", "arn:aws:sqs:*:123456789012:payment"],
            }),
            "payment-sqs-prod must not allow resources outside the account: sqs:SendMessage",
        ],
        "an endpoint policy for the resources of another account": [
            changePolicy(
                endpoint,
                "payment-sqs",
                '"aws:ResourceAccount":"123456789012"',
                '"aws:ResourceAccount":"210987654321"',
            ),
            "payment-sqs-prod must not allow resources outside the account: sqs:ChangeMessageVisibility, sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:GetQueueUrl, sqs:ReceiveMessage, sqs:SendMessage",
        ],
    },
    "services-trusted-for-own-account": {
        "a key policy for SNS in any account": [
            changePolicy(key, "messaging", "aws:SourceAccount", "aws:PrincipalTag/x"),
            "payment-messaging-prod must require the account in a condition: kms:GenerateDataKey*",
        ],
        "a key policy for topics of another account": [
            changePolicy(key, "alerts", ":123456789012:payment-alerts-*", ":210987654321:payment-alerts-*"),
            "payment-alerts-prod must require the account in a condition: kms:Decrypt",
        ],
        "a key policy for EventBridge by a condition key that it does not send": [
            changePolicy(
                key,
                "alerts",
                /"Service":"events\.amazonaws\.com".*?"kms:EncryptionContext:aws:sns:topicArn":"[^"]+"/,
                (found) =>
                    found.replace(/"kms:Enc.*/, '"aws:SourceArn":"arn:aws:events:us-east-1:123456789012:rule/*"'),
            ),
            "payment-alerts-prod must not require aws:SourceArn, which events.amazonaws.com does not send with kms:GenerateDataKey* (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html)",
        ],
        "a topic policy for EventBridge in any account": [
            changePolicy(topicPolicy, "critical", "aws:SourceAccount", "aws:PrincipalTag/x"),
            "payment-alerts-critical-prod must require the account in a condition: sns:Publish",
        ],
        "a topic policy whose condition has no account": [
            changePolicy(topicPolicy, "critical", /"aws:SourceAccount":"\d+"/g, '"aws:SourceAccount":[]'),
            "payment-alerts-critical-prod must require the account in a condition: sns:Publish",
        ],
    },
    "service-calls-known": {
        "a key policy for Lambda": [
            changePolicy(key, "messaging", '"sns.amazonaws.com"', '"lambda.amazonaws.com"'),
            'payment-messaging-prod allows a call that is not in analysis/iam/service-calls.ts: add { principal: "lambda.amazonaws.com", actions: ["kms:Decrypt"], sends: [/* of AWS\'s page */], source: "https://docs.aws.amazon.com/..." }',
        ],
        "a cache that publishes its events": [
            (plan) => {
                const topic = resourcesOfType(plan, "sns/topic:Topic")
                    .map(arnOf)
                    .find((arn) => arn.includes("critical"));
                return changeInputs("aws:elasticache/replicationGroup:ReplicationGroup", "", {
                    notificationTopicArn: topic ?? "",
                })(plan);
            },
            "payment-cache-prod names payment-alerts-critical-prod: add its service to `senders` in analysis/iam/required-permissions/deliveries.ts",
        ],
    },
    "narrow-trust": {
        "no condition": [
            changePolicy(role, "api-task", "aws:SourceAccount", "aws:SourceVpc", "assumeRolePolicy"),
            "payment-api-task-prod must trust one service, and only for this account: sts:AssumeRole",
        ],
        "a condition that has no account": [
            changePolicy(role, "api-task", /"aws:SourceAccount":"\d+"/, '"aws:SourceAccount":[]', "assumeRolePolicy"),
            "payment-api-task-prod must trust one service, and only for this account: sts:AssumeRole",
        ],
        "a condition that CloudTrail may not meet": [
            changePolicy(role, "payment-trail", "StringEqualsIfExists", "StringEquals", "assumeRolePolicy"),
            "payment-trail-prod must trust one service, and only for this account: sts:AssumeRole",
        ],
        "another service for a trust policy without a source": [
            changePolicy(role, "validator", "lambda.amazonaws.com", "ec2.amazonaws.com", "assumeRolePolicy"),
            "payment-validator-prod must trust one service, and only for this account: sts:AssumeRole",
        ],
        "another principal": [
            changePolicy(role, "api-task", '"Service":"ecs-tasks.amazonaws.com"', '"AWS":"*"', "assumeRolePolicy"),
            "payment-api-task-prod must trust one service, and only for this account: sts:AssumeRole",
        ],
        "all principals": [
            changePolicy(role, "api-task", '{"Service":"ecs-tasks.amazonaws.com"}', '"*"', "assumeRolePolicy"),
            "payment-api-task-prod must trust one service, and only for this account: sts:AssumeRole",
        ],
        "a second service": [
            changePolicy(
                role,
                "api-task",
                '"ecs-tasks.amazonaws.com"',
                '["ecs-tasks.amazonaws.com","ec2.amazonaws.com"]',
                "assumeRolePolicy",
            ),
            "payment-api-task-prod must trust one service, and only for this account: sts:AssumeRole",
        ],
        "another account in addition to the service": [
            changePolicy(
                role,
                "api-task",
                '"Service":"ecs-tasks.amazonaws.com"',
                '"Service":"ecs-tasks.amazonaws.com","AWS":"arn:aws:iam::210987654321:root"',
                "assumeRolePolicy",
            ),
            "payment-api-task-prod must trust one service, and only for this account: sts:AssumeRole",
        ],
    },
    "tls-only-policies": {
        "no policy": [
            removeResources(queuePolicy, "processing-dlq"),
            "payment-processing-dlq-prod must have one policy, which denies requests without TLS",
        ],
        "a bucket policy without its objects": [
            changePolicy("aws:s3/bucketPolicy:BucketPolicy", "audit", /,"[^"]+\/\*"\]/, "]"),
            "payment-audit-prod must have one policy, which denies requests without TLS",
        ],
        "a bucket policy for one action": [
            changePolicy("aws:s3/bucketPolicy:BucketPolicy", "audit", '"s3:*"', '"s3:DeleteBucket"'),
            "payment-audit-prod must have one policy, which denies requests without TLS",
        ],
        "a queue policy for all actions but those of senders": [
            changePolicy(queuePolicy, "processing-dlq", '"Action":"sqs:*"', '"NotAction":"sqs:SendMessage"'),
            "payment-processing-dlq-prod must have one policy, which denies requests without TLS",
        ],
        "a queue policy for some principals": [
            changePolicy(queuePolicy, "processing-dlq", '"AWS":"*"', '"AWS":"123456789012"'),
            "payment-processing-dlq-prod must have one policy, which denies requests without TLS",
        ],
        "a topic policy for another action": [
            changePolicy(topicPolicy, "critical", /("Sid":"DenyInsecureTransport".*?)"sns:Publish"/, (found) =>
                found.replace("sns:Publish", "sns:GetTopicAttributes"),
            ),
            "payment-alerts-critical-prod must have one policy, which denies requests without TLS",
        ],
        "a queue policy with a second condition": [
            changePolicy(
                queuePolicy,
                "processing-dlq",
                '"Bool":{"aws:SecureTransport":"false"}',
                '"Bool":{"aws:SecureTransport":"false"},"StringEquals":{"aws:PrincipalTag/x":"y"}',
            ),
            "payment-processing-dlq-prod must have one policy, which denies requests without TLS",
        ],
        "a queue policy with a second key in its condition": [
            changePolicy(
                queuePolicy,
                "processing-dlq",
                '"aws:SecureTransport":"false"',
                '"aws:SecureTransport":"false","aws:ViaAWSService":"true"',
            ),
            "payment-processing-dlq-prod must have one policy, which denies requests without TLS",
        ],
    },
};
