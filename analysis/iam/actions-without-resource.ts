/** An action that a policy cannot restrict to a resource. */
export interface ActionWithoutResource {
    readonly why: string;
    /** Page of AWS that documents it. */
    readonly source: string;
}

const authorization = "https://docs.aws.amazon.com/service-authorization/latest/reference";
const lambdaVpc = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions";

const noResourceDefined = (service: string, page: string): ActionWithoutResource => ({
    why: `${service} defines no resource for it`,
    source: `${authorization}/list_${page}.html`,
});
const networkInterfaceAction: ActionWithoutResource = {
    why: "Lambda calls it before the network interface exists; the same policy denies it to the function's own code",
    source: lambdaVpc,
};
const messageChannelAction = noResourceDefined("the Message Gateway Service", "amazonmessagegatewayservice");
const traceAction = noResourceDefined("X-Ray", "awsx-ray");

/** Every action that a role policy or an endpoint policy allows with `Resource: "*"`, with AWS's reason. */
export const actionsWithoutResource: Readonly<Record<string, ActionWithoutResource>> = {
    "cloudwatch:PutMetricData": noResourceDefined("CloudWatch", "amazoncloudwatch"),
    "ec2:AssignPrivateIpAddresses": networkInterfaceAction,
    "ec2:CreateNetworkInterface": networkInterfaceAction,
    "ec2:DeleteNetworkInterface": networkInterfaceAction,
    "ec2:DescribeNetworkInterfaces": networkInterfaceAction,
    "ec2:DescribeSubnets": networkInterfaceAction,
    "ec2:UnassignPrivateIpAddresses": networkInterfaceAction,
    "ecr:GetAuthorizationToken": noResourceDefined("ECR", "amazonelasticcontainerregistry"),
    "guardduty:SendSecurityTelemetry": noResourceDefined("GuardDuty", "amazonguardduty"),
    "logs:DescribeLogGroups": {
        why: "it lists the log groups of the account",
        source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
    },
    "ssmmessages:CreateControlChannel": messageChannelAction,
    "ssmmessages:CreateDataChannel": messageChannelAction,
    "ssmmessages:OpenControlChannel": messageChannelAction,
    "ssmmessages:OpenDataChannel": messageChannelAction,
    "xray:PutTelemetryRecords": traceAction,
    "xray:PutTraceSegments": traceAction,
};

/** Policies in which `Resource: "*"` does not mean every resource, for any action. */
export const wildcardExemptions = {
    key: {
        why: "in a key policy it means this key",
        source: "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html",
    },
    endpoint: {
        why: "with `aws:ResourceAccount` it means the resources of the account; the caller's policy names which",
        source: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
    },
} as const satisfies Record<string, ActionWithoutResource>;
