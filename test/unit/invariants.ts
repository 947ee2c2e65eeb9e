import program from "../../index.ts";
import { readSettings, type PlatformSettings } from "../../lib/settings.ts";
import { planProgram, type Plan } from "../../tools/plan/plan.ts";
import { agentInvariants } from "./invariants/agent.ts";
import { frontDoorInvariants } from "./invariants/front-door.ts";
import { lifetimeInvariants } from "./invariants/lifetime.ts";
import type { Invariants } from "../../policies/look.ts";
import { networkInvariants } from "./invariants/network.ts";
import { observingInvariants } from "./invariants/observing.ts";
import { policyInvariants } from "./invariants/policies.ts";
import { storeInvariants } from "./invariants/stores.ts";
import { treeInvariants } from "./invariants/tree.ts";
import type { StackConfig } from "./settings/stack-config.ts";

/** What holds of every plan that settings can make, by the promise it is. */
export const invariants: Invariants = {
    ...treeInvariants,
    ...networkInvariants,
    ...agentInvariants,
    ...policyInvariants,
    ...storeInvariants,
    ...observingInvariants,
    ...frontDoorInvariants,
    ...lifetimeInvariants,
};

/** Every line that tells where a plan breaks a promise. */
export const brokenBy = (plan: Plan, settings: PlatformSettings): string[] =>
    Object.entries(invariants).flatMap(([promise, check]) =>
        check(plan, settings).map((problem) => `${promise}: ${problem}`),
    );

/** Settings of a configuration that must be right. */
export function settingsOf(config: StackConfig): PlatformSettings {
    const { settings, problems } = readSettings(config, [], new Date().toISOString().slice(0, 10));
    if (problems) {
        throw new Error(problems.join("\n"));
    }
    return settings;
}

/** The whole platform with this configuration. */
export const planOfConfig = (config: StackConfig, stack = "test"): Promise<Plan> =>
    planProgram({
        project: "payment-platform",
        stack,
        config,
        secretKeys: [],
        program,
        within: "PaymentPlatform",
    });
