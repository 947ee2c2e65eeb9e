import { firstLineOfError } from "../frame/exit.ts";
import { monthlyCost, type CostRow } from "../../analysis/cost/cost.ts";
import type { Plan } from "../../plan/plan.ts";

/** Tasks of each service at rest. */
export type MinTasks = Readonly<Record<string, number>>;

/** One part of the bill, in USD a month; 0 where there is none. */
export interface CostChange {
    readonly item: string;
    readonly before: number;
    readonly after: number;
}

/** What a change does to the monthly cost at rest, in USD; the reason where a price is not known. */
export type CostDifference =
    | { readonly before: number; readonly after: number; readonly changes: readonly CostChange[] }
    | { readonly unknown: string };

interface PlanWithMinTasks {
    readonly plan: Plan;
    readonly minTasks: MinTasks;
}

export function compareCosts(before: PlanWithMinTasks, after: PlanWithMinTasks): CostDifference {
    try {
        const [old, now] = [before, after].map(({ plan, minTasks }) => monthlyCost(plan, minTasks));
        return compareCostRows(old ?? [], now ?? []);
    } catch (error) {
        return { unknown: firstLineOfError(error) };
    }
}

function compareCostRows(old: readonly CostRow[], now: readonly CostRow[]): CostDifference {
    const amount = (rows: readonly CostRow[], item: string) => rows.find((row) => row.item === item)?.amount ?? 0;
    const total = (rows: readonly CostRow[]) => rows.reduce((sum, row) => sum + row.amount, 0);
    const items = [...new Set([...old, ...now].map(({ item }) => item))];
    return {
        before: total(old),
        after: total(now),
        changes: items
            .map((item) => ({ item, before: amount(old, item), after: amount(now, item) }))
            .filter((row) => row.before !== row.after),
    };
}
