import { comparePlans, type PlanDifference, type ResourceDifference } from "../../analysis/difference/compare.ts";
import { consequencesOf, type Consequence } from "../../analysis/difference/consequences.ts";
import { changedAlarms, effectOnPaths, effectOnRights, type Effect } from "../../analysis/difference/effects.ts";
import type { Plan } from "../../plan/plan.ts";
import { costDifference, type CostDifference, type MinTasks } from "./cost.ts";

/** What is compared with the stack's files as they are now. */
export interface Base {
    readonly plan: Plan;
    /** As a person knows it: `commit 0123abc`, a file, `what is deployed`. */
    readonly name: string;
    readonly minTasks: MinTasks;
    /** What a reader must know of the comparison. */
    readonly notes: readonly string[];
}

/** Everything that a change does, as values. */
export interface Report extends PlanDifference {
    readonly stack: string;
    readonly base: string;
    readonly notes: readonly string[];
    /** What only a person may accept. */
    readonly consequences: readonly Consequence[];
    readonly rights: Effect;
    readonly paths: Effect;
    readonly cost: CostDifference;
    readonly alarms: readonly ResourceDifference[];
    /** Nothing differs, down to the last byte of the plan. */
    readonly isSame: boolean;
}

export function reportOf(base: Base, plan: Plan, minTasks: MinTasks): Report {
    const difference = comparePlans(base.plan, plan);
    return {
        ...{ stack: plan.stack, base: base.name, notes: base.notes },
        ...difference,
        consequences: consequencesOf(base.plan, plan),
        rights: effectOnRights(base.plan, plan),
        paths: effectOnPaths(base.plan, plan),
        cost: costDifference(base, { plan, minTasks }),
        alarms: changedAlarms(difference),
        isSame: bytesOf(base.plan) === bytesOf(plan),
    };
}

/** A plan as `npm run plan -- <stack> --json` writes it. */
const bytesOf = (plan: Plan): string => JSON.stringify({ ...plan, messages: undefined });
