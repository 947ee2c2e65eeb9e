import type { Values } from "../../../../plan/plan.ts";
import { changeInputs, changeItems, changeResources, removeResources, setInput, type FaultsByRule } from "../fault.ts";

const ingress = "vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const acl = "ec2/networkAcl:NetworkAcl";
const flowLog = "ec2/flowLog:FlowLog";
const inboundWide = "payment-database-prod must allow inbound traffic only by TCP and from IPv4 addresses of its VPC";

export const vpcFaults: FaultsByRule = {
    "flow-logs-complete": {
        "rejected traffic only": [
            setInput(flowLog, "trafficType", "REJECT"),
            "payment-flow-logs-prod must have trafficType ALL, not REJECT",
        ],
        "no log destination": [
            setInput(flowLog, "logDestination", null),
            "payment-flow-logs-prod must have a log group of the stack as logDestination",
        ],
        "a log group of another stack": [
            setInput(flowLog, "logDestination", "arn:aws:logs:us-east-1:123456789012:log-group:other"),
            "payment-flow-logs-prod must have a log group of the stack as logDestination",
        ],
        "one subnet instead of the VPC": [
            changeInputs(`aws:${flowLog}`, "", { vpcId: null, subnetId: "subnet-0" }),
            "payment-flow-logs-prod must not have subnetId, which the rule does not know",
        ],
        "another VPC": [setInput(flowLog, "vpcId", "vpc-0"), "payment-network-prod must have a flow log"],
        "records without addresses": [
            setInput(flowLog, "logFormat", "${version}"),
            "payment-flow-logs-prod must not have logFormat, which the rule does not know",
        ],
        "no flow log": [removeResources(`aws:${flowLog}`), "the stack there is no ec2/flowLog:FlowLog"],
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
            inboundWide,
        ],
        "ingress from all IPv6 addresses": [
            changeItems(acl, "ingress", (rule) => ({ ...rule, ipv6CidrBlock: "::/0" })),
            inboundWide,
        ],
        "ingress from all IPv4 addresses in two halves": [
            changeInputs(`aws:${acl}`, "", ({ ingress = [] }) => ({
                ingress: (ingress as Values[]).flatMap((rule) =>
                    ["0.0.0.0/1", "128.0.0.0/1"].map((cidrBlock) => ({ ...rule, cidrBlock })),
                ),
            })),
            inboundWide,
        ],
        "ingress of all protocols, by name": [
            changeItems(acl, "ingress", (rule) => ({ ...rule, protocol: "all" })),
            inboundWide,
        ],
        "ingress of all protocols": [changeItems(acl, "ingress", (rule) => ({ ...rule, protocol: "-1" })), inboundWide],
    },
    "endpoints-or-nat": {
        "no endpoint for ecr.dkr": [
            removeResources("aws:ec2/vpcEndpoint:VpcEndpoint", "ecr-dkr"),
            "payment-network-prod must have the endpoints ecr.api and ecr.dkr, or a NAT gateway",
        ],
    },
};
