import type { PlannedStack } from "../plan/planned-stacks.ts";
import { runRule, type Rule } from "./rule.ts";

/** Types of resources that rules read, by the name of the rule, as `recordTypesOf` returns them. */
export type TypesByRule = ReadonlyMap<string, readonly string[]>;

/** The types that each rule reads in at least one of these stacks, sorted. */
export const resourceTypesByRule = (rules: readonly Rule[], stacks: readonly PlannedStack[]): TypesByRule =>
    new Map(
        rules.map((rule) => {
            const types = stacks.flatMap(({ plan, settings }) => runRule(rule, plan, settings).resourceTypes);
            return [rule.name, types.includes("*") ? ["*"] : [...new Set(types)].toSorted()];
        }),
    );
