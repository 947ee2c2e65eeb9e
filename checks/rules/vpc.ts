import type { PlatformSettings } from "../../lib/settings.ts";
import { migrationNoun } from "../../lib/settings/migration.ts";
import { storeNames } from "../../lib/settings/service.ts";
import type { PlanNode } from "../../plan/plan.ts";
import { isNonEmptyText, isNonEmptyList, requireInputs, type InputPredicate } from "../required-inputs.ts";
import { scheduledNetwork } from "../../plan/ecs-services.ts";
import type { Rule } from "../rule.ts";
import { isWithinBlock } from "../../analysis/network/addresses.ts";
import { arnOf, getPath, inputText, inputTexts, isEcrEndpoint, resourcesOfType, textAtPath } from "../../plan/query.ts";

/** Inputs that name security groups. */
const securityGroupInputs = [
    "securityGroups",
    "securityGroupIds",
    "vpcSecurityGroupIds",
    "networkConfiguration.securityGroups",
    "vpcConfig.securityGroupIds",
    `${scheduledNetwork}.securityGroups`,
];

/**
 * Security groups that rules refer to, and that no resource of the plan has: those that are attached with other settings only,
 * and that of the migration, which `npm run migrate` gives to the task that it starts.
 */
const mayBeUnattached = ({ name }: PlanNode, { network, services }: PlatformSettings): boolean =>
    name.startsWith(`payment-${migrationNoun}-`) ||
    (network.endpointZones === 0 && name.startsWith("payment-endpoints-")) ||
    storeNames.some(
        (store) =>
            name.startsWith(`payment-${store}-clients-`) &&
            !Object.values(services).some(({ stores }) => stores.includes(store)),
    );

const isAttached: InputPredicate = (_, group, { nodes }, settings) =>
    mayBeUnattached(group, settings) ||
    nodes.some((node) => securityGroupInputs.some((path) => inputTexts(node, path).includes(group.id)));

const isRestrictedAcl: InputPredicate = (entries, acl, plan) => {
    const vpc = resourcesOfType(plan, "ec2/vpc:Vpc").find(({ id }) => id === acl.inputs.vpcId);
    const isInVpc = (block: string) => block !== "" && isWithinBlock(block, inputText(vpc, "cidrBlock"));
    return (
        vpc !== undefined &&
        Array.isArray(entries) &&
        entries.every(
            (entry) =>
                getPath(entry, "action") === "deny" ||
                (isInVpc(textAtPath(entry, "cidrBlock")) &&
                    !getPath(entry, "ipv6CidrBlock") &&
                    ["tcp", "6"].includes(String(getPath(entry, "protocol")))),
        )
    );
};

const isLogGroupArn: InputPredicate = (arn, _node, plan) =>
    resourcesOfType(plan, "cloudwatch/logGroup:LogGroup").some((group) => arnOf(group) === arn);

const hasFlowLog: InputPredicate = (_value, { id }, plan) =>
    resourcesOfType(plan, "ec2/flowLog:FlowLog").some(({ inputs }) => inputs.vpcId === id);

const canReachEcr: InputPredicate = (_value, _vpc, plan) =>
    resourcesOfType(plan, "ec2/natGateway:NatGateway").length > 0 ||
    resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint").filter(isEcrEndpoint).length === 2;

export const vpcRules: readonly Rule[] = [
    {
        name: "flow-logs-complete",
        description: "VPC flow logs record all accepted and rejected traffic",
        fix: "Give the VPC a flow log with trafficType ALL, a log group of the stack as logDestination, and AWS's own format.",
        check: requireInputs(
            {
                types: ["ec2/flowLog:FlowLog"],
                inputs: [
                    { path: "trafficType", expected: "ALL" },
                    {
                        path: "logDestination",
                        expected: isLogGroupArn,
                        requirement: "have a log group of the stack as logDestination",
                    },
                ],
                otherInputs: ["iamRoleArn", "vpcId"],
            },
            {
                types: ["ec2/vpc:Vpc"],
                inputs: [{ path: "cidrBlock", expected: hasFlowLog, requirement: "have a flow log" }],
            },
        ),
    },
    {
        name: "groups-described",
        description: "Every security group and security group rule has a description",
        fix: "Add a description.",
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
        description: "Every security group is attached to a resource",
        fix: "Attach the security group, or delete it.",
        check: requireInputs({
            types: ["ec2/securityGroup:SecurityGroup"],
            inputs: [{ path: "description", expected: isAttached, requirement: "be attached to a resource" }],
        }),
    },
    {
        name: "network-acls-narrow",
        description:
            "Every network ACL is associated with subnets, and allows inbound traffic only by TCP and from IPv4 addresses of its VPC",
        fix: "Associate the subnets, and limit inbound rules that allow traffic to TCP and to CIDR blocks of the VPC.",
        check: requireInputs({
            types: ["ec2/networkAcl:NetworkAcl"],
            inputs: [
                { path: "subnetIds", expected: isNonEmptyList, requirement: "be associated with subnets" },
                {
                    path: "ingress",
                    expected: isRestrictedAcl,
                    requirement: "allow inbound traffic only by TCP and from IPv4 addresses of its VPC",
                },
            ],
        }),
    },
    {
        name: "endpoints-or-nat",
        description: "ECR can be reached through VPC endpoints or a NAT gateway",
        fix: "Create the endpoints ecr.api and ecr.dkr, or set network.egress to nat.",
        check: requireInputs({
            types: ["ec2/vpc:Vpc"],
            inputs: [
                {
                    path: "cidrBlock",
                    expected: canReachEcr,
                    requirement: "have the endpoints ecr.api and ecr.dkr, or a NAT gateway",
                },
            ],
        }),
    },
];
