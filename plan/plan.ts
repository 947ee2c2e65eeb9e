import { createRequire } from "node:module";
import { basename, resolve } from "node:path";
import { requireItem } from "../lib/list.ts";
import { hasSettings } from "../lib/settings/no-settings.ts";
import { checkNodes } from "./check-nodes.ts";
import { describeFailure, isSettingsError } from "./failure.ts";
import type { InventedFunctionResult } from "./fake-provider/invokes.ts";
import type { PlanNode } from "./plan-node.ts";
import { PlanError, RefusedSettingsError } from "./plan-error.ts";
import { runOnce, type ProcessEvents, type Program, type ProgramRun, type ProgramRunResult } from "./run.ts";
import {
    exclusiveSettingsOf,
    exclusiveSettingsOfOthers,
    conflictsWithOthers,
    nameConflicts,
} from "./stack-conflicts.ts";
import { readStack } from "./stack-file.ts";
import { requireValidSettings } from "./stack-settings.ts";
import type { Values } from "./value.ts";

export type { InventedFunctionResult } from "./fake-provider/invokes.ts";
export type { NodeAlias, NodeOptions, PlanNode } from "./plan-node.ts";
export { PlanError } from "./plan-error.ts";
export type { Program } from "./run.ts";
export { Secret, type Value, type Values } from "./value.ts";

/** All resources and outputs that a program would create in a stack. */
export interface Plan {
    project: string;
    stack: string;
    nodes: PlanNode[];
    /** Stack outputs. */
    outputs: Values;
    /** Paths in `outputs` that are unknown in a preview. */
    unknownOutputs: string[];
    /** Invented values in results of AWS provider functions. */
    inventedAnswers: InventedFunctionResult[];
    /** Log messages of the program, and warnings of Pulumi. */
    messages: string[];
}

export interface PlanArgs extends ProgramRun {
    /** Placeholders of secret settings, which must stay secret. */
    placeholders?: string[];
    /**
     * Last part of the type of the component that must contain every AWS resource, each with an explicit provider.
     * @default not checked, for plans of a single component
     */
    requiredAncestorType?: string;
}

/**
 * Runs a program as a preview, then with all outputs known, and compares both.
 *
 * @throws PlanError with all problems
 */
export async function planProgram(args: PlanArgs, events: ProcessEvents = process): Promise<Plan> {
    const preview = await runToEnd(args, true, events);
    const update = await runToEnd(args, false, events);
    const { nodes, problems, inventedAnswers } = update.monitor;
    throwIfAny([
        ...preview.monitor.problems,
        ...problems,
        ...differencesBetweenRuns(preview.monitor.nodes, nodes),
        ...(args.requiredAncestorType === undefined
            ? []
            : [...update.monitor.calledOnDefaultProvider].map(defaultProviderProblem)),
        ...checkNodes(nodes, { within: args.requiredAncestorType, secrets: args.placeholders ?? [] }),
    ]);
    const all = [...nodes.values()];
    for (const node of all) {
        const { unknown, unknownOutputs } = preview.monitor.nodes.get(node.urn) ?? node;
        Object.assign(node, { unknown, unknownOutputs });
    }
    // The stack resource first.
    const { outputs, unknownOutputs } = requireItem(all, 0);
    const { project, stack } = args;
    return {
        project,
        stack,
        nodes: all,
        outputs,
        unknownOutputs,
        inventedAnswers: [...inventedAnswers.values()],
        messages: update.messages,
    };
}

/** Plans a stack of the project in a folder, from its files. */
export async function planStack(root: string, stack: string): Promise<Plan> {
    const { main, ...files } = readStack(root, stack);
    const [claims, others] = [exclusiveSettingsOf(stack, files.config), exclusiveSettingsOfOthers(root, stack)];
    const conflicts = conflictsWithOthers(claims, others);
    if (conflicts.length > 0) {
        throw new PlanError([...settingsProblems(root, stack), ...conflicts]);
    }
    const plan = await planProgram({
        ...files,
        program: loadProgram(resolve(root, main)),
        requiredAncestorType: "PaymentPlatform",
    }).catch((error: unknown) => {
        if (error instanceof RefusedSettingsError && hasSettings(files.config)) {
            // The same problems, with the lines of the file, which the program does not read.
            requireValidSettings(root, stack);
        }
        throw error;
    });
    const names = plan.nodes.map(({ name }) => name);
    throwIfAny(nameConflicts(claims, names, others));
    return plan;
}

/** What is wrong with the settings themselves, so that a conflict with another stack does not hide it. */
function settingsProblems(root: string, stack: string): readonly string[] {
    try {
        requireValidSettings(root, stack);
        return [];
    } catch (error) {
        if (error instanceof PlanError) {
            return error.problems;
        }
        throw error;
    }
}

function loadProgram(path: string): Program {
    try {
        // Jest's own module loader supports `require` only.
        const { default: program } = createRequire(path)(path) as { default?: unknown };
        if (typeof program === "function") {
            return program as Program;
        }
    } catch (error) {
        throw new PlanError([`${basename(path)} cannot be loaded: ${describeFailure(error)}`]);
    }
    throw new PlanError([`${basename(path)} must export the program, a function, as its default`]);
}

const defaultProviderProblem = (token: string): string =>
    `${token} is called on the default provider: pass \`parent\` or \`provider\``;

function throwIfAny(problems: string[]): void {
    if (problems.length > 0) {
        throw new PlanError([...new Set(problems)]);
    }
}

/** Runs the program, which must end without an error. */
async function runToEnd(args: PlanArgs, preview: boolean, events: ProcessEvents): Promise<ProgramRunResult> {
    const run = await runOnce(args, { preview, stackTraces: false, events });
    const settingsError = run.failures.find(isSettingsError);
    if (settingsError !== undefined) {
        throw new RefusedSettingsError([describeFailure(settingsError)]);
    }
    if (run.failures.length > 0) {
        // Run again, this time with source positions.
        const again = await runOnce(args, { preview, stackTraces: true, events });
        const { failures, monitor } = again.failures.length > 0 ? again : run;
        throwIfAny([...monitor.problems, ...failures.map(describeFailure)]);
    }
    throwIfAny([...run.monitor.unregistered].map((resource) => `${resource} waits for a value that never resolves`));
    return run;
}

/** Resources of only one of the two runs: they are created depending on a value that is unknown in a preview. */
function differencesBetweenRuns(preview: Map<string, PlanNode>, update: Map<string, PlanNode>): string[] {
    const only = (here: Map<string, PlanNode>, there: Map<string, PlanNode>, when: string): string[] =>
        [...here.values()]
            .filter((node) => !there.has(node.urn))
            .map((node) => `${node.name} (${node.type}) exists only ${when}: do not create resources inside apply`);
    return [
        ...only(update, preview, "once outputs are known, so no preview would show it"),
        ...only(preview, update, "while outputs are unknown, so no update would create it"),
    ];
}
