import type { PlatformSettings } from "../lib/settings.ts";
import type { Plan, PlanNode } from "../plan/plan.ts";
import { resourcesOfType, getPath, toText, stackFindingUnless } from "../plan/query.ts";
import type { Rule } from "./rule.ts";
import type { Finding } from "../plan/finding.ts";

/** What resources of some types must say in their inputs. */
export interface ConfigurationRule extends Pick<Rule, "name" | "description" | "fix" | "controls"> {
    readonly resourceTypes: readonly string[];
    /** A stack may have none of these, as its settings say. */
    readonly isOptional?: true;
    /** Resources of the types that are meant. @default all */
    readonly appliesTo?: (node: PlanNode) => boolean;
    readonly expectedInputs: readonly ExpectedInput[];
}

export interface ExpectedInput {
    /** Path in the inputs. */
    readonly path: string;
    /** The value, or whether it will do. */
    readonly expected: string | number | boolean | undefined | InputPredicate;
    /** Follows `must` where `is` is a function. @default `have <path> <value>` */
    readonly requirement?: string;
}

export type InputPredicate = (value: unknown, node: PlanNode, plan: Plan, settings: PlatformSettings) => boolean;

/** Text that says something. */
export const isNonEmptyText: InputPredicate = (value) =>
    typeof value === "string" && value !== "" && value !== "Managed by Pulumi";
export const isNonEmptyList: InputPredicate = (value) => Array.isArray(value) && value.length > 0;

export const ruleFromConfiguration = ({
    resourceTypes,
    isOptional,
    appliesTo,
    expectedInputs,
    ...rule
}: ConfigurationRule): Rule => ({
    ...rule,
    resourceTypes,
    check: (plan, settings) =>
        resourceTypes.flatMap((type) => {
            const nodes = resourcesOfType(plan, type);
            return [
                ...stackFindingUnless(isOptional === true || nodes.length > 0, `there is no ${type}`),
                ...nodes
                    .filter((node) => appliesTo === undefined || appliesTo(node))
                    .flatMap((node) =>
                        expectedInputs.flatMap((expectation) => checkInput(expectation, node, plan, settings)),
                    ),
            ];
        }),
});

function checkInput(
    { path, expected, requirement }: ExpectedInput,
    node: PlanNode,
    plan: Plan,
    settings: PlatformSettings,
): Finding[] {
    const value = getPath(node.inputs, path);
    const holds = typeof expected === "function" ? expected(value, node, plan, settings) : value === expected;
    const wanted = typeof expected === "function" ? `have ${path}` : `have ${path} ${toText(expected ?? "unset")}`;
    return holds ? [] : [{ node, reason: `must ${requirement ?? `${wanted}, not ${toText(value ?? "unset")}`}` }];
}
