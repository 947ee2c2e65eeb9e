import { firstLineOfError } from "../frame/exit.ts";
import { estimateCost, totalOf, type CostEstimate } from "../../analysis/cost/cost.ts";
import type { Plan } from "../../plan/plan.ts";
import type { TasksByService } from "../../plan/stack-settings.ts";

/** One part of the bill, in USD a month; 0 where there is none. */
export interface CostChange {
    readonly item: string;
    readonly before: number;
    readonly after: number;
}

/** What a change does to the monthly cost at rest, in USD; the reason where it cannot be computed. */
export type CostDifference =
    | {
          readonly before: number;
          readonly after: number;
          readonly changes: readonly CostChange[];
          /** Parts that have no price in the region, and are in no amount. */
          readonly missing: readonly string[];
      }
    | { readonly unknown: string };

interface PlanWithTasks {
    readonly plan: Plan;
    readonly tasks: TasksByService;
}

export function compareCosts(before: PlanWithTasks, after: PlanWithTasks): CostDifference {
    try {
        return compareEstimates(estimateOf(before), estimateOf(after));
    } catch (error) {
        return { unknown: firstLineOfError(error) };
    }
}

type PricedParts = Pick<CostEstimate, "rows" | "missing">;

/** A plan without resources, as before a first deployment, costs nothing. */
const estimateOf = ({ plan, tasks }: PlanWithTasks): PricedParts =>
    plan.nodes.length === 0 ? { rows: [], missing: [] } : estimateCost(plan, tasks);

function compareEstimates(before: PricedParts, after: PricedParts): CostDifference {
    const amount = ({ rows }: PricedParts, item: string) => rows.find((row) => row.item === item)?.amount ?? 0;
    const items = new Set([...before.rows, ...after.rows].map(({ item }) => item));
    return {
        before: totalOf(before.rows),
        after: totalOf(after.rows),
        changes: [...items]
            .map((item) => ({ item, before: amount(before, item), after: amount(after, item) }))
            .filter((row) => row.before !== row.after),
        missing: [...new Set([...before.missing, ...after.missing].map(({ item }) => item))],
    };
}
