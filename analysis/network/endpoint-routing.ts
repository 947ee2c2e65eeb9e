import type { Plan, PlanNode } from "../../plan/plan.ts";
import { accountPoliciesOf, endpointAllows } from "../iam/policies.ts";
import { unsupportedElementsIn } from "../iam/conditions.ts";
import { resourcesOfType, toText, inputText } from "../../plan/query.ts";
import { parseStatements } from "../iam/statements.ts";
import { anyIpv4Address } from "./addresses.ts";
import type { ServiceCall } from "./calls.ts";
import { findConnection, connectionToInternet, httpsPort } from "./connections.ts";
import { aclAllowsOutbound, matchingSecurityGroupRules } from "./traffic-filters.ts";
import type { NetworkNode } from "./network-nodes.ts";
import type { Subnet } from "./subnets.ts";

/** By what a call arrives, or why it does not. */
export type RoutingResult = { readonly allowedBy: string } | { readonly missing: string };

interface RoutingContext {
    readonly plan: Plan;
    readonly subnets: ReadonlyMap<string, Subnet>;
    readonly places: readonly NetworkNode[];
}

/** A policy that nobody understands lets nothing through: what is perhaps refused is not proved to work. */
function endpointPolicyAllows(
    plan: Plan,
    endpoint: PlanNode,
    { principal = "", action, resource }: ServiceCall,
): boolean {
    const document = inputText(endpoint, "policy");
    if (document === "") {
        // AWS's default lets everything through.
        return true;
    }
    const statements = parseStatements(document);
    return (
        statements.every((each) => unsupportedElementsIn(each).length === 0) &&
        endpointAllows(accountPoliciesOf(plan), { name: endpoint.name, statements }, { principal, action, resource })
    );
}

function routeToInterfaceEndpoint(
    { plan, places }: RoutingContext,
    from: NetworkNode,
    endpoint: PlanNode,
): RoutingResult {
    const door = places.find(({ node }) => node === endpoint);
    const vpc = resourcesOfType(plan, "ec2/vpc:Vpc").find(({ id }) => id === inputText(endpoint, "vpcId"));
    if (vpc?.inputs.enableDnsSupport !== true || vpc.inputs.enableDnsHostnames !== true) {
        return { missing: "the VPC resolves no private names" };
    }
    // Any of the endpoint's addresses may be the answer to a name, also one of another zone.
    const by = door && findConnection(plan, from, door, httpsPort, "every");
    return by === undefined
        ? { missing: `no security group or NACL lets it reach ${endpoint.name}` }
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
        return { missing: `no security group or NACL lets it reach ${endpoint.name}` };
    }
    return { allowedBy: `endpoint ${endpoint.name} in the route tables, egress ${rule.name}` };
}

/** The way that a name and the routes take from a subnet: an endpoint is no longer passed by once it stands there. */
function routeFromSubnet(
    around: RoutingContext,
    from: NetworkNode,
    subnet: Subnet,
    calls: readonly ServiceCall[],
    service: string,
): RoutingResult {
    const { plan, subnets } = around;
    const named = resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint").filter(
        (each) => inputText(each, "serviceName") === service,
    );
    const door = named.find((each) => each.inputs.privateDnsEnabled === true);
    const gate = named.find((each) => subnet.endpoints.includes(each));
    const endpoint = door ?? gate;
    if (endpoint === undefined) {
        const by = connectionToInternet(plan, from, subnet, subnets);
        return by === undefined
            ? { missing: `${subnet.node.name} has neither an endpoint of ${service} nor a way to the internet` }
            : { allowedBy: `the internet, ${by}` };
    }
    const way = door
        ? routeToInterfaceEndpoint(around, from, door)
        : routeToGatewayEndpoint(around, from, subnet, endpoint);
    if ("missing" in way) {
        return way;
    }
    const refused = calls.find((call) => !endpointPolicyAllows(plan, endpoint, call));
    const actions = [...new Set(calls.map(({ action }) => action))];
    return refused === undefined
        ? { allowedBy: `${way.allowedBy}, policy allows ${actions.join(", ")}` }
        : { missing: `the policy of ${endpoint.name} does not allow ${refused.action} on ${refused.resource}` };
}

/** How calls of one service arrive from every subnet in which a workload may run. */
export function routeToService(
    around: RoutingContext,
    from: NetworkNode,
    service: string,
    calls: readonly ServiceCall[],
): RoutingResult {
    const ways = from.subnets.map((subnet) => routeFromSubnet(around, from, subnet, calls, service));
    return ways.find((way) => "missing" in way) ?? ways[0] ?? { missing: "it stands in no subnet" };
}
