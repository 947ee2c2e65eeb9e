import type { Plan, PlanNode } from "../../plan/plan.ts";
import { compareText, inputText, resourcesOfType } from "../../plan/query.ts";
import type { NetworkNode } from "./network-nodes.ts";
import { internetGatewayRoute } from "./subnets.ts";
import { portRangeOf } from "./traffic-filters.ts";
import { isPublicAccessBlocked, publicEntryPoint } from "./targets.ts";

/**
 * What prevents a connection from the internet straight to a network node, and from the node to the internet: each line is
 * read from resources of the plan. Empty where nothing does.
 */
export const barriersOf = (plan: Plan, networkNode: NetworkNode): string[] =>
    networkNode.subnets.length > 0 ? barriersInVpc(plan, networkNode) : barriersOutsideVpc(plan, networkNode);

function barriersInVpc(plan: Plan, { isPublic, subnets, securityGroupIds }: NetworkNode): string[] {
    const names = subnets.map(({ node }) => node.name).join(", ");
    const isOpen = subnets.some((subnet) => internetGatewayRoute(plan, subnet) !== undefined);
    const hasRoute = subnets.some(({ routes, endpoints }) => routes.length + endpoints.length > 0);
    return [
        ...(isPublic ? [] : ["it has no public address"]),
        ...(isOpen ? [] : [`no route from an internet gateway leads to its subnets ${names}`]),
        ...(hasRoute ? [] : ["its route tables have the local route only, so that it cannot connect to the outside"]),
        ...ingressSources(plan, securityGroupIds).map(
            (source) => `its security groups accept connections from ${source}`,
        ),
    ];
}

/** `payment-database-clients-prod on tcp 5432`, for each ingress rule; blocks of addresses as they are. */
function ingressSources(plan: Plan, groups: readonly string[]): string[] {
    const nameOf = (id: string) =>
        resourcesOfType(plan, "ec2/securityGroup:SecurityGroup").find((group) => group.id === id)?.name ?? id;
    const sourceOf = (rule: PlanNode) => {
        const group = inputText(rule, "referencedSecurityGroupId");
        return group === "" ? inputText(rule, "cidrIpv4") : nameOf(group);
    };
    const portsOf = ({ inputs }: PlanNode) => {
        const { from, to } = portRangeOf(inputs.ipProtocol, inputs);
        return `tcp ${from === to ? from : `${from}-${to}`}`;
    };
    const sources = resourcesOfType(plan, "vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        .filter((rule) => groups.includes(inputText(rule, "securityGroupId")))
        .map((rule) => `${sourceOf(rule)} on ${portsOf(rule)} only`);
    return [...new Set(sources)].toSorted(compareText);
}

function barriersOutsideVpc(plan: Plan, networkNode: NetworkNode): string[] {
    const { node } = networkNode;
    if (node === undefined || publicEntryPoint(plan, networkNode) !== undefined) {
        return [];
    }
    return [
        "AWS answers signed requests only, and no policy of it allows everyone",
        ...(isPublicAccessBlocked(plan, node) ? ["its public access block would ignore a policy for everyone"] : []),
    ];
}
