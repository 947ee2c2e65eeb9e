import {
    DescribeFlowLogsCommand,
    DescribeNetworkAclsCommand,
    DescribeSecurityGroupsCommand,
    DescribeSubnetsCommand,
    DescribeVpcAttributeCommand,
    DescribeVpcEndpointsCommand,
    DescribeVpcsCommand,
    type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import type { Clients } from "./clients.ts";
import { equalsFilter } from "../../../tools/drift/child-listers/ec2.ts";
import { listRouteTables } from "../../../tools/drift/child-listers/routes.ts";
import { listSecurityGroupRules } from "../../../tools/drift/child-listers/security-groups.ts";
import { tagsOf, type At, type Listing, type Live, type Row } from "./row.ts";

/** Of AWS's own format (https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html). */
const flowLogFields = [
    ...["version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol"],
    ...["packets", "bytes", "start", "end", "action", "log-status"],
];

export const networkRows: readonly Row[] = [
    {
        type: "ec2/vpc:Vpc",
        read: async ({ ec2 }, { id }) => {
            const { Vpcs: [found] = [] } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [id] }));
            const ask = (Attribute: "enableDnsHostnames" | "enableDnsSupport") =>
                ec2.send(new DescribeVpcAttributeCommand({ VpcId: id, Attribute }));
            return (
                found && {
                    cidrBlock: found.CidrBlock,
                    enableDnsHostnames: (await ask("enableDnsHostnames")).EnableDnsHostnames?.Value,
                    enableDnsSupport: (await ask("enableDnsSupport")).EnableDnsSupport?.Value,
                    tagsAll: tagsOf(found.Tags),
                }
            );
        },
    },
    {
        type: "ec2/subnet:Subnet",
        read: async ({ ec2 }, { id }) => {
            const { Subnets: [found] = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] }));
            return (
                found && {
                    vpcId: found.VpcId,
                    cidrBlock: found.CidrBlock,
                    mapPublicIpOnLaunch: found.MapPublicIpOnLaunch,
                    tagsAll: tagsOf(found.Tags),
                }
            );
        },
    },
    {
        type: "ec2/securityGroup:SecurityGroup",
        read: async ({ ec2 }, { id }) => {
            const { SecurityGroups: [found] = [] } = await ec2.send(
                new DescribeSecurityGroupsCommand({ GroupIds: [id] }),
            );
            return found && { vpcId: found.VpcId, description: found.Description, tagsAll: tagsOf(found.Tags) };
        },
    },
    {
        type: "ec2/vpcEndpoint:VpcEndpoint",
        read: async ({ ec2 }, { id }) => {
            const { VpcEndpoints: [found] = [] } = await ec2.send(
                new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }),
            );
            return (
                found && {
                    vpcId: found.VpcId,
                    serviceName: found.ServiceName,
                    vpcEndpointType: found.VpcEndpointType,
                    privateDnsEnabled: found.PrivateDnsEnabled,
                    policy: found.PolicyDocument,
                    subnetIds: found.SubnetIds,
                    routeTableIds: found.RouteTableIds,
                    securityGroupIds: found.Groups?.map(({ GroupId }) => GroupId),
                    tagsAll: tagsOf(found.Tags),
                }
            );
        },
    },
    {
        type: "ec2/flowLog:FlowLog",
        read: async ({ ec2 }, { id, text }) => {
            const { FlowLogs: [found] = [] } = await ec2.send(new DescribeFlowLogsCommand({ FlowLogIds: [id] }));
            return (
                found && {
                    vpcId: found.ResourceId,
                    trafficType: found.TrafficType,
                    // For a log group AWS returns the name.
                    logDestination:
                        found.LogDestination ??
                        text("logDestination").replace(/log-group:.*/, `log-group:${found.LogGroupName ?? ""}`),
                    iamRoleArn: found.DeliverLogsPermissionArn,
                    logFormat: found.LogFormat,
                    tagsAll: tagsOf(found.Tags),
                }
            );
        },
        defaults: { logFormat: flowLogFields.map((field) => `\${${field}}`).join(" ") },
    },
    {
        type: "ec2/networkAcl:NetworkAcl",
        read: async ({ ec2 }, { id }) => {
            const { NetworkAcls: [found] = [] } = await ec2.send(
                new DescribeNetworkAclsCommand({ NetworkAclIds: [id] }),
            );
            const rules = (isEgress: boolean) =>
                found?.Entries?.filter(
                    // 32767 is the last, which denies the rest.
                    ({ Egress = false, RuleNumber = 0 }) => Egress === isEgress && RuleNumber < 32_767,
                ).map((entry) => ({
                    action: entry.RuleAction,
                    cidrBlock: entry.CidrBlock,
                    fromPort: entry.PortRange?.From,
                    toPort: entry.PortRange?.To,
                    protocol: entry.Protocol,
                    ruleNo: entry.RuleNumber,
                }));
            return (
                found && {
                    vpcId: found.VpcId,
                    subnetIds: found.Associations?.map(({ SubnetId }) => SubnetId),
                    ingress: rules(false),
                    egress: rules(true),
                    tagsAll: tagsOf(found.Tags),
                }
            );
        },
    },
];

const ruleOf = (rule: SecurityGroupRule): Live => ({
    ipProtocol: rule.IpProtocol,
    // Any protocol has no ports.
    ...(rule.IpProtocol !== "-1" && { fromPort: rule.FromPort, toPort: rule.ToPort }),
    cidrIpv4: rule.CidrIpv4,
    cidrIpv6: rule.CidrIpv6,
    prefixListId: rule.PrefixListId,
    referencedSecurityGroupId: rule.ReferencedGroupInfo?.GroupId,
    description: rule.Description,
});

const groupRules =
    (isEgress: boolean): Listing["list"] =>
    async ({ ec2 }, { id }) => {
        const found = await listSecurityGroupRules(ec2, id);
        return found.filter(({ IsEgress }) => IsEgress === isEgress).map(ruleOf);
    };

async function routeTable({ ec2 }: Clients, { id }: At) {
    const [found] = await listRouteTables(ec2, equalsFilter("route-table-id", id));
    return found;
}

const directions = [
    { type: "vpc/securityGroupIngressRule:SecurityGroupIngressRule", list: groupRules(false) },
    { type: "vpc/securityGroupEgressRule:SecurityGroupEgressRule", list: groupRules(true) },
];

/** They include the VPC's default group: any rule that it has was added by hand. */
const groups = ["ec2/securityGroup:SecurityGroup", "ec2/defaultSecurityGroup:DefaultSecurityGroup"];

export const networkListings: readonly Listing[] = [
    ...directions.flatMap((direction) =>
        groups.map((under) => ({
            ...direction,
            under,
            by: "securityGroupId",
            notEmulated: { description: "it forgets the description of a rule that names a group" },
        })),
    ),
    {
        type: "ec2/route:Route",
        under: "ec2/routeTable:RouteTable",
        by: "routeTableId",
        list: async (aws, owner) =>
            // AWS adds the route within the VPC, and those to gateway endpoints.
            ((await routeTable(aws, owner))?.Routes ?? [])
                .filter(({ GatewayId = "" }) => GatewayId !== "local" && !GatewayId.startsWith("vpce-"))
                .map((route) => ({
                    destinationCidrBlock: route.DestinationCidrBlock,
                    destinationIpv6CidrBlock: route.DestinationIpv6CidrBlock,
                    gatewayId: route.GatewayId,
                    natGatewayId: route.NatGatewayId,
                    transitGatewayId: route.TransitGatewayId,
                    vpcPeeringConnectionId: route.VpcPeeringConnectionId,
                    networkInterfaceId: route.NetworkInterfaceId,
                })),
    },
    {
        type: "ec2/routeTableAssociation:RouteTableAssociation",
        under: "ec2/routeTable:RouteTable",
        by: "routeTableId",
        list: async (aws, owner) =>
            ((await routeTable(aws, owner))?.Associations ?? []).map(({ SubnetId }) => ({ subnetId: SubnetId })),
    },
];
