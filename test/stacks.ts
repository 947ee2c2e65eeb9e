import { globSync, readFileSync } from "node:fs";
import program from "../index.ts";
import { planProgram, planStack, type Plan } from "../plan/plan.ts";
import { cachedPlan } from "./plan-cache.ts";
import { testProjectFolder } from "./project.ts";

const plans = new Map<string, Promise<Plan>>();

/** The plan of a stack of the tests. */
export function planTestStack(stack: string): Promise<Plan> {
    const plan = plans.get(stack) ?? cachedPlan([stack, projectFiles()], () => planStack(testProjectFolder, stack));
    plans.set(stack, plan);
    return plan;
}

/** The plan of the whole platform with this configuration: full keys, strings. */
export const planOfConfig = (config: Record<string, string>, stack = "test"): Promise<Plan> =>
    cachedPlan([stack, config], () => makePlan(config, stack));

/** As `planOfConfig`, without the cache: for a configuration that no other test and no later run has. */
export const makePlan = (config: Record<string, string>, stack = "test"): Promise<Plan> =>
    planProgram({
        project: "payment-platform",
        stack,
        config,
        secretKeys: [],
        program,
        requiredAncestorType: "PaymentPlatform",
    });

/** A stack is planned with the others, as no two may have the same names. */
const projectFiles = (): [file: string, content: string][] =>
    globSync(`${testProjectFolder}/Pulumi*.yaml`)
        .sort()
        .map((file) => [file, readFileSync(file, "utf8")]);
