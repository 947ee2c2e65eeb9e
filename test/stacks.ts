// Planning a stack loads the program by itself; named here, it is known which tests hang on the program.
import "../index.ts";
import { planStack, type Plan } from "../plan/plan.ts";
import { projectFolder } from "./project.ts";

const plans = new Map<string, Promise<Plan>>();

/** The plan of a stack of the tests, made once for all tests of a file. */
export function planOf(stack: string): Promise<Plan> {
    const plan = plans.get(stack) ?? planStack(projectFolder, stack);
    plans.set(stack, plan);
    return plan;
}
