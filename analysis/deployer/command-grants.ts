import {
    allResources,
    fixedNamePattern,
    listsEverything,
    regionalArns,
    readGrant,
    arnsWithoutAccount,
    type DeployerGrant,
} from "../../plan/catalogue/deployer-grant.ts";

const listedResources = allResources(listsEverything);

/** What `npm run deploy` itself reads for every stack: in its preflight, and before a destruction. */
export const deployCommandGrants: readonly DeployerGrant[] = [
    readGrant("apigateway: GET", arnsWithoutAccount("apigateway", "/account", "/clientcertificates", "/restapis")),
    readGrant("cloudtrail: DescribeTrails", listedResources),
    readGrant("cloudwatch: GetMetricStatistics", listedResources),
    readGrant("config: DescribeConfigurationRecorders", listedResources),
    readGrant(
        "ec2: DescribeAddresses DescribeAvailabilityZones DescribeInternetGateways DescribeNatGateways DescribeRegions DescribeSecurityGroups DescribeSubnets DescribeVpcEndpoints DescribeVpcs",
        listedResources,
    ),
    readGrant("ecr: DescribeImages", regionalArns("ecr", `repository/${fixedNamePattern}`)),
    readGrant("ecs: ListServices", listedResources),
    readGrant("elasticache: DescribeCacheClusters DescribeReservedCacheNodesOfferings", listedResources),
    readGrant("elasticloadbalancing: DescribeLoadBalancers DescribeTargetGroups", listedResources),
    readGrant("guardduty: ListDetectors", listedResources),
    readGrant("lambda: GetAccountSettings", listedResources),
    readGrant("rds: DescribeDBClusters DescribeDBInstances DescribeOrderableDBInstanceOptions", listedResources),
    readGrant("route53: GetHostedZone", { arns: ["arn:{partition}:route53:::hostedzone/*"] }),
    readGrant("route53: ListHostedZonesByName", listedResources),
    readGrant("s3: ListBucketVersions", { arns: ["arn:{partition}:s3:::payment-*-{suffix}-{account}"] }),
    readGrant("securityhub: DescribeHub", regionalArns("securityhub", "hub/default")),
    readGrant("servicequotas: GetAWSDefaultServiceQuota GetServiceQuota", listedResources),
    readGrant("wafv2: ListWebACLs", listedResources),
];
