import type { Plan, PlanNode, Values } from "../../plan/plan.ts";
import { resourcesOfType, itemsOf, inputText, textAtPath } from "../../plan/query.ts";
import { numberAt } from "../../plan/ecs-services.ts";
import { blocksOverlap, isWithinBlock } from "./addresses.ts";

/**
 * Whether any packet between two ends passes, as a promise of safety asks, or every one, as a promise of service does.
 */
export type MatchMode = "any" | "every";

/** One end of a connection as the other end's filters see it. */
export interface Peer {
    readonly cidr: string;
    readonly securityGroupIds: readonly string[];
    /** The service's prefix list, where the peer is reached by a gateway endpoint. */
    readonly prefixListId?: string;
}

export interface PortRange {
    readonly from: number;
    readonly to: number;
}

const isTcp = (protocol: unknown): boolean => ["tcp", "6", "-1"].includes(String(protocol));

/** Ports of a rule or entry; a protocol that is none means all of them, whatever else stands there. */
export const portRangeOf = (protocol: unknown, values: Values): PortRange =>
    String(protocol) === "-1"
        ? { from: 0, to: 65_535 }
        : { from: numberAt(values, "fromPort", 0), to: numberAt(values, "toPort", 65_535) };

const ruleAllows = (
    rule: PlanNode,
    { cidr, securityGroupIds, prefixListId }: Peer,
    port: number,
    extent: MatchMode,
): boolean => {
    const { ipProtocol, cidrIpv4, referencedSecurityGroupId: group, prefixListId: list } = rule.inputs;
    const { from, to } = portRangeOf(ipProtocol, rule.inputs);
    return (
        isTcp(ipProtocol) &&
        from <= port &&
        port <= to &&
        ((typeof group === "string" && securityGroupIds.includes(group)) ||
            (typeof list === "string" && list === prefixListId) ||
            (typeof cidrIpv4 === "string" && (extent === "any" ? blocksOverlap : isWithinBlock)(cidr, cidrIpv4)))
    );
};

const blockSortKey = (rule: PlanNode): number => ("cidrIpv4" in rule.inputs ? 1 : 0);

/** The rules by which security groups let a connection begin, or come in, on a port; those of a block come last. */
export const matchingSecurityGroupRules = (
    plan: Plan,
    side: "Ingress" | "Egress",
    groups: readonly string[],
    peer: Peer,
    port: number,
    extent: MatchMode,
): PlanNode[] =>
    resourcesOfType(plan, `vpc/securityGroup${side}Rule:SecurityGroup${side}Rule`)
        .filter((rule) => groups.includes(inputText(rule, "securityGroupId")) && ruleAllows(rule, peer, port, extent))
        .toSorted((a, b) => blockSortKey(a) - blockSortKey(b));

/** The first entry that speaks of a packet decides. */
function aclAllows(
    acl: PlanNode,
    side: "ingress" | "egress",
    cidr: string,
    ports: PortRange,
    extent: MatchMode,
): boolean {
    const rules = (itemsOf(acl.inputs[side]) as Values[]).toSorted(
        (a, b) => numberAt(a, "ruleNo", 0) - numberAt(b, "ruleNo", 0),
    );
    const speaksOf = (rule: Values, whole: boolean): boolean => {
        const block = textAtPath(rule, "cidrBlock");
        const { from, to } = portRangeOf(rule.protocol, rule);
        return (
            block !== "" &&
            isTcp(rule.protocol) &&
            (whole
                ? isWithinBlock(cidr, block) && from <= ports.from && to >= ports.to
                : blocksOverlap(cidr, block) && from <= ports.to && to >= ports.from)
        );
    };
    const decisive = rules.find((rule) => speaksOf(rule, (rule.action === "allow") === (extent === "every")));
    return decisive?.action === "allow";
}

/** Ports from which a connection is opened, and to which its answers go; NACLs keep no state. */
const ephemeralPorts: PortRange = { from: 1024, to: 65_535 };

/** Whether the NACL of the end that accepts, if it has one, lets a connection in and its answers out. */
export const aclAllowsInbound = (acl: PlanNode | undefined, peer: string, port: number, extent: MatchMode): boolean =>
    acl === undefined ||
    (aclAllows(acl, "ingress", peer, { from: port, to: port }, extent) &&
        aclAllows(acl, "egress", peer, ephemeralPorts, extent));

/** Whether the NACL of the end that opens, if it has one, lets a connection to these ports out and its answers in. */
export const aclAllowsOutbound = (
    acl: PlanNode | undefined,
    peer: string,
    ports: number | PortRange,
    extent: MatchMode,
): boolean =>
    acl === undefined ||
    (aclAllows(acl, "egress", peer, typeof ports === "number" ? { from: ports, to: ports } : ports, extent) &&
        aclAllows(acl, "ingress", peer, ephemeralPorts, extent));
