import { paginateGetClientCertificates, paginateGetRestApis } from "@aws-sdk/client-api-gateway";
import { DescribeTrailsCommand } from "@aws-sdk/client-cloudtrail";
import { DescribeResourcePoliciesCommand } from "@aws-sdk/client-cloudwatch-logs";
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
import { resourcesOfType, inputText } from "../../../plan/query.ts";
import type { Plan } from "../../../plan/plan.ts";
import { collectTokenPages } from "../../frame/aws-calls.ts";
import { collectPages, type AwsClients } from "../../frame/aws-clients.ts";
import { listWebAcls } from "../../frame/aws-lists.ts";
import { stateResourcesOfType } from "../../../plan/state.ts";
import type { PreflightInput } from "./check.ts";
import { vcpusUsedByOthers, plannedVcpus } from "./fargate.ts";

/** A limit of AWS, what the stack takes of it, and what is taken already. */
export interface Quota {
    readonly name: string;
    /** Of Service Quotas; nothing for a limit that AWS does not raise. */
    readonly code?: `${string}/L-${string}`;
    /** Where it has no code. */
    readonly fixedLimit?: number;
    /** Counted from the resources that the stack has not yet: their types, and how many each is. */
    readonly countByType?: Readonly<Record<string, (inputs: Readonly<Record<string, unknown>>) => number>>;
    /** Counted otherwise: what the whole stack takes once the update has ended. */
    readonly plannedUsage?: (subject: PreflightInput) => number;
    /** What the whole stack may take later, by autoscaling. @default no more than after the update */
    readonly peakUsage?: (subject: PreflightInput) => number;
    /** What the account uses now, or, with `planned`, what others use; nothing where the limit is one resource's own. */
    readonly currentUsage?: (clients: AwsClients, subject: PreflightInput) => Promise<number>;
    readonly iamActions: readonly string[];
}

const countOne = () => 1;
const countFromInput = (key: string) => (inputs: Readonly<Record<string, unknown>>) => Number(inputs[key] ?? 0);

/** Number of items with the most frequent key. */
function highestCount(keys: readonly string[]): number {
    const counts = new Map<string, number>();
    for (const key of keys) {
        counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return Math.max(0, ...counts.values());
}

const maxRulesPerGroup = (plan: Plan, type: string): number =>
    highestCount(resourcesOfType(plan, type).map((rule) => inputText(rule, "securityGroupId")));

async function maxNatGatewaysPerZone({ ec2 }: AwsClients): Promise<number> {
    const states = { Name: "state", Values: ["pending", "available"] };
    const gateways = await collectPages(
        paginateDescribeNatGateways({ client: ec2 }, { Filter: [states] }),
        (page) => page.NatGateways,
    );
    const subnets = await collectPages(paginateDescribeSubnets({ client: ec2 }, {}), (page) => page.Subnets);
    const zones = new Map(subnets.map(({ SubnetId, AvailabilityZone }) => [SubnetId, AvailabilityZone]));
    return highestCount(gateways.flatMap(({ SubnetId }) => zones.get(SubnetId) ?? []));
}

/**
 * Executions at once are requests per second times the seconds of each
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html). A validation waits for two writes in the Region.
 */
const secondsPerValidation = 0.1;

/** Names and codes: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html, by service. */
export const quotas: readonly Quota[] = [
    {
        name: "VPCs",
        code: "vpc/L-F678F1CE",
        countByType: { "ec2/vpc:Vpc": countOne },
        currentUsage: ({ ec2 }) => countItems(paginateDescribeVpcs({ client: ec2 }, {}), "Vpcs"),
        iamActions: ["ec2:DescribeVpcs"],
    },
    {
        name: "internet gateways",
        code: "vpc/L-A4707A72",
        countByType: { "ec2/internetGateway:InternetGateway": countOne },
        currentUsage: ({ ec2 }) =>
            countItems(paginateDescribeInternetGateways({ client: ec2 }, {}), "InternetGateways"),
        iamActions: ["ec2:DescribeInternetGateways"],
    },
    {
        name: "Elastic IP addresses",
        code: "ec2/L-0263D0A3",
        countByType: { "ec2/eip:Eip": countOne },
        currentUsage: async ({ ec2 }) => (await ec2.send(new DescribeAddressesCommand({}))).Addresses?.length ?? 0,
        iamActions: ["ec2:DescribeAddresses"],
    },
    {
        name: "NAT gateways in one zone",
        code: "vpc/L-FE5A380F",
        plannedUsage: ({ plan, state }) => {
            const type = "ec2/natGateway:NatGateway";
            return resourcesOfType(plan, type).length > stateResourcesOfType(state, type).length ? 1 : 0;
        },
        currentUsage: maxNatGatewaysPerZone,
        iamActions: ["ec2:DescribeNatGateways", "ec2:DescribeSubnets"],
    },
    {
        name: "interface endpoints in the VPC",
        code: "vpc/L-29B6F2EB",
        plannedUsage: ({ plan }) =>
            resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint").filter(
                (node) => inputText(node, "vpcEndpointType") === "Interface",
            ).length,
        iamActions: [],
    },
    {
        name: "gateway endpoints",
        code: "vpc/L-1B52E74A",
        countByType: {
            "ec2/vpcEndpoint:VpcEndpoint": ({ vpcEndpointType }) => (vpcEndpointType === "Gateway" ? 1 : 0),
        },
        currentUsage: ({ ec2 }) =>
            countItems(
                paginateDescribeVpcEndpoints(
                    { client: ec2 },
                    { Filters: [{ Name: "vpc-endpoint-type", Values: ["Gateway"] }] },
                ),
                "VpcEndpoints",
            ),
        iamActions: ["ec2:DescribeVpcEndpoints"],
    },
    {
        name: "security groups",
        code: "vpc/L-E79EC296",
        countByType: {
            "ec2/securityGroup:SecurityGroup": countOne,
            "ec2/defaultSecurityGroup:DefaultSecurityGroup": countOne,
        },
        currentUsage: ({ ec2 }) => countItems(paginateDescribeSecurityGroups({ client: ec2 }, {}), "SecurityGroups"),
        iamActions: ["ec2:DescribeSecurityGroups"],
    },
    {
        name: "rules of a security group, each way",
        code: "vpc/L-0EA8095F",
        plannedUsage: ({ plan }) =>
            Math.max(
                maxRulesPerGroup(plan, "vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
                maxRulesPerGroup(plan, "vpc/securityGroupEgressRule:SecurityGroupEgressRule"),
            ),
        iamActions: [],
    },
    {
        name: "Fargate vCPUs",
        code: "fargate/L-3032A538",
        plannedUsage: (subject) => plannedVcpus(subject, "FARGATE", "minTasks"),
        peakUsage: (subject) => plannedVcpus(subject, "FARGATE", "maxTasks"),
        currentUsage: (clients, subject) => vcpusUsedByOthers(clients, subject, "FARGATE"),
        iamActions: ["cloudwatch:GetMetricStatistics", "ecs:ListServices", "ecs:DescribeServices"],
    },
    {
        name: "Fargate Spot vCPUs",
        code: "fargate/L-36FBB829",
        plannedUsage: (subject) => plannedVcpus(subject, "FARGATE_SPOT", "minTasks"),
        peakUsage: (subject) => plannedVcpus(subject, "FARGATE_SPOT", "maxTasks"),
        currentUsage: (clients, subject) => vcpusUsedByOthers(clients, subject, "FARGATE_SPOT"),
        iamActions: ["cloudwatch:GetMetricStatistics", "ecs:ListServices", "ecs:DescribeServices"],
    },
    {
        name: "application load balancers",
        code: "elasticloadbalancing/L-53DA6B97",
        countByType: { "lb/loadBalancer:LoadBalancer": countOne },
        currentUsage: async ({ elb }) => {
            const balancers = await collectPages(
                paginateDescribeLoadBalancers({ client: elb }, {}),
                (page) => page.LoadBalancers,
            );
            return balancers.filter(({ Type }) => Type === "application").length;
        },
        iamActions: ["elasticloadbalancing:DescribeLoadBalancers"],
    },
    {
        name: "target groups",
        code: "elasticloadbalancing/L-B22855CB",
        countByType: { "lb/targetGroup:TargetGroup": countOne },
        currentUsage: ({ elb }) => countItems(paginateDescribeTargetGroups({ client: elb }, {}), "TargetGroups"),
        iamActions: ["elasticloadbalancing:DescribeTargetGroups"],
    },
    {
        name: "database clusters",
        code: "rds/L-952B80B8",
        countByType: { "rds/cluster:Cluster": countOne },
        currentUsage: ({ rds }) => countItems(paginateDescribeDBClusters({ client: rds }, {}), "DBClusters"),
        iamActions: ["rds:DescribeDBClusters"],
    },
    {
        name: "database instances",
        code: "rds/L-7B6409FD",
        countByType: { "rds/clusterInstance:ClusterInstance": countOne },
        currentUsage: ({ rds }) => countItems(paginateDescribeDBInstances({ client: rds }, {}), "DBInstances"),
        iamActions: ["rds:DescribeDBInstances"],
    },
    {
        name: "cache nodes",
        code: "elasticache/L-DFE45DF3",
        countByType: { "elasticache/replicationGroup:ReplicationGroup": countFromInput("numCacheClusters") },
        currentUsage: async ({ elasticache }) => {
            const pages = paginateDescribeCacheClusters({ client: elasticache }, {});
            const clusters = await collectPages(pages, (page) => page.CacheClusters);
            return clusters.reduce((sum, { NumCacheNodes = 0 }) => sum + NumCacheNodes, 0);
        },
        iamActions: ["elasticache:DescribeCacheClusters"],
    },
    {
        // What is reserved is taken from the rest of the account, which must keep 100
        // (https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html).
        name: "Lambda executions at once",
        code: "lambda/L-B99A9384",
        countByType: { "lambda/function:Function": countFromInput("reservedConcurrentExecutions") },
        // A new account has ten for all of its functions.
        peakUsage: ({ settings: { gateway, validation } }) =>
            validation.reservedConcurrency === undefined ? gateway.ratePerSecond * secondsPerValidation : 0,
        currentUsage: async ({ lambda }) => {
            const { AccountLimit: limit } = await lambda.send(new GetAccountSettingsCommand({}));
            return (limit?.ConcurrentExecutions ?? 0) - (limit?.UnreservedConcurrentExecutions ?? 0) + 100;
        },
        iamActions: ["lambda:GetAccountSettings"],
    },
    {
        name: "regional REST APIs",
        code: "apigateway/L-AA0FF27B",
        countByType: { "apigateway/restApi:RestApi": countOne },
        currentUsage: ({ apiGateway }) => countItems(paginateGetRestApis({ client: apiGateway }, {}), "items"),
        iamActions: ["apigateway:GET"],
    },
    {
        name: "client certificates of API Gateway",
        code: "apigateway/L-824C9E42",
        countByType: { "apigateway/clientCertificate:ClientCertificate": countOne },
        currentUsage: ({ apiGateway }) =>
            countItems(paginateGetClientCertificates({ client: apiGateway }, {}), "items"),
        iamActions: ["apigateway:GET"],
    },
    {
        name: "regional web ACLs",
        code: "wafv2/L-2EC3DE7B",
        countByType: { "wafv2/webAcl:WebAcl": countOne },
        currentUsage: async (clients) => (await listWebAcls(clients, "REGIONAL")).length,
        iamActions: ["wafv2:ListWebACLs"],
    },
    {
        // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
        name: "trails in a region",
        fixedLimit: 5,
        countByType: { "cloudtrail/trail:Trail": countOne },
        // Trails of other regions that cover this one count, too.
        currentUsage: async ({ cloudTrail }) =>
            (await cloudTrail.send(new DescribeTrailsCommand({}))).trailList?.length ?? 0,
        iamActions: ["cloudtrail:DescribeTrails"],
    },
    {
        // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
        name: "resource policies of CloudWatch Logs in a region",
        fixedLimit: 10,
        countByType: { "cloudwatch/logResourcePolicy:LogResourcePolicy": countOne },
        currentUsage: async ({ logs }) => {
            const listed = await collectTokenPages(async (nextToken) => {
                const answer = await logs.send(new DescribeResourcePoliciesCommand({ nextToken }));
                return { items: answer.resourcePolicies, next: answer.nextToken };
            });
            return listed.length;
        },
        iamActions: ["logs:DescribeResourcePolicies"],
    },
];

const countItems = async <Key extends string, Page extends Partial<Record<Key, readonly unknown[]>>>(
    pages: AsyncIterable<Page>,
    key: Key,
): Promise<number> => (await collectPages(pages, (page) => page[key])).length;
