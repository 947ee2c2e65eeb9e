import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { planFromState } from "../../analysis/engine/state-plan.ts";
import { planInChildProcess, reviveSecret } from "../../checks/pack/offline-plan.ts";
import type { State } from "../../plan/state.ts";
import { awaitsImage, ecsServicesOf, numberAt, serviceNameOf } from "../../plan/ecs-services.ts";
import { isObjectOrArray } from "../../plan/query.ts";
import { PlanError, type Plan } from "../../plan/plan.ts";
import { tasksOfStack, type TasksByService } from "../../plan/stack-settings.ts";
import { stackNamesIn } from "../../plan/stack-file.ts";
import { withWorktree } from "./worktree.ts";
import type { ComparisonBase } from "./report.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError } from "../frame/exit.ts";

type BaseContext = Pick<CommandContext, "say" | "progress" | "interrupt">;

/** The stack as its files are now. */
export interface CurrentStack {
    readonly root: string;
    readonly plan: Plan;
    readonly tasks: TasksByService;
}

/**
 * What to compare with: `deployed`, a file that `npm run plan -- <stack> --json <file>` wrote, or a commit.
 *
 * @param deployed reads the state of the stack
 * @throws ExitError `usage` where it does not exist; PlanError where it cannot be planned
 */
export async function loadBase(
    present: CurrentStack,
    from: string,
    deployed: () => Promise<State>,
    context: BaseContext,
): Promise<ComparisonBase> {
    const { root, plan, tasks } = present;
    if (from === "deployed") {
        context.progress.step(`reading the state of ${plan.stack}`);
        const base = planFromState(plan, await deployed());
        return { plan: base, name: "what is deployed", tasks: tasksInPlan(base, tasks), notes: [] };
    }
    const file = resolve(root, from);
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
        return planAtCommit(present, from, context);
    }
    const base = readPlanFile(file, plan.stack);
    return { plan: base, name: from, tasks: tasksInPlan(base, tasks), notes: [] };
}

/**
 * Tasks of each service by the limits of its autoscaling. Of a service that has no image yet, a plan does not say how many it
 * will have: those of the present settings.
 */
const tasksInPlan = (plan: Plan, present: TasksByService): TasksByService => ({
    ...present,
    ...Object.fromEntries(
        ecsServicesOf(plan)
            .filter((service) => !awaitsImage(service))
            .map((service) => {
                const name = serviceNameOf(service);
                const min = numberAt(service.scalableTarget?.inputs, "minCapacity", 0);
                const max = numberAt(service.scalableTarget?.inputs, "maxCapacity", 0);
                return [name, { ...present[name], atRest: min, min, max }];
            }),
    ),
});

/** A plan that was written as JSON. */
function readPlanFile(file: string, stack: string): Plan {
    const found = parseJson(readFileSync(file, "utf8"));
    if (!isWrittenPlan(found)) {
        throw new ExitError("usage", `${file} is no plan: write one with \`npm run plan -- ${stack} --json <file>\``);
    }
    const plan: Plan = { messages: [], ...found };
    if (plan.stack !== stack) {
        throw new ExitError(
            "usage",
            `${file} is a plan of stack "${plan.stack}", got stack "${stack}": compare two stacks with \`npm run envdiff\``,
        );
    }
    return plan;
}

/** Whether a value has the form in which a plan is written: enough of it to tell it from other files. */
const isWrittenPlan = (value: unknown): value is Omit<Plan, "messages"> =>
    isObjectOrArray(value) &&
    [value.project, value.stack].every((name) => typeof name === "string") &&
    isObjectOrArray(value.outputs) &&
    Array.isArray(value.nodes) &&
    value.nodes.every((node) => isObjectOrArray(node) && typeof node.urn === "string" && isObjectOrArray(node.inputs));

/** The value of a JSON text; undefined for any other text. */
function parseJson(text: string): unknown {
    try {
        return JSON.parse(text, reviveSecret);
    } catch {
        return undefined;
    }
}

/** The plan that a commit makes of the stack, by its own code and its own stack file. */
const planAtCommit = (
    { root, plan, tasks }: CurrentStack,
    ref: string,
    context: BaseContext,
): Promise<ComparisonBase> => {
    context.progress.step(`planning ${plan.stack} at ${ref}`);
    return withWorktree(root, ref, context, async ({ folder, commit, notes }) => {
        const name = commit.startsWith(ref) ? `commit ${commit.slice(0, 7)}` : `${ref} (${commit.slice(0, 7)})`;
        if (!stackNamesIn(folder).includes(plan.stack)) {
            const note = `${plan.stack} has no file at ${name}: all of it is new`;
            return { plan: { ...plan, nodes: [], outputs: {} }, name, tasks, notes: [...notes, note] };
        }
        return {
            plan: await planCheckout(folder, plan.stack, name, context.interrupt.signal),
            name,
            tasks: readTasks(folder, plan.stack) ?? tasks,
            notes,
        };
    });
};

async function planCheckout(folder: string, stack: string, name: string, signal: AbortSignal): Promise<Plan> {
    try {
        return await planInChildProcess(folder, stack, signal);
    } catch (error) {
        const { stderr = "", message } = error as { stderr?: string; message: string };
        const why = stderr.trim() || message;
        throw new PlanError([`${stack} cannot be planned at ${name}:`, ...why.split("\n").map((line) => `  ${line}`)]);
    }
}

/** Tasks of each service in the other checkout; undefined where this program cannot read its settings. */
function readTasks(folder: string, stack: string): TasksByService | undefined {
    try {
        return tasksOfStack(folder, stack);
    } catch (error) {
        if (error instanceof PlanError) {
            return undefined;
        }
        throw error;
    }
}
