import type { Plan, PlanNode } from "../../plan/plan.ts";
import { accountPoliciesOf, endpointAllows, endpointPolicyOf } from "../iam/policies.ts";
import { unsupportedElementsIn } from "../iam/conditions.ts";
import { resourcesOfType, toText, inputText } from "../../plan/query.ts";
import { anyIpv4Address } from "./addresses.ts";
import type { ServiceCall } from "./calls.ts";
import { findConnection, connectionToInternet, httpsPort } from "./connections.ts";
import { aclAllowsOutbound, matchingSecurityGroupRules } from "./traffic-filters.ts";
import type { NetworkNode } from "./network-nodes.ts";
import type { Subnet } from "./subnets.ts";

/** What allows a call to reach its service, or what is missing. */
export type RoutingResult = { readonly allowedBy: string } | { readonly missing: string };

interface RoutingContext {
    readonly plan: Plan;
    readonly subnets: ReadonlyMap<string, Subnet>;
    readonly nodes: readonly NetworkNode[];
}

/** A policy with an unsupported element counts as a denial: the proof must not rest on a guess. */
function endpointPolicyAllows(
    plan: Plan,
    endpoint: PlanNode,
    { principal = "", action, resource }: ServiceCall,
): boolean {
    const policy = endpointPolicyOf(endpoint);
    return (
        policy.statements.every((each) => unsupportedElementsIn(each).length === 0) &&
        endpointAllows(accountPoliciesOf(plan), policy, { principal, action, resource })
    );
}

function routeToInterfaceEndpoint(
    { plan, nodes }: RoutingContext,
    from: NetworkNode,
    endpoint: PlanNode,
): RoutingResult {
    const endpointNode = nodes.find(({ node }) => node === endpoint);
    const vpc = resourcesOfType(plan, "ec2/vpc:Vpc").find(({ id }) => id === inputText(endpoint, "vpcId"));
    if (vpc?.inputs.enableDnsSupport !== true || vpc.inputs.enableDnsHostnames !== true) {
        return { missing: "the VPC does not resolve private DNS names" };
    }
    // DNS may answer with any of the endpoint's addresses, also one in another Availability Zone.
    const by = endpointNode && findConnection(plan, from, endpointNode, httpsPort, "every");
    return by === undefined
        ? { missing: `security groups or NACLs do not allow it to reach ${endpoint.name}` }
        : { allowedBy: `endpoint ${endpoint.name}, ${by}` };
}

function routeToGatewayEndpoint(
    { plan }: RoutingContext,
    from: NetworkNode,
    subnet: Subnet,
    endpoint: PlanNode,
): RoutingResult {
    const prefixListId = toText(endpoint.outputs.prefixListId);
    const peer = { cidr: anyIpv4Address, securityGroupIds: [], prefixListId };
    const [rule] = matchingSecurityGroupRules(plan, "Egress", from.securityGroupIds, peer, httpsPort, "every");
    if (rule === undefined || !aclAllowsOutbound(subnet.acl, anyIpv4Address, httpsPort, "every")) {
        return { missing: `security groups or NACLs do not allow it to reach ${endpoint.name}` };
    }
    return { allowedBy: `endpoint ${endpoint.name} in the route tables, egress ${rule.name}` };
}

/**
 * How DNS and the route table direct a call from a subnet: to an interface endpoint with private DNS, else to a gateway
 * endpoint, else to the internet. Once an endpoint exists, calls cannot bypass it.
 */
function routeFromSubnet(
    context: RoutingContext,
    from: NetworkNode,
    subnet: Subnet,
    calls: readonly ServiceCall[],
    service: string,
): RoutingResult {
    const { plan, subnets } = context;
    const ofService = resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint").filter(
        (each) => inputText(each, "serviceName") === service,
    );
    const interfaceEndpoint = ofService.find((each) => each.inputs.privateDnsEnabled === true);
    const gatewayEndpoint = ofService.find((each) => subnet.endpoints.includes(each));
    const endpoint = interfaceEndpoint ?? gatewayEndpoint;
    if (endpoint === undefined) {
        const by = connectionToInternet(plan, from, subnet, subnets);
        return by === undefined
            ? { missing: `${subnet.node.name} has neither an endpoint of ${service} nor a route to the internet` }
            : { allowedBy: `the internet, ${by}` };
    }
    const route = interfaceEndpoint
        ? routeToInterfaceEndpoint(context, from, interfaceEndpoint)
        : routeToGatewayEndpoint(context, from, subnet, endpoint);
    if ("missing" in route) {
        return route;
    }
    const denied = calls.find((call) => !endpointPolicyAllows(plan, endpoint, call));
    const actions = [...new Set(calls.map(({ action }) => action))];
    return denied === undefined
        ? { allowedBy: `${route.allowedBy}, policy allows ${actions.join(", ")}` }
        : { missing: `the policy of ${endpoint.name} does not allow ${denied.action} on ${denied.resource}` };
}

/** How calls to one service are routed from every subnet in which the workload can run; the first failure, if any. */
export function routeToService(
    context: RoutingContext,
    from: NetworkNode,
    service: string,
    calls: readonly ServiceCall[],
): RoutingResult {
    const routes = from.subnets.map((subnet) => routeFromSubnet(context, from, subnet, calls, service));
    return routes.find((route) => "missing" in route) ?? routes[0] ?? { missing: "it is in no subnet" };
}
