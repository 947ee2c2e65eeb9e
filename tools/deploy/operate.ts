import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConcurrentUpdateError, type EngineEvent, type GlobalOpts } from "@pulumi/pulumi/automation/index.js";
import { stackFileOf } from "../../plan/stack-file.ts";
import { linesBelowTree, OperationLog, shownSteps } from "./display/operation-log.ts";
import { reasonOf, Stop, stopOf } from "./exit.ts";
import { failureOf } from "./pulumi-command.ts";
import { isPulumis, type DeployedStack, type Session } from "./session.ts";
import { keepingStackFile } from "./stack-file.ts";

interface Options extends Pick<GlobalOpts, "color"> {
    /** URNs, where the operation is not on the whole stack. */
    readonly target?: string[];
    readonly onEvent: (event: EngineEvent) => void;
    readonly onError: (text: string) => void;
    readonly signal: AbortSignal;
}

interface Operation {
    /** As messages call it. */
    readonly title: string;
    /** For the CLI, which draws its own tree on a terminal. */
    readonly args: readonly string[];
    /** For the Automation API, which has no terminal. */
    readonly run: (stack: DeployedStack, options: Options) => Promise<unknown>;
    /** Changes nothing: what it found is told again in lines with values, for the question that follows. */
    readonly isPreview?: boolean;
}

const unasked = ["--yes", "--skip-preview"];

export const operations = {
    preview: {
        title: "Preview",
        args: ["preview"],
        run: (stack, options) => stack.preview(options),
        isPreview: true,
    },
    update: { title: "Update", args: ["up", ...unasked], run: (stack, options) => stack.up(options) },
    previewRefresh: {
        title: "Refresh",
        args: ["refresh", "--preview-only"],
        run: (stack, options) => stack.previewRefresh(options),
        isPreview: true,
    },
    refresh: {
        title: "Refresh",
        args: ["refresh", ...unasked],
        run: (stack, options) => stack.refresh(options),
    },
    destroy: { title: "Destruction", args: ["destroy", ...unasked], run: (stack, options) => stack.destroy(options) },
} as const satisfies Readonly<Record<string, Operation>>;

/**
 * Runs an operation of Pulumi's and shows it: on a terminal as Pulumi does, in a log as lines of what changes.
 *
 * @param target URNs; the whole stack where there are none
 * @returns the events of the engine
 * @throws Stop `failed`, which tells no reason twice; `locked` and `no-backend`, as `stopOf` knows them
 */
export async function operate(
    session: Session,
    stack: DeployedStack,
    name: keyof typeof operations,
    target: string[] = [],
): Promise<readonly EngineEvent[]> {
    const operation: Operation = operations[name];
    const show = session.onTerminal ? onTerminal : inLog;
    return await session.interrupt.during(() =>
        keepingStackFile(stackFileOf(session.root, session.stack), session.say, () =>
            show(session, stack, operation, target),
        ),
    );
}

/** How often a log tells that something is still under way, in milliseconds. */
const heartbeat = 60_000;

async function inLog(
    { out, say, interrupt, pace }: Session,
    stack: DeployedStack,
    { title, run }: Operation,
    target: string[],
): Promise<readonly EngineEvent[]> {
    const events: EngineEvent[] = [];
    const log = new OperationLog((line) => {
        out(`${line}\n`);
    }, pace.now);
    const timer = setInterval(() => {
        log.stillRunning();
    }, heartbeat);
    try {
        out(`${title}:\n`);
        await run(stack, {
            color: "never",
            ...(target.length > 0 && { target }),
            onEvent: (event) => {
                events.push(event);
                log.onEvent(event);
            },
            onError: (text) => {
                say(text.trimEnd());
            },
            signal: interrupt.toPulumi,
        });
        return events;
    } catch (error) {
        if (!isPulumis(error) || error instanceof ConcurrentUpdateError) {
            throw error;
        }
        const text = failureOf(error);
        // The log has told why already.
        throw stopOf(text) ?? failed(title, reasonOf(text));
    } finally {
        clearInterval(timer);
    }
}

async function onTerminal(
    { cli, say, interrupt }: Session,
    _stack: DeployedStack,
    { title, args, isPreview = false }: Operation,
    target: string[],
): Promise<readonly EngineEvent[]> {
    const folder = mkdtempSync(join(tmpdir(), "deploy-"));
    try {
        const log = join(folder, "events.json");
        const targets = target.flatMap((urn) => ["--target", urn]);
        const { code, stderr } = await cli([...args, "--suppress-outputs", "--event-log", log, ...targets], {
            terminal: "without stderr",
            // The CLI hides `--event-log` among its flags for debugging.
            env: { PULUMI_DEBUG_COMMANDS: "true" },
            signal: interrupt.toPulumi,
        });
        // One that a signal ended may have left half a line, and one that never started left no file.
        const events = code >= 0 && existsSync(log) ? readEvents(log) : [];
        if (events.some(isCancellation)) {
            // On a terminal Pulumi takes Ctrl-C as a key: this process gets no signal, and the exit code is that of a failure.
            interrupt.cancel(true);
        }
        if (code !== 0) {
            throw stopOf(stderr) ?? failed(title, `Pulumi ended with ${code}`);
        }
        if (isPreview) {
            linesBelowTree(shownSteps(events)).forEach(say);
        }
        return events;
    } finally {
        rmSync(folder, { recursive: true });
    }
}

const failed = (title: string, reason: string): Stop =>
    new Stop(
        "failed",
        `${title} failed: ${reason}\nWhat was done is in the state; mend what is said above, and run it again`,
    );

/** As the CLI 3.274 tells that it was interrupted, whichever way: `^C received; cancelling.` */
const isCancellation = ({ stdoutEvent }: EngineEvent): boolean =>
    stdoutEvent?.message.includes("received; cancelling") === true;

/** What the CLI wrote with `--event-log`: a JSON document a line. */
const readEvents = (file: string): EngineEvent[] =>
    readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as EngineEvent);
