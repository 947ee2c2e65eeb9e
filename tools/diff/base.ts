import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { planFromState } from "../../analysis/engine/state-plan.ts";
import { planInChildProcess, reviveSecret } from "../../checks/pack/offline-plan.ts";
import type { State } from "../../plan/state.ts";
import { PlanError, type Plan } from "../../plan/plan.ts";
import { minTasksByService } from "../../plan/stack-settings.ts";
import { stackNamesIn } from "../../plan/stack-file.ts";
import type { MinTasks } from "./cost.ts";
import { withWorktree } from "./worktree.ts";
import type { ComparisonBase } from "./report.ts";
import { errorMessage } from "../frame/exit.ts";

/** The stack as its files are now. */
export interface CurrentStack {
    readonly root: string;
    readonly plan: Plan;
    readonly minTasks: MinTasks;
}

/**
 * What to compare with: `deployed`, a file that `npm run plan -- <stack> --json <file>` wrote, or a commit.
 *
 * @param deployed reads the state of the stack
 * @throws PlanError where it does not exist, or cannot be planned
 */
export async function loadBase(
    present: CurrentStack,
    from: string,
    deployed: () => Promise<State>,
    say: (line: string) => void,
): Promise<ComparisonBase> {
    const { root, plan, minTasks } = present;
    if (from === "deployed") {
        return { plan: planFromState(plan, await deployed()), name: "what is deployed", minTasks, notes: [] };
    }
    const file = resolve(root, from);
    return statSync(file, { throwIfNoEntry: false })?.isFile() === true
        ? { plan: readPlanFile(file, plan.stack), name: from, minTasks, notes: [] }
        : planAtCommit(present, from, say);
}

/** A plan that was written as JSON. */
function readPlanFile(file: string, stack: string): Plan {
    const found = readJsonFile(file);
    if (typeof found !== "object" || found === null || !("nodes" in found && Array.isArray(found.nodes))) {
        throw new PlanError([`${file} is no plan: write one with \`npm run plan -- ${stack} --json <file>\``]);
    }
    const plan: Plan = { messages: [], ...(found as Omit<Plan, "messages">) };
    if (plan.stack !== stack) {
        throw new PlanError([
            `${file} is a plan of stack "${plan.stack}", got stack "${stack}": compare two stacks with \`npm run envdiff\``,
        ]);
    }
    return plan;
}

function readJsonFile(file: string): unknown {
    try {
        return JSON.parse(readFileSync(file, "utf8"), reviveSecret);
    } catch (error) {
        throw new PlanError([`${file} is no JSON: ${errorMessage(error)}`]);
    }
}

/** The plan that a commit makes of the stack, by its own code and its own stack file. */
const planAtCommit = (
    { root, plan, minTasks }: CurrentStack,
    ref: string,
    say: (line: string) => void,
): Promise<ComparisonBase> =>
    withWorktree(root, ref, say, async ({ folder, commit, notes }) => {
        const name = commit.startsWith(ref) ? `commit ${commit.slice(0, 7)}` : `${ref} (${commit.slice(0, 7)})`;
        if (!stackNamesIn(folder).includes(plan.stack)) {
            const note = `${plan.stack} has no file at ${name}: all of it is new`;
            return { plan: { ...plan, nodes: [], outputs: {} }, name, minTasks, notes: [...notes, note] };
        }
        return {
            plan: await planCheckout(folder, plan.stack, name),
            name,
            minTasks: readMinTasks(folder, plan.stack) ?? minTasks,
            notes,
        };
    });

async function planCheckout(folder: string, stack: string, name: string): Promise<Plan> {
    try {
        return await planInChildProcess(folder, stack);
    } catch (error) {
        const { stderr = "", message } = error as { stderr?: string; message: string };
        const why = stderr.trim() || message;
        throw new PlanError([`${stack} cannot be planned at ${name}:`, ...why.split("\n").map((line) => `  ${line}`)]);
    }
}

/** Least tasks of each service in the other checkout; undefined where this program cannot read its settings. */
function readMinTasks(folder: string, stack: string): MinTasks | undefined {
    try {
        return minTasksByService(folder, stack);
    } catch (error) {
        if (error instanceof PlanError) {
            return undefined;
        }
        throw error;
    }
}
