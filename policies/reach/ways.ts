import type { Plan, PlanNode } from "../../tools/plan/plan.ts";
import { all, arnLike, shown, text } from "../look.ts";
import { many, statementsIn, type Statement } from "../statements.ts";
import { everywhere } from "./addresses.ts";
import type { Call } from "./calls.ts";
import { connection, connectionToInternet, httpsPort } from "./connections.ts";
import { aclOpens, groupRules } from "./filters.ts";
import type { Place } from "./places.ts";
import type { Subnet } from "./subnets.ts";

/** By what a call arrives, or why it does not. */
export type Way = { readonly by: string } | { readonly missing: string };

interface Surroundings {
    readonly plan: Plan;
    readonly subnets: ReadonlyMap<string, Subnet>;
    readonly places: readonly Place[];
}

/** A pattern of a policy fits an ARN or the name of an action. */
export const covers = (pattern: string, value: string): boolean => pattern === "*" || arnLike(value, pattern);

const accountOf = (arn: string | undefined): string | undefined => arn?.split(":")[4];

/** What a policy's conditions may ask of a call; of any other key we do not know the answer. */
const contextOf = ({ principal, resource }: Call): Readonly<Record<string, string | undefined>> => ({
    "aws:PrincipalAccount": accountOf(principal),
    // Names of buckets hold no account: a role is given rights in buckets of its own.
    "aws:ResourceAccount": resource.startsWith("arn:aws:s3:::") ? accountOf(principal) : accountOf(resource),
    "aws:SecureTransport": "true",
});

/** Whether a statement speaks of a call; nothing where that hangs on what the plan does not tell. */
function speaksOf({ Action, Resource, Condition = {} }: Statement, call: Call): boolean | undefined {
    const names =
        many(Action).some((pattern) => covers(pattern, call.action)) &&
        many(Resource).some((pattern) => covers(pattern, call.resource));
    const answers = Object.entries(Condition).flatMap(([operator, keys]) =>
        Object.entries(keys).map(([key, values]) => {
            const known = contextOf(call)[key];
            return ["StringEquals", "Bool"].includes(operator) && known !== undefined
                ? many(values).includes(known)
                : undefined;
        }),
    );
    const isFalse = !names || answers.includes(false);
    return isFalse ? false : answers.includes(undefined) ? undefined : true;
}

/** Doubt counts against a call: what is refused perhaps is not proved to work. */
function admits(endpoint: PlanNode, call: Call): boolean {
    const document = text(endpoint, "policy");
    const statements = statementsIn(document);
    return (
        // AWS's default lets everything through.
        document === "" ||
        (statements.some((each) => each.Effect === "Allow" && speaksOf(each, call) === true) &&
            !statements.some((each) => each.Effect === "Deny" && speaksOf(each, call) !== false))
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
    const refused = calls.find((call) => !admits(endpoint, call));
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
