import { comparePlans, type PlanDifference, type ResourceDifference } from "../../analysis/difference/compare.ts";
import { consequencesOf, type Consequence } from "../../analysis/difference/consequences.ts";
import {
    changedAlarms,
    pathsDifference,
    rightsDifference,
    type AddedAndRemoved,
} from "../../analysis/difference/access-differences.ts";
import { updateConflicts, type UpdateConflict } from "../../analysis/difference/update-conflicts.ts";
import type { Plan } from "../../plan/plan.ts";
import { compareCosts, type CostDifference } from "./cost.ts";
import type { TasksByService } from "../../plan/stack-settings.ts";

/** What is compared with the stack's files as they are now. */
export interface ComparisonBase {
    readonly plan: Plan;
    /** For people: `commit 0123abc`, a file, `what is deployed`. */
    readonly name: string;
    readonly tasks: TasksByService;
    /** Limits of the comparison, for the reader. */
    readonly notes: readonly string[];
}

/** Everything that a change does, as values. */
export interface DiffReport extends PlanDifference {
    readonly stack: string;
    readonly base: string;
    readonly notes: readonly string[];
    /** What only a person may accept. */
    readonly consequences: readonly Consequence[];
    /** Why the change is not possible in one update. */
    readonly conflicts: readonly UpdateConflict[];
    readonly rights: AddedAndRemoved;
    readonly paths: AddedAndRemoved;
    readonly cost: CostDifference;
    readonly alarms: readonly ResourceDifference[];
    /** Nothing differs, down to the last byte of the plan. */
    readonly isSame: boolean;
}

export function buildDiffReport(base: ComparisonBase, plan: Plan, tasks: TasksByService): DiffReport {
    const difference = comparePlans(base.plan, plan);
    return {
        ...{ stack: plan.stack, base: base.name, notes: base.notes },
        ...difference,
        consequences: consequencesOf(base.plan, plan),
        conflicts: updateConflicts(base.plan, plan),
        rights: rightsDifference(base.plan, plan),
        paths: pathsDifference(base.plan, plan),
        cost: compareCosts(base, { plan, tasks }),
        alarms: changedAlarms(difference),
        isSame: serializePlan(base.plan) === serializePlan(plan),
    };
}

/** A plan as `npm run plan -- <stack> --json` writes it. */
const serializePlan = (plan: Plan): string => JSON.stringify({ ...plan, messages: undefined });
