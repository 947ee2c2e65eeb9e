import * as pulumi from "@pulumi/pulumi";
import { placeIn } from "./fake-provider/outputs.ts";
import { skipBookkeeping } from "./disable-tracing.ts";
import { PlanMonitor } from "./monitor.ts";

/** A Pulumi program as `index.ts` exports it: its result is the stack's outputs. */
export type Program = () => unknown;

export interface Run {
    project: string;
    stack: string;
    /** As the engine sends it: full keys, strings. */
    config: Record<string, string>;
    secretKeys: string[];
    program: Program;
}

/** What a run has seen. */
export interface Seen {
    monitor: PlanMonitor;
    /** What the program threw or rejected, as thrown. */
    failures: unknown[];
    /** Lines that the program wrote, without Pulumi's errors, which are problems. */
    messages: string[];
}

/** The events of Node's process that tell of trouble which no promise reports. */
export interface Events {
    on(event: "unhandledRejection" | "beforeExit", listener: (reason: unknown) => void): unknown;
    off(event: "unhandledRejection" | "beforeExit", listener: (reason: unknown) => void): unknown;
}

export interface How {
    /** Answer as a preview, which does not know outputs, or as if everything existed. */
    preview: boolean;
    /** Let errors tell where they come from, at the price of time. */
    traces: boolean;
    events: Events;
}

/** Runs the program on a monitor of its own. */
export async function runOnce(run: Run, { preview, traces, events }: How): Promise<Seen> {
    const monitor = new PlanMonitor(run, placeIn(run.config["aws:region"] ?? "us-east-1"), preview);
    pulumi.runtime.setMockOptions(monitor, run.project, run.stack, preview, "organization");
    pulumi.runtime.setAllConfig(run.config, run.secretKeys);
    const failures: unknown[] = [];
    const written = captureConsole(monitor.problems);
    const watched = watch(events, failures);
    const resume = traces ? () => undefined : skipBookkeeping();
    try {
        await Promise.race([perform(run.program, monitor, failures), watched.idle]);
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

async function perform(program: Program, monitor: PlanMonitor, failures: unknown[]): Promise<void> {
    await pulumi.runtime.runInPulumiStack(async () => {
        pulumi.runtime.registerStackTransformation(({ type, name, resource }) => {
            monitor.construct(type, name, resource);
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
function watch(events: Events, failures: unknown[]): { idle: Promise<void>; stop: () => void } {
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

const levels = ["debug", "log", "info", "warn", "error"] as const;
const loggedError = "error: [runtime] ";

/** Keeps what is written during a run apart from the plan; without an engine Pulumi logs to the console, too. */
function captureConsole(problems: Set<string>): { messages: string[]; restore: () => void } {
    const messages: string[] = [];
    const original = { ...console };
    for (const level of levels) {
        console[level] = (...parts: unknown[]) => {
            const text = parts.map(String).join(" ");
            if (text.startsWith(loggedError)) {
                problems.add(text.slice(loggedError.length));
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
