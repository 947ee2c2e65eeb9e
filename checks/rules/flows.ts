import { flowsOf } from "../../lib/flows.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    nameWithoutPrefixAndSuffix,
    toText,
    inputText,
    findingsUnless,
    stackFindingUnless,
} from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

const anyIpv4Address = "0.0.0.0/0";

const securityGroupRulesOf = (plan: Plan) => [
    ...resourcesOfType(plan, "vpc/securityGroupIngressRule:SecurityGroupIngressRule"),
    ...resourcesOfType(plan, "vpc/securityGroupEgressRule:SecurityGroupEgressRule"),
];

interface ActualFlow {
    readonly node: PlanNode;
    /** `ingress database tcp 5432 5432 tasks`, then the reason. */
    readonly description: string;
}

/** The traffic that each security group rule of a plan allows. */
function actualFlows(plan: Plan, { environmentSuffix }: PlatformSettings): ActualFlow[] {
    const groups = new Map(
        resourcesOfType(plan, "ec2/securityGroup:SecurityGroup").map((group) => [
            group.id,
            nameWithoutPrefixAndSuffix(group, environmentSuffix),
        ]),
    );
    const nameOf = (id: string) => groups.get(id) ?? `unknown group ${id}`;
    return securityGroupRulesOf(plan).map((rule) => {
        const { referencedSecurityGroupId: peer, cidrIpv4, prefixListId } = rule.inputs;
        const peers = [
            ...(typeof peer === "string" ? [nameOf(peer)] : []),
            ...(typeof cidrIpv4 === "string" ? [cidrIpv4] : []),
            ...(typeof prefixListId === "string" ? [prefixListId] : []),
        ];
        const direction = rule.type.includes("Ingress") ? "ingress" : "egress";
        const [protocol, from, to, why] = ["ipProtocol", "fromPort", "toPort", "description"].map((input) =>
            toText(rule.inputs[input]),
        );
        const group = nameOf(inputText(rule, "securityGroupId"));
        return { node: rule, description: [direction, group, protocol, from, to, ...peers, why].join(" ") };
    });
}

/** Descriptions of the rules that the table of flows requires. */
function expectedFlows(plan: Plan, settings: PlatformSettings): string[] {
    const prefixListsByService = new Map(
        resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint")
            .filter((node) => inputText(node, "vpcEndpointType") === "Gateway")
            .map((node) => [inputText(node, "serviceName").split(".").at(-1), toText(node.outputs.prefixListId)]),
    );
    return flowsOf(settings).flatMap(([, { from, to, port, why }]) => {
        const isService = to === "s3" || to === "dynamodb";
        const destination =
            to === "internet" ? anyIpv4Address : isService ? (prefixListsByService.get(to) ?? "no list") : to;
        const sources = from === "internet" ? settings.edge.allowedCidrs : [from];
        return [
            ...(from === "internet" ? [] : [`egress ${from} tcp ${port} ${port} ${destination} ${why}`]),
            ...(to === "internet" || isService
                ? []
                : sources.map((source) => `ingress ${to} tcp ${port} ${port} ${source} ${why}`)),
        ];
    });
}

export const flowRules: readonly Rule[] = [
    {
        name: "flows-only",
        description: "Security groups allow exactly the traffic in the table of flows",
        fix: "Add the flow and its reason to the table in `lib/flows.ts`, or delete the rule that no flow requires.",
        check: (plan, settings) => {
            const [are, should] = [actualFlows(plan, settings), expectedFlows(plan, settings)];
            const lines = are.map(({ description }) => description);
            return [
                ...stackFindingUnless(should.length > 0, "the table of flows is empty"),
                ...are
                    .filter(({ description }) => !should.includes(description))
                    .map(({ node, description }) => ({
                        node,
                        reason: `must be in the table of flows: ${description}`,
                    })),
                ...should
                    .filter((line) => !lines.includes(line))
                    .map((line) => `no security group rule allows: ${line}`),
                ...stackFindingUnless(
                    are.length === should.length,
                    `there are ${are.length} security group rules, and the table of flows requires ${should.length}`,
                ),
                ...findingsUnless(
                    resourcesOfType(plan, "ec2/securityGroup:SecurityGroup"),
                    ({ inputs }) => !("ingress" in inputs || "egress" in inputs),
                    "have no inline rules",
                ),
            ];
        },
        evidence: (plan, settings) =>
            actualFlows(plan, settings)
                .map(({ description }) => description)
                .toSorted(),
    },
    {
        name: "internet-reaches-https-only",
        description: "The internet can reach only the HTTPS port of the load balancer",
        fix: "Refer to the peer's security group in the rule, instead of all addresses.",
        check: (plan, settings) => {
            const flowsOpenToAll = actualFlows(plan, settings).filter(({ description }) =>
                description.includes(anyIpv4Address),
            );
            const { edge, network } = settings;
            const open = edge.allowedCidrs.includes(anyIpv4Address);
            const allowedPrefixes = [
                ...(open ? ["ingress alb tcp 443 443"] : []),
                ...(open && edge.httpRedirect ? ["ingress alb tcp 80 80"] : []),
                ...(network.egress === "nat" ? ["egress tasks tcp 443 443", "egress workers tcp 443 443"] : []),
                ...(network.egress === "nat" && network.endpointZones === 0 ? ["egress migration tcp 443 443"] : []),
            ];
            return [
                ...flowsOpenToAll
                    .filter(({ description }) => !allowedPrefixes.some((start) => description.startsWith(`${start} `)))
                    .map(({ node, description }) => ({
                        node,
                        reason: `must not be open to all addresses: ${description}`,
                    })),
                ...findingsUnless(
                    securityGroupRulesOf(plan),
                    ({ inputs }) => inputs.ipProtocol === "tcp",
                    "allow TCP only",
                ),
                ...findingsUnless(
                    securityGroupRulesOf(plan),
                    ({ inputs }) => !("cidrIpv6" in inputs),
                    "allow no IPv6 addresses",
                ),
            ];
        },
    },
    {
        name: "default-group-closed",
        description: "The VPC's default security group has no rules",
        fix: "Adopt the VPC's default security group without any rules.",
        check: (plan) => {
            const groups = resourcesOfType(plan, "ec2/defaultSecurityGroup:DefaultSecurityGroup");
            return [
                ...stackFindingUnless(groups.length === 1, `there are ${groups.length} default security groups, not 1`),
                ...findingsUnless(
                    groups,
                    ({ inputs }) => !("ingress" in inputs || "egress" in inputs),
                    "have no rules",
                ),
            ];
        },
    },
];
