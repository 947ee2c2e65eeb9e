import { everything, fixed, lists, named, read, regional, type Grant } from "../grant.ts";

const all = everything(lists);

/** What `npm run deploy` looks at itself, whatever the stack holds: its preflight, and what goes with a destruction. */
export const command: readonly Grant[] = [
    read("apigateway: GET", regional("apigateway", "/account", "/clientcertificates", "/restapis")),
    read("cloudtrail: DescribeTrails", all),
    read("cloudwatch: GetMetricStatistics", all),
    read("config: DescribeConfigurationRecorders", all),
    read(
        "ec2: DescribeAddresses DescribeAvailabilityZones DescribeInternetGateways DescribeNatGateways DescribeRegions DescribeSecurityGroups DescribeSubnets DescribeVpcEndpoints DescribeVpcs",
        all,
    ),
    read("ecr: DescribeImages", named("ecr", `repository/${fixed}`)),
    read("ecs: ListServices", all),
    read("elasticache: DescribeCacheClusters DescribeReservedCacheNodesOfferings", all),
    read("elasticloadbalancing: DescribeLoadBalancers DescribeTargetGroups", all),
    read("guardduty: ListDetectors", all),
    read("lambda: GetAccountSettings", all),
    read("rds: DescribeDBClusters DescribeDBInstances DescribeOrderableDBInstanceOptions", all),
    read("route53: GetHostedZone", { arns: ["arn:{partition}:route53:::hostedzone/*"] }),
    read("route53: ListHostedZonesByName", all),
    read("s3: ListBucketVersions", { arns: ["arn:{partition}:s3:::payment-*-{suffix}-{account}"] }),
    read("securityhub: DescribeHub", named("securityhub", "hub/default")),
    read("servicequotas: GetAWSDefaultServiceQuota GetServiceQuota", all),
    read("wafv2: ListWebACLs", all),
];
