import * as pulumi from "@pulumi/pulumi";
import { providerLocationIn } from "./fake-provider/outputs.ts";
import { disableSdkTracing, disableStackTraces } from "./disable-tracing.ts";
import { PlanMonitor } from "./monitor.ts";
import { makeOutputsOnDemand } from "./outputs-on-demand.ts";

/** A Pulumi program as `index.ts` exports it: its result is the stack's outputs. */
export type Program = () => unknown;

export interface ProgramRun {
    project: string;
    stack: string;
    /** In the engine's format: keys with namespace, values as strings. */
    config: Record<string, string>;
    secretKeys: string[];
    program: Program;
}

export interface ProgramRunResult {
    monitor: PlanMonitor;
    /** Errors and rejections of the program. */
    failures: unknown[];
    /** Lines that the program wrote, without Pulumi's errors, which become problems. */
    messages: string[];
}

/** Events of Node's process for failures that no promise reports. */
export interface ProcessEvents {
    on(event: "unhandledRejection" | "beforeExit", listener: (reason: unknown) => void): unknown;
    off(event: "unhandledRejection" | "beforeExit", listener: (reason: unknown) => void): unknown;
}

export interface RunOptions {
    /** Whether outputs are unknown, as in a preview, or known, as if all resources existed. */
    preview: boolean;
    /** Record source positions of errors, which takes more time. */
    stackTraces: boolean;
    events: ProcessEvents;
}

/** Runs the program with a new resource monitor. */
export async function runOnce(
    run: ProgramRun,
    { preview, stackTraces, events }: RunOptions,
): Promise<ProgramRunResult> {
    const monitor = new PlanMonitor(run, providerLocationIn(run.config["aws:region"] ?? "us-east-1"), preview);
    pulumi.runtime.setMockOptions(monitor, run.project, run.stack, preview, "organization");
    pulumi.runtime.setAllConfig(run.config, run.secretKeys);
    const failures: unknown[] = [];
    const written = captureConsole(monitor.problems);
    const watched = watchProcess(events, failures);
    const changes = [disableSdkTracing(), makeOutputsOnDemand(), ...(stackTraces ? [] : [disableStackTraces()])];
    try {
        await Promise.race([runProgram(run.program, monitor, failures), watched.idle]);
    } catch (error) {
        // An unknown output of the stack.
        failures.push(error);
    } finally {
        await untilNoMoreFail(failures);
        changes.forEach((undo) => {
            undo();
        });
        watched.stop();
        written.restore();
    }
    return { monitor, failures, messages: written.messages };
}

async function runProgram(program: Program, monitor: PlanMonitor, failures: unknown[]): Promise<void> {
    await pulumi.runtime.runInPulumiStack(async () => {
        pulumi.runtime.registerStackTransformation(({ type, name, resource }) => {
            monitor.recordConstruction(type, name, resource);
            return undefined;
        });
        try {
            return await program();
        } catch (error) {
            // Rethrown, it would reject every promise of the stack.
            failures.push(error);
            return {};
        }
    });
    await pulumi.runtime.disconnect();
}

/** Node reports unhandled rejections after the last microtask, and a failure rejects what depends on it one turn after the other. */
async function untilNoMoreFail(failures: readonly unknown[]): Promise<void> {
    let count: number;
    do {
        count = failures.length;
        await new Promise((resolve) => setImmediate(resolve));
    } while (failures.length > count);
}

/** Listens for unhandled rejections, and for a program that ends while promises are pending. */
function watchProcess(events: ProcessEvents, failures: unknown[]): { idle: Promise<void>; stop: () => void } {
    const rejected = (reason: unknown): void => void failures.push(reason);
    events.on("unhandledRejection", rejected);
    let exiting = (): void => undefined;
    const idle = new Promise<void>((resolve) => {
        exiting = resolve;
        events.on("beforeExit", exiting);
    });
    return {
        idle,
        stop: () => {
            events.off("unhandledRejection", rejected);
            events.off("beforeExit", exiting);
        },
    };
}

const consoleLevels = ["debug", "log", "info", "warn", "error"] as const;
const pulumiErrorPrefix = "error: [runtime] ";

/** Captures output of a run, so that it does not mix with the plan; without an engine Pulumi logs to the console. */
function captureConsole(problems: Set<string>): { messages: string[]; restore: () => void } {
    const messages: string[] = [];
    const original = { ...console };
    for (const level of consoleLevels) {
        console[level] = (...parts: unknown[]) => {
            const text = parts.map(String).join(" ");
            if (text.startsWith(pulumiErrorPrefix)) {
                problems.add(text.slice(pulumiErrorPrefix.length));
            } else {
                messages.push(text.replace(/^\w+: \[runtime\] /, ""));
            }
        };
    }
    return {
        messages,
        restore: () => {
            Object.assign(console, original);
        },
    };
}
