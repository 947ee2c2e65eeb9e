/** An action that AWS does not let a policy narrow to a resource. */
export interface Unowned {
    readonly why: string;
    /** AWS's page that says so. */
    readonly source: string;
}

const authorization = "https://docs.aws.amazon.com/service-authorization/latest/reference";
const lambdaVpc = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions";

const none = (service: string, page: string): Unowned => ({
    why: `${service} defines no resource for it`,
    source: `${authorization}/list_${page}.html`,
});
const network: Unowned = {
    why: "Lambda asks before it knows the interface; the same policy denies it to the function's own code",
    source: lambdaVpc,
};
const channel = none("the Message Gateway Service", "amazonmessagegatewayservice");
const trace = none("X-Ray", "awsx-ray");

/** Every action that stands with `Resource: "*"` in the policy of a role or of an endpoint, with AWS's reason. */
export const unowned: Readonly<Record<string, Unowned>> = {
    "cloudwatch:PutMetricData": none("CloudWatch", "amazoncloudwatch"),
    "ec2:AssignPrivateIpAddresses": network,
    "ec2:CreateNetworkInterface": network,
    "ec2:DeleteNetworkInterface": network,
    "ec2:DescribeNetworkInterfaces": network,
    "ec2:DescribeSubnets": network,
    "ec2:UnassignPrivateIpAddresses": network,
    "ecr:GetAuthorizationToken": none("ECR", "amazonelasticcontainerregistry"),
    "guardduty:SendSecurityTelemetry": none("GuardDuty", "amazonguardduty"),
    "logs:DescribeLogGroups": {
        why: "it lists the groups of the account",
        source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
    },
    "ssmmessages:CreateControlChannel": channel,
    "ssmmessages:CreateDataChannel": channel,
    "ssmmessages:OpenControlChannel": channel,
    "ssmmessages:OpenDataChannel": channel,
    "xray:PutTelemetryRecords": trace,
    "xray:PutTraceSegments": trace,
};

/** Policies in which `Resource: "*"` does not mean every resource, whatever the action. */
export const elsewhere = {
    key: {
        why: "in the policy of a key it means this key",
        source: "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html",
    },
    endpoint: {
        why: "with `aws:ResourceAccount` it means the resources of the account; the caller's policy names which",
        source: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
    },
} as const satisfies Record<string, Unowned>;
