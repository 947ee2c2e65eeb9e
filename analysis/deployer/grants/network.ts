import {
    claimed,
    everything,
    lists,
    madeOurs,
    named,
    ours,
    read,
    where,
    write,
    type Grant,
    type Grants,
} from "../grant.ts";

/** IDs of EC2 say nothing, so its grants hang on the tag. */
const ec2 = (...kinds: string[]) => named("ec2", ...kinds.map((kind) => `${kind}/*`));

/** Grants to make a kind of resource, out of others that the stack has already. */
const make = (action: string, kind: string, ...parts: string[]): Grant[] => [
    write(`ec2: ${action}`, madeOurs(ec2(kind))),
    ...(parts.length > 0 ? [write(`ec2: ${action}`, ours(ec2(...parts)))] : []),
    // AWS asks for it, too, when a resource is made with tags; only then, or another stack's could be taken over.
    write("ec2: CreateTags", where(madeOurs(ec2(kind)), { Null: { "ec2:CreateAction": "false" } })),
    write("ec2: CreateTags DeleteTags", ours(ec2(kind))),
];

const describe = (names: string): Grant =>
    read(
        `ec2: ${names
            .split(" ")
            .map((name) => `Describe${name}`)
            .join(" ")}`,
        everything(lists),
    );

const groupRule = (direction: "Ingress" | "Egress"): Grant[] => [
    ...make(`AuthorizeSecurityGroup${direction}`, "security-group-rule", "security-group"),
    write(`ec2: RevokeSecurityGroup${direction}`, ours(ec2("security-group"))),
    write("ec2: ModifySecurityGroupRules", ours(ec2("security-group", "security-group-rule"))),
    describe("SecurityGroupRules SecurityGroups"),
];

const vpcLogs = everything("these manage what AWS itself delivers logs by, which has no ARN");

export const network: Grants = {
    "ec2/vpc:Vpc": [
        ...make("CreateVpc", "vpc"),
        write("ec2: DeleteVpc ModifyVpcAttribute", ours(ec2("vpc"))),
        // Of the lookups, too.
        describe("Vpcs VpcAttribute NetworkAcls RouteTables SecurityGroups AvailabilityZones AccountAttributes"),
    ],
    "ec2/subnet:Subnet": [
        ...make("CreateSubnet", "subnet", "vpc"),
        write("ec2: DeleteSubnet ModifySubnetAttribute", ours(ec2("subnet"))),
        // What Lambda leaves behind in a subnet carries no tag. AWS deletes none that is in use.
        write(
            "ec2: DeleteNetworkInterface",
            where(ec2("network-interface"), { Null: { "aws:ResourceTag/EnvironmentSuffix": "true" } }),
        ),
        describe("Subnets NetworkInterfaces"),
    ],
    "ec2/internetGateway:InternetGateway": [
        ...make("CreateInternetGateway", "internet-gateway"),
        write("ec2: AttachInternetGateway DetachInternetGateway", ours(ec2("internet-gateway", "vpc"))),
        write("ec2: DeleteInternetGateway", ours(ec2("internet-gateway"))),
        describe("InternetGateways"),
    ],
    "ec2/routeTable:RouteTable": [
        ...make("CreateRouteTable", "route-table", "vpc"),
        write("ec2: DeleteRouteTable", ours(ec2("route-table"))),
        describe("RouteTables"),
    ],
    "ec2/route:Route": [
        write("ec2: CreateRoute DeleteRoute ReplaceRoute", ours(ec2("route-table"))),
        describe("RouteTables"),
    ],
    "ec2/routeTableAssociation:RouteTableAssociation": [
        write(
            "ec2: AssociateRouteTable DisassociateRouteTable ReplaceRouteTableAssociation",
            ours(ec2("route-table", "subnet")),
        ),
        describe("RouteTables"),
    ],
    "ec2/eip:Eip": [
        ...make("AllocateAddress", "elastic-ip"),
        write("ec2: DisassociateAddress ReleaseAddress", ours(ec2("elastic-ip"))),
        describe("Addresses AddressesAttribute NetworkInterfaces"),
    ],
    "ec2/natGateway:NatGateway": [
        ...make("CreateNatGateway", "natgateway", "elastic-ip", "subnet", "vpc"),
        write("ec2: DeleteNatGateway", ours(ec2("natgateway"))),
        describe("NatGateways"),
    ],
    "ec2/networkAcl:NetworkAcl": [
        ...make("CreateNetworkAcl", "network-acl", "vpc"),
        write("ec2: CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry", ours(ec2("network-acl"))),
        write("ec2: ReplaceNetworkAclAssociation", ours(ec2("network-acl", "subnet"))),
        // The VPC's first one, which AWS makes without a tag: subnets leave it, and go back to it at the end.
        write(
            "ec2: ReplaceNetworkAclAssociation",
            where(ec2("network-acl"), { Null: { "aws:ResourceTag/EnvironmentSuffix": "true" } }),
        ),
        describe("NetworkAcls"),
    ],
    "ec2/securityGroup:SecurityGroup": [
        ...make("CreateSecurityGroup", "security-group", "vpc"),
        write(
            "ec2: DeleteSecurityGroup RevokeSecurityGroupEgress RevokeSecurityGroupIngress",
            ours(ec2("security-group")),
        ),
        // A group is deleted once the network interfaces that services made with it are gone.
        describe("SecurityGroups SecurityGroupRules NetworkInterfaces"),
    ],
    "ec2/defaultSecurityGroup:DefaultSecurityGroup": [
        // AWS makes it with the VPC and without a tag; the tag comes first, all else after it.
        write("ec2: CreateTags", claimed(ec2("security-group"))),
        write(
            "ec2: CreateTags DeleteTags RevokeSecurityGroupEgress RevokeSecurityGroupIngress",
            ours(ec2("security-group")),
        ),
        describe("SecurityGroups SecurityGroupRules"),
    ],
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule": groupRule("Ingress"),
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule": groupRule("Egress"),
    "ec2/vpcEndpoint:VpcEndpoint": [
        ...make("CreateVpcEndpoint", "vpc-endpoint", "vpc", "subnet", "route-table", "security-group"),
        write("ec2: ModifyVpcEndpoint", ours(ec2("vpc-endpoint", "subnet", "route-table", "security-group"))),
        write("ec2: DeleteVpcEndpoints", ours(ec2("vpc-endpoint"))),
        describe("VpcEndpoints PrefixLists NetworkInterfaces"),
    ],
    "ec2/flowLog:FlowLog": [
        ...make("CreateFlowLogs", "vpc-flow-log", "vpc"),
        write("ec2: DeleteFlowLogs", ours(ec2("vpc-flow-log"))),
        write("logs: CreateLogDelivery DeleteLogDelivery", vpcLogs),
        read("logs: GetLogDelivery ListLogDeliveries", vpcLogs),
        describe("FlowLogs"),
    ],
};
