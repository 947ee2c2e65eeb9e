import {
    untaggedOnly,
    allResources,
    listsEverything,
    withRequestTag,
    regionalArns,
    withResourceTag,
    readGrant,
    withConditions,
    writeGrant,
    type DeployerGrant,
    type DeployerGrants,
} from "../grant.ts";

/** IDs of EC2 say nothing, so its grants hang on the tag. */
const ec2Arns = (...kinds: string[]) => regionalArns("ec2", ...kinds.map((kind) => `${kind}/*`));

/** Grants to make a kind of resource, out of others that the stack has already. */
const createGrants = (action: string, kind: string, ...parts: string[]): DeployerGrant[] => [
    writeGrant(`ec2: ${action}`, withRequestTag(ec2Arns(kind))),
    ...(parts.length > 0 ? [writeGrant(`ec2: ${action}`, withResourceTag(ec2Arns(...parts)))] : []),
    // AWS asks for it, too, when a resource is made with tags; only then, or another stack's could be taken over.
    writeGrant(
        "ec2: CreateTags",
        withConditions(withRequestTag(ec2Arns(kind)), { Null: { "ec2:CreateAction": "false" } }),
    ),
    writeGrant("ec2: CreateTags DeleteTags", withResourceTag(ec2Arns(kind))),
];

const describeGrant = (names: string): DeployerGrant =>
    readGrant(
        `ec2: ${names
            .split(" ")
            .map((name) => `Describe${name}`)
            .join(" ")}`,
        allResources(listsEverything),
    );

const securityGroupRuleGrants = (direction: "Ingress" | "Egress"): DeployerGrant[] => [
    ...createGrants(`AuthorizeSecurityGroup${direction}`, "security-group-rule", "security-group"),
    writeGrant(`ec2: RevokeSecurityGroup${direction}`, withResourceTag(ec2Arns("security-group"))),
    writeGrant("ec2: ModifySecurityGroupRules", withResourceTag(ec2Arns("security-group", "security-group-rule"))),
    describeGrant("SecurityGroupRules SecurityGroups"),
];

const vpcLogDelivery = allResources("these manage what AWS itself delivers logs by, which has no ARN");

export const networkGrants: DeployerGrants = {
    "ec2/vpc:Vpc": [
        ...createGrants("CreateVpc", "vpc"),
        writeGrant("ec2: DeleteVpc ModifyVpcAttribute", withResourceTag(ec2Arns("vpc"))),
        // Of the lookups, too.
        describeGrant("Vpcs VpcAttribute NetworkAcls RouteTables SecurityGroups AvailabilityZones AccountAttributes"),
    ],
    "ec2/subnet:Subnet": [
        ...createGrants("CreateSubnet", "subnet", "vpc"),
        writeGrant("ec2: DeleteSubnet ModifySubnetAttribute", withResourceTag(ec2Arns("subnet"))),
        // What Lambda leaves behind in a subnet carries no tag. AWS deletes none that is in use.
        writeGrant(
            "ec2: DeleteNetworkInterface",
            withConditions(ec2Arns("network-interface"), { Null: { "aws:ResourceTag/EnvironmentSuffix": "true" } }),
        ),
        describeGrant("Subnets NetworkInterfaces"),
    ],
    "ec2/internetGateway:InternetGateway": [
        ...createGrants("CreateInternetGateway", "internet-gateway"),
        writeGrant(
            "ec2: AttachInternetGateway DetachInternetGateway",
            withResourceTag(ec2Arns("internet-gateway", "vpc")),
        ),
        writeGrant("ec2: DeleteInternetGateway", withResourceTag(ec2Arns("internet-gateway"))),
        describeGrant("InternetGateways"),
    ],
    "ec2/routeTable:RouteTable": [
        ...createGrants("CreateRouteTable", "route-table", "vpc"),
        writeGrant("ec2: DeleteRouteTable", withResourceTag(ec2Arns("route-table"))),
        describeGrant("RouteTables"),
    ],
    "ec2/route:Route": [
        writeGrant("ec2: CreateRoute DeleteRoute ReplaceRoute", withResourceTag(ec2Arns("route-table"))),
        describeGrant("RouteTables"),
    ],
    "ec2/routeTableAssociation:RouteTableAssociation": [
        writeGrant(
            "ec2: AssociateRouteTable DisassociateRouteTable ReplaceRouteTableAssociation",
            withResourceTag(ec2Arns("route-table", "subnet")),
        ),
        describeGrant("RouteTables"),
    ],
    "ec2/eip:Eip": [
        ...createGrants("AllocateAddress", "elastic-ip"),
        writeGrant("ec2: DisassociateAddress ReleaseAddress", withResourceTag(ec2Arns("elastic-ip"))),
        describeGrant("Addresses AddressesAttribute NetworkInterfaces"),
    ],
    "ec2/natGateway:NatGateway": [
        ...createGrants("CreateNatGateway", "natgateway", "elastic-ip", "subnet", "vpc"),
        writeGrant("ec2: DeleteNatGateway", withResourceTag(ec2Arns("natgateway"))),
        describeGrant("NatGateways"),
    ],
    "ec2/networkAcl:NetworkAcl": [
        ...createGrants("CreateNetworkAcl", "network-acl", "vpc"),
        writeGrant(
            "ec2: CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry",
            withResourceTag(ec2Arns("network-acl")),
        ),
        writeGrant("ec2: ReplaceNetworkAclAssociation", withResourceTag(ec2Arns("network-acl", "subnet"))),
        // The VPC's first one, which AWS makes without a tag: subnets leave it, and go back to it at the end.
        writeGrant(
            "ec2: ReplaceNetworkAclAssociation",
            withConditions(ec2Arns("network-acl"), { Null: { "aws:ResourceTag/EnvironmentSuffix": "true" } }),
        ),
        describeGrant("NetworkAcls"),
    ],
    "ec2/securityGroup:SecurityGroup": [
        ...createGrants("CreateSecurityGroup", "security-group", "vpc"),
        writeGrant(
            "ec2: DeleteSecurityGroup RevokeSecurityGroupEgress RevokeSecurityGroupIngress",
            withResourceTag(ec2Arns("security-group")),
        ),
        // A group is deleted once the network interfaces that services made with it are gone.
        describeGrant("SecurityGroups SecurityGroupRules NetworkInterfaces"),
    ],
    "ec2/defaultSecurityGroup:DefaultSecurityGroup": [
        // AWS makes it with the VPC and without a tag; the tag comes first, all else after it.
        writeGrant("ec2: CreateTags", untaggedOnly(ec2Arns("security-group"))),
        writeGrant(
            "ec2: CreateTags DeleteTags RevokeSecurityGroupEgress RevokeSecurityGroupIngress",
            withResourceTag(ec2Arns("security-group")),
        ),
        describeGrant("SecurityGroups SecurityGroupRules"),
    ],
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroupRuleGrants("Ingress"),
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule": securityGroupRuleGrants("Egress"),
    "ec2/vpcEndpoint:VpcEndpoint": [
        ...createGrants("CreateVpcEndpoint", "vpc-endpoint", "vpc", "subnet", "route-table", "security-group"),
        writeGrant(
            "ec2: ModifyVpcEndpoint",
            withResourceTag(ec2Arns("vpc-endpoint", "subnet", "route-table", "security-group")),
        ),
        writeGrant("ec2: DeleteVpcEndpoints", withResourceTag(ec2Arns("vpc-endpoint"))),
        describeGrant("VpcEndpoints PrefixLists NetworkInterfaces"),
    ],
    "ec2/flowLog:FlowLog": [
        ...createGrants("CreateFlowLogs", "vpc-flow-log", "vpc"),
        writeGrant("ec2: DeleteFlowLogs", withResourceTag(ec2Arns("vpc-flow-log"))),
        writeGrant("logs: CreateLogDelivery DeleteLogDelivery", vpcLogDelivery),
        readGrant("logs: GetLogDelivery ListLogDeliveries", vpcLogDelivery),
        describeGrant("FlowLogs"),
    ],
};
