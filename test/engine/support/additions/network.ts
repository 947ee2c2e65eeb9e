import {
    AssociateDhcpOptionsCommand,
    AssociateRouteTableCommand,
    AssociateVpcCidrBlockCommand,
    AuthorizeSecurityGroupEgressCommand,
    AuthorizeSecurityGroupIngressCommand,
    AttachInternetGatewayCommand,
    AttachVpnGatewayCommand,
    CreateDhcpOptionsCommand,
    CreateFlowLogsCommand,
    CreateInternetGatewayCommand,
    CreateNetworkAclCommand,
    CreateNetworkInterfaceCommand,
    CreateRouteCommand,
    CreateRouteTableCommand,
    CreateSecurityGroupCommand,
    CreateSubnetCommand,
    CreateTransitGatewayCommand,
    CreateTransitGatewayVpcAttachmentCommand,
    CreateVpcCommand,
    CreateVpcEndpointCommand,
    CreateVpcPeeringConnectionCommand,
    CreateVpnGatewayCommand,
    DeleteFlowLogsCommand,
    DeleteNetworkAclCommand,
    DeleteNetworkInterfaceCommand,
    DeleteRouteCommand,
    DeleteRouteTableCommand,
    DeleteSecurityGroupCommand,
    DeleteSubnetCommand,
    DeleteTransitGatewayVpcAttachmentCommand,
    DeleteVpcEndpointsCommand,
    DeleteVpcPeeringConnectionCommand,
    DescribeRouteTablesCommand,
    DetachInternetGatewayCommand,
    DetachVpnGatewayCommand,
    DisassociateRouteTableCommand,
    DisassociateVpcCidrBlockCommand,
    RevokeSecurityGroupEgressCommand,
    RevokeSecurityGroupIngressCommand,
    RunInstancesCommand,
    TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { requireResponse, type ManualAddition } from "./addition.ts";

const vpc = "ec2/vpc:Vpc";
const securityGroup = "ec2/securityGroup:SecurityGroup";
const routeTable = "ec2/routeTable:RouteTable";
const openSshPermissions = [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];

export const networkAdditions: readonly ManualAddition[] = [
    {
        under: securityGroup,
        item: "rule",
        opens: /^anybody on the internet may connect to TCP port 22 of payment-dev$/,
        add: async ({ ec2 }, find) => {
            const GroupId = find(securityGroup, "payment-alb").id;
            const { SecurityGroupRules: [rule] = [] } = await ec2.send(
                new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: openSshPermissions }),
            );
            const key = requireResponse(rule?.SecurityGroupRuleId);
            const SecurityGroupRuleIds = [key];
            const remove = () => ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds }));
            return { key, remove };
        },
    },
    {
        under: "ec2/defaultSecurityGroup:DefaultSecurityGroup",
        item: "rule",
        opens: /^whatever has this group may connect to every port of the internet$/,
        add: async ({ ec2 }, find) => {
            const GroupId = find("ec2/defaultSecurityGroup:DefaultSecurityGroup").id;
            const IpPermissions = [{ IpProtocol: "-1", Ipv6Ranges: [{ CidrIpv6: "::/0" }] }];
            const { SecurityGroupRules: [rule] = [] } = await ec2.send(
                new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }),
            );
            const key = requireResponse(rule?.SecurityGroupRuleId);
            const SecurityGroupRuleIds = [key];
            const remove = () => ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds }));
            return { key, remove };
        },
    },
    {
        under: routeTable,
        item: "route",
        opens: /^packets to 198\.51\.100\.0\/24 leave by igw-/,
        add: async ({ ec2 }, find) => {
            const route = { RouteTableId: find(routeTable, "private").id, DestinationCidrBlock: "198.51.100.0/24" };
            const GatewayId = find("ec2/internetGateway:InternetGateway").id;
            await ec2.send(new CreateRouteCommand({ ...route, GatewayId }));
            return { key: "198.51.100.0/24", remove: () => ec2.send(new DeleteRouteCommand(route)) };
        },
    },
    {
        under: vpc,
        item: "route of the main table",
        opens: /^subnets without a table of their own send packets to 203\.0\.113\.0\/24 by igw-/,
        add: async ({ ec2 }, find) => {
            const Filters = [
                { Name: "vpc-id", Values: [find(vpc).id] },
                { Name: "association.main", Values: ["true"] },
            ];
            const { RouteTables: [main] = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
            const route = { RouteTableId: requireResponse(main?.RouteTableId), DestinationCidrBlock: "203.0.113.0/24" };
            const GatewayId = find("ec2/internetGateway:InternetGateway").id;
            await ec2.send(new CreateRouteCommand({ ...route, GatewayId }));
            return { key: "203.0.113.0/24", remove: () => ec2.send(new DeleteRouteCommand(route)) };
        },
    },
    {
        under: vpc,
        item: "subnet",
        opens: /^what runs in 10\.0\.252\.0\/24 is in the VPC/,
        add: async ({ ec2 }, find) => {
            const { Subnet } = await ec2.send(
                new CreateSubnetCommand({ VpcId: find(vpc).id, CidrBlock: "10.0.252.0/24" }),
            );
            const SubnetId = requireResponse(Subnet?.SubnetId);
            return { key: SubnetId, remove: () => ec2.send(new DeleteSubnetCommand({ SubnetId })) };
        },
    },
    {
        under: routeTable,
        item: "association",
        opens: /^igw-\w+ follows the routes of this table$/,
        add: async ({ ec2 }, find) => {
            const { AssociationId } = await ec2.send(
                new AssociateRouteTableCommand({
                    RouteTableId: find(routeTable, "private").id,
                    GatewayId: find("ec2/internetGateway:InternetGateway").id,
                }),
            );
            const remove = () => ec2.send(new DisassociateRouteTableCommand({ AssociationId }));
            return { key: requireResponse(AssociationId), remove };
        },
    },
    {
        under: vpc,
        item: "route table",
        opens: /^subnets that are associated with it leave the planned routes$/,
        add: async ({ ec2 }, find) => {
            const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: find(vpc).id }));
            const RouteTableId = requireResponse(RouteTable?.RouteTableId);
            return { key: RouteTableId, remove: () => ec2.send(new DeleteRouteTableCommand({ RouteTableId })) };
        },
    },
    {
        under: vpc,
        item: "security group",
        opens: /^whatever is put into by-hand follows its rules/,
        add: async ({ ec2 }, find) => {
            const { GroupId } = await ec2.send(
                new CreateSecurityGroupCommand({ VpcId: find(vpc).id, GroupName: "by-hand", Description: "by hand" }),
            );
            return {
                key: requireResponse(GroupId),
                remove: () => ec2.send(new DeleteSecurityGroupCommand({ GroupId })),
            };
        },
    },
    {
        under: vpc,
        item: "network ACL",
        opens: /^subnets that are associated with it follow its rules/,
        add: async ({ ec2 }, find) => {
            const { NetworkAcl } = await ec2.send(new CreateNetworkAclCommand({ VpcId: find(vpc).id }));
            const NetworkAclId = requireResponse(NetworkAcl?.NetworkAclId);
            return { key: NetworkAclId, remove: () => ec2.send(new DeleteNetworkAclCommand({ NetworkAclId })) };
        },
    },
    {
        under: vpc,
        item: "endpoint",
        opens: /^what runs in the VPC reaches com\.amazonaws\.us-east-1\.sts without the internet/,
        add: async ({ ec2 }, find) => {
            const { VpcEndpoint } = await ec2.send(
                new CreateVpcEndpointCommand({
                    VpcId: find(vpc).id,
                    ServiceName: "com.amazonaws.us-east-1.sts",
                    VpcEndpointType: "Gateway",
                }),
            );
            const key = requireResponse(VpcEndpoint?.VpcEndpointId);
            return { key, remove: () => ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [key] })) };
        },
    },
    {
        under: vpc,
        item: "internet gateway",
        opens: /^subnets that route to it reach the internet, and what has a public address is reached$/,
        add: async ({ ec2 }, find) => {
            const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
            const InternetGatewayId = requireResponse(InternetGateway?.InternetGatewayId);
            const attachment = { InternetGatewayId, VpcId: find(vpc).id };
            await ec2.send(new AttachInternetGatewayCommand(attachment));
            return { key: InternetGatewayId, remove: () => ec2.send(new DetachInternetGatewayCommand(attachment)) };
        },
    },
    {
        under: vpc,
        item: "VPN gateway",
        opens: /^another network reaches the VPC by VPN/,
        add: async ({ ec2 }, find) => {
            const { VpnGateway } = await ec2.send(new CreateVpnGatewayCommand({ Type: "ipsec.1" }));
            const VpnGatewayId = requireResponse(VpnGateway?.VpnGatewayId);
            const attachment = { VpnGatewayId, VpcId: find(vpc).id };
            await ec2.send(new AttachVpnGatewayCommand(attachment));
            return { key: VpnGatewayId, remove: () => ec2.send(new DetachVpnGatewayCommand(attachment)) };
        },
    },
    {
        under: vpc,
        item: "peering connection",
        opens: /^VPC vpc-\w+ of account \d{12} reaches this one/,
        add: async ({ ec2 }, find) => {
            const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "172.16.0.0/16" }));
            const { VpcPeeringConnection } = await ec2.send(
                new CreateVpcPeeringConnectionCommand({ VpcId: find(vpc).id, PeerVpcId: requireResponse(Vpc?.VpcId) }),
            );
            const VpcPeeringConnectionId = requireResponse(VpcPeeringConnection?.VpcPeeringConnectionId);
            const remove = () => ec2.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
            return { key: VpcPeeringConnectionId, remove };
        },
    },
    {
        under: vpc,
        item: "transit gateway attachment",
        opens: /^networks behind tgw-\w+ reach the VPC/,
        add: async ({ ec2 }, find) => {
            const { TransitGateway } = await ec2.send(new CreateTransitGatewayCommand({}));
            const { TransitGatewayVpcAttachment } = await ec2.send(
                new CreateTransitGatewayVpcAttachmentCommand({
                    TransitGatewayId: requireResponse(TransitGateway?.TransitGatewayId),
                    VpcId: find(vpc).id,
                    SubnetIds: [find("ec2/subnet:Subnet", "private").id],
                }),
            );
            const TransitGatewayAttachmentId = requireResponse(TransitGatewayVpcAttachment?.TransitGatewayAttachmentId);
            const remove = () => ec2.send(new DeleteTransitGatewayVpcAttachmentCommand({ TransitGatewayAttachmentId }));
            return { key: TransitGatewayAttachmentId, remove };
        },
    },
    {
        under: vpc,
        item: "flow log",
        opens: /^who reads arn:aws:s3:::payment-access-logs-dev-\d+ sees who talks to whom in the VPC$/,
        add: async ({ ec2 }, find) => {
            const { FlowLogIds: [key] = [] } = await ec2.send(
                new CreateFlowLogsCommand({
                    ResourceIds: [find(vpc).id],
                    ResourceType: "VPC",
                    TrafficType: "REJECT",
                    LogDestinationType: "s3",
                    LogDestination: find("s3/bucket:Bucket", "access-logs").arn,
                }),
            );
            return {
                key: requireResponse(key),
                remove: () => ec2.send(new DeleteFlowLogsCommand({ FlowLogIds: [requireResponse(key)] })),
            };
        },
    },
    {
        under: vpc,
        item: "address range",
        opens: /^subnets can be made in 100\.64\.0\.0\/16/,
        add: async ({ ec2 }, find) => {
            const { CidrBlockAssociation } = await ec2.send(
                new AssociateVpcCidrBlockCommand({ VpcId: find(vpc).id, CidrBlock: "100.64.0.0/16" }),
            );
            const AssociationId = requireResponse(CidrBlockAssociation?.AssociationId);
            const remove = () => ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId }));
            return { key: "100.64.0.0/16", remove };
        },
    },
    {
        under: vpc,
        item: "set of DHCP options",
        opens: /^dopt-\w+ says which DNS servers everything in the VPC asks$/,
        add: async ({ ec2 }, find) => {
            const VpcId = find(vpc).id;
            const DhcpConfigurations = [{ Key: "domain-name-servers", Values: ["192.0.2.53"] }];
            const { DhcpOptions } = await ec2.send(new CreateDhcpOptionsCommand({ DhcpConfigurations }));
            const DhcpOptionsId = requireResponse(DhcpOptions?.DhcpOptionsId);
            await ec2.send(new AssociateDhcpOptionsCommand({ VpcId, DhcpOptionsId }));
            const DhcpOptionsBefore = find(vpc).text("dhcpOptionsId");
            const back = { VpcId, DhcpOptionsId: DhcpOptionsBefore };
            return { key: DhcpOptionsId, remove: () => ec2.send(new AssociateDhcpOptionsCommand(back)) };
        },
    },
    {
        under: vpc,
        item: "instance",
        opens: /^who is on i-\w+ is in subnet subnet-/,
        add: async ({ ec2 }, find) => {
            const { Instances: [instance] = [] } = await ec2.send(
                new RunInstancesCommand({
                    ImageId: "ami-12c6146b",
                    MinCount: 1,
                    MaxCount: 1,
                    InstanceType: "t3.micro",
                    SubnetId: find("ec2/subnet:Subnet", "private").id,
                }),
            );
            const key = requireResponse(instance?.InstanceId);
            return { key, remove: () => ec2.send(new TerminateInstancesCommand({ InstanceIds: [key] })) };
        },
    },
    {
        under: vpc,
        item: "network interface",
        opens: /^what gets 10\.\S+ is in the groups payment-alb-dev/,
        add: async ({ ec2 }, find) => {
            const { NetworkInterface } = await ec2.send(
                new CreateNetworkInterfaceCommand({
                    SubnetId: find("ec2/subnet:Subnet", "private").id,
                    Groups: [find(securityGroup, "payment-alb").id],
                }),
            );
            const NetworkInterfaceId = requireResponse(NetworkInterface?.NetworkInterfaceId);
            const remove = () => ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
            return { key: NetworkInterfaceId, remove };
        },
    },
];
