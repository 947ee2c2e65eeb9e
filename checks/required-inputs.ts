import type { PlatformSettings } from "../lib/settings.ts";
import type { Plan, PlanNode } from "../plan/plan.ts";
import { resourcesOfType, getPath, isObjectOrArray, itemsOf, toText, stackFindingUnless } from "../plan/query.ts";
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
    /**
     * Further inputs that the resources may have, besides tags: paths as those of `unjudgedPaths`. Any other is refused, because
     * nobody has judged what it does to the required ones.
     * @default all
     */
    readonly otherInputs?: readonly string[];
}

export interface RequiredInput {
    /** Path in the inputs, such as `accessLogs.enabled`; with `rules.*.status` each item of the list must have the value. */
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

/**
 * Paths of the values that nobody has judged. An empty list is no value. An empty object is one, as it can be a choice, but not
 * above a judged path, where it says only that the judged value is absent.
 *
 * @param judged paths, each with all that is below it; `*` is any key, or any place in a list
 */
export function unjudgedPaths(values: unknown, judged: readonly string[]): string[] {
    const patterns = judged.map((path) => path.split("."));
    const unjudgedIn = (value: unknown, path: readonly string[]): string[] => {
        const near = patterns.filter((pattern) => path.every((key, i) => [undefined, "*", key].includes(pattern[i])));
        const isAbsent = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
        if (isAbsent || near.some(({ length }) => length <= path.length)) {
            return [];
        }
        return near.length > 0 && isObjectOrArray(value)
            ? Object.entries(value).flatMap(([key, inner]) => unjudgedIn(inner, [...path, key]))
            : [path.join(".")];
    };
    return unjudgedIn(values, []);
}

/** Values at a path with `*` for each item of a list; one that is undefined where the list has no item. */
function valuesAt(values: unknown, path: string): unknown[] {
    const [list = "", ...rest] = path.split(".*.");
    const items = itemsOf(getPath(values, list));
    return rest.length === 0
        ? [getPath(values, path)]
        : (items.length === 0 ? [undefined] : items).flatMap((item) => valuesAt(item, rest.join(".*.")));
}

/** A check that resources exist and that their inputs have the required values. */
export const requireInputs =
    (...tables: readonly RequiredInputs[]): RuleCheck =>
    (plan, settings) =>
        tables.flatMap(({ types, isOptional = false, appliesTo = () => true, inputs, otherInputs }) =>
            types.flatMap((type) => {
                const nodes = resourcesOfType(plan, type);
                const judged = otherInputs && [...inputs.map(({ path }) => path), ...otherInputs, "tags"];
                return [
                    ...stackFindingUnless(isOptional || nodes.length > 0, `there is no ${type}`),
                    ...nodes.filter(appliesTo).flatMap((node) => [
                        ...inputs.flatMap((input) => checkInput(input, node, plan, settings)),
                        ...(judged === undefined ? [] : unjudgedPaths(node.inputs, judged)).map((path) => ({
                            node,
                            reason: `must not have ${path}, which the rule does not know`,
                        })),
                    ]),
                ];
            }),
        );

function checkInput(
    { path, expected, requirement }: RequiredInput,
    node: PlanNode,
    plan: Plan,
    settings: PlatformSettings,
): Finding[] {
    const wrong = valuesAt(node.inputs, path).filter((value) =>
        typeof expected === "function" ? !expected(value, node, plan, settings) : value !== expected,
    );
    if (wrong.length === 0) {
        return [];
    }
    const wanted = typeof expected === "function" ? `have ${path}` : `have ${path} ${toText(expected ?? "unset")}`;
    const [value] = wrong;
    return [{ node, reason: `must ${requirement ?? `${wanted}, not ${toText(value ?? "unset") || "empty"}`}` }];
}
