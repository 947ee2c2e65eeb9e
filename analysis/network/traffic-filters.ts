import type { Plan, PlanNode, Values } from "../../plan/plan.ts";
import { all, items, text, textAt } from "../../plan/query.ts";
import { numberAt } from "../../plan/ecs-services.ts";
import { overlap, within } from "./addresses.ts";

/**
 * Whether any packet between two ends passes, as a promise of safety asks, or every one, as a promise of service does.
 */
export type Extent = "any" | "every";

/** One end of a connection as the other end's filters see it. */
export interface Peer {
    readonly cidr: string;
    readonly groups: readonly string[];
    /** The service's prefix list, where the peer is reached by a gateway endpoint. */
    readonly prefixListId?: string;
}

export interface Ports {
    readonly from: number;
    readonly to: number;
}

const isTcp = (protocol: unknown): boolean => ["tcp", "6", "-1"].includes(String(protocol));

/** Ports of a rule or entry; a protocol that is none means all of them, whatever else stands there. */
export const portsOf = (protocol: unknown, values: Values): Ports =>
    String(protocol) === "-1"
        ? { from: 0, to: 65_535 }
        : { from: numberAt(values, "fromPort", 0), to: numberAt(values, "toPort", 65_535) };

const lets = (rule: PlanNode, { cidr, groups, prefixListId }: Peer, port: number, extent: Extent): boolean => {
    const { ipProtocol, cidrIpv4, referencedSecurityGroupId: group, prefixListId: list } = rule.inputs;
    const { from, to } = portsOf(ipProtocol, rule.inputs);
    return (
        isTcp(ipProtocol) &&
        from <= port &&
        port <= to &&
        ((typeof group === "string" && groups.includes(group)) ||
            (typeof list === "string" && list === prefixListId) ||
            (typeof cidrIpv4 === "string" && (extent === "any" ? overlap : within)(cidr, cidrIpv4)))
    );
};

const namesBlock = (rule: PlanNode): number => ("cidrIpv4" in rule.inputs ? 1 : 0);

/** The rules by which security groups let a connection begin, or come in, on a port; those of a block come last. */
export const groupRules = (
    plan: Plan,
    side: "Ingress" | "Egress",
    groups: readonly string[],
    peer: Peer,
    port: number,
    extent: Extent,
): PlanNode[] =>
    all(plan, `vpc/securityGroup${side}Rule:SecurityGroup${side}Rule`)
        .filter((rule) => groups.includes(text(rule, "securityGroupId")) && lets(rule, peer, port, extent))
        .toSorted((a, b) => namesBlock(a) - namesBlock(b));

/** The first entry that speaks of a packet decides. */
function aclLets(acl: PlanNode, side: "ingress" | "egress", cidr: string, ports: Ports, extent: Extent): boolean {
    const rules = (items(acl.inputs[side]) as Values[]).toSorted(
        (a, b) => numberAt(a, "ruleNo", 0) - numberAt(b, "ruleNo", 0),
    );
    const speaksOf = (rule: Values, whole: boolean): boolean => {
        const block = textAt(rule, "cidrBlock");
        const { from, to } = portsOf(rule.protocol, rule);
        return (
            block !== "" &&
            isTcp(rule.protocol) &&
            (whole
                ? within(cidr, block) && from <= ports.from && to >= ports.to
                : overlap(cidr, block) && from <= ports.to && to >= ports.from)
        );
    };
    const decisive = rules.find((rule) => speaksOf(rule, (rule.action === "allow") === (extent === "every")));
    return decisive?.action === "allow";
}

/** Ports from which a connection is opened, and to which its answers go; NACLs keep no state. */
const ephemeral: Ports = { from: 1024, to: 65_535 };

/** Whether the NACL of the end that accepts, if it has one, lets a connection in and its answers out. */
export const aclAccepts = (acl: PlanNode | undefined, peer: string, port: number, extent: Extent): boolean =>
    acl === undefined ||
    (aclLets(acl, "ingress", peer, { from: port, to: port }, extent) &&
        aclLets(acl, "egress", peer, ephemeral, extent));

/** Whether the NACL of the end that opens, if it has one, lets a connection to these ports out and its answers in. */
export const aclOpens = (acl: PlanNode | undefined, peer: string, ports: number | Ports, extent: Extent): boolean =>
    acl === undefined ||
    (aclLets(acl, "egress", peer, typeof ports === "number" ? { from: ports, to: ports } : ports, extent) &&
        aclLets(acl, "ingress", peer, ephemeral, extent));
