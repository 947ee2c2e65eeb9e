import { setImmediate } from "node:timers/promises";
import { suggestName } from "../../lib/settings/problem.ts";
import { PlanError } from "../../plan/plan-error.ts";
import { commands } from "../commands.ts";
import type { CommandContext } from "./context.ts";
import { exitCodeFor, ExitError, isCancellation } from "./exit.ts";
import { formatColumns, wrapWidth } from "./table.ts";

/**
 * Runs a command of the table and returns its exit code.
 *
 * @throws what is an error of this program, with its stack trace; everything that its user can cause is one message
 */
export async function runCommand(name: string, argv: readonly string[], context: CommandContext): Promise<number> {
    const { interrupt, say } = context;
    try {
        await Promise.race([loadAndRun(name, argv, context), interrupt.cancelledOutsideWork]);
        return exitCodeFor("done");
    } catch (error) {
        // A signal that came during a calculation, or while another process ran, is received in the next turn.
        await setImmediate();
        const { exitReason, message } = describeError(error, interrupt.signal.aborted);
        if (message !== "") {
            say(exitReason === "usage" ? usageText(name, message) : message);
        }
        return exitCodeFor(exitReason);
    }
}

async function loadAndRun(name: string, argv: readonly string[], context: CommandContext): Promise<void> {
    if (["", "--help", "-h"].includes(name)) {
        context.out(listOfCommands(wrapWidth(context)));
        return;
    }
    const row = new Map(Object.entries(commands)).get(name);
    if (row === undefined) {
        throw new ExitError("usage", `no command "${name}": ${suggestName(name, Object.keys(commands))}`);
    }
    context.progress.step(`npm run ${name}`);
    const { command } = await row.load();
    await command.run(titleOf(name), row.summary, argv, context);
}

/** One line, with the command that explains it. */
function usageText(name: string, message: string): string {
    const help = name in commands ? `${titleOf(name)} --help` : "npx node tools/run.ts --help";
    return `error: ${message.replaceAll("\n", "; ")} (see ${help})`;
}

const titleOf = (name: string): string => `npm run ${name} --`;

const listOfCommands = (width: number): string =>
    [
        "Usage: npm run <command> -- [arguments]",
        "",
        ...formatColumns(
            Object.entries(commands).map(([name, { summary }]) => [name, summary]),
            [],
            width,
        ),
        "",
        "Each prints its arguments with --help. See docs/commands.md.",
        "",
    ].join("\n");

function describeError(error: unknown, isCancelled: boolean): Pick<ExitError, "exitReason" | "message"> {
    if (error instanceof ExitError) {
        return { exitReason: isCancelled ? "cancelled" : error.exitReason, message: error.message };
    }
    // Ctrl-C at a question of the terminal is no signal.
    if (isCancelled || isCancellation(error)) {
        return { exitReason: "cancelled", message: "Cancelled" };
    }
    const refused = error instanceof PlanError ? error : systemErrorIn(error);
    if (refused !== undefined) {
        return { exitReason: "failed", message: refused.message };
    }
    if (isAwsError(error)) {
        return { exitReason: "failed", message: `AWS: ${error.name}: ${error.message}` };
    }
    throw error;
}

/**
 * Of the operating system, such as a file that is not there; the reason why `fetch` could not connect; or the first one of the
 * addresses of a host that could not be reached.
 */
function systemErrorIn(error: unknown): Error | undefined {
    if (isErrorWith(error, "syscall")) {
        return error;
    }
    if (isErrorWith(error, "errors") && Array.isArray(error.errors)) {
        return systemErrorIn(error.errors[0]);
    }
    return isErrorWith(error, "cause") ? systemErrorIn(error.cause) : undefined;
}

/** Of the AWS SDK: a service refused a call or did not answer in time, or there are no credentials (`TokenProviderError`). */
const isAwsError = (error: unknown): error is Error =>
    isErrorWith(error, "$metadata") || (isErrorWith(error, "name") && error.name.endsWith("ProviderError"));

/** `instanceof Error` is false for an error of another realm, such as one of Node's in a test. */
const isErrorWith = <Property extends string>(
    error: unknown,
    property: Property,
): error is Error & Record<Property, unknown> =>
    typeof error === "object" && error !== null && "message" in error && property in error;
