import { parseActions } from "../../plan/catalogue/deployer-grant.ts";

/** What AWS does with the caller's rights while it carries out calls. */
export interface DependentActions {
    /** A service and its actions, such as `ec2: CreateVpcEndpoint`. */
    readonly calls: string;
    /** Actions that the caller must be allowed, too, by service. */
    readonly need: readonly string[];
    readonly source: string;
}

const reference = (page: string): string =>
    `https://docs.aws.amazon.com/service-authorization/latest/reference/list_${page}.html`;
const deleteInProvider = "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/s3/delete.go";
const vendedLogs = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html";

const networkInterfaces = "ec2: CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces";
const keyUse = "kms: CreateGrant Decrypt DescribeKey GenerateDataKey";
const vendedLogActions =
    "logs: CreateLogDelivery DeleteLogDelivery DescribeLogGroups DescribeResourcePolicies GetLogDelivery ListLogDeliveries PutResourcePolicy UpdateLogDelivery";

/**
 * Dependent actions of the calls that deployers make: the column "Dependent actions" of the service authorization reference,
 * as of 2026-06-27 (later editions leave the column empty), and what service guides and the provider's source say beyond it.
 */
export const dependentActions: readonly DependentActions[] = [
    {
        calls: "application-autoscaling: RegisterScalableTarget",
        need: ["application-autoscaling: TagResource"],
        source: reference("awsapplicationautoscaling"),
    },
    {
        calls: "application-autoscaling: DeleteScalingPolicy PutScalingPolicy",
        need: ["cloudwatch: DeleteAlarms DescribeAlarms PutMetricAlarm"],
        source: "https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html",
    },
    {
        calls: "cloudtrail: CreateTrail UpdateTrail",
        need: ["cloudtrail: AddTags", "iam: GetRole PassRole"],
        source: reference("awscloudtrail"),
    },
    {
        // The page does not say whether CloudTrail or the caller must be allowed to decrypt. So both are.
        calls: "cloudtrail: CreateTrail UpdateTrail",
        need: ["kms: Decrypt"],
        source: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html",
    },
    { calls: "config: PutConfigurationRecorder", need: ["iam: PassRole"], source: reference("awsconfig") },
    {
        calls: "dynamodb: CreateTable UpdateTable",
        need: [keyUse, "kms: Encrypt ReEncryptFrom ReEncryptTo"],
        source: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html",
    },
    {
        calls: "ec2: AllocateAddress AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateInternetGateway CreateNatGateway CreateNetworkAcl CreateRouteTable CreateSecurityGroup CreateSubnet CreateVpc",
        need: ["ec2: CreateTags"],
        source: reference("amazonec2"),
    },
    { calls: "ec2: CreateFlowLogs", need: ["ec2: CreateTags", "iam: PassRole"], source: reference("amazonec2") },
    {
        calls: "ec2: CreateVpcEndpoint",
        need: [
            "ec2: CreateTags DescribeSecurityGroups DescribeSubnets DescribeVpcs",
            "route53: AssociateVPCWithHostedZone",
        ],
        source: reference("amazonec2"),
    },
    {
        calls: "ecr: CreateRepository",
        need: ["ecr: TagResource"],
        source: reference("amazonelasticcontainerregistry"),
    },
    {
        calls: "ecr: CreateRepository DeleteRepository",
        need: ["kms: CreateGrant DescribeKey RetireGrant"],
        source: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html",
    },
    {
        calls: "elasticache: CreateCacheParameterGroup CreateCacheSubnetGroup CreateReplicationGroup",
        need: ["elasticache: AddTagsToResource"],
        source: reference("amazonelasticache"),
    },
    {
        calls: "elasticache: CreateReplicationGroup DecreaseReplicaCount DeleteCacheSubnetGroup DeleteReplicationGroup IncreaseReplicaCount ModifyReplicationGroup ModifyReplicationGroupShardConfiguration",
        need: [networkInterfaces, "ec2: DescribeSubnets DescribeVpcs"],
        source: reference("amazonelasticache"),
    },
    {
        calls: "elasticache: CreateReplicationGroup DeleteReplicationGroup ModifyReplicationGroup",
        need: [vendedLogActions],
        source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html",
    },
    {
        calls: "elasticloadbalancing: CreateListener CreateLoadBalancer CreateRule CreateTargetGroup",
        need: ["elasticloadbalancing: AddTags"],
        source: reference("awselasticloadbalancingv2"),
    },
    {
        calls: "elasticloadbalancing: CreateLoadBalancer SetSecurityGroups",
        need: ["ec2: DescribeSecurityGroups DescribeSubnets DescribeVpcs GetSecurityGroupsForVpc"],
        source: "https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/3917",
    },
    {
        calls: "kms: CreateKey",
        need: ["kms: PutKeyPolicy TagResource"],
        source: reference("awskeymanagementservice"),
    },
    { calls: "lambda: CreateFunction", need: ["iam: PassRole"], source: reference("awslambda") },
    {
        calls: "lambda: CreateFunction UpdateFunctionConfiguration",
        need: ["ec2: DescribeSecurityGroups DescribeSubnets DescribeVpcs GetSecurityGroupsForVpc"],
        source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
    },
    {
        calls: "rds: CreateDBCluster CreateDBClusterParameterGroup CreateDBClusterSnapshot CreateDBInstance CreateDBSubnetGroup CreateEventSubscription DeleteDBCluster DeleteDBInstance ModifyDBInstance",
        need: ["rds: AddTagsToResource"],
        source: reference("amazonrds"),
    },
    {
        calls: "rds: CreateDBCluster CreateDBInstance ModifyDBCluster ModifyDBInstance",
        need: [keyUse, "iam: PassRole", "secretsmanager: CreateSecret TagResource"],
        source: reference("amazonrds"),
    },
    {
        calls: "rds: ModifyDBCluster ModifyDBInstance",
        need: ["secretsmanager: RotateSecret"],
        source: reference("amazonrds"),
    },
    { calls: "rds: DeleteDBCluster", need: ["rds: CreateDBClusterSnapshot"], source: reference("amazonrds") },
    {
        // Where Object Lock is on, the provider empties a bucket against governance retention and legal holds.
        calls: "s3: DeleteObjectVersion",
        need: ["s3: BypassGovernanceRetention PutObjectLegalHold"],
        source: deleteInProvider,
    },
    {
        calls: "scheduler: CreateSchedule UpdateSchedule",
        need: ["iam: PassRole"],
        source: reference("amazoneventbridgescheduler"),
    },
    {
        calls: "scheduler: DeleteScheduleGroup",
        need: ["scheduler: DeleteSchedule"],
        source: reference("amazoneventbridgescheduler"),
    },
    {
        calls: "secretsmanager: CreateSecret PutSecretValue UpdateSecret",
        need: ["kms: Decrypt GenerateDataKey"],
        source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
    },
    {
        calls: "wafv2: AssociateWebACL",
        need: ["apigateway: SetWebACL", "elasticloadbalancing: CreateWebACLAssociation SetWebACL"],
        source: reference("awswafv2"),
    },
    {
        calls: "wafv2: DisassociateWebACL",
        need: ["apigateway: SetWebACL", "elasticloadbalancing: DeleteWebACLAssociation SetWebACL"],
        source: reference("awswafv2"),
    },
    {
        calls: "wafv2: GetWebACLForResource",
        need: ["elasticloadbalancing: GetLoadBalancerWebACL", "wafv2: GetWebACL"],
        source: reference("awswafv2"),
    },
    { calls: "wafv2: CreateIPSet CreateWebACL", need: ["wafv2: TagResource"], source: reference("awswafv2") },
    {
        calls: "wafv2: DeleteLoggingConfiguration PutLoggingConfiguration",
        need: [vendedLogActions, "iam: CreateServiceLinkedRole"],
        source: vendedLogs,
    },
];

/** A call of a deployer without an action that it depends on. */
export interface MissingDependentAction {
    readonly call: string;
    readonly action: string;
    readonly source: string;
}

/** The dependent actions of allowed calls that are not allowed themselves. */
export function missingDependentActions(allowed: ReadonlySet<string>): MissingDependentAction[] {
    return dependentActions.flatMap(({ calls, need, source }) =>
        parseActions(calls)
            .filter((call) => allowed.has(call))
            .flatMap((call) =>
                need
                    .flatMap(parseActions)
                    .filter((action) => !allowed.has(action))
                    .map((action) => ({ call, action, source })),
            ),
    );
}
