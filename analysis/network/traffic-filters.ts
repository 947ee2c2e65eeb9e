import type { Plan, PlanNode, Values } from "../../plan/plan.ts";
import { resourcesOfType, itemsOf, inputText, textAtPath } from "../../plan/query.ts";
import { numberAt } from "../../plan/ecs-services.ts";
import { blocksOverlap, isWithinBlock } from "./addresses.ts";

/**
 * `any`: at least one packet between two ends passes, which a proof of isolation must exclude. `every`: all packets pass, which
 * a proof that calls work needs.
 */
export type MatchMode = "any" | "every";

/** One end of a connection, as the security groups and NACLs of the other end match it. */
export interface Peer {
    readonly cidr: string;
    readonly securityGroupIds: readonly string[];
    /** Prefix list of the service, for a peer behind a gateway endpoint. */
    readonly prefixListId?: string;
}

export interface PortRange {
    readonly from: number;
    readonly to: number;
}

/** The provider takes `all` for `-1`, and names of protocols in any case. */
const isOneOf = (protocol: unknown, names: readonly string[]): boolean =>
    names.includes(String(protocol).toLowerCase());

const isEveryProtocol = (protocol: unknown): boolean => isOneOf(protocol, ["all", "-1"]);

const isTcp = (protocol: unknown): boolean => isOneOf(protocol, ["tcp", "6"]) || isEveryProtocol(protocol);

/** Ports of a rule or NACL entry. Every protocol means all ports, whatever the range says. */
export const portRangeOf = (protocol: unknown, values: Values): PortRange =>
    isEveryProtocol(protocol)
        ? { from: 0, to: 65_535 }
        : { from: numberAt(values, "fromPort", 0), to: numberAt(values, "toPort", 65_535) };

const ruleAllows = (
    rule: PlanNode,
    { cidr, securityGroupIds, prefixListId }: Peer,
    port: number,
    mode: MatchMode,
): boolean => {
    const { ipProtocol, cidrIpv4, referencedSecurityGroupId: group, prefixListId: list } = rule.inputs;
    const { from, to } = portRangeOf(ipProtocol, rule.inputs);
    return (
        isTcp(ipProtocol) &&
        from <= port &&
        port <= to &&
        ((typeof group === "string" && securityGroupIds.includes(group)) ||
            (typeof list === "string" && list === prefixListId) ||
            (typeof cidrIpv4 === "string" && (mode === "any" ? blocksOverlap : isWithinBlock)(cidr, cidrIpv4)))
    );
};

const blockSortKey = (rule: PlanNode): number => ("cidrIpv4" in rule.inputs ? 1 : 0);

/** Rules of security groups that allow connections on a port; rules with a CIDR block are last. */
export const matchingSecurityGroupRules = (
    plan: Plan,
    side: "Ingress" | "Egress",
    groups: readonly string[],
    peer: Peer,
    port: number,
    mode: MatchMode,
): PlanNode[] =>
    resourcesOfType(plan, `vpc/securityGroup${side}Rule:SecurityGroup${side}Rule`)
        .filter((rule) => groups.includes(inputText(rule, "securityGroupId")) && ruleAllows(rule, peer, port, mode))
        .toSorted((a, b) => blockSortKey(a) - blockSortKey(b));

/** The entry with the lowest number that matches a packet decides. */
function aclAllows(
    acl: PlanNode,
    side: "ingress" | "egress",
    cidr: string,
    ports: PortRange,
    mode: MatchMode,
): boolean {
    const rules = (itemsOf(acl.inputs[side]) as Values[]).toSorted(
        (a, b) => numberAt(a, "ruleNo", 0) - numberAt(b, "ruleNo", 0),
    );
    const matches = (rule: Values, whole: boolean): boolean => {
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
    const decisive = rules.find((rule) => matches(rule, (rule.action === "allow") === (mode === "every")));
    return decisive?.action === "allow";
}

/** Source ports of connections, and destination ports of their responses; NACLs are stateless. */
const ephemeralPorts: PortRange = { from: 1024, to: 65_535 };

/** Whether the NACL of the server's subnet, if it has one, allows the connection in and its responses out. */
export const aclAllowsInbound = (acl: PlanNode | undefined, peer: string, port: number, mode: MatchMode): boolean =>
    acl === undefined ||
    (aclAllows(acl, "ingress", peer, { from: port, to: port }, mode) &&
        aclAllows(acl, "egress", peer, ephemeralPorts, mode));

/** Whether the NACL of the client's subnet, if it has one, allows a connection to these ports out and its responses in. */
export const aclAllowsOutbound = (
    acl: PlanNode | undefined,
    peer: string,
    ports: number | PortRange,
    mode: MatchMode,
): boolean =>
    acl === undefined ||
    (aclAllows(acl, "egress", peer, typeof ports === "number" ? { from: ports, to: ports } : ports, mode) &&
        aclAllows(acl, "ingress", peer, ephemeralPorts, mode));
