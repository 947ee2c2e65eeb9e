import type { Plan, PlanNode } from "../../plan/plan.ts";
import { accessOf, admits } from "../iam/policies.ts";
import { strangeIn } from "../iam/conditions.ts";
import { all, shown, text } from "../../plan/query.ts";
import { statementsIn } from "../iam/statements.ts";
import { everywhere } from "./addresses.ts";
import type { Call } from "./calls.ts";
import { connection, connectionToInternet, httpsPort } from "./connections.ts";
import { aclOpens, groupRules } from "./traffic-filters.ts";
import type { Place } from "./network-nodes.ts";
import type { Subnet } from "./subnets.ts";

/** By what a call arrives, or why it does not. */
export type Way = { readonly by: string } | { readonly missing: string };

interface Surroundings {
    readonly plan: Plan;
    readonly subnets: ReadonlyMap<string, Subnet>;
    readonly places: readonly Place[];
}

/** A policy that nobody understands lets nothing through: what is perhaps refused is not proved to work. */
function letsThrough(plan: Plan, endpoint: PlanNode, { principal = "", action, resource }: Call): boolean {
    const document = text(endpoint, "policy");
    if (document === "") {
        // AWS's default lets everything through.
        return true;
    }
    const statements = statementsIn(document);
    return (
        statements.every((each) => strangeIn(each).length === 0) &&
        admits(accessOf(plan), { name: endpoint.name, statements }, { principal, action, resource })
    );
}

function throughInterface({ plan, places }: Surroundings, from: Place, endpoint: PlanNode): Way {
    const door = places.find(({ node }) => node === endpoint);
    const vpc = all(plan, "ec2/vpc:Vpc").find(({ id }) => id === text(endpoint, "vpcId"));
    if (vpc?.inputs.enableDnsSupport !== true || vpc.inputs.enableDnsHostnames !== true) {
        return { missing: "the VPC resolves no private names" };
    }
    // Any of the endpoint's addresses may be the answer to a name, also one of another zone.
    const by = door && connection(plan, from, door, httpsPort, "every");
    return by === undefined
        ? { missing: `no security group or NACL lets it reach ${endpoint.name}` }
        : { by: `endpoint ${endpoint.name}, ${by}` };
}

function throughGateway({ plan }: Surroundings, from: Place, subnet: Subnet, endpoint: PlanNode): Way {
    const prefixListId = shown(endpoint.outputs.prefixListId);
    const peer = { cidr: everywhere, groups: [], prefixListId };
    const [rule] = groupRules(plan, "Egress", from.groups, peer, httpsPort, "every");
    if (rule === undefined || !aclOpens(subnet.acl, everywhere, httpsPort, "every")) {
        return { missing: `no security group or NACL lets it reach ${endpoint.name}` };
    }
    return { by: `endpoint ${endpoint.name} in the route tables, egress ${rule.name}` };
}

/** The way that a name and the routes take from a subnet: an endpoint is no longer passed by once it stands there. */
function wayFrom(around: Surroundings, from: Place, subnet: Subnet, calls: readonly Call[], service: string): Way {
    const { plan, subnets } = around;
    const named = all(plan, "ec2/vpcEndpoint:VpcEndpoint").filter((each) => text(each, "serviceName") === service);
    const door = named.find((each) => each.inputs.privateDnsEnabled === true);
    const gate = named.find((each) => subnet.endpoints.includes(each));
    const endpoint = door ?? gate;
    if (endpoint === undefined) {
        const by = connectionToInternet(plan, from, subnet, subnets);
        return by === undefined
            ? { missing: `${subnet.node.name} has neither an endpoint of ${service} nor a way to the internet` }
            : { by: `the internet, ${by}` };
    }
    const way = door ? throughInterface(around, from, door) : throughGateway(around, from, subnet, endpoint);
    if ("missing" in way) {
        return way;
    }
    const refused = calls.find((call) => !letsThrough(plan, endpoint, call));
    const actions = [...new Set(calls.map(({ action }) => action))];
    return refused === undefined
        ? { by: `${way.by}, policy admits ${actions.join(", ")}` }
        : { missing: `the policy of ${endpoint.name} does not admit ${refused.action} on ${refused.resource}` };
}

/** How calls of one service arrive from every subnet in which a workload may run. */
export function wayTo(around: Surroundings, from: Place, service: string, calls: readonly Call[]): Way {
    const ways = from.subnets.map((subnet) => wayFrom(around, from, subnet, calls, service));
    return ways.find((way) => "missing" in way) ?? ways[0] ?? { missing: "it stands in no subnet" };
}
