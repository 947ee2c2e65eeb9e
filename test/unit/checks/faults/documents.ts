import { policy, without, type Faults } from "../fault.ts";

const key = "aws:kms/key:Key";
const role = "aws:iam/role:Role";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const topicPolicy = "aws:sns/topicPolicy:TopicPolicy";

export const documentFaults: Faults = {
    "no-service-wide-actions": {
        "all of SQS": policy(rolePolicy, "api-task", "sqs:SendMessage", "sqs:*"),
        everything: policy(rolePolicy, "api-task", "sqs:SendMessage", "*"),
        "a key's delegation to another account": policy(key, "data", ":123456789012:root", ":210987654321:root"),
    },
    "no-allow-by-exception": { "all but one": policy(rolePolicy, "api-task", '"Action"', '"NotAction"') },
    "no-outside-principals": {
        "a topic for all": policy(topicPolicy, "critical", /"Principal":\{"Service":"[^"]+"\}/, '"Principal":"*"'),
        "an endpoint for all": policy(endpoint, "sqs", "aws:PrincipalAccount", "aws:PrincipalTag/x"),
        "any bucket": policy(endpoint, "payment-s3", /prod-[a-z0-9-]+-starport-layer-bucket/, "any-bucket"),
    },
    "services-act-for-account": {
        "a key for any customer of SNS": policy(key, "messaging", "aws:SourceAccount", "aws:SourceVpc"),
        "a key for any function": policy(key, "messaging", /"Service":"sns[^}]*}(.*?)"aws:SourceAccount"/, (all) =>
            all.replace("sns.amazonaws.com", "lambda.amazonaws.com").replace("aws:SourceAccount", "aws:SourceVpc"),
        ),
    },
    "narrow-trust": {
        "no condition": policy(role, "api-task", "aws:SourceAccount", "aws:SourceVpc", "assumeRolePolicy"),
        "another service than takes no source": policy(
            role,
            "validator",
            "lambda.amazonaws.com",
            "ec2.amazonaws.com",
            "assumeRolePolicy",
        ),
        "another principal": policy(
            role,
            "api-task",
            '"Service":"ecs-tasks.amazonaws.com"',
            '"AWS":"*"',
            "assumeRolePolicy",
        ),
        anybody: policy(role, "api-task", '{"Service":"ecs-tasks.amazonaws.com"}', '"*"', "assumeRolePolicy"),
        "a second service": policy(
            role,
            "api-task",
            '"ecs-tasks.amazonaws.com"',
            '["ecs-tasks.amazonaws.com","ec2.amazonaws.com"]',
            "assumeRolePolicy",
        ),
        "somebody beside the service": policy(
            role,
            "api-task",
            '"Service":"ecs-tasks.amazonaws.com"',
            '"Service":"ecs-tasks.amazonaws.com","AWS":"arn:aws:iam::210987654321:root"',
            "assumeRolePolicy",
        ),
    },
    "tls-only-policies": {
        "no policy": without("aws:sqs/queuePolicy:QueuePolicy", "processing-dlq"),
        "objects left out": policy("aws:s3/bucketPolicy:BucketPolicy", "audit", /,"[^"]+\/\*"\]/, "]"),
    },
};
