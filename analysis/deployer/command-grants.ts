import {
    fixedNamePattern,
    regionalArns,
    readGrant,
    arnsWithoutAccount,
    type DeployerGrant,
    listGrant,
} from "../../plan/catalogue/deployer-grant.ts";

/** What `npm run deploy` itself reads for every stack: in its preflight, and before a destruction. */
export const deployCommandGrants: readonly DeployerGrant[] = [
    readGrant("apigateway: GET", arnsWithoutAccount("apigateway", "/account", "/clientcertificates", "/restapis")),
    listGrant("cloudtrail: DescribeTrails"),
    listGrant("cloudwatch: GetMetricStatistics"),
    listGrant("config: DescribeConfigurationRecorders"),
    listGrant(
        "ec2: DescribeAddresses DescribeAvailabilityZones DescribeInternetGateways DescribeNatGateways DescribeRegions DescribeSecurityGroups DescribeSubnets DescribeVpcEndpoints DescribeVpcs",
    ),
    readGrant("ecr: DescribeImages", regionalArns("ecr", `repository/${fixedNamePattern}`)),
    listGrant("ecs: ListServices"),
    listGrant("elasticache: DescribeCacheClusters DescribeReservedCacheNodesOfferings"),
    listGrant("elasticloadbalancing: DescribeLoadBalancers DescribeTargetGroups"),
    listGrant("guardduty: ListDetectors"),
    listGrant("lambda: GetAccountSettings"),
    listGrant("rds: DescribeDBClusters DescribeDBInstances DescribeOrderableDBInstanceOptions"),
    readGrant("route53: GetHostedZone", { arns: ["arn:{partition}:route53:::hostedzone/*"] }),
    listGrant("route53: ListHostedZonesByName"),
    readGrant("s3: ListBucketVersions", { arns: ["arn:{partition}:s3:::payment-*-{suffix}-{account}"] }),
    readGrant("securityhub: DescribeHub", regionalArns("securityhub", "hub/default")),
    listGrant("servicequotas: GetAWSDefaultServiceQuota GetServiceQuota"),
    listGrant("wafv2: ListWebACLs"),
];
