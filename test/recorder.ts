import { serialize } from "node:v8";
import { planProgram, PlanError, type Plan, type PlanNode, type Program, type Values } from "../plan/plan.ts";

/** The project's name, and so the namespace of its settings. */
const project = "payment-platform";

export interface PlanComponentOptions {
    stack?: string;
    /** Full keys, strings. */
    config?: Record<string, string>;
    secretKeys?: string[];
}

/**
 * Builds a component without a stack, as a preview and with every output known, and returns its registered resources.
 */
export const planComponent = (build: () => unknown, options: PlanComponentOptions = {}): Promise<Plan> =>
    planProgram({
        project,
        stack: options.stack ?? "test",
        config: options.config ?? {},
        secretKeys: options.secretKeys ?? [],
        program: async () => {
            // What it returns are no stack outputs.
            await build();
        },
    });

/**
 * A function that plans what is built with some arguments: once for the same arguments, as no test changes a plan. Outputs
 * and functions, which cannot be compared, are refused.
 */
export function componentPlanner<Args extends unknown[]>(build: (...args: Args) => unknown) {
    const plans = new Map<string, Promise<Plan>>();
    return (...args: Args): Promise<Plan> => {
        // Unlike JSON it tells a member that is undefined from one that is missing.
        const key = serialize(args).toString("latin1");
        const plan = plans.get(key) ?? planComponent(() => build(...args));
        plans.set(key, plan);
        return plan;
    };
}

/** Plans the whole platform with these settings, under the rules that a stack must keep. */
export const planSettings = (settings: Record<string, unknown>, program: Program, stack = "test"): Promise<Plan> =>
    planProgram({
        project,
        stack,
        config: Object.fromEntries(
            Object.entries(settings)
                .filter(([, value]) => value !== undefined)
                .map(([key, value]) => [
                    key.includes(":") ? key : `${project}:${key}`,
                    typeof value === "string" ? value : JSON.stringify(value),
                ]),
        ),
        secretKeys: [],
        program,
        requiredAncestorType: "PaymentPlatform",
    });

/** The problems of a plan that must be refused. */
export async function rejectedPlanProblems(plan: Promise<unknown>): Promise<string[]> {
    try {
        await plan;
    } catch (error) {
        if (error instanceof PlanError) {
            return error.problems;
        }
        throw error;
    }
    throw new Error("the plan was accepted");
}

/** Resources of a type, in the order in which they were registered. */
export const nodesOf = (plan: Plan, type: string): PlanNode[] => plan.nodes.filter((node) => node.type === type);

export const inputsOf = (plan: Plan, type: string): Values[] => nodesOf(plan, type).map((node) => node.inputs);

/** The one resource of that logical name, and of that type where names repeat. */
export function findNode(plan: Plan, name: string, type?: string): PlanNode {
    const found = plan.nodes.filter((node) => node.name === name && (type === undefined || node.type === type));
    const [node] = found;
    if (node === undefined || found.length > 1) {
        throw new Error(`${found.length} resources named ${name}: ${found.map((one) => one.type).join(", ")}`);
    }
    return node;
}
