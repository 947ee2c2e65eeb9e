import { KeyAlgorithm } from "@aws-sdk/client-acm";
import { filters, type Request } from "./asked.ts";

/** What AWS is asked by each lookup, with the inputs of its case. */
export const lookupRequests: Readonly<Record<string, readonly Request[]>> = {
    "aws:ec2/vpc:Vpc": [["DescribeVpcs", { Filters: filters({ "tag:Name": "payment-dev", cidr: "10.0.0.0/16" }) }]],
    "aws:ec2/subnet:Subnet": [
        ["DescribeSubnets", { Filters: filters({ "vpc-id": "vpc-1", "cidr-block": "10.0.0.0/20" }) }],
    ],
    "aws:ec2/internetGateway:InternetGateway": [
        ["DescribeInternetGateways", { Filters: filters({ "tag:Name": "payment-dev" }) }],
    ],
    "aws:ec2/natGateway:NatGateway": [
        [
            "DescribeNatGateways",
            {
                Filter: filters({
                    "tag:Name": "payment-dev",
                    "subnet-id": "subnet-1",
                    state: ["pending", "available"],
                }),
            },
        ],
    ],
    "aws:ec2/eip:Eip": [["DescribeAddresses", { Filters: filters({ "tag:Name": "payment-dev" }) }]],
    "aws:ec2/routeTable:RouteTable": [
        ["DescribeRouteTables", { Filters: filters({ "tag:Name": "payment-dev", "vpc-id": "vpc-1" }) }],
    ],
    "aws:ec2/networkAcl:NetworkAcl": [
        ["DescribeNetworkAcls", { Filters: filters({ "tag:Name": "payment-dev", "vpc-id": "vpc-1" }) }],
    ],
    "aws:ec2/securityGroup:SecurityGroup": [
        [
            "DescribeSecurityGroups",
            { Filters: filters({ "vpc-id": "vpc-1", "group-name": "payment-alb-dev-1234567" }) },
        ],
    ],
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": [
        ["DescribeSecurityGroupRules", { Filters: filters({ "group-id": "sg-1" }) }],
    ],
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": [
        ["DescribeSecurityGroupRules", { Filters: filters({ "group-id": "sg-1" }) }],
    ],
    "aws:ec2/vpcEndpoint:VpcEndpoint": [
        [
            "DescribeVpcEndpoints",
            { Filters: filters({ "vpc-id": "vpc-1", "service-name": "com.amazonaws.us-east-1.s3" }) },
        ],
    ],
    "aws:ec2/flowLog:FlowLog": [
        ["DescribeFlowLogs", { Filter: filters({ "tag:Name": "payment-dev", "resource-id": "vpc-1" }) }],
    ],
    "aws:lb/loadBalancer:LoadBalancer": [
        ["DescribeLoadBalancers", {}],
        ["DescribeTags", { ResourceArns: ["arn:lb"] }],
    ],
    "aws:lb/targetGroup:TargetGroup": [
        ["DescribeTargetGroups", {}],
        ["DescribeTags", { ResourceArns: ["arn:tg"] }],
    ],
    "aws:lb/listener:Listener": [
        ["DescribeListeners", { LoadBalancerArn: "arn:lb" }],
        ["DescribeTags", { ResourceArns: ["arn:listener"] }],
    ],
    "aws:lb/listenerRule:ListenerRule": [
        ["DescribeRules", { ListenerArn: "arn:listener" }],
        ["DescribeTags", { ResourceArns: ["arn:rule"] }],
    ],
    "aws:wafv2/ipSet:IpSet": [
        ["ListIPSets", { Scope: "REGIONAL" }],
        ["ListTagsForResource", { ResourceARN: "arn" }],
    ],
    "aws:wafv2/webAcl:WebAcl": [
        ["ListWebACLs", { Scope: "REGIONAL" }],
        ["ListTagsForResource", { ResourceARN: "arn" }],
    ],
    "aws:route53/record:Record": [
        ["ListResourceRecordSets", { HostedZoneId: "Z1", StartRecordName: "payments.example.com.", MaxItems: 100 }],
    ],
    "aws:apigateway/restApi:RestApi": [["GetRestApis", {}]],
    "aws:apigateway/apiKey:ApiKey": [["GetApiKeys", { nameQuery: "key" }]],
    "aws:apigateway/usagePlan:UsagePlan": [["GetUsagePlans", {}]],
    "aws:apigateway/clientCertificate:ClientCertificate": [["GetClientCertificates", {}]],
    "aws:apigateway/resource:Resource": [["GetResources", { restApiId: "api" }]],
    "aws:apigateway/requestValidator:RequestValidator": [["GetRequestValidators", { restApiId: "api" }]],
    "aws:apigatewayv2/vpcLink:VpcLink": [["GetVpcLinks", {}]],
    "aws:rds/clusterInstance:ClusterInstance": [
        ["DescribeDBInstances", { Filters: filters({ "db-cluster-id": "payment-database-dev" }) }],
    ],
    "aws:kms/key:Key": [
        ["ListKeys", {}],
        ["ListResourceTags", { KeyId: "key-1" }],
        ["DescribeKey", { KeyId: "key-1" }],
    ],
    "aws:kms/alias:Alias": [["ListAliases", { KeyId: "key-1" }]],
    "aws:secretsmanager/secret:Secret": [
        ["ListSecrets", { Filters: [{ Key: "name", Values: ["payment-cache-token-dev-1234567"] }] }],
    ],
    "aws:ecs/service:Service": [
        [
            "DescribeServices",
            {
                cluster: "arn:aws:ecs:us-east-1:123456789012:cluster/payment-cluster-dev",
                services: ["payment-api-dev"],
                include: ["TAGS"],
            },
        ],
    ],
    "aws:lambda/permission:Permission": [["GetPolicy", { FunctionName: "payment-validator-dev" }]],
    "aws:cloudwatch/eventTarget:EventTarget": [["ListTargetsByRule", { Rule: "payment-deployment-failed-dev" }]],
    "aws:cloudtrail/trail:Trail": [
        ["DescribeTrails", { trailNameList: ["payment-trail-dev"], includeShadowTrails: false }],
        ["ListTags", { ResourceIdList: ["arn:trail"] }],
    ],
    "aws:guardduty/detector:Detector": [
        ["ListDetectors", {}],
        ["GetDetector", { DetectorId: "detector" }],
    ],
    "aws:acm/certificate:Certificate": [
        ["ListCertificates", { Includes: { keyTypes: Object.values(KeyAlgorithm) } }],
        ["ListTagsForCertificate", { CertificateArn: "arn:certificate" }],
    ],
    "aws:apigateway/account:Account": [["GetAccount", {}]],
    "aws:ecs/taskDefinition:TaskDefinition": [
        ["DescribeTaskDefinition", { taskDefinition: "payment-api-dev", include: ["TAGS"] }],
    ],
    "aws:secretsmanager/secretVersion:SecretVersion": [["DescribeSecret", { SecretId: "arn:secret" }]],
    "aws:sns/topic:Topic": [["ListTopics", {}]],
    "aws:sns/topicSubscription:TopicSubscription": [["ListSubscriptionsByTopic", { TopicArn: "arn:topic" }]],
    "aws:sqs/queue:Queue": [["GetQueueUrl", { QueueName: "payment-processing-dev" }]],
};
