import type { PlatformSettings } from "../lib/settings.ts";
import type { Plan, PlanNode } from "../plan/plan.ts";
import { resourcesOfType, getPath, toText, stackFindingUnless } from "../plan/query.ts";
import type { RuleCheck } from "./rule.ts";
import type { Finding } from "../plan/finding.ts";

/** Values that inputs of some types of resources must have. */
export interface RequiredInputs {
    readonly types: readonly string[];
    /** The stack may have no such resource, depending on its settings. @default false */
    readonly isOptional?: true;
    /** Which resources of these types are checked. @default all */
    readonly appliesTo?: (node: PlanNode) => boolean;
    readonly inputs: readonly RequiredInput[];
}

export interface RequiredInput {
    /** Path in the inputs, such as `accessLogs.enabled`. */
    readonly path: string;
    /** The value, or a test of it. */
    readonly expected: string | number | boolean | undefined | InputPredicate;
    /** Text of the finding after `must`. @default `have <path> <value>` */
    readonly requirement?: string;
}

export type InputPredicate = (value: unknown, node: PlanNode, plan: Plan, settings: PlatformSettings) => boolean;

/** Text other than Pulumi's default description. */
export const isNonEmptyText: InputPredicate = (value) =>
    typeof value === "string" && value !== "" && value !== "Managed by Pulumi";
export const isNonEmptyList: InputPredicate = (value) => Array.isArray(value) && value.length > 0;

/** A check that resources exist and that their inputs have the required values. */
export const requireInputs =
    (...tables: readonly RequiredInputs[]): RuleCheck =>
    (plan, settings) =>
        tables.flatMap(({ types, isOptional = false, appliesTo = () => true, inputs }) =>
            types.flatMap((type) => {
                const nodes = resourcesOfType(plan, type);
                return [
                    ...stackFindingUnless(isOptional || nodes.length > 0, `there is no ${type}`),
                    ...nodes
                        .filter(appliesTo)
                        .flatMap((node) => inputs.flatMap((input) => checkInput(input, node, plan, settings))),
                ];
            }),
        );

function checkInput(
    { path, expected, requirement }: RequiredInput,
    node: PlanNode,
    plan: Plan,
    settings: PlatformSettings,
): Finding[] {
    const value = getPath(node.inputs, path);
    const holds = typeof expected === "function" ? expected(value, node, plan, settings) : value === expected;
    const wanted = typeof expected === "function" ? `have ${path}` : `have ${path} ${toText(expected ?? "unset")}`;
    return holds
        ? []
        : [{ node, reason: `must ${requirement ?? `${wanted}, not ${toText(value ?? "unset") || "empty"}`}` }];
}
