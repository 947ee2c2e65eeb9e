import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { mergeConsequences, securityConsequencesOf, type Consequence } from "../../analysis/difference/consequences.ts";
import { lossConsequencesOf } from "../../analysis/difference/loss-consequences.ts";
import { conflictLine, updateConflicts } from "../../analysis/difference/update-conflicts.ts";
import { unlistedClusters } from "../../analysis/difference/unlisted-clusters.ts";
import { propertyChanges } from "../../analysis/difference/property-changes.ts";
import { planFromState } from "../../analysis/engine/state-plan.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import type { Plan } from "../../plan/plan.ts";
import { shownSteps } from "./display/operation-log.ts";
import { logicalNameOf, type State } from "../../plan/state.ts";

/**
 * What only a person may accept of an update: what is replaced or deleted as the engine's preview says, the rest by
 * comparing the plan with what is deployed.
 *
 * @param events of the update's preview
 */
export const consequencesOfUpdate = (plan: Plan, state: State, events: readonly EngineEvent[]): Consequence[] =>
    mergeConsequences([
        ...lossConsequencesOf(
            shownSteps(events).map((step) => ({
                name: logicalNameOf(step),
                type: step.type,
                operation: step.op,
                changes: propertyChanges(step),
            })),
        ),
        ...(wasDeployed(state) ? securityConsequencesOf(planFromState(plan, state), plan) : []),
    ]);

/** Why the update would fail half-way, or lose something, with what to do instead: one line for each reason. */
export function conflictsOfUpdate(plan: Plan, state: State, settings: PlatformSettings): string[] {
    if (!wasDeployed(state)) {
        return [];
    }
    const deployed = planFromState(plan, state);
    return [...updateConflicts(deployed, plan), ...unlistedClusters(deployed, plan, settings)].map(conflictLine);
}

/**
 * Whether an update has ever come to its end, which is when Pulumi saves the outputs of the stack. Until then the stack is
 * new: what an interrupted first update did not make yet is no change.
 */
const wasDeployed = ({ outputs }: State): boolean => Object.keys(outputs).length > 0;
