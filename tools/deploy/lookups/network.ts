import {
    DescribeAddressesCommand,
    paginateDescribeFlowLogs,
    paginateDescribeInternetGateways,
    paginateDescribeNatGateways,
    paginateDescribeNetworkAcls,
    paginateDescribeRouteTables,
    paginateDescribeSecurityGroupRules,
    paginateDescribeSecurityGroups,
    paginateDescribeSubnets,
    paginateDescribeVpcEndpoints,
    paginateDescribeVpcs,
    type EC2Client,
    type Filter,
    type SecurityGroupRule,
    type Tag,
} from "@aws-sdk/client-ec2";
import { describePermissions } from "../../drift/child-listers/ec2.ts";
import { collectPages } from "../clients.ts";
import { tagsOf, type Lookup, type Lookups, type Read } from "./lookup.ts";

interface Found {
    readonly id: string | undefined;
    readonly tags: readonly Tag[] | undefined;
}

/**
 * @param noun such as `Subnets`, of `ec2:DescribeSubnets`
 * @param filters inputs by the filter of AWS's that compares with them
 */
const described = (
    noun: string,
    filters: Readonly<Record<string, string>>,
    list: (client: EC2Client, filters: Filter[], read: Read) => Promise<Found[]>,
): Lookup => ({
    rights: describePermissions(noun),
    find: async ({ ec2 }, read) => {
        const wanted = Object.entries(filters).map(([Name, input]) => ({ Name, Values: [read(input)] }));
        const found = await list(ec2, wanted, read);
        return found.flatMap(({ id, tags }) => (id === undefined ? [] : [{ importId: id, tags: tagsOf(tags) }]));
    },
});

/** Whether a rule in AWS is the one of the inputs. AWS answers -1 for ports of rules that name none. */
const isRule = (rule: SecurityGroupRule, isEgress: boolean, read: Read): boolean =>
    rule.IsEgress === isEgress &&
    rule.IpProtocol === read("ipProtocol") &&
    (["fromPort", "toPort"] as const).every(
        (port) => read(port) === "" || read(port) === String(port === "fromPort" ? rule.FromPort : rule.ToPort),
    ) &&
    read("cidrIpv4") === (rule.CidrIpv4 ?? "") &&
    read("cidrIpv6") === (rule.CidrIpv6 ?? "") &&
    read("prefixListId") === (rule.PrefixListId ?? "") &&
    read("referencedSecurityGroupId") === (rule.ReferencedGroupInfo?.GroupId ?? "");

const groupRule = (isEgress: boolean): Lookup =>
    described("SecurityGroupRules", { "group-id": "securityGroupId" }, async (client, Filters, read) => {
        const pages = paginateDescribeSecurityGroupRules({ client }, { Filters });
        return (await collectPages(pages, (page) => page.SecurityGroupRules))
            .filter((rule) => isRule(rule, isEgress, read))
            .map(({ SecurityGroupRuleId: id, Tags: tags }) => ({ id, tags }));
    });

/** The tag tells apart what the inputs do not, and leaves out what AWS makes with a VPC, such as its main route table. */
const byName = { "tag:Name": "tags.Name" };

export const network: Lookups = {
    "aws:ec2/vpc:Vpc": described("Vpcs", { ...byName, cidr: "cidrBlock" }, async (client, Filters) =>
        (await collectPages(paginateDescribeVpcs({ client }, { Filters }), (page) => page.Vpcs)).map((each) => ({
            id: each.VpcId,
            tags: each.Tags,
        })),
    ),
    "aws:ec2/subnet:Subnet": described(
        "Subnets",
        { "vpc-id": "vpcId", "cidr-block": "cidrBlock" },
        async (client, Filters) =>
            (await collectPages(paginateDescribeSubnets({ client }, { Filters }), (page) => page.Subnets)).map(
                (each) => ({
                    id: each.SubnetId,
                    tags: each.Tags,
                }),
            ),
    ),
    // It is made first and attached then: it may stand in no VPC yet.
    "aws:ec2/internetGateway:InternetGateway": described("InternetGateways", byName, async (client, Filters) =>
        (
            await collectPages(
                paginateDescribeInternetGateways({ client }, { Filters }),
                (page) => page.InternetGateways,
            )
        ).map((each) => ({ id: each.InternetGatewayId, tags: each.Tags })),
    ),
    "aws:ec2/natGateway:NatGateway": described(
        "NatGateways",
        { ...byName, "subnet-id": "subnetId" },
        async (client, filters) => {
            const Filter = [...filters, { Name: "state", Values: ["pending", "available"] }];
            return (
                await collectPages(paginateDescribeNatGateways({ client }, { Filter }), (page) => page.NatGateways)
            ).map((each) => ({ id: each.NatGatewayId, tags: each.Tags }));
        },
    ),
    "aws:ec2/eip:Eip": described("Addresses", byName, async (client, Filters) => {
        const { Addresses = [] } = await client.send(new DescribeAddressesCommand({ Filters }));
        return Addresses.map((each) => ({ id: each.AllocationId, tags: each.Tags }));
    }),
    "aws:ec2/routeTable:RouteTable": described(
        "RouteTables",
        { ...byName, "vpc-id": "vpcId" },
        async (client, Filters) =>
            (await collectPages(paginateDescribeRouteTables({ client }, { Filters }), (page) => page.RouteTables)).map(
                (each) => ({
                    id: each.RouteTableId,
                    tags: each.Tags,
                }),
            ),
    ),
    "aws:ec2/networkAcl:NetworkAcl": described(
        "NetworkAcls",
        { ...byName, "vpc-id": "vpcId" },
        async (client, Filters) =>
            (await collectPages(paginateDescribeNetworkAcls({ client }, { Filters }), (page) => page.NetworkAcls)).map(
                (each) => ({
                    id: each.NetworkAclId,
                    tags: each.Tags,
                }),
            ),
    ),
    "aws:ec2/securityGroup:SecurityGroup": described(
        "SecurityGroups",
        { "vpc-id": "vpcId", "group-name": "name" },
        async (client, Filters) =>
            (
                await collectPages(
                    paginateDescribeSecurityGroups({ client }, { Filters }),
                    (page) => page.SecurityGroups,
                )
            ).map((each) => ({ id: each.GroupId, tags: each.Tags })),
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": groupRule(false),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": groupRule(true),
    "aws:ec2/vpcEndpoint:VpcEndpoint": described(
        "VpcEndpoints",
        { "vpc-id": "vpcId", "service-name": "serviceName" },
        async (client, Filters) =>
            (await collectPages(paginateDescribeVpcEndpoints({ client }, { Filters }), (page) => page.VpcEndpoints))
                // AWS answers states in both spellings.
                .filter(({ State }) => !/^delet/i.test(State ?? ""))
                .map((each) => ({ id: each.VpcEndpointId, tags: each.Tags })),
    ),
    "aws:ec2/flowLog:FlowLog": described("FlowLogs", { ...byName, "resource-id": "vpcId" }, async (client, Filter) =>
        (await collectPages(paginateDescribeFlowLogs({ client }, { Filter }), (page) => page.FlowLogs)).map((each) => ({
            id: each.FlowLogId,
            tags: each.Tags,
        })),
    ),
};
