import type { Plan, PlanNode } from "../../tools/plan/plan.ts";
import { part } from "../look.ts";

/** `payment-cache-#-memory-full` for `payment-cache-2-memory-full-prod`: how many there are is a setting. */
export const stemOf = (name: string, suffix: string): string =>
    (name.endsWith(`-${suffix}`) ? name.slice(0, -suffix.length - 1) : name).replace(/-\d+(?=-|$)/g, "-#");

/**
 * What a resource is in every stack: its parents, its type and its logical name without suffix and number, such as
 * `PaymentPlatform$Edge aws:lb/listener:Listener payment-https`. The stack itself, whose name is the stack's, has none.
 */
export function kindOf(node: PlanNode, suffix: string): string | undefined {
    const lineage = part(node.urn, "::", 2).split("$").slice(0, -1);
    return node.type === "pulumi:pulumi:Stack"
        ? undefined
        : [lineage.map((type) => part(type, ":", -1)).join("$"), node.type, stemOf(node.name, suffix)]
              .filter((part) => part !== "")
              .join(" ");
}

/** Every kind of a plan, in the order of the alphabet. */
export const kindsOf = ({ nodes }: Plan, suffix: string): string[] =>
    [...new Set(nodes.flatMap((node) => kindOf(node, suffix) ?? []))].toSorted();
