import type { PlatformSettings } from "../lib/settings.ts";
import type { Plan, PlanNode } from "../plan/plan.ts";
import { all, look, shown, unlessStack } from "../plan/query.ts";
import type { Rule } from "./rule.ts";
import type { Finding } from "../plan/finding.ts";

/** What resources of some types must say in their inputs. */
export interface Configuration extends Pick<Rule, "name" | "promise" | "fix" | "controls"> {
    readonly types: readonly string[];
    /** A stack may have none of these, as its settings say. */
    readonly optional?: true;
    /** Resources of the types that are meant. @default all */
    readonly where?: (node: PlanNode) => boolean;
    readonly expects: readonly Expectation[];
}

export interface Expectation {
    /** Path in the inputs. */
    readonly path: string;
    /** The value, or whether it will do. */
    readonly is: string | number | boolean | undefined | Holds;
    /** Follows `must` where `is` is a function. @default `have <path> <value>` */
    readonly must?: string;
}

export type Holds = (value: unknown, node: PlanNode, plan: Plan, settings: PlatformSettings) => boolean;

/** Text that says something. */
export const given: Holds = (value) => typeof value === "string" && value !== "" && value !== "Managed by Pulumi";
export const listed: Holds = (value) => Array.isArray(value) && value.length > 0;

export const ruleOf = ({ types, optional, where, expects, ...rule }: Configuration): Rule => ({
    ...rule,
    about: types,
    check: (plan, settings) =>
        types.flatMap((type) => {
            const nodes = all(plan, type);
            return [
                ...unlessStack(optional === true || nodes.length > 0, `there is no ${type}`),
                ...nodes
                    .filter((node) => where === undefined || where(node))
                    .flatMap((node) => expects.flatMap((expectation) => findingsOf(expectation, node, plan, settings))),
            ];
        }),
});

function findingsOf(
    { path, is, must }: Expectation,
    node: PlanNode,
    plan: Plan,
    settings: PlatformSettings,
): Finding[] {
    const value = look(node.inputs, path);
    const holds = typeof is === "function" ? is(value, node, plan, settings) : value === is;
    const wanted = typeof is === "function" ? `have ${path}` : `have ${path} ${shown(is ?? "unset")}`;
    return holds ? [] : [{ node, reason: `must ${must ?? `${wanted}, not ${shown(value ?? "unset")}`}` }];
}
