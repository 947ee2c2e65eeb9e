import type { PlatformSettings } from "../../lib/settings.ts";
import { storeNames } from "../../lib/settings/service.ts";
import type { PlanNode } from "../../plan/plan.ts";
import { isNonEmptyText, isNonEmptyList, requireInputs, type InputPredicate } from "../required-inputs.ts";
import type { Rule } from "../rule.ts";
import { resourcesOfType, isObjectOrArray, inputText, inputTexts } from "../../plan/query.ts";

/** Inputs that name security groups. */
const securityGroupInputs = [
    "securityGroups",
    "securityGroupIds",
    "vpcSecurityGroupIds",
    "networkConfiguration.securityGroups",
    "vpcConfig.securityGroupIds",
];

/** Rules name it already; it waits for what the stack's next setting may bring. */
const mayBeUnattached = ({ name }: PlanNode, { network, services }: PlatformSettings): boolean =>
    (network.endpointZones === 0 && name.startsWith("payment-endpoints-")) ||
    storeNames.some(
        (store) =>
            name.startsWith(`payment-${store}-clients-`) &&
            !Object.values(services).some(({ stores }) => stores.includes(store)),
    );

const isAttached: InputPredicate = (_, group, { nodes }, settings) =>
    mayBeUnattached(group, settings) ||
    nodes.some((node) => securityGroupInputs.some((path) => inputTexts(node, path).includes(group.id)));

const isRestrictedAcl: InputPredicate = (rules) =>
    Array.isArray(rules) &&
    rules.every(
        (rule) =>
            isObjectOrArray(rule) && rule.cidrBlock !== "0.0.0.0/0" && !rule.ipv6CidrBlock && rule.protocol !== "-1",
    );

const isEcrEndpoint = (endpoint: PlanNode): boolean => /\.ecr\.(api|dkr)$/.test(inputText(endpoint, "serviceName"));

const canReachEcr: InputPredicate = (_value, _vpc, plan) =>
    resourcesOfType(plan, "ec2/natGateway:NatGateway").length > 0 ||
    resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint").filter(isEcrEndpoint).length === 2;

export const vpcRules: readonly Rule[] = [
    {
        name: "flow-logs-complete",
        description: "every network records all traffic, accepted and refused",
        fix: "Set trafficType to ALL and logDestination to a log group of the stack.",
        check: requireInputs({
            types: ["ec2/flowLog:FlowLog"],
            inputs: [
                { path: "trafficType", expected: "ALL" },
                { path: "logDestination", expected: isNonEmptyText },
            ],
        }),
    },
    {
        name: "groups-described",
        description: "every security group and each of its rules says what it is for",
        fix: "Give it a description of its own.",
        check: requireInputs({
            types: [
                "ec2/securityGroup:SecurityGroup",
                "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
                "vpc/securityGroupEgressRule:SecurityGroupEgressRule",
            ],
            inputs: [{ path: "description", expected: isNonEmptyText }],
        }),
    },
    {
        name: "groups-used",
        description: "every security group is attached to something",
        fix: "Attach the group, or delete it.",
        check: requireInputs({
            types: ["ec2/securityGroup:SecurityGroup"],
            inputs: [{ path: "description", expected: isAttached, requirement: "be attached" }],
        }),
    },
    {
        name: "network-acls-narrow",
        description: "every network ACL guards subnets, and lets nobody in from the internet",
        fix: "Name the subnets, and addresses of the network instead of 0.0.0.0/0.",
        check: requireInputs({
            types: ["ec2/networkAcl:NetworkAcl"],
            inputs: [
                { path: "subnetIds", expected: isNonEmptyList, requirement: "guard subnets" },
                {
                    path: "ingress",
                    expected: isRestrictedAcl,
                    requirement: "take nothing from the internet, and no protocol as a whole",
                },
            ],
        }),
    },
    {
        name: "endpoints-or-nat",
        description: "tasks reach ECR through endpoints, or through a NAT gateway",
        fix: "Make the endpoints ecr.api and ecr.dkr, or set network.egress to nat.",
        check: requireInputs({
            types: ["ec2/vpc:Vpc"],
            inputs: [{ path: "cidrBlock", expected: canReachEcr, requirement: "have a way to ECR" }],
        }),
    },
];
