import type { PlatformSettings } from "../../lib/settings.ts";
import { storeNames } from "../../lib/settings/service.ts";
import type { PlanNode } from "../../plan/plan.ts";
import { given, listed, type Configuration, type Holds } from "../configuration.ts";
import { all, isTree, text, texts } from "../../plan/query.ts";

/** Inputs that name security groups. */
const groupInputs = [
    "securityGroups",
    "securityGroupIds",
    "vpcSecurityGroupIds",
    "networkConfiguration.securityGroups",
    "vpcConfig.securityGroupIds",
];

/** Rules name it already; it waits for what the stack's next setting may bring. */
const waits = ({ name }: PlanNode, { network, services }: PlatformSettings): boolean =>
    (network.endpointZones === 0 && name.startsWith("payment-endpoints-")) ||
    storeNames.some(
        (store) =>
            name.startsWith(`payment-${store}-clients-`) &&
            !Object.values(services).some(({ stores }) => stores.includes(store)),
    );

const isAttached: Holds = (_, group, { nodes }, settings) =>
    waits(group, settings) || nodes.some((node) => groupInputs.some((path) => texts(node, path).includes(group.id)));

const isNarrow: Holds = (rules) =>
    Array.isArray(rules) &&
    rules.every(
        (rule) => isTree(rule) && rule.cidrBlock !== "0.0.0.0/0" && !rule.ipv6CidrBlock && rule.protocol !== "-1",
    );

const isEcr = (endpoint: PlanNode): boolean => /\.ecr\.(api|dkr)$/.test(text(endpoint, "serviceName"));

const reachesEcr: Holds = (_value, _vpc, plan) =>
    all(plan, "ec2/natGateway:NatGateway").length > 0 ||
    all(plan, "ec2/vpcEndpoint:VpcEndpoint").filter(isEcr).length === 2;

export const networkConfiguration: readonly Configuration[] = [
    {
        name: "flow-logs-complete",
        promise: "every network records all traffic, accepted and refused",
        fix: "Set trafficType to ALL and logDestination to a log group of the stack.",
        controls: ["EC2.6", "CKV2_AWS_11"],
        types: ["ec2/flowLog:FlowLog"],
        expects: [
            { path: "trafficType", is: "ALL" },
            { path: "logDestination", is: given },
        ],
    },
    {
        name: "groups-described",
        promise: "every security group and each of its rules says what it is for",
        fix: "Give it a description of its own.",
        controls: [
            "CKV_AWS_23",
            "aws-ec2-securitygroup-missing-description",
            "aws-ec2-securitygroup-missing-ingress-rule-description",
            "aws-ec2-securitygroup-missing-egress-rule-description",
        ],
        types: [
            "ec2/securityGroup:SecurityGroup",
            "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            "vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        ],
        expects: [{ path: "description", is: given }],
    },
    {
        name: "groups-used",
        promise: "every security group is attached to something",
        fix: "Attach the group, or delete it.",
        controls: ["CKV2_AWS_5"],
        types: ["ec2/securityGroup:SecurityGroup"],
        expects: [{ path: "description", is: isAttached, must: "be attached" }],
    },
    {
        name: "network-acls-narrow",
        promise: "every network ACL guards subnets, and lets nobody in from the internet",
        fix: "Name the subnets, and addresses of the network instead of 0.0.0.0/0.",
        controls: [
            "EC2.16",
            "CKV2_AWS_1",
            "EC2.21",
            "CKV_AWS_229",
            "CKV_AWS_230",
            "CKV_AWS_231",
            "CKV_AWS_232",
            "CKV_AWS_352",
        ],
        types: ["ec2/networkAcl:NetworkAcl"],
        expects: [
            { path: "subnetIds", is: listed, must: "guard subnets" },
            { path: "ingress", is: isNarrow, must: "take nothing from the internet, and no protocol as a whole" },
        ],
    },
    {
        name: "endpoints-or-nat",
        promise: "tasks reach ECR through endpoints, or through a NAT gateway",
        fix: "Make the endpoints ecr.api and ecr.dkr, or set network.egress to nat.",
        controls: ["EC2.55", "EC2.56"],
        types: ["ec2/vpc:Vpc"],
        expects: [{ path: "cidrBlock", is: reachesEcr, must: "have a way to ECR" }],
    },
];
