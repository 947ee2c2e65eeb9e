import { ec2Outputs, idWithPrefix } from "../fake-provider/output-formats.ts";
import { withConditions, withResourceTag, writeGrant } from "./deployer-grant.ts";
import { createGrants, deleteUntaggedInterfaces, describeEc2, ec2Arns } from "./ec2-grants.ts";
import { merged, refused } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import { comparedByRefresh, type ServiceRows } from "./row.ts";

export const vpc: ServiceRows = {
    "aws:ec2/eip:Eip": {
        summary: ["{domain}"],
        fakeOutputs: {
            ...ec2Outputs("elastic-ip", "eipalloc"),
            allocationId: idWithPrefix("eipalloc"),
            publicIp: "203.0.113.10",
        },
        forceNew: forceNew("ec2/ec2_eip", ["address", "domain", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool"], {
            keptWhenRemoved: ["domain", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool"],
        }),
        loss: { content: "the address from which tasks call out, which acquirers may have allowed", losesData: false },
        exclusive: { none: "AWS assigns the address" },
        recovery: "lookup",
        children: { none: comparedByRefresh },
        grants: [
            ...createGrants("AllocateAddress", "elastic-ip"),
            writeGrant("ec2: DisassociateAddress ReleaseAddress", withResourceTag(ec2Arns("elastic-ip"))),
            describeEc2("Addresses AddressesAttribute NetworkInterfaces"),
        ],
    },
    "aws:ec2/internetGateway:InternetGateway": {
        fakeOutputs: ec2Outputs("internet-gateway", "igw"),
        forceNew: forceNew("ec2/vpc_internet_gateway", []),
        exclusive: [refused("ec2", "AttachInternetGateway", "vpcId", "InvalidParameterValue")],
        recovery: "lookup",
        children: { none: comparedByRefresh },
        grants: [
            ...createGrants("CreateInternetGateway", "internet-gateway"),
            writeGrant(
                "ec2: AttachInternetGateway DetachInternetGateway",
                withResourceTag(ec2Arns("internet-gateway", "vpc")),
            ),
            writeGrant("ec2: DeleteInternetGateway", withResourceTag(ec2Arns("internet-gateway"))),
            describeEc2("InternetGateways"),
        ],
    },
    "aws:ec2/natGateway:NatGateway": {
        summary: ["{connectivityType}"],
        fakeOutputs: { id: idWithPrefix("nat"), publicIp: "203.0.113.10" },
        forceNew: forceNew(
            "ec2/vpc_nat_gateway",
            ["allocationId", "connectivityType", "privateIp", "secondaryPrivateIpAddressCount", "subnetId"],
            { keptWhenRemoved: ["privateIp"] },
        ),
        exclusive: [refused("ec2", "CreateNatGateway", "allocationId", "Resource.AlreadyAssociated")],
        recovery: "lookup",
        children: { none: comparedByRefresh },
        grants: [
            ...createGrants("CreateNatGateway", "natgateway", "elastic-ip", "subnet", "vpc"),
            writeGrant("ec2: DeleteNatGateway", withResourceTag(ec2Arns("natgateway"))),
            describeEc2("NatGateways"),
        ],
    },
    "aws:ec2/networkAcl:NetworkAcl": {
        fakeOutputs: ec2Outputs("network-acl", "acl"),
        forceNew: forceNew("ec2/vpc_network_acl", ["vpcId"]),
        exclusive: [merged("ec2", "ReplaceNetworkAclAssociation", "subnetIds")],
        recovery: "lookup",
        children: { none: "its entries are arguments of its own, which Pulumi's refresh compares" },
        grants: [
            ...createGrants("CreateNetworkAcl", "network-acl", "vpc"),
            writeGrant(
                "ec2: CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry",
                withResourceTag(ec2Arns("network-acl")),
            ),
            writeGrant("ec2: ReplaceNetworkAclAssociation", withResourceTag(ec2Arns("network-acl", "subnet"))),
            // The VPC's default network ACL, which AWS creates without a tag. Subnets return to it when their own is deleted.
            writeGrant(
                "ec2: ReplaceNetworkAclAssociation",
                withConditions(ec2Arns("network-acl"), { Null: { "aws:ResourceTag/EnvironmentSuffix": "true" } }),
            ),
            describeEc2("NetworkAcls"),
        ],
    },
    "aws:ec2/route:Route": {
        summary: ["{destinationCidrBlock}"],
        forceNew: forceNew("ec2/vpc_route", [
            "destinationCidrBlock",
            "destinationIpv6CidrBlock",
            "destinationPrefixListId",
            "routeTableId",
        ]),
        exclusive: [refused("ec2", "CreateRoute", "routeTableId destinationCidrBlock", "RouteAlreadyExists")],
        recovery: { importId: "{routeTableId}_{destinationCidrBlock}" },
        children: { none: comparedByRefresh },
        grants: [
            writeGrant("ec2: CreateRoute DeleteRoute ReplaceRoute", withResourceTag(ec2Arns("route-table"))),
            describeEc2("RouteTables"),
        ],
    },
    "aws:ec2/routeTable:RouteTable": {
        fakeOutputs: ec2Outputs("route-table", "rtb"),
        forceNew: forceNew("ec2/vpc_route_table", ["vpcId"]),
        exclusive: { none: "a VPC has many route tables" },
        recovery: "lookup",
        children: "listed",
        grants: [
            ...createGrants("CreateRouteTable", "route-table", "vpc"),
            writeGrant("ec2: DeleteRouteTable", withResourceTag(ec2Arns("route-table"))),
            describeEc2("RouteTables"),
        ],
    },
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {
        forceNew: forceNew("ec2/vpc_route_table_association", ["gatewayId", "subnetId"]),
        exclusive: [refused("ec2", "AssociateRouteTable", "subnetId", "Resource.AlreadyAssociated")],
        recovery: { importId: "{subnetId}/{routeTableId}" },
        children: { none: comparedByRefresh },
        grants: [
            writeGrant(
                "ec2: AssociateRouteTable DisassociateRouteTable ReplaceRouteTableAssociation",
                withResourceTag(ec2Arns("route-table", "subnet")),
            ),
            describeEc2("RouteTables"),
        ],
    },
    "aws:ec2/subnet:Subnet": {
        summary: ["{cidrBlock}", "{availabilityZone}", "public addresses{mapPublicIpOnLaunch?}"],
        fakeOutputs: ec2Outputs("subnet", "subnet"),
        providerDefaults: {
            assignIpv6AddressOnCreation: false,
            enableDns64: false,
            enableResourceNameDnsARecordOnLaunch: false,
            enableResourceNameDnsAaaaRecordOnLaunch: false,
            ipv6Native: false,
        },
        forceNew: forceNew(
            "ec2/vpc_subnet",
            [
                "availabilityZone",
                "availabilityZoneId",
                "cidrBlock",
                "ipv4IpamPoolId",
                "ipv4NetmaskLength",
                "ipv6IpamPoolId",
                "ipv6Native",
                "ipv6NetmaskLength",
                "outpostArn",
                "vpcId",
            ],
            { keptWhenRemoved: ["availabilityZone", "availabilityZoneId"] },
        ),
        loss: {
            content: "the addresses of stores and tasks; AWS deletes no subnet that is in use",
            losesData: false,
            partOf: ["aws:ec2/vpc:Vpc"],
        },
        exclusive: [refused("ec2", "CreateSubnet", "vpcId cidrBlock", "InvalidSubnet.Conflict")],
        recovery: "lookup",
        children: { none: "what may be in it is listed for its VPC" },
        grants: [
            ...createGrants("CreateSubnet", "subnet", "vpc"),
            writeGrant("ec2: DeleteSubnet ModifySubnetAttribute", withResourceTag(ec2Arns("subnet"))),
            // Lambda leaves its network interfaces in a subnet.
            deleteUntaggedInterfaces,
            describeEc2("Subnets NetworkInterfaces"),
        ],
    },
    "aws:ec2/vpc:Vpc": {
        summary: ["{cidrBlock}"],
        fakeOutputs: {
            ...ec2Outputs("vpc", "vpc"),
            defaultNetworkAclId: idWithPrefix("acl"),
            defaultRouteTableId: idWithPrefix("rtb"),
            defaultSecurityGroupId: idWithPrefix("sg"),
            mainRouteTableId: idWithPrefix("rtb"),
        },
        providerDefaults: { instanceTenancy: "default" },
        forceNew: forceNew("ec2/vpc_", ["cidrBlock", "instanceTenancy", "ipv4IpamPoolId", "ipv4NetmaskLength"], {
            conditions: {
                // AWS can change the tenancy of a VPC to `default` only.
                instanceTenancy: (_, { instanceTenancy = "default" }) => instanceTenancy !== "default",
            },
            keptWhenRemoved: ["cidrBlock"],
        }),
        loss: { content: "the network of all stores", losesData: false },
        exclusive: { none: "VPCs may have the same addresses" },
        recovery: "lookup",
        children: "listed",
        grants: [
            ...createGrants("CreateVpc", "vpc"),
            writeGrant("ec2: DeleteVpc ModifyVpcAttribute", withResourceTag(ec2Arns("vpc"))),
            // Needed by the lookups, too.
            describeEc2("Vpcs VpcAttribute NetworkAcls RouteTables SecurityGroups AvailabilityZones AccountAttributes"),
        ],
    },
};
