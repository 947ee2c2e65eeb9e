import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import {
    mergeConsequences,
    unreportedConsequencesOf,
    type Consequence,
} from "../../analysis/difference/consequences.ts";
import { lossConsequencesOf } from "../../analysis/difference/loss-consequences.ts";
import { migrationConflicts } from "../../analysis/difference/migration-conflicts.ts";
import { conflictLine, updateConflicts } from "../../analysis/difference/update-conflicts.ts";
import { unlistedClusters } from "../../analysis/difference/unlisted-clusters.ts";
import { propertyChanges } from "../../analysis/difference/property-changes.ts";
import { planFromState } from "../../analysis/engine/state-plan.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import type { Plan } from "../../plan/plan.ts";
import { shownSteps } from "./display/operation-log.ts";
import { logicalNameOf, type State } from "../../plan/state.ts";

export interface StackUpdate {
    readonly plan: Plan;
    /** Before the update. */
    readonly state: State;
    /** The state as a plan, in the terms of the new one; undefined where no update has ended yet. */
    readonly deployed: Plan | undefined;
}

export const updateOf = (plan: Plan, state: State): StackUpdate => ({
    ...{ plan, state },
    deployed: wasDeployed(state) ? planFromState(plan, state) : undefined,
});

/**
 * What only a person may accept of an update: what is replaced or deleted as the engine's preview says, the rest by
 * comparing the plan with what is deployed.
 *
 * @param events of the update's preview
 */
export const consequencesOfUpdate = ({ plan, deployed }: StackUpdate, events: readonly EngineEvent[]): Consequence[] =>
    mergeConsequences([
        ...lossConsequencesOf(
            shownSteps(events).map((step) => ({
                name: logicalNameOf(step),
                type: step.type,
                operation: step.op,
                changes: propertyChanges(step),
            })),
        ),
        ...(deployed === undefined ? [] : unreportedConsequencesOf(deployed, plan)),
    ]);

/** Why the update would fail half-way, or lose something, with what to do instead: one line for each reason. */
export const conflictsOfUpdate = ({ plan, deployed }: StackUpdate, settings: PlatformSettings): string[] =>
    deployed === undefined
        ? []
        : [
              ...updateConflicts(deployed, plan),
              ...unlistedClusters(deployed, plan, settings),
              ...migrationConflicts(deployed, plan, settings),
          ].map(conflictLine);

/**
 * Whether an update has ever come to its end, which is when Pulumi saves the outputs of the stack. Until then the stack is
 * new: what an interrupted first update did not make yet is no change.
 */
const wasDeployed = ({ outputs }: State): boolean => Object.keys(outputs).length > 0;
