import { paginateGetClientCertificates, paginateGetRestApis } from "@aws-sdk/client-api-gateway";
import { DescribeTrailsCommand } from "@aws-sdk/client-cloudtrail";
import {
    DescribeAddressesCommand,
    paginateDescribeInternetGateways,
    paginateDescribeNatGateways,
    paginateDescribeSecurityGroups,
    paginateDescribeSubnets,
    paginateDescribeVpcEndpoints,
    paginateDescribeVpcs,
} from "@aws-sdk/client-ec2";
import { paginateDescribeLoadBalancers, paginateDescribeTargetGroups } from "@aws-sdk/client-elastic-load-balancing-v2";
import { paginateDescribeCacheClusters } from "@aws-sdk/client-elasticache";
import { GetAccountSettingsCommand } from "@aws-sdk/client-lambda";
import { paginateDescribeDBClusters, paginateDescribeDBInstances } from "@aws-sdk/client-rds";
import { ListWebACLsCommand } from "@aws-sdk/client-wafv2";
import { all, text } from "../../../plan/query.ts";
import type { Plan } from "../../../plan/plan.ts";
import { allOf, type Clients } from "../clients.ts";
import { stateOf } from "../../../plan/state.ts";
import type { Subject } from "./check.ts";
import { vcpusOfOthers, vcpusPlanned } from "./fargate.ts";

/** A limit of AWS, what the stack takes of it, and what is taken already. */
export interface Quota {
    readonly name: string;
    /** Of Service Quotas; nothing for a limit that AWS does not raise. */
    readonly code?: `${string}/L-${string}`;
    /** Where it has no code. */
    readonly limit?: number;
    /** Counted from the resources that the stack has not yet: their types, and how many each is. */
    readonly of?: Readonly<Record<string, (inputs: Readonly<Record<string, unknown>>) => number>>;
    /** Counted otherwise: what the whole stack takes. */
    readonly planned?: (subject: Subject) => number;
    /** What the account uses now, or, with `planned`, what others use; nothing where the limit is one resource's own. */
    readonly used?: (clients: Clients, subject: Subject) => Promise<number>;
    readonly needs: readonly string[];
}

const one = () => 1;
const many = (key: string) => (inputs: Readonly<Record<string, unknown>>) => Number(inputs[key] ?? 0);

/** How often the key comes that comes most often. */
function most(keys: readonly string[]): number {
    const counts = new Map<string, number>();
    for (const key of keys) {
        counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return Math.max(0, ...counts.values());
}

const mostRules = (plan: Plan, type: string): number =>
    most(all(plan, type).map((rule) => text(rule, "securityGroupId")));

async function mostNatGatewaysInAZone({ ec2 }: Clients): Promise<number> {
    const states = { Name: "state", Values: ["pending", "available"] };
    const gateways = await allOf(
        paginateDescribeNatGateways({ client: ec2 }, { Filter: [states] }),
        (page) => page.NatGateways,
    );
    const subnets = await allOf(paginateDescribeSubnets({ client: ec2 }, {}), (page) => page.Subnets);
    const zones = new Map(subnets.map(({ SubnetId, AvailabilityZone }) => [SubnetId, AvailabilityZone]));
    return most(gateways.flatMap(({ SubnetId }) => zones.get(SubnetId) ?? []));
}

/** Names and codes: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html, by service. */
export const quotas: readonly Quota[] = [
    {
        name: "VPCs",
        code: "vpc/L-F678F1CE",
        of: { "ec2/vpc:Vpc": one },
        used: ({ ec2 }) => count(paginateDescribeVpcs({ client: ec2 }, {}), "Vpcs"),
        needs: ["ec2:DescribeVpcs"],
    },
    {
        name: "internet gateways",
        code: "vpc/L-A4707A72",
        of: { "ec2/internetGateway:InternetGateway": one },
        used: ({ ec2 }) => count(paginateDescribeInternetGateways({ client: ec2 }, {}), "InternetGateways"),
        needs: ["ec2:DescribeInternetGateways"],
    },
    {
        name: "Elastic IP addresses",
        code: "ec2/L-0263D0A3",
        of: { "ec2/eip:Eip": one },
        used: async ({ ec2 }) => (await ec2.send(new DescribeAddressesCommand({}))).Addresses?.length ?? 0,
        needs: ["ec2:DescribeAddresses"],
    },
    {
        name: "NAT gateways in one zone",
        code: "vpc/L-FE5A380F",
        planned: ({ plan, state }) => {
            const type = "ec2/natGateway:NatGateway";
            return all(plan, type).length > stateOf(state, type).length ? 1 : 0;
        },
        used: mostNatGatewaysInAZone,
        needs: ["ec2:DescribeNatGateways", "ec2:DescribeSubnets"],
    },
    {
        name: "interface endpoints in the VPC",
        code: "vpc/L-29B6F2EB",
        planned: ({ plan }) =>
            all(plan, "ec2/vpcEndpoint:VpcEndpoint").filter((node) => text(node, "vpcEndpointType") === "Interface")
                .length,
        needs: [],
    },
    {
        name: "gateway endpoints",
        code: "vpc/L-1B52E74A",
        of: { "ec2/vpcEndpoint:VpcEndpoint": ({ vpcEndpointType }) => (vpcEndpointType === "Gateway" ? 1 : 0) },
        used: ({ ec2 }) =>
            count(
                paginateDescribeVpcEndpoints(
                    { client: ec2 },
                    { Filters: [{ Name: "vpc-endpoint-type", Values: ["Gateway"] }] },
                ),
                "VpcEndpoints",
            ),
        needs: ["ec2:DescribeVpcEndpoints"],
    },
    {
        name: "security groups",
        code: "vpc/L-E79EC296",
        of: { "ec2/securityGroup:SecurityGroup": one, "ec2/defaultSecurityGroup:DefaultSecurityGroup": one },
        used: ({ ec2 }) => count(paginateDescribeSecurityGroups({ client: ec2 }, {}), "SecurityGroups"),
        needs: ["ec2:DescribeSecurityGroups"],
    },
    {
        name: "rules of a security group, each way",
        code: "vpc/L-0EA8095F",
        planned: ({ plan }) =>
            Math.max(
                mostRules(plan, "vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
                mostRules(plan, "vpc/securityGroupEgressRule:SecurityGroupEgressRule"),
            ),
        needs: [],
    },
    {
        name: "Fargate vCPUs at the most tasks",
        code: "fargate/L-3032A538",
        planned: ({ plan }) => vcpusPlanned(plan, "FARGATE"),
        used: (clients, subject) => vcpusOfOthers(clients, subject, "FARGATE"),
        needs: ["cloudwatch:GetMetricStatistics", "ecs:ListServices", "ecs:DescribeServices"],
    },
    {
        name: "Fargate Spot vCPUs at the most tasks",
        code: "fargate/L-36FBB829",
        planned: ({ plan }) => vcpusPlanned(plan, "FARGATE_SPOT"),
        used: (clients, subject) => vcpusOfOthers(clients, subject, "FARGATE_SPOT"),
        needs: ["cloudwatch:GetMetricStatistics", "ecs:ListServices", "ecs:DescribeServices"],
    },
    {
        name: "application load balancers",
        code: "elasticloadbalancing/L-53DA6B97",
        of: { "lb/loadBalancer:LoadBalancer": one },
        used: async ({ elb }) => {
            const balancers = await allOf(
                paginateDescribeLoadBalancers({ client: elb }, {}),
                (page) => page.LoadBalancers,
            );
            return balancers.filter(({ Type }) => Type === "application").length;
        },
        needs: ["elasticloadbalancing:DescribeLoadBalancers"],
    },
    {
        name: "target groups",
        code: "elasticloadbalancing/L-B22855CB",
        of: { "lb/targetGroup:TargetGroup": one },
        used: ({ elb }) => count(paginateDescribeTargetGroups({ client: elb }, {}), "TargetGroups"),
        needs: ["elasticloadbalancing:DescribeTargetGroups"],
    },
    {
        name: "database clusters",
        code: "rds/L-952B80B8",
        of: { "rds/cluster:Cluster": one },
        used: ({ rds }) => count(paginateDescribeDBClusters({ client: rds }, {}), "DBClusters"),
        needs: ["rds:DescribeDBClusters"],
    },
    {
        name: "database instances",
        code: "rds/L-7B6409FD",
        of: { "rds/clusterInstance:ClusterInstance": one },
        used: ({ rds }) => count(paginateDescribeDBInstances({ client: rds }, {}), "DBInstances"),
        needs: ["rds:DescribeDBInstances"],
    },
    {
        name: "cache nodes",
        code: "elasticache/L-DFE45DF3",
        of: { "elasticache/replicationGroup:ReplicationGroup": many("numCacheClusters") },
        used: async ({ elasticache }) => {
            const pages = paginateDescribeCacheClusters({ client: elasticache }, {});
            const clusters = await allOf(pages, (page) => page.CacheClusters);
            return clusters.reduce((sum, { NumCacheNodes = 0 }) => sum + NumCacheNodes, 0);
        },
        needs: ["elasticache:DescribeCacheClusters"],
    },
    {
        // What is reserved is taken from the rest of the account, which must keep 100
        // (https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html).
        name: "Lambda executions at once",
        code: "lambda/L-B99A9384",
        of: { "lambda/function:Function": many("reservedConcurrentExecutions") },
        used: async ({ lambda }) => {
            const { AccountLimit: limit } = await lambda.send(new GetAccountSettingsCommand({}));
            return (limit?.ConcurrentExecutions ?? 0) - (limit?.UnreservedConcurrentExecutions ?? 0) + 100;
        },
        needs: ["lambda:GetAccountSettings"],
    },
    {
        name: "regional REST APIs",
        code: "apigateway/L-AA0FF27B",
        of: { "apigateway/restApi:RestApi": one },
        used: ({ apiGateway }) => count(paginateGetRestApis({ client: apiGateway }, {}), "items"),
        needs: ["apigateway:GET"],
    },
    {
        name: "client certificates of API Gateway",
        code: "apigateway/L-824C9E42",
        of: { "apigateway/clientCertificate:ClientCertificate": one },
        used: ({ apiGateway }) => count(paginateGetClientCertificates({ client: apiGateway }, {}), "items"),
        needs: ["apigateway:GET"],
    },
    {
        name: "regional web ACLs",
        code: "wafv2/L-2EC3DE7B",
        of: { "wafv2/webAcl:WebAcl": one },
        used: async ({ waf }) => {
            const listed = await waf.send(new ListWebACLsCommand({ Scope: "REGIONAL", Limit: 100 }));
            return listed.WebACLs?.length ?? 0;
        },
        needs: ["wafv2:ListWebACLs"],
    },
    {
        // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
        name: "trails in a region",
        limit: 5,
        of: { "cloudtrail/trail:Trail": one },
        // Trails of other regions that cover this one count, too.
        used: async ({ cloudTrail }) => (await cloudTrail.send(new DescribeTrailsCommand({}))).trailList?.length ?? 0,
        needs: ["cloudtrail:DescribeTrails"],
    },
];

const count = async <Key extends string, Page extends Partial<Record<Key, readonly unknown[]>>>(
    pages: AsyncIterable<Page>,
    key: Key,
): Promise<number> => (await allOf(pages, (page) => page[key])).length;
