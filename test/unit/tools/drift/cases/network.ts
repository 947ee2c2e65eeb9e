import { resourceInState, type DriftCase } from "./case.ts";

const vpc = {
    under: "ec2/vpc:Vpc",
    parent: { id: "vpc-1", outputs: { mainRouteTableId: "rtb-main", dhcpOptionsId: "dopt-1" } },
};
const localRoute = { DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local" };
const guardDutyTags = [{ Key: "GuardDutyManaged", Value: "true" }];
const groupsOfApi = [{ GroupName: "payment-api" }];

const securityGroupRule = (SecurityGroupRuleId: string, rest: object) => ({
    SecurityGroupRuleId,
    IpProtocol: "tcp",
    FromPort: 443,
    ToPort: 443,
    ...rest,
});

const securityGroupRuleCase = (surplus: object, opens: string, remove: string): DriftCase => ({
    under: "ec2/securityGroup:SecurityGroup",
    item: "rule",
    parent: { id: "sg-1" },
    state: [
        resourceInState("vpc/securityGroupIngressRule:SecurityGroupIngressRule", { id: "sgr-1" }),
        resourceInState("vpc/securityGroupEgressRule:SecurityGroupEgressRule", { id: "sgr-2" }),
        resourceInState("lb/loadBalancer:LoadBalancer", { inputs: { securityGroups: ["sg-1"] } }, "payment-alb"),
        resourceInState(
            "lambda/function:Function",
            { inputs: { vpcConfig: { securityGroupIds: ["sg-1"] } } },
            "validator",
        ),
        resourceInState("lambda/function:Function", { inputs: { replacementSecurityGroupIds: ["sg-1"] } }, "leaves it"),
    ],
    answers: {
        DescribeSecurityGroupRules: {
            SecurityGroupRules: [
                securityGroupRule("sgr-1", { IsEgress: false, CidrIpv4: "0.0.0.0/0" }),
                securityGroupRule("sgr-2", { IsEgress: true, CidrIpv4: "0.0.0.0/0" }),
                securityGroupRule("sgr-3", surplus),
            ],
        },
    },
    knownCount: 2,
    opens,
    remove: `aws ec2 revoke-security-group-${remove} --group-id sg-1 --security-group-rule-ids sgr-3`,
});

const securityGroups: readonly DriftCase[] = [
    securityGroupRuleCase(
        { IsEgress: false, FromPort: 22, ToPort: 22, CidrIpv6: "::/0" },
        "anybody on the internet may connect to TCP port 22 of payment-alb, validator",
        "ingress",
    ),
    securityGroupRuleCase(
        { IsEgress: false, FromPort: 1024, ToPort: 65535, CidrIpv4: "192.0.2.0/24" },
        "addresses in 192.0.2.0/24 may connect to TCP ports 1024 to 65535 of payment-alb, validator",
        "ingress",
    ),
    securityGroupRuleCase(
        { IsEgress: true, IpProtocol: "-1", ReferencedGroupInfo: { GroupId: "sg-9" } },
        "payment-alb, validator may connect to every port of what is in security group sg-9",
        "egress",
    ),
    securityGroupRuleCase(
        { IsEgress: true, PrefixListId: "pl-1" },
        "payment-alb, validator may connect to TCP port 443 of addresses of prefix list pl-1",
        "egress",
    ),
    {
        under: "ec2/defaultSecurityGroup:DefaultSecurityGroup",
        item: "rule",
        parent: { id: "sg-0" },
        answers: {
            DescribeSecurityGroupRules: {
                SecurityGroupRules: [securityGroupRule("sgr-3", { IsEgress: false, CidrIpv4: "0.0.0.0/0" })],
            },
        },
        knownCount: 0,
        opens: "anybody on the internet may connect to TCP port 443 of whatever has this group",
        remove: "aws ec2 revoke-security-group-ingress --group-id sg-0 --security-group-rule-ids sgr-3",
    },
    {
        ...vpc,
        item: "security group",
        state: [
            resourceInState("ec2/securityGroup:SecurityGroup", { id: "sg-1" }),
            resourceInState("ec2/defaultSecurityGroup:DefaultSecurityGroup", { id: "sg-0" }),
        ],
        answers: {
            DescribeSecurityGroups: {
                SecurityGroups: [
                    { GroupId: "sg-0", GroupName: "default" },
                    { GroupId: "sg-1", GroupName: "payment-alb" },
                    { GroupId: "sg-2", GroupName: "GuardDutyManagedSecurityGroup-vpc-1", Tags: guardDutyTags },
                    { GroupId: "sg-3", GroupName: "GuardDutyManagedSecurityGroup-vpc-1" },
                ],
            },
        },
        knownCount: 2,
        createdByAws: ["GuardDuty's endpoint"],
        opens: "whatever is put into GuardDutyManagedSecurityGroup-vpc-1 follows its rules, which are not in the state",
        remove: "aws ec2 delete-security-group --group-id sg-3",
    },
];

const routeCases: readonly DriftCase[] = [
    {
        under: "ec2/routeTable:RouteTable",
        item: "route",
        parent: { id: "rtb-1" },
        state: [
            resourceInState("ec2/route:Route", {
                inputs: { routeTableId: "rtb-1", destinationCidrBlock: "0.0.0.0/0" },
            }),
            resourceInState("ec2/route:Route", { inputs: { routeTableId: "rtb-1", destinationIpv6CidrBlock: "::/0" } }),
            resourceInState("ec2/route:Route", { inputs: { routeTableId: "rtb-1", destinationPrefixListId: "pl-3" } }),
            resourceInState("ec2/vpcEndpoint:VpcEndpoint", { id: "vpce-1" }),
        ],
        answers: {
            DescribeRouteTables: {
                RouteTables: [
                    {
                        RouteTableId: "rtb-1",
                        Routes: [
                            localRoute,
                            { DestinationPrefixListId: "pl-1", GatewayId: "vpce-1" },
                            { DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1" },
                            { DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: "eigw-1" },
                            { DestinationPrefixListId: "pl-3", TransitGatewayId: "tgw-1" },
                            { DestinationPrefixListId: "pl-2", GatewayId: "vpce-9" },
                        ],
                    },
                ],
            },
        },
        knownCount: 3,
        createdByAws: ["the route within the VPC", "gateway endpoint"],
        opens: "packets to pl-2 leave by vpce-9",
        remove: "aws ec2 delete-route --route-table-id rtb-1 --destination-prefix-list-id pl-2",
    },
    ...(
        [
            [
                { DestinationCidrBlock: "10.9.0.0/16", VpcPeeringConnectionId: "pcx-1" },
                "10.9.0.0/16",
                "pcx-1",
                "cidr-block",
            ],
            [
                { DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: "eigw-1" },
                "::/0",
                "eigw-1",
                "ipv6-cidr-block",
            ],
        ] as const
    ).map(([surplus, destination, target, option]): DriftCase => ({
        under: "ec2/routeTable:RouteTable",
        item: "route",
        parent: { id: "rtb-1" },
        answers: { DescribeRouteTables: { RouteTables: [{ RouteTableId: "rtb-1", Routes: [surplus] }] } },
        knownCount: 0,
        opens: `packets to ${destination} leave by ${target}`,
        remove: `aws ec2 delete-route --route-table-id rtb-1 --destination-${option} ${destination}`,
    })),
    {
        ...vpc,
        item: "route of the main table",
        answers: {
            DescribeRouteTables: {
                RouteTables: [
                    {
                        RouteTableId: "rtb-main",
                        Routes: [localRoute, { DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: "nat-1" }],
                    },
                ],
            },
        },
        knownCount: 0,
        createdByAws: ["in the main table"],
        opens: "subnets without a table of their own send packets to 0.0.0.0/0 by nat-1",
        remove: "aws ec2 delete-route --route-table-id rtb-main --destination-cidr-block 0.0.0.0/0",
    },
    {
        under: "ec2/routeTable:RouteTable",
        item: "association",
        parent: { id: "rtb-1" },
        state: [resourceInState("ec2/routeTableAssociation:RouteTableAssociation", { id: "rtbassoc-1" })],
        answers: {
            DescribeRouteTables: {
                RouteTables: [
                    {
                        Associations: [
                            { RouteTableAssociationId: "rtbassoc-1", SubnetId: "subnet-1" },
                            { RouteTableAssociationId: "rtbassoc-2", GatewayId: "igw-1" },
                        ],
                    },
                ],
            },
        },
        opens: "igw-1 follows the routes of this table",
        remove: "aws ec2 disassociate-route-table --association-id rtbassoc-2",
    },
];

const vpcCases: readonly DriftCase[] = [
    {
        ...vpc,
        item: "subnet",
        state: [resourceInState("ec2/subnet:Subnet", { id: "subnet-1" })],
        answers: {
            DescribeSubnets: {
                Subnets: [{ SubnetId: "subnet-1" }, { SubnetId: "subnet-2", CidrBlock: "10.0.9.0/24" }],
            },
        },
        opens: "what runs in 10.0.9.0/24 is in the VPC, behind the VPC's default network ACL and main table",
        remove: "aws ec2 delete-subnet --subnet-id subnet-2",
    },
    {
        ...vpc,
        item: "route table",
        state: [resourceInState("ec2/routeTable:RouteTable", { id: "rtb-1" })],
        answers: {
            DescribeRouteTables: {
                RouteTables: [{ RouteTableId: "rtb-main" }, { RouteTableId: "rtb-1" }, { RouteTableId: "rtb-2" }],
            },
        },
        createdByAws: ["the main table"],
        opens: "subnets that are associated with it leave the planned routes",
        remove: "aws ec2 delete-route-table --route-table-id rtb-2",
    },
    {
        ...vpc,
        item: "network ACL",
        state: [resourceInState("ec2/networkAcl:NetworkAcl", { id: "acl-1" })],
        answers: {
            DescribeNetworkAcls: {
                NetworkAcls: [
                    { NetworkAclId: "acl-0", IsDefault: true },
                    { NetworkAclId: "acl-1", IsDefault: false },
                    { NetworkAclId: "acl-2", IsDefault: false },
                ],
            },
        },
        createdByAws: ["the default ACL"],
        opens: "subnets that are associated with it follow its rules instead of the planned ones",
        remove: "aws ec2 delete-network-acl --network-acl-id acl-2",
    },
    {
        ...vpc,
        item: "endpoint",
        state: [resourceInState("ec2/vpcEndpoint:VpcEndpoint", { id: "vpce-1" })],
        answers: {
            DescribeVpcEndpoints: {
                VpcEndpoints: [
                    { VpcEndpointId: "vpce-1", ServiceName: "com.amazonaws.us-east-1.logs" },
                    {
                        VpcEndpointId: "vpce-2",
                        ServiceName: "com.amazonaws.us-east-1.guardduty-data",
                        Tags: guardDutyTags,
                    },
                    { VpcEndpointId: "vpce-3", ServiceName: "com.amazonaws.us-east-1.ssm", State: "Deleting" },
                    { VpcEndpointId: "vpce-4", ServiceName: "com.amazonaws.us-east-1.ssm", State: "available" },
                ],
            },
        },
        createdByAws: ["GuardDuty's endpoint", "deleted"],
        opens: "what runs in the VPC reaches com.amazonaws.us-east-1.ssm without the internet, under the endpoint's own policy",
        remove: "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids vpce-4",
    },
    {
        ...vpc,
        item: "flow log",
        state: [resourceInState("ec2/flowLog:FlowLog", { id: "fl-1" })],
        answers: {
            DescribeFlowLogs: { FlowLogs: [{ FlowLogId: "fl-1" }, { FlowLogId: "fl-2", LogGroupName: "copy" }] },
        },
        opens: "who reads copy sees who talks to whom in the VPC",
        remove: "aws ec2 delete-flow-logs --flow-log-ids fl-2",
    },
    {
        ...vpc,
        item: "address range",
        state: [resourceInState("ec2/vpc:Vpc", { id: "vpc-1", inputs: { cidrBlock: "10.0.0.0/16" } })],
        answers: {
            DescribeVpcs: {
                Vpcs: [
                    {
                        CidrBlockAssociationSet: [
                            { CidrBlock: "10.0.0.0/16", CidrBlockState: { State: "associated" } },
                            { CidrBlock: "10.8.0.0/16", CidrBlockState: { State: "disassociated" } },
                        ],
                        Ipv6CidrBlockAssociationSet: [
                            { Ipv6CidrBlock: "2001:db8::/56", Ipv6CidrBlockState: { State: "associated" } },
                        ],
                    },
                ],
            },
        },
        opens: "subnets can be made in 2001:db8::/56, which no rule of the stack names",
        remove: "aws ec2 disassociate-vpc-cidr-block (its association: aws ec2 describe-vpcs --vpc-ids vpc-1)",
    },
    {
        ...vpc,
        item: "set of DHCP options",
        answers: { DescribeVpcs: { Vpcs: [{ DhcpOptionsId: "dopt-2" }] } },
        knownCount: 0,
        opens: "dopt-2 says which DNS servers everything in the VPC asks",
        remove: "aws ec2 associate-dhcp-options --vpc-id vpc-1 --dhcp-options-id dopt-1",
    },
];

const vpcPeeringSides = (from: string, to: string) => ({
    RequesterVpcInfo: { VpcId: from, OwnerId: "111122223333" },
    AccepterVpcInfo: { VpcId: to, OwnerId: "123456789012" },
});

const gatewayCases: readonly DriftCase[] = [
    {
        ...vpc,
        item: "internet gateway",
        state: [resourceInState("ec2/internetGateway:InternetGateway", { id: "igw-1" })],
        answers: {
            DescribeInternetGateways: {
                InternetGateways: [{ InternetGatewayId: "igw-1" }, { InternetGatewayId: "igw-2" }],
            },
        },
        opens: "subnets that route to it reach the internet, and what has a public address is reached",
        remove: "aws ec2 detach-internet-gateway --internet-gateway-id igw-2 --vpc-id vpc-1",
    },
    {
        ...vpc,
        item: "NAT gateway",
        state: [resourceInState("ec2/natGateway:NatGateway", { id: "nat-1" })],
        answers: { DescribeNatGateways: { NatGateways: [{ NatGatewayId: "nat-1" }, { NatGatewayId: "nat-2" }] } },
        opens: "subnets that route to it reach the internet",
        remove: "aws ec2 delete-nat-gateway --nat-gateway-id nat-2",
    },
    {
        ...vpc,
        item: "VPN gateway",
        answers: {
            DescribeVpnGateways: {
                VpnGateways: [
                    { VpnGatewayId: "vgw-1", VpcAttachments: [{ VpcId: "vpc-1", State: "detached" }] },
                    { VpnGatewayId: "vgw-2", VpcAttachments: [{ VpcId: "vpc-1", State: "attached" }] },
                ],
            },
        },
        knownCount: 0,
        createdByAws: ["detached"],
        opens: "another network reaches the VPC by VPN or Direct Connect",
        remove: "aws ec2 detach-vpn-gateway --vpn-gateway-id vgw-2 --vpc-id vpc-1",
    },
    {
        ...vpc,
        item: "peering connection",
        answers: {
            DescribeVpcPeeringConnections: {
                VpcPeeringConnections: [
                    {
                        VpcPeeringConnectionId: "pcx-1",
                        Status: { Code: "deleted" },
                        ...vpcPeeringSides("vpc-1", "vpc-9"),
                    },
                    {
                        VpcPeeringConnectionId: "pcx-2",
                        Status: { Code: "active" },
                        ...vpcPeeringSides("vpc-8", "vpc-9"),
                    },
                    {
                        VpcPeeringConnectionId: "pcx-3",
                        Status: { Code: "active" },
                        ...vpcPeeringSides("vpc-9", "vpc-1"),
                    },
                ],
            },
        },
        knownCount: 0,
        createdByAws: ["has ended"],
        opens: "VPC vpc-9 of account 111122223333 reaches this one where routes and groups let it",
        remove: "aws ec2 delete-vpc-peering-connection --vpc-peering-connection-id pcx-3",
    },
    {
        ...vpc,
        item: "transit gateway attachment",
        answers: {
            DescribeTransitGatewayVpcAttachments: {
                TransitGatewayVpcAttachments: [
                    { TransitGatewayAttachmentId: "tgw-attach-1", TransitGatewayId: "tgw-1" },
                ],
            },
        },
        knownCount: 0,
        opens: "networks behind tgw-1 reach the VPC where routes and groups let them",
        remove: "aws ec2 delete-transit-gateway-vpc-attachment --transit-gateway-attachment-id tgw-attach-1",
    },
];

const taskAttachmentArn = "arn:aws:ecs:us-east-1:123456789012:attachment/0b8b7e8a";

const networkInterfaceCases: readonly DriftCase[] = [
    {
        ...vpc,
        item: "instance",
        answers: {
            DescribeInstances: {
                Reservations: [
                    { Instances: [{ InstanceId: "i-1", SubnetId: "subnet-1", SecurityGroups: groupsOfApi }] },
                ],
            },
        },
        knownCount: 0,
        opens: "who is on i-1 is in subnet subnet-1, in the groups payment-api",
        remove: "aws ec2 terminate-instances --instance-ids i-1",
    },
    {
        ...vpc,
        item: "network interface",
        state: [resourceInState("ec2/vpcEndpoint:VpcEndpoint", { outputs: { networkInterfaceIds: ["eni-1"] } })],
        answers: {
            DescribeNetworkInterfaces: {
                NetworkInterfaces: [
                    { NetworkInterfaceId: "eni-1" },
                    { NetworkInterfaceId: "eni-2", RequesterManaged: true, Description: "ELB app/payment" },
                    { NetworkInterfaceId: "eni-3", InterfaceType: "lambda" },
                    { NetworkInterfaceId: "eni-4", InterfaceType: "interface", Description: taskAttachmentArn },
                    {
                        NetworkInterfaceId: "eni-5",
                        OwnerId: "123456789012",
                        Attachment: { InstanceId: "i-1", InstanceOwnerId: "123456789012" },
                    },
                    {
                        NetworkInterfaceId: "eni-6",
                        Description: taskAttachmentArn,
                        PrivateIpAddress: "10.0.1.9",
                        Groups: groupsOfApi,
                        OwnerId: "123456789012",
                        Attachment: { InstanceId: "i-9", InstanceOwnerId: "111122223333" },
                    },
                ],
            },
        },
        knownCount: 0,
        createdByAws: ["an endpoint that is planned", "made and manages", "Lambda's", "a task", "of an instance"],
        opens: "what gets 10.0.1.9 is in the groups payment-api",
        remove: "aws ec2 delete-network-interface --network-interface-id eni-6",
    },
];

export const networkCases: readonly DriftCase[] = [
    ...securityGroups,
    ...routeCases,
    ...vpcCases,
    ...gatewayCases,
    ...networkInterfaceCases,
];
