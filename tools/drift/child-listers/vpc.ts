import {
    DescribeVpcsCommand,
    paginateDescribeFlowLogs,
    paginateDescribeNetworkAcls,
    paginateDescribeSecurityGroups,
    paginateDescribeSubnets,
    paginateDescribeVpcEndpoints,
    type FlowLog,
    type Tag,
} from "@aws-sdk/client-ec2";
import { collectPages } from "../../frame/aws-clients.ts";
import { defineLister, type ChildLister } from "../listing.ts";
import { describeEc2 } from "../../../plan/catalogue/ec2-grants.ts";
import { getId, equalsFilter, vpcFilter } from "./ec2.ts";
import { mainTableRouteLister, listRouteTables } from "./routes.ts";

const hasTag = (tags: readonly Tag[] | undefined, key: string, value: string): boolean =>
    (tags ?? []).some(({ Key, Value }) => Key === key && Value === value);
const guardDutyPage = "https://docs.aws.amazon.com/guardduty/latest/ug/how-runtime-monitoring-works-ecs-fargate.html";

/** Security groups, subnets, route tables, network ACLs, endpoints, flow logs, address ranges and DHCP options of a VPC. */
export const vpcListers: readonly ChildLister[] = [
    defineLister({
        item: "security group",
        permissions: [describeEc2("SecurityGroups")],
        list: ({ ec2: client }, parent) =>
            collectPages(
                paginateDescribeSecurityGroups({ client }, { Filters: vpcFilter(parent) }),
                (page) => page.SecurityGroups,
            ),
        key: ({ GroupId }) => GroupId,
        planned: {
            "ec2/securityGroup:SecurityGroup": getId,
            "ec2/defaultSecurityGroup:DefaultSecurityGroup": getId,
        },
        byAws: [
            {
                what: "the group of GuardDuty's endpoint",
                source: guardDutyPage,
                matches: ({ GroupName, Tags }) =>
                    GroupName.startsWith("GuardDutyManagedSecurityGroup-") && hasTag(Tags, "GuardDutyManaged", "true"),
            },
        ],
        opens: ({ GroupName }) => `whatever is put into ${GroupName} follows its rules, which are not in the state`,
        remove: ({ GroupId }) => `aws ec2 delete-security-group --group-id ${GroupId}`,
    }),
    defineLister({
        item: "subnet",
        permissions: [describeEc2("Subnets")],
        list: ({ ec2: client }, parent) =>
            collectPages(paginateDescribeSubnets({ client }, { Filters: vpcFilter(parent) }), (page) => page.Subnets),
        key: ({ SubnetId }) => SubnetId,
        planned: { "ec2/subnet:Subnet": getId },
        opens: ({ CidrBlock }) =>
            `what runs in ${CidrBlock} is in the VPC, behind the VPC's default network ACL and main table`,
        remove: ({ SubnetId }) => `aws ec2 delete-subnet --subnet-id ${SubnetId}`,
    }),
    defineLister({
        item: "route table",
        permissions: [describeEc2("RouteTables")],
        list: ({ ec2 }, parent) => listRouteTables(ec2, vpcFilter(parent)),
        key: ({ RouteTableId }) => RouteTableId,
        planned: { "ec2/routeTable:RouteTable": getId },
        byAws: [
            {
                what: "the main table, which the VPC is made with",
                source: "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
                matches: ({ RouteTableId }, { text }) => RouteTableId === text("mainRouteTableId"),
            },
        ],
        opens: () => "subnets that are associated with it leave the planned routes",
        remove: ({ RouteTableId }) => `aws ec2 delete-route-table --route-table-id ${RouteTableId}`,
    }),
    mainTableRouteLister,
    defineLister({
        item: "network ACL",
        permissions: [describeEc2("NetworkAcls")],
        list: ({ ec2: client }, parent) =>
            collectPages(
                paginateDescribeNetworkAcls({ client }, { Filters: vpcFilter(parent) }),
                (page) => page.NetworkAcls,
            ),
        key: ({ NetworkAclId }) => NetworkAclId,
        planned: { "ec2/networkAcl:NetworkAcl": getId },
        byAws: [
            {
                what: "the default ACL, which the VPC is made with and which allows everything",
                source: "https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html",
                matches: ({ IsDefault }) => IsDefault === true,
            },
        ],
        opens: () => "subnets that are associated with it follow its rules instead of the planned ones",
        remove: ({ NetworkAclId }) => `aws ec2 delete-network-acl --network-acl-id ${NetworkAclId}`,
    }),
    defineLister({
        item: "endpoint",
        permissions: [describeEc2("VpcEndpoints")],
        list: ({ ec2: client }, parent) =>
            collectPages(
                paginateDescribeVpcEndpoints({ client }, { Filters: vpcFilter(parent) }),
                (page) => page.VpcEndpoints,
            ),
        key: ({ VpcEndpointId }) => VpcEndpointId,
        planned: { "ec2/vpcEndpoint:VpcEndpoint": getId },
        byAws: [
            {
                what: "GuardDuty's endpoint",
                source: guardDutyPage,
                matches: ({ ServiceName, Tags }) =>
                    ServiceName.endsWith(".guardduty-data") && hasTag(Tags, "GuardDutyManaged", "true"),
            },
            {
                what: "an endpoint that is deleted",
                source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html",
                matches: ({ State }) => ["deleted", "deleting"].includes(State.toLowerCase()),
            },
        ],
        opens: ({ ServiceName }) =>
            `what runs in the VPC reaches ${ServiceName} without the internet, under the endpoint's own policy`,
        remove: ({ VpcEndpointId }) => `aws ec2 delete-vpc-endpoints --vpc-endpoint-ids ${VpcEndpointId}`,
    }),
    defineLister({
        item: "flow log",
        permissions: [describeEc2("FlowLogs")],
        list: ({ ec2: client }, { id }) =>
            collectPages(
                paginateDescribeFlowLogs({ client }, { Filter: equalsFilter("resource-id", id) }),
                (page) => page.FlowLogs,
            ),
        key: ({ FlowLogId }) => FlowLogId,
        planned: { "ec2/flowLog:FlowLog": getId },
        opens: ({ LogDestination, LogGroupName }: FlowLog) =>
            `who reads ${LogDestination ?? LogGroupName ?? "its destination"} sees who talks to whom in the VPC`,
        remove: ({ FlowLogId }) => `aws ec2 delete-flow-logs --flow-log-ids ${FlowLogId}`,
    }),
    defineLister({
        item: "address range",
        permissions: [describeEc2("Vpcs")],
        list: async ({ ec2 }, { id }) => {
            const { Vpcs: [found] = [] } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [id] }));
            return [
                ...(found?.CidrBlockAssociationSet ?? []).map(({ CidrBlock, CidrBlockState }) => ({
                    range: CidrBlock,
                    state: CidrBlockState?.State,
                })),
                ...(found?.Ipv6CidrBlockAssociationSet ?? []).map(({ Ipv6CidrBlock, Ipv6CidrBlockState }) => ({
                    range: Ipv6CidrBlock,
                    state: Ipv6CidrBlockState?.State,
                })),
            ].filter(({ state }) => state !== "disassociated");
        },
        key: ({ range }) => range,
        planned: { "ec2/vpc:Vpc": ({ text }) => text("cidrBlock") },
        opens: ({ range }) => `subnets can be made in ${range}, which no rule of the stack names`,
        remove: (_, { id }) =>
            `aws ec2 disassociate-vpc-cidr-block (its association: aws ec2 describe-vpcs --vpc-ids ${id})`,
    }),
    defineLister({
        item: "set of DHCP options",
        permissions: [describeEc2("Vpcs")],
        list: async ({ ec2 }, { id }) => (await ec2.send(new DescribeVpcsCommand({ VpcIds: [id] }))).Vpcs ?? [],
        key: ({ DhcpOptionsId }) => DhcpOptionsId,
        planned: { "ec2/vpc:Vpc": ({ text }) => text("dhcpOptionsId") },
        opens: ({ DhcpOptionsId }) => `${DhcpOptionsId} says which DNS servers everything in the VPC asks`,
        remove: (_, { id, text }) =>
            `aws ec2 associate-dhcp-options --vpc-id ${id} --dhcp-options-id ${text("dhcpOptionsId")}`,
    }),
];
