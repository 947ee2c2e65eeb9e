import { changePolicy, removeResources, type FaultsByRule } from "../fault.ts";

const key = "aws:kms/key:Key";
const role = "aws:iam/role:Role";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const topicPolicy = "aws:sns/topicPolicy:TopicPolicy";

export const documentFaults: FaultsByRule = {
    "no-service-wide-actions": {
        "all of SQS": changePolicy(rolePolicy, "api-task", "sqs:SendMessage", "sqs:*"),
        everything: changePolicy(rolePolicy, "api-task", "sqs:SendMessage", "*"),
        "a key's delegation to another account": changePolicy(key, "data", ":123456789012:root", ":210987654321:root"),
    },
    "no-allow-by-exception": { "all but one": changePolicy(rolePolicy, "api-task", '"Action"', '"NotAction"') },
    "no-outside-principals": {
        "a topic for all": changePolicy(
            topicPolicy,
            "critical",
            /"Principal":\{"Service":"[^"]+"\}/,
            '"Principal":"*"',
        ),
        "a topic for all, in a list": changePolicy(
            topicPolicy,
            "critical",
            /"Principal":\{"Service":"[^"]+"\}/,
            '"Principal":{"AWS":["arn:aws:iam::123456789012:root","*"]}',
        ),
        "an endpoint for all": changePolicy(endpoint, "sqs", "aws:PrincipalAccount", "aws:PrincipalTag/x"),
        "any bucket": changePolicy(endpoint, "payment-s3", /prod-[a-z0-9-]+-starport-layer-bucket/, "any-bucket"),
    },
    "services-trusted-for-own-account": {
        "a key for any customer of SNS": changePolicy(key, "messaging", "aws:SourceAccount", "aws:SourceVpc"),
        "a key for any function": changePolicy(
            key,
            "messaging",
            /"Service":"sns[^}]*}(.*?)"aws:SourceAccount"/,
            (all) =>
                all.replace("sns.amazonaws.com", "lambda.amazonaws.com").replace("aws:SourceAccount", "aws:SourceVpc"),
        ),
    },
    "narrow-trust": {
        "no condition": changePolicy(role, "api-task", "aws:SourceAccount", "aws:SourceVpc", "assumeRolePolicy"),
        "another service than takes no source": changePolicy(
            role,
            "validator",
            "lambda.amazonaws.com",
            "ec2.amazonaws.com",
            "assumeRolePolicy",
        ),
        "another principal": changePolicy(
            role,
            "api-task",
            '"Service":"ecs-tasks.amazonaws.com"',
            '"AWS":"*"',
            "assumeRolePolicy",
        ),
        anybody: changePolicy(role, "api-task", '{"Service":"ecs-tasks.amazonaws.com"}', '"*"', "assumeRolePolicy"),
        "a second service": changePolicy(
            role,
            "api-task",
            '"ecs-tasks.amazonaws.com"',
            '["ecs-tasks.amazonaws.com","ec2.amazonaws.com"]',
            "assumeRolePolicy",
        ),
        "somebody beside the service": changePolicy(
            role,
            "api-task",
            '"Service":"ecs-tasks.amazonaws.com"',
            '"Service":"ecs-tasks.amazonaws.com","AWS":"arn:aws:iam::210987654321:root"',
            "assumeRolePolicy",
        ),
    },
    "tls-only-policies": {
        "no policy": removeResources("aws:sqs/queuePolicy:QueuePolicy", "processing-dlq"),
        "objects left out": changePolicy("aws:s3/bucketPolicy:BucketPolicy", "audit", /,"[^"]+\/\*"\]/, "]"),
    },
};
