import * as pulumi from "@pulumi/pulumi";
import { providerLocationIn } from "./fake-provider/outputs.ts";
import { disableSdkTracing } from "./disable-tracing.ts";
import { PlanMonitor } from "./monitor.ts";

/** A Pulumi program as `index.ts` exports it: its result is the stack's outputs. */
export type Program = () => unknown;

export interface ProgramRun {
    project: string;
    stack: string;
    /** As the engine sends it: full keys, strings. */
    config: Record<string, string>;
    secretKeys: string[];
    program: Program;
}

/** What a run has seen. */
export interface ProgramRunResult {
    monitor: PlanMonitor;
    /** What the program threw or rejected, as thrown. */
    failures: unknown[];
    /** Lines that the program wrote, without Pulumi's errors, which are problems. */
    messages: string[];
}

/** The events of Node's process that tell of trouble which no promise reports. */
export interface ProcessEvents {
    on(event: "unhandledRejection" | "beforeExit", listener: (reason: unknown) => void): unknown;
    off(event: "unhandledRejection" | "beforeExit", listener: (reason: unknown) => void): unknown;
}

export interface RunOptions {
    /** Answer as a preview, which does not know outputs, or as if everything existed. */
    preview: boolean;
    /** Let errors tell where they come from, at the price of time. */
    stackTraces: boolean;
    events: ProcessEvents;
}

/** Runs the program on a monitor of its own. */
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
    const resume = stackTraces ? () => undefined : disableSdkTracing();
    try {
        await Promise.race([runProgram(run.program, monitor, failures), watched.idle]);
    } catch (error) {
        // An output of the stack that cannot be known.
        failures.push(error);
    } finally {
        resume();
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
            // Thrown on, it would surface again in each promise of the stack.
            failures.push(error);
            return {};
        }
    });
    await pulumi.runtime.disconnect();
    // Node tells of unhandled rejections after the last microtask.
    await new Promise((resolve) => setImmediate(resolve));
}

/** Listens for rejections that nothing handles, and for a program that waits for what never comes. */
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

/** Keeps what is written during a run apart from the plan; without an engine Pulumi logs to the console, too. */
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
