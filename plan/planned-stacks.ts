import type { PlatformSettings } from "../lib/settings.ts";
import { planStack, type Plan } from "./plan.ts";
import { readSettingsOfStack } from "./stack-settings.ts";

/** The plan of a stack, with its settings. */
export interface PlannedStack {
    readonly plan: Plan;
    readonly settings: PlatformSettings;
}

/**
 * Plans stacks one after the other: Pulumi's runtime supports one program at a time.
 *
 * @throws PlanError with all problems of the first stack that has any
 */
export async function planStacks(
    root: string,
    stacks: readonly string[],
    plan: (root: string, stack: string) => Promise<Plan> = planStack,
): Promise<PlannedStack[]> {
    const found: PlannedStack[] = [];
    for (const stack of stacks) {
        found.push({ plan: await plan(root, stack), settings: readSettingsOfStack(root, stack) });
    }
    return found;
}
