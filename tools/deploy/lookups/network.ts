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
} from "@aws-sdk/client-ec2";
import { describeEc2 } from "../../../plan/catalogue/ec2-grants.ts";
import { collectPages } from "../../frame/aws-clients.ts";
import { tagsOf, type Lookup, type Lookups, type Read } from "./lookup.ts";

/**
 * @param noun such as `Subnets`, of `ec2:DescribeSubnets`
 * @param filters inputs by the filter of AWS's that compares with them
 * @param itemsOf what a page of the answer lists, by `idOf` each
 * @param fits whether an item is meant, where filters cannot tell
 */
const described = <Page, Item extends { readonly Tags?: Parameters<typeof tagsOf>[0] }>(
    noun: string,
    filters: Readonly<Record<string, string>>,
    pages: (client: EC2Client, filters: Filter[]) => AsyncIterable<Page>,
    itemsOf: (page: Page) => readonly Item[] | undefined,
    idOf: (item: Item) => string | undefined,
    fits: (item: Item, read: Read) => boolean = () => true,
): Lookup => ({
    rights: [describeEc2(noun)],
    find: async ({ ec2 }, read) => {
        const wanted = Object.entries(filters).map(([Name, input]) => ({ Name, Values: [read(input)] }));
        return (await collectPages(pages(ec2, wanted), itemsOf))
            .filter((item) => fits(item, read))
            .flatMap((item) => {
                const importId = idOf(item);
                return importId === undefined ? [] : [{ importId, tags: tagsOf(item.Tags) }];
            });
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
    described(
        "SecurityGroupRules",
        { "group-id": "securityGroupId" },
        (client, Filters) => paginateDescribeSecurityGroupRules({ client }, { Filters }),
        (page) => page.SecurityGroupRules,
        (rule) => rule.SecurityGroupRuleId,
        (rule, read) => isRule(rule, isEgress, read),
    );

/** AWS answers addresses all at once. */
async function* addressPages(client: EC2Client, Filters: Filter[]) {
    yield await client.send(new DescribeAddressesCommand({ Filters }));
}

/** The tag tells apart what the inputs do not, and leaves out what AWS makes with a VPC, such as its main route table. */
const byName = { "tag:Name": "tags.Name" };
const byNameInVpc = { ...byName, "vpc-id": "vpcId" };

export const network: Lookups = {
    "aws:ec2/vpc:Vpc": described(
        "Vpcs",
        { ...byName, cidr: "cidrBlock" },
        (client, Filters) => paginateDescribeVpcs({ client }, { Filters }),
        (page) => page.Vpcs,
        (vpc) => vpc.VpcId,
    ),
    "aws:ec2/subnet:Subnet": described(
        "Subnets",
        { "vpc-id": "vpcId", "cidr-block": "cidrBlock" },
        (client, Filters) => paginateDescribeSubnets({ client }, { Filters }),
        (page) => page.Subnets,
        (subnet) => subnet.SubnetId,
    ),
    // It is made first and attached then: it may stand in no VPC yet.
    "aws:ec2/internetGateway:InternetGateway": described(
        "InternetGateways",
        byName,
        (client, Filters) => paginateDescribeInternetGateways({ client }, { Filters }),
        (page) => page.InternetGateways,
        (gateway) => gateway.InternetGatewayId,
    ),
    "aws:ec2/natGateway:NatGateway": described(
        "NatGateways",
        { ...byName, "subnet-id": "subnetId" },
        (client, filters) =>
            paginateDescribeNatGateways(
                { client },
                { Filter: [...filters, { Name: "state", Values: ["pending", "available"] }] },
            ),
        (page) => page.NatGateways,
        (gateway) => gateway.NatGatewayId,
    ),
    "aws:ec2/eip:Eip": described(
        "Addresses",
        byName,
        addressPages,
        (page) => page.Addresses,
        (address) => address.AllocationId,
    ),
    "aws:ec2/routeTable:RouteTable": described(
        "RouteTables",
        byNameInVpc,
        (client, Filters) => paginateDescribeRouteTables({ client }, { Filters }),
        (page) => page.RouteTables,
        (table) => table.RouteTableId,
    ),
    "aws:ec2/networkAcl:NetworkAcl": described(
        "NetworkAcls",
        byNameInVpc,
        (client, Filters) => paginateDescribeNetworkAcls({ client }, { Filters }),
        (page) => page.NetworkAcls,
        (acl) => acl.NetworkAclId,
    ),
    "aws:ec2/securityGroup:SecurityGroup": described(
        "SecurityGroups",
        { "vpc-id": "vpcId", "group-name": "name" },
        (client, Filters) => paginateDescribeSecurityGroups({ client }, { Filters }),
        (page) => page.SecurityGroups,
        (group) => group.GroupId,
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": groupRule(false),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": groupRule(true),
    "aws:ec2/vpcEndpoint:VpcEndpoint": described(
        "VpcEndpoints",
        { "vpc-id": "vpcId", "service-name": "serviceName" },
        (client, Filters) => paginateDescribeVpcEndpoints({ client }, { Filters }),
        (page) => page.VpcEndpoints,
        (endpoint) => endpoint.VpcEndpointId,
        // AWS answers states in both spellings.
        ({ State = "" }) => !/^delet/i.test(State),
    ),
    "aws:ec2/flowLog:FlowLog": described(
        "FlowLogs",
        { ...byName, "resource-id": "vpcId" },
        (client, Filter) => paginateDescribeFlowLogs({ client }, { Filter }),
        (page) => page.FlowLogs,
        (log) => log.FlowLogId,
    ),
};
