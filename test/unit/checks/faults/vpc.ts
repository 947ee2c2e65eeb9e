import { changeItems, changeResources, removeResources, setInput, type FaultsByRule } from "../fault.ts";

const ingress = "vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const acl = "ec2/networkAcl:NetworkAcl";

export const vpcFaults: FaultsByRule = {
    "flow-logs-complete": {
        "rejected traffic only": [
            setInput("ec2/flowLog:FlowLog", "trafficType", "REJECT"),
            "payment-flow-logs-prod must have trafficType ALL, not REJECT",
        ],
        "no log destination": [
            setInput("ec2/flowLog:FlowLog", "logDestination", null),
            "payment-flow-logs-prod must have logDestination, not unset",
        ],
        "no flow log": [removeResources("aws:ec2/flowLog:FlowLog"), "the stack there is no ec2/flowLog:FlowLog"],
    },
    "groups-described": {
        "a security group without description": [
            setInput("ec2/securityGroup:SecurityGroup", "description", null, "cache"),
            "payment-cache-clients-prod must have description, not unset",
        ],
        "a security group with Pulumi's description": [
            setInput("ec2/securityGroup:SecurityGroup", "description", "Managed by Pulumi"),
            "payment-alb-prod must have description, not Managed by Pulumi",
        ],
        "a rule without description": [
            setInput(ingress, "description", "", "tasks-cache"),
            "payment-tasks-cache-ingress-prod must have description, not empty",
        ],
    },
    "groups-used": {
        "a security group that nothing uses": [
            changeResources("aws:ec2/securityGroup:SecurityGroup", "cache", (node) => [
                node,
                { ...node, id: "sg-00000000000000000" },
            ]),
            "payment-cache-clients-prod must be attached to a resource",
        ],
    },
    "network-acls-narrow": {
        "no subnets": [setInput(acl, "subnetIds", []), "payment-database-prod must be associated with subnets"],
        "ingress from all IPv4 addresses": [
            changeItems(acl, "ingress", (rule) => ({ ...rule, cidrBlock: "0.0.0.0/0" })),
            "payment-database-prod must have no inbound rule for 0.0.0.0/0, IPv6 or all protocols",
        ],
        "ingress from all IPv6 addresses": [
            changeItems(acl, "ingress", (rule) => ({ ...rule, ipv6CidrBlock: "::/0" })),
            "payment-database-prod must have no inbound rule for 0.0.0.0/0, IPv6 or all protocols",
        ],
        "ingress of all protocols": [
            changeItems(acl, "ingress", (rule) => ({ ...rule, protocol: "-1" })),
            "payment-database-prod must have no inbound rule for 0.0.0.0/0, IPv6 or all protocols",
        ],
    },
    "endpoints-or-nat": {
        "no endpoint for ecr.dkr": [
            removeResources("aws:ec2/vpcEndpoint:VpcEndpoint", "ecr-dkr"),
            "payment-network-prod must have the endpoints ecr.api and ecr.dkr, or a NAT gateway",
        ],
    },
};
