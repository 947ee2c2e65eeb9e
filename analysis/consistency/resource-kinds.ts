import { splitPart } from "../../plan/query.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";

/** `payment-cache-#-memory-full` for `payment-cache-2-memory-full-prod`: how many there are is a setting. */
export const nameWithoutSuffix = (name: string, suffix: string): string =>
    (name.endsWith(`-${suffix}`) ? name.slice(0, -suffix.length - 1) : name).replace(/-\d+(?=-|$)/g, "-#");

/**
 * What a resource is in every stack: its parents, its type and its logical name without suffix and number, such as
 * `PaymentPlatform$Edge aws:lb/listener:Listener payment-https`. Undefined for the stack itself.
 */
export function resourceKind(node: PlanNode, suffix: string): string | undefined {
    const parents = splitPart(node.urn, "::", 2).split("$").slice(0, -1);
    return node.type === "pulumi:pulumi:Stack"
        ? undefined
        : [parents.map((type) => splitPart(type, ":", -1)).join("$"), node.type, nameWithoutSuffix(node.name, suffix)]
              .filter((part) => part !== "")
              .join(" ");
}

/** The structure of a plan: each kind of its resources once, sorted. */
export const resourceKinds = ({ nodes }: Plan, suffix: string): string[] =>
    [...new Set(nodes.flatMap((node) => resourceKind(node, suffix) ?? []))].toSorted();
