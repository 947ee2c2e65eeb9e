import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConcurrentUpdateError, type EngineEvent, type GlobalOpts } from "@pulumi/pulumi/automation/index.js";
import { stackFilePath } from "../../plan/stack-file.ts";
import { formatStepsBelowTree, OperationLog, shownSteps } from "./display/operation-log.ts";
import { firstLineOfError, ExitError } from "../frame/exit.ts";
import { withTemporaryFolder } from "../frame/temporary-folder.ts";
import { commandErrorText, errorFromCliOutput, isPulumiError } from "./pulumi-errors.ts";
import { runPulumi, type DeployedStack, type Session } from "./session.ts";
import { preserveStackFile } from "./stack-file.ts";

interface OperationOptions extends Pick<GlobalOpts, "color"> {
    /** URNs, where the operation is not on the whole stack. */
    readonly target?: string[];
    /** URNs of what is replaced without a change. */
    readonly replace?: string[];
    readonly onEvent: (event: EngineEvent) => void;
    readonly onError: (text: string) => void;
    readonly signal: AbortSignal;
}

interface PulumiOperation {
    /** As messages call it. */
    readonly title: string;
    /** For the CLI, which draws its own tree on a terminal. */
    readonly args: readonly string[];
    /** For the Automation API, which has no terminal. */
    readonly run: (stack: DeployedStack, options: OperationOptions) => Promise<unknown>;
    /** What the URNs are. @default "target" */
    readonly selects?: "target" | "replace";
    /** Changes nothing: its steps are printed again with their values, for the question that follows. */
    readonly isPreview?: boolean;
    /** Updates of resources are not printed, on a terminal either: all would be, and say nothing. */
    readonly hidesUpdates?: boolean;
}

const withoutPrompt = ["--yes", "--skip-preview"];

const pulumiOperations = {
    preview: {
        title: "Preview",
        args: ["preview"],
        run: (stack, options) => stack.preview(options),
        isPreview: true,
    },
    update: { title: "Update", args: ["up", ...withoutPrompt], run: (stack, options) => stack.up(options) },
    replacement: {
        title: "Replacement",
        args: ["up", ...withoutPrompt],
        run: (stack, options) => stack.up(options),
        selects: "replace",
    },
    previewRefresh: {
        title: "Refresh",
        args: ["refresh", "--preview-only"],
        run: (stack, options) => stack.previewRefresh(options),
        isPreview: true,
    },
    refresh: {
        title: "Refresh",
        args: ["refresh", ...withoutPrompt],
        run: (stack, options) => stack.refresh(options),
    },
    // As the state has no values yet, every resource is an update.
    adoption: {
        title: "Refresh",
        args: ["refresh", ...withoutPrompt],
        run: (stack, options) => stack.refresh(options),
        hidesUpdates: true,
    },
    destroy: {
        title: "Destruction",
        args: ["destroy", ...withoutPrompt],
        run: (stack, options) => stack.destroy(options),
    },
} as const satisfies Readonly<Record<string, PulumiOperation>>;

/**
 * Runs an operation of Pulumi's and shows it: on a terminal as Pulumi does, in a log as lines of what changes.
 *
 * @param urns what the operation selects; the whole stack where there are none
 * @returns the events of the engine
 * @throws ExitError `failed`, without a reason that is printed already; `locked` and `no-backend` as `errorFromCliOutput` finds
 * them
 */
export async function runOperation(
    session: Session,
    stack: DeployedStack,
    name: keyof typeof pulumiOperations,
    urns: string[] = [],
): Promise<readonly EngineEvent[]> {
    const operation: PulumiOperation = pulumiOperations[name];
    session.progress.step(`${operation.title} of ${session.stack}`);
    const show = session.onTerminal && operation.hidesUpdates !== true ? runOnTerminal : runWithLog;
    return await runPulumi(session, () =>
        preserveStackFile(stackFilePath(session.root, session.stack), session.say, () =>
            show(session, stack, operation, urns),
        ),
    );
}

/** Milliseconds between two lines of a log that say what is still running. */
const progressIntervalMs = 60_000;

async function runWithLog(
    { out, say, interrupt, clock }: Session,
    stack: DeployedStack,
    { title, run, selects = "target", hidesUpdates = false }: PulumiOperation,
    urns: string[],
): Promise<readonly EngineEvent[]> {
    const events: EngineEvent[] = [];
    const log = new OperationLog(
        (line) => {
            out(`${line}\n`);
        },
        clock.now,
        hidesUpdates,
    );
    const timer = setInterval(() => {
        log.printRunning();
    }, progressIntervalMs);
    try {
        out(`${title}:\n`);
        await run(stack, {
            color: "never",
            ...(urns.length > 0 && { [selects]: urns }),
            onEvent: (event) => {
                events.push(event);
                log.onEvent(event);
            },
            onError: (text) => {
                say(text.trimEnd());
            },
            signal: interrupt.pulumiSignal,
        });
        return events;
    } catch (error) {
        if (!isPulumiError(error) || error instanceof ConcurrentUpdateError) {
            throw error;
        }
        const text = commandErrorText(error);
        // The reason is in the log already.
        throw errorFromCliOutput(text) ?? operationFailedError(title, firstLineOfError(text));
    } finally {
        clearInterval(timer);
    }
}

function runOnTerminal(
    { cli, say, interrupt }: Session,
    _stack: DeployedStack,
    { title, args, isPreview = false, selects = "target" }: PulumiOperation,
    urns: string[],
): Promise<readonly EngineEvent[]> {
    return withTemporaryFolder("deploy-", async (folder) => {
        const log = join(folder, "events.json");
        const selected = urns.flatMap((urn) => [`--${selects}`, urn]);
        const { code, stderr } = await cli([...args, "--suppress-outputs", "--event-log", log, ...selected], {
            terminal: "without stderr",
            // The CLI hides `--event-log` among its flags for debugging.
            env: { PULUMI_DEBUG_COMMANDS: "true" },
            signal: interrupt.pulumiSignal,
        });
        // One that a signal ended may have left half a line, and one that never started left no file.
        const events = code >= 0 && existsSync(log) ? readEvents(log) : [];
        if (events.some(isCancelledEvent)) {
            // On a terminal Pulumi takes Ctrl-C as a key: this process gets no signal, and the exit code is that of a failure.
            interrupt.cancel(true);
        }
        if (code !== 0) {
            throw errorFromCliOutput(stderr) ?? operationFailedError(title, `Pulumi ended with ${code}`);
        }
        if (isPreview) {
            formatStepsBelowTree(shownSteps(events)).forEach(say);
        }
        return events;
    });
}

const operationFailedError = (title: string, reason: string): ExitError =>
    new ExitError(
        "failed",
        `${title} failed: ${reason}\nWhat was done is in the state; mend what is said above, and run it again`,
    );

/** The CLI 3.274 writes `^C received; cancelling.` for every kind of interruption. */
const isCancelledEvent = ({ stdoutEvent }: EngineEvent): boolean =>
    stdoutEvent?.message.includes("received; cancelling") === true;

/** What the CLI wrote with `--event-log`: a JSON document a line. */
const readEvents = (file: string): EngineEvent[] =>
    readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as EngineEvent);
