import { expect } from "@jest/globals";
import { filters, type Request } from "../deploy/asked.ts";

/** What AWS is asked for each kind, of the resource that its cases name. */
export const driftRequests: Readonly<Record<string, readonly Request[]>> = {
    "ec2/securityGroup:SecurityGroup: rule": [
        ["DescribeSecurityGroupRules", { Filters: filters({ "group-id": "sg-1" }) }],
    ],
    "ec2/defaultSecurityGroup:DefaultSecurityGroup: rule": [
        ["DescribeSecurityGroupRules", { Filters: filters({ "group-id": "sg-0" }) }],
    ],
    "ec2/vpc:Vpc: security group": [["DescribeSecurityGroups", { Filters: filters({ "vpc-id": "vpc-1" }) }]],
    "ec2/routeTable:RouteTable: route": [["DescribeRouteTables", { Filters: filters({ "route-table-id": "rtb-1" }) }]],
    "ec2/vpc:Vpc: route of the main table": [
        ["DescribeRouteTables", { Filters: filters({ "vpc-id": "vpc-1", "association.main": "true" }) }],
    ],
    "ec2/routeTable:RouteTable: association": [
        ["DescribeRouteTables", { Filters: filters({ "route-table-id": "rtb-1" }) }],
    ],
    "ec2/vpc:Vpc: subnet": [["DescribeSubnets", { Filters: filters({ "vpc-id": "vpc-1" }) }]],
    "ec2/vpc:Vpc: route table": [["DescribeRouteTables", { Filters: filters({ "vpc-id": "vpc-1" }) }]],
    "ec2/vpc:Vpc: network ACL": [["DescribeNetworkAcls", { Filters: filters({ "vpc-id": "vpc-1" }) }]],
    "ec2/vpc:Vpc: endpoint": [["DescribeVpcEndpoints", { Filters: filters({ "vpc-id": "vpc-1" }) }]],
    "ec2/vpc:Vpc: flow log": [["DescribeFlowLogs", { Filter: filters({ "resource-id": "vpc-1" }) }]],
    "ec2/vpc:Vpc: address range": [["DescribeVpcs", { VpcIds: ["vpc-1"] }]],
    "ec2/vpc:Vpc: set of DHCP options": [["DescribeVpcs", { VpcIds: ["vpc-1"] }]],
    "ec2/vpc:Vpc: internet gateway": [
        ["DescribeInternetGateways", { Filters: filters({ "attachment.vpc-id": "vpc-1" }) }],
    ],
    "ec2/vpc:Vpc: NAT gateway": [
        ["DescribeNatGateways", { Filter: filters({ "vpc-id": "vpc-1", state: ["pending", "available"] }) }],
    ],
    "ec2/vpc:Vpc: VPN gateway": [["DescribeVpnGateways", { Filters: filters({ "attachment.vpc-id": "vpc-1" }) }]],
    "ec2/vpc:Vpc: peering connection": [["DescribeVpcPeeringConnections", {}]],
    "ec2/vpc:Vpc: transit gateway attachment": [
        [
            "DescribeTransitGatewayVpcAttachments",
            { Filters: filters({ "vpc-id": "vpc-1", state: ["available", "pending", "pendingAcceptance"] }) },
        ],
    ],
    "ec2/vpc:Vpc: instance": [
        [
            "DescribeInstances",
            {
                Filters: filters({
                    "vpc-id": "vpc-1",
                    "instance-state-name": ["pending", "running", "stopping", "stopped"],
                }),
            },
        ],
    ],
    "ec2/vpc:Vpc: network interface": [["DescribeNetworkInterfaces", { Filters: filters({ "vpc-id": "vpc-1" }) }]],
    "lb/loadBalancer:LoadBalancer: listener": [["DescribeListeners", { LoadBalancerArn: "arn:balancer" }]],
    "lb/listener:Listener: rule": [["DescribeRules", { ListenerArn: "arn:listener" }]],
    "lb/listener:Listener: certificate": [["DescribeListenerCertificates", { ListenerArn: "arn:listener" }]],
    "lb/targetGroup:TargetGroup: target": [
        ["DescribeTargetHealth", { TargetGroupArn: "arn:group" }],
        ["ListTasks", { cluster: "arn:cluster", serviceName: "api", desiredStatus: "RUNNING" }],
        ["ListTasks", { cluster: "arn:cluster", serviceName: "api", desiredStatus: "STOPPED" }],
        ["DescribeTasks", { cluster: "arn:cluster", tasks: ["arn:RUNNING"] }],
        ["DescribeTasks", { cluster: "arn:cluster", tasks: ["arn:STOPPED"] }],
    ],
    "wafv2/webAcl:WebAcl: protected resource": [
        ["ListResourcesForWebACL", { WebACLArn: "arn:acl", ResourceType: "APPLICATION_LOAD_BALANCER" }],
        ["ListResourcesForWebACL", { WebACLArn: "arn:acl", ResourceType: "API_GATEWAY" }],
    ],
    "apigateway/restApi:RestApi: part": [["GetResources", { restApiId: "api", embed: ["methods"] }]],
    "apigateway/restApi:RestApi: stage": [["GetStages", { restApiId: "api" }]],
    "apigateway/restApi:RestApi: deployment": [["GetDeployments", { restApiId: "api" }]],
    "apigateway/restApi:RestApi: authorizer": [["GetAuthorizers", { restApiId: "api" }]],
    "apigateway/restApi:RestApi: model": [["GetModels", { restApiId: "api" }]],
    "apigateway/restApi:RestApi: request validator": [["GetRequestValidators", { restApiId: "api" }]],
    "apigateway/restApi:RestApi: gateway response": [["GetGatewayResponses", { restApiId: "api" }]],
    "apigateway/restApi:RestApi: usage plan": [["GetUsagePlans", {}]],
    "apigateway/usagePlan:UsagePlan: API key": [["GetUsagePlanKeys", { usagePlanId: "p1" }]],
    "apigateway/restApi:RestApi: custom domain": [
        ["GetDomainNames", {}],
        ["GetBasePathMappings", { domainName: "planned.example.com" }],
        ["GetBasePathMappings", { domainName: "example.net" }],
    ],
    "apigateway/stage:Stage: method setting": [["GetStage", { restApiId: "api", stageName: "v1" }]],
    "iam/role:Role: inline policy": [
        ["ListRolePolicies", { RoleName: "payment-api" }],
        ["GetRolePolicy", { RoleName: "payment-api", PolicyName: "by-hand" }],
    ],
    "iam/role:Role: attached policy": [["ListAttachedRolePolicies", { RoleName: "payment-api" }]],
    "iam/role:Role: instance profile": [["ListInstanceProfilesForRole", { RoleName: "payment-api" }]],
    "kms/key:Key: grant": [["ListGrants", { KeyId: "arn:key-1" }]],
    "kms/key:Key: alias": [["ListAliases", { KeyId: "key-1" }]],
    "secretsmanager/secret:Secret: resource policy": [["GetResourcePolicy", { SecretId: "arn:secret" }]],
    "secretsmanager/secret:Secret: version": [["ListSecretVersionIds", { SecretId: "arn:secret" }]],
    "secretsmanager/secret:Secret: setting": [["DescribeSecret", { SecretId: "arn:secret" }]],
    "sns/topic:Topic: subscription": [["ListSubscriptionsByTopic", { TopicArn: "arn:topic" }]],
    "sqs/queue:Queue: policy": [
        ["GetQueueAttributes", { QueueUrl: "https://queue", AttributeNames: ["Policy", "RedriveAllowPolicy"] }],
    ],
    "sqs/queue:Queue: event source mapping": [["ListEventSourceMappings", { EventSourceArn: "arn:queue" }]],
    "cloudwatch/eventRule:EventRule: target": [["ListTargetsByRule", { Rule: "rule", EventBusName: "default" }]],
    "scheduler/scheduleGroup:ScheduleGroup: schedule": [["ListSchedules", { GroupName: "drills" }]],
    "cloudwatch/logGroup:LogGroup: subscription filter": [
        ["DescribeSubscriptionFilters", { logGroupName: "/ecs/api" }],
    ],
    "cloudwatch/logGroup:LogGroup: metric filter": [["DescribeMetricFilters", { logGroupName: "/ecs/api" }]],
    "s3/bucket:Bucket: policy": [["GetBucketPolicy", { Bucket: "audit" }]],
    "s3/bucket:Bucket: replication": [["GetBucketReplication", { Bucket: "audit" }]],
    "s3/bucket:Bucket: notification": [["GetBucketNotificationConfiguration", { Bucket: "audit" }]],
    "s3/bucket:Bucket: logging": [["GetBucketLogging", { Bucket: "audit" }]],
    "s3/bucket:Bucket: lifecycle": [["GetBucketLifecycleConfiguration", { Bucket: "audit" }]],
    "s3/bucket:Bucket: CORS rule": [["GetBucketCors", { Bucket: "audit" }]],
    "s3/bucket:Bucket: website": [["GetBucketWebsite", { Bucket: "audit" }]],
    "s3/bucket:Bucket: transfer acceleration": [["GetBucketAccelerateConfiguration", { Bucket: "audit" }]],
    "s3/bucket:Bucket: request payment": [["GetBucketRequestPayment", { Bucket: "audit" }]],
    "s3/bucket:Bucket: inventory": [["ListBucketInventoryConfigurations", { Bucket: "audit" }]],
    "s3/bucket:Bucket: analytics configuration": [["ListBucketAnalyticsConfigurations", { Bucket: "audit" }]],
    "s3/bucket:Bucket: metrics configuration": [["ListBucketMetricsConfigurations", { Bucket: "audit" }]],
    "s3/bucket:Bucket: ACL grant": [["GetBucketAcl", { Bucket: "audit" }]],
    "rds/cluster:Cluster: instance": [["DescribeDBInstances", { Filters: filters({ "db-cluster-id": "database" }) }]],
    "rds/cluster:Cluster: endpoint": [["DescribeDBClusterEndpoints", { DBClusterIdentifier: "database" }]],
    "rds/cluster:Cluster: manual snapshot": [
        ["DescribeDBClusterSnapshots", { DBClusterIdentifier: "database", SnapshotType: "manual" }],
    ],
    "rds/cluster:Cluster: attachment": [["DescribeDBClusters", { DBClusterIdentifier: "database" }]],
    "elasticache/replicationGroup:ReplicationGroup: manual snapshot": [
        ["DescribeSnapshots", { ReplicationGroupId: "cache", SnapshotSource: "user" }],
    ],
    "dynamodb/table:Table: resource policy": [["GetResourcePolicy", { ResourceArn: "arn:table" }]],
    "dynamodb/table:Table: Kinesis stream": [["DescribeKinesisStreamingDestination", { TableName: "payments" }]],
    "ecs/cluster:Cluster: service": [["ListServices", { cluster: "arn:cluster" }]],
    "ecs/cluster:Cluster: task": [
        ["ListTasks", { cluster: "arn:cluster", desiredStatus: "RUNNING" }],
        ["DescribeTasks", { cluster: "arn:cluster", tasks: expect.any(Array) }],
    ],
    "ecs/cluster:Cluster: container instance": [["ListContainerInstances", { cluster: "arn:cluster" }]],
    "ecs/taskDefinition:TaskDefinition: revision": [["ListTaskDefinitions", { familyPrefix: "api", status: "ACTIVE" }]],
    "ecr/repository:Repository: policy": [["GetRepositoryPolicy", { repositoryName: "api" }]],
    "lambda/function:Function: permission": [["GetPolicy", { FunctionName: "validator" }]],
    "lambda/function:Function: function URL": [["ListFunctionUrlConfigs", { FunctionName: "validator" }]],
    "lambda/function:Function: alias": [["ListAliases", { FunctionName: "validator" }]],
    "lambda/function:Function: version": [["ListVersionsByFunction", { FunctionName: "validator" }]],
    "lambda/function:Function: asynchronous invocation setting": [
        ["ListFunctionEventInvokeConfigs", { FunctionName: "validator" }],
    ],
    "lambda/function:Function: event source mapping": [["ListEventSourceMappings", { FunctionName: "validator" }]],
    "appautoscaling/target:Target: scaling policy": [
        [
            "DescribeScalingPolicies",
            {
                ServiceNamespace: "ecs",
                ScalableDimension: "ecs:service:DesiredCount",
                ResourceId: "service/payment/api",
            },
        ],
    ],
    "appautoscaling/target:Target: scheduled action": [
        [
            "DescribeScheduledActions",
            {
                ServiceNamespace: "ecs",
                ScalableDimension: "ecs:service:DesiredCount",
                ResourceId: "service/payment/api",
            },
        ],
    ],
    "ecs/service:Service: scaling target": [
        ["DescribeScalableTargets", { ServiceNamespace: "ecs", ResourceIds: ["service/payment/api"] }],
    ],
    "dynamodb/table:Table: scaling target": [
        ["DescribeScalableTargets", { ServiceNamespace: "dynamodb", ResourceIds: ["table/payments"] }],
    ],
    "guardduty/detector:Detector: filter": [["ListFilters", { DetectorId: "d" }]],
    "guardduty/detector:Detector: list of trusted addresses": [["ListIPSets", { DetectorId: "d" }]],
    "guardduty/detector:Detector: member account": [["ListMembers", { DetectorId: "d" }]],
    "cfg/rule:Rule: remediation": [["DescribeRemediationConfigurations", { ConfigRuleNames: ["encrypted"] }]],
    "securityhub/account:Account: standard": [["GetEnabledStandards", {}]],
};
