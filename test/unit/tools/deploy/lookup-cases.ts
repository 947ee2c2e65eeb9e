import type { FakeResponses } from "./fakes.ts";

/** One lookup: inputs of a creation, and AWS's answers, with the tags of the resource's owner. */
export interface LookupCase {
    readonly type: string;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly answers: (tags: Readonly<Record<string, string>>) => FakeResponses;
    readonly importId: string;
    /** AWS keeps no tags of it. */
    readonly untagged?: true;
}

type Tags = Readonly<Record<string, string>>;
const upper = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const ec2 = (
    type: string,
    inputs: LookupCase["inputs"],
    call: string,
    list: string,
    item: object,
    importId: string,
) => ({
    type: `aws:${type}`,
    inputs,
    answers: (tags: Tags) => ({ [call]: { [list]: [{ ...item, Tags: upper(tags) }] } }),
    importId,
});

const elb = (type: string, inputs: LookupCase["inputs"], call: string, list: string, item: object, arn: string) => ({
    type: `aws:lb/${type}`,
    inputs,
    answers: (tags: Tags) => ({
        [call]: { [list]: [item] },
        DescribeTags: { TagDescriptions: [{ ResourceArn: arn, Tags: upper(tags) }] },
    }),
    importId: arn,
});

const api = (type: string, inputs: LookupCase["inputs"], call: string, items: object[], importId: string) => ({
    type: `aws:apigateway/${type}`,
    inputs,
    answers: (tags: Tags) => ({ [call]: { items: items.map((item) => ({ ...item, tags })) } }),
    importId,
});

const waf = (type: string, call: string, list: string) => ({
    type: `aws:wafv2/${type}`,
    inputs: { name: "payment-firewall-dev-1234567", scope: "REGIONAL" },
    answers: (tags: Tags) => ({
        [call]: {
            [list]: [
                { Name: "payment-firewall-dev-1234567", Id: "id", ARN: "arn" },
                { Name: "other", Id: "x", ARN: "x" },
            ],
        },
        ListTagsForResource: { TagInfoForResource: { TagList: upper(tags) } },
    }),
    importId: "id/payment-firewall-dev-1234567/REGIONAL",
});

const fromLoadBalancer = {
    securityGroupId: "sg-1",
    ipProtocol: "tcp",
    fromPort: 443,
    toPort: 443,
    cidrIpv4: "0.0.0.0/0",
};
const rule = (IsEgress: boolean) => ({
    SecurityGroupRuleId: "sgr-1",
    IsEgress,
    IpProtocol: "tcp",
    FromPort: 443,
    ToPort: 443,
    CidrIpv4: "0.0.0.0/0",
});
const ruleTypes = [
    ["vpc/securityGroupIngressRule:SecurityGroupIngressRule", false],
    ["vpc/securityGroupEgressRule:SecurityGroupEgressRule", true],
] as const;

export const lookupCases: readonly LookupCase[] = [
    ec2("ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" }, "DescribeVpcs", "Vpcs", { VpcId: "vpc-1" }, "vpc-1"),
    ec2(
        "ec2/subnet:Subnet",
        { vpcId: "vpc-1", cidrBlock: "10.0.0.0/20" },
        "DescribeSubnets",
        "Subnets",
        { SubnetId: "subnet-1" },
        "subnet-1",
    ),
    ec2(
        "ec2/internetGateway:InternetGateway",
        { vpcId: "vpc-1" },
        "DescribeInternetGateways",
        "InternetGateways",
        { InternetGatewayId: "igw-1" },
        "igw-1",
    ),
    ec2(
        "ec2/natGateway:NatGateway",
        { subnetId: "subnet-1" },
        "DescribeNatGateways",
        "NatGateways",
        { NatGatewayId: "nat-1" },
        "nat-1",
    ),
    ec2(
        "ec2/eip:Eip",
        { domain: "vpc" },
        "DescribeAddresses",
        "Addresses",
        { AllocationId: "eipalloc-1" },
        "eipalloc-1",
    ),
    ec2(
        "ec2/routeTable:RouteTable",
        { vpcId: "vpc-1" },
        "DescribeRouteTables",
        "RouteTables",
        { RouteTableId: "rtb-1" },
        "rtb-1",
    ),
    ec2(
        "ec2/networkAcl:NetworkAcl",
        { vpcId: "vpc-1" },
        "DescribeNetworkAcls",
        "NetworkAcls",
        { NetworkAclId: "acl-1" },
        "acl-1",
    ),
    ec2(
        "ec2/securityGroup:SecurityGroup",
        { vpcId: "vpc-1", name: "payment-alb-dev-1234567" },
        "DescribeSecurityGroups",
        "SecurityGroups",
        { GroupId: "sg-1" },
        "sg-1",
    ),
    ...ruleTypes.map(([type, isEgress]) =>
        ec2(type, fromLoadBalancer, "DescribeSecurityGroupRules", "SecurityGroupRules", rule(isEgress), "sgr-1"),
    ),
    ec2(
        "ec2/vpcEndpoint:VpcEndpoint",
        { vpcId: "vpc-1", serviceName: "com.amazonaws.us-east-1.s3" },
        "DescribeVpcEndpoints",
        "VpcEndpoints",
        { VpcEndpointId: "vpce-1", State: "available" },
        "vpce-1",
    ),
    ec2("ec2/flowLog:FlowLog", { vpcId: "vpc-1" }, "DescribeFlowLogs", "FlowLogs", { FlowLogId: "fl-1" }, "fl-1"),
    elb(
        "loadBalancer:LoadBalancer",
        { name: "payment-dev-1234567" },
        "DescribeLoadBalancers",
        "LoadBalancers",
        { LoadBalancerName: "payment-dev-1234567", LoadBalancerArn: "arn:lb" },
        "arn:lb",
    ),
    elb(
        "targetGroup:TargetGroup",
        { name: "api-dev-1234567" },
        "DescribeTargetGroups",
        "TargetGroups",
        { TargetGroupName: "api-dev-1234567", TargetGroupArn: "arn:tg" },
        "arn:tg",
    ),
    elb(
        "listener:Listener",
        { loadBalancerArn: "arn:lb", port: 443 },
        "DescribeListeners",
        "Listeners",
        { ListenerArn: "arn:listener", Port: 443 },
        "arn:listener",
    ),
    elb(
        "listenerRule:ListenerRule",
        { listenerArn: "arn:listener", priority: 10 },
        "DescribeRules",
        "Rules",
        { RuleArn: "arn:rule", Priority: "10" },
        "arn:rule",
    ),
    waf("ipSet:IpSet", "ListIPSets", "IPSets"),
    waf("webAcl:WebAcl", "ListWebACLs", "WebACLs"),
    {
        type: "aws:route53/record:Record",
        inputs: { zoneId: "Z1", name: "payments.example.com", type: "A", aliases: [{ name: "lb.example.com" }] },
        answers: () => ({
            ListResourceRecordSets: {
                ResourceRecordSets: [
                    { Name: "payments.example.com.", Type: "A", AliasTarget: { DNSName: "lb.example.com." } },
                    { Name: "payments.example.com.", Type: "AAAA", AliasTarget: { DNSName: "lb.example.com." } },
                ],
            },
        }),
        importId: "Z1_payments.example.com_A",
        untagged: true,
    },
    api(
        "restApi:RestApi",
        { name: "payment-gateway-dev" },
        "GetRestApis",
        [
            { id: "api", name: "payment-gateway-dev" },
            { id: "x", name: "other" },
        ],
        "api",
    ),
    api(
        "apiKey:ApiKey",
        { name: "key" },
        "GetApiKeys",
        [
            { id: "k", name: "key" },
            { id: "x", name: "keys" },
        ],
        "k",
    ),
    api("usagePlan:UsagePlan", { name: "plan" }, "GetUsagePlans", [{ id: "p", name: "plan" }], "p"),
    api(
        "clientCertificate:ClientCertificate",
        { description: "API of payment platform dev" },
        "GetClientCertificates",
        [{ clientCertificateId: "cert", description: "API of payment platform dev" }],
        "cert",
    ),
    {
        ...api(
            "resource:Resource",
            { restApi: "api", parentId: "root", pathPart: "validate" },
            "GetResources",
            [
                { id: "res", parentId: "root", pathPart: "validate" },
                { id: "x", parentId: "res", pathPart: "validate" },
            ],
            "api/res",
        ),
        untagged: true,
    },
    {
        ...api(
            "requestValidator:RequestValidator",
            { restApi: "api", name: "v" },
            "GetRequestValidators",
            [{ id: "val", name: "v" }],
            "api/val",
        ),
        untagged: true,
    },
    {
        type: "aws:apigatewayv2/vpcLink:VpcLink",
        inputs: { name: "payment-gateway-dev-1234567" },
        answers: (Tags) => ({
            GetVpcLinks: { Items: [{ Name: "payment-gateway-dev-1234567", VpcLinkId: "link", Tags }] },
        }),
        importId: "link",
    },
    {
        type: "aws:rds/clusterInstance:ClusterInstance",
        inputs: { clusterIdentifier: "payment-database-dev", identifierPrefix: "payment-database-1-dev-" },
        answers: (tags) => ({
            DescribeDBInstances: {
                DBInstances: ["payment-database-1-dev-2026", "payment-database-2-dev-2026"].map(
                    (DBInstanceIdentifier) => ({ DBInstanceIdentifier, TagList: upper(tags) }),
                ),
            },
        }),
        importId: "payment-database-1-dev-2026",
    },
    {
        type: "aws:kms/key:Key",
        inputs: { description: "Logs of payment platform dev" },
        answers: (tags) => ({
            ListKeys: { Keys: [{ KeyId: "key-1" }] },
            ListResourceTags: {
                Tags: Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
            },
            DescribeKey: { KeyMetadata: { Description: "Logs of payment platform dev", KeyState: "Enabled" } },
        }),
        importId: "key-1",
    },
    {
        type: "aws:kms/alias:Alias",
        inputs: { name: "alias/payment-data-dev", targetKeyId: "key-1" },
        answers: () => ({ ListAliases: { Aliases: [{ AliasName: "alias/payment-data-dev" }] } }),
        importId: "alias/payment-data-dev",
        untagged: true,
    },
    {
        type: "aws:secretsmanager/secret:Secret",
        inputs: { name: "payment-cache-token-dev-1234567" },
        answers: (tags) => ({
            ListSecrets: {
                SecretList: [{ ARN: "arn:secret", Name: "payment-cache-token-dev-1234567", Tags: upper(tags) }],
            },
        }),
        importId: "arn:secret",
    },
    {
        type: "aws:ecs/service:Service",
        inputs: { cluster: "arn:aws:ecs:us-east-1:123456789012:cluster/payment-cluster-dev", name: "payment-api-dev" },
        answers: (tags) => ({
            DescribeServices: {
                services: [
                    {
                        serviceArn: "arn:service",
                        status: "ACTIVE",
                        tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
                    },
                ],
            },
        }),
        importId: "payment-cluster-dev/payment-api-dev",
    },
    {
        type: "aws:lambda/permission:Permission",
        inputs: {
            function: "payment-validator-dev",
            action: "lambda:InvokeFunction",
            principal: "apigateway.amazonaws.com",
            sourceArn: "arn:method",
        },
        answers: () => ({
            GetPolicy: {
                Policy: JSON.stringify({
                    Statement: [
                        {
                            Sid: "terraform-1",
                            Effect: "Allow",
                            Action: "lambda:InvokeFunction",
                            Principal: { Service: "apigateway.amazonaws.com" },
                            Condition: { ArnLike: { "AWS:SourceArn": "arn:method" } },
                        },
                    ],
                }),
            },
        }),
        importId: "payment-validator-dev/terraform-1",
        untagged: true,
    },
    {
        type: "aws:cloudwatch/eventTarget:EventTarget",
        inputs: { rule: "payment-deployment-failed-dev", arn: "arn:topic" },
        answers: () => ({ ListTargetsByRule: { Targets: [{ Id: "terraform-1", Arn: "arn:topic" }] } }),
        importId: "payment-deployment-failed-dev/terraform-1",
        untagged: true,
    },
    {
        type: "aws:cloudtrail/trail:Trail",
        inputs: { name: "payment-trail-dev" },
        answers: (tags) => ({
            DescribeTrails: { trailList: [{ TrailARN: "arn:trail" }] },
            ListTags: { ResourceTagList: [{ TagsList: upper(tags) }] },
        }),
        importId: "arn:trail",
    },
    {
        type: "aws:guardduty/detector:Detector",
        inputs: {},
        answers: (Tags) => ({ ListDetectors: { DetectorIds: ["detector"] }, GetDetector: { Tags } }),
        importId: "detector",
    },
];
