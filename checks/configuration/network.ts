import type { PlatformSettings } from "../../lib/settings.ts";
import { storeNames } from "../../lib/settings/service.ts";
import type { PlanNode } from "../../plan/plan.ts";
import { isNonEmptyText, isNonEmptyList, type ConfigurationRule, type InputPredicate } from "../configuration.ts";
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

export const networkConfigurationRules: readonly ConfigurationRule[] = [
    {
        name: "flow-logs-complete",
        description: "every network records all traffic, accepted and refused",
        fix: "Set trafficType to ALL and logDestination to a log group of the stack.",
        controls: ["EC2.6", "CKV2_AWS_11"],
        resourceTypes: ["ec2/flowLog:FlowLog"],
        expectedInputs: [
            { path: "trafficType", expected: "ALL" },
            { path: "logDestination", expected: isNonEmptyText },
        ],
    },
    {
        name: "groups-described",
        description: "every security group and each of its rules says what it is for",
        fix: "Give it a description of its own.",
        controls: [
            "CKV_AWS_23",
            "aws-ec2-securitygroup-missing-description",
            "aws-ec2-securitygroup-missing-ingress-rule-description",
            "aws-ec2-securitygroup-missing-egress-rule-description",
        ],
        resourceTypes: [
            "ec2/securityGroup:SecurityGroup",
            "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            "vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        ],
        expectedInputs: [{ path: "description", expected: isNonEmptyText }],
    },
    {
        name: "groups-used",
        description: "every security group is attached to something",
        fix: "Attach the group, or delete it.",
        controls: ["CKV2_AWS_5"],
        resourceTypes: ["ec2/securityGroup:SecurityGroup"],
        expectedInputs: [{ path: "description", expected: isAttached, requirement: "be attached" }],
    },
    {
        name: "network-acls-narrow",
        description: "every network ACL guards subnets, and lets nobody in from the internet",
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
        resourceTypes: ["ec2/networkAcl:NetworkAcl"],
        expectedInputs: [
            { path: "subnetIds", expected: isNonEmptyList, requirement: "guard subnets" },
            {
                path: "ingress",
                expected: isRestrictedAcl,
                requirement: "take nothing from the internet, and no protocol as a whole",
            },
        ],
    },
    {
        name: "endpoints-or-nat",
        description: "tasks reach ECR through endpoints, or through a NAT gateway",
        fix: "Make the endpoints ecr.api and ecr.dkr, or set network.egress to nat.",
        controls: ["EC2.55", "EC2.56"],
        resourceTypes: ["ec2/vpc:Vpc"],
        expectedInputs: [{ path: "cidrBlock", expected: canReachEcr, requirement: "have a way to ECR" }],
    },
];
