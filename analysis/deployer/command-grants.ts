import { reconciliationNoun } from "../../lib/settings/acquirer.ts";
import { migrationNoun } from "../../lib/settings/migration.ts";
import { cluster, clusterTasks } from "../../plan/catalogue/ecs.ts";
import {
    fixedNamePattern,
    regionalArns,
    readGrant,
    arnsWithoutAccount,
    type DeployerGrant,
    listGrant,
    withConditions,
    writeGrant,
} from "../../plan/catalogue/deployer-grant.ts";

/** Tasks that commands start: `npm run deploy` and `npm run migrate` the first one, `npm run reconcile` those of all services. */
const oneOffTasks = [migrationNoun, reconciliationNoun("*")].map((noun) => `payment-${noun}-{suffix}`);

/** What it takes to start such a task, and to show its log. */
const oneOffTaskGrants: readonly DeployerGrant[] = [
    writeGrant(
        "ecs: RunTask",
        withConditions(regionalArns("ecs", ...oneOffTasks.map((family) => `task-definition/${family}:*`)), {
            ArnEquals: { "ecs:cluster": cluster.arns },
        }),
    ),
    // The task gets the tags of its task definition.
    writeGrant("ecs: TagResource", withConditions(clusterTasks, { StringEquals: { "ecs:CreateAction": "RunTask" } })),
    writeGrant("ecs: DescribeTasks", clusterTasks),
    writeGrant(
        "logs: GetLogEvents",
        regionalArns("logs", ...oneOffTasks.map((name) => `log-group:/ecs/${name}:log-stream:*`)),
    ),
];

/** What `npm run deploy` itself calls for every stack: in its preflight, before an update, and before a destruction. */
export const deployCommandGrants: readonly DeployerGrant[] = [
    ...oneOffTaskGrants,
    readGrant("apigateway: GET", arnsWithoutAccount("apigateway", "/account", "/clientcertificates", "/restapis")),
    listGrant("cloudtrail: DescribeTrails"),
    listGrant("cloudwatch: GetMetricStatistics"),
    listGrant("config: DescribeConfigurationRecorders"),
    listGrant(
        "ec2: DescribeAddresses DescribeAvailabilityZones DescribeInternetGateways DescribeNatGateways DescribeRegions DescribeSecurityGroups DescribeSubnets DescribeVpcEndpointServices DescribeVpcEndpoints DescribeVpcs",
    ),
    readGrant("ecr: DescribeImages", regionalArns("ecr", `repository/${fixedNamePattern}`)),
    listGrant("ecs: ListServices"),
    listGrant("elasticache: DescribeCacheClusters DescribeReservedCacheNodesOfferings"),
    listGrant("elasticloadbalancing: DescribeLoadBalancers DescribeTargetGroups"),
    listGrant("guardduty: ListDetectors"),
    listGrant("lambda: GetAccountSettings"),
    listGrant(
        "rds: DescribeDBClusters DescribeDBEngineVersions DescribeDBInstances DescribeOrderableDBInstanceOptions",
    ),
    readGrant("route53: GetHostedZone", { arns: ["arn:{partition}:route53:::hostedzone/*"] }),
    listGrant("route53: ListHostedZonesByName"),
    readGrant("s3: ListBucketVersions", { arns: ["arn:{partition}:s3:::payment-*-{suffix}-{account}"] }),
    readGrant("securityhub: DescribeHub", regionalArns("securityhub", "hub/default")),
    listGrant("servicequotas: GetAWSDefaultServiceQuota GetServiceQuota"),
    listGrant("wafv2: ListWebACLs"),
];
