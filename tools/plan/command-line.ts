import { Command, CommanderError } from "commander";
import { PlanError } from "../../plan/plan-error.ts";
import { noSuchStackMessage, stackNamesIn } from "../../plan/stack-file.ts";

/** Where a command writes. */
export interface OutputStreams {
    out: (text: string) => void;
    err: (text: string) => void;
}

/** `npm run <name> --`: writes where it is told, and throws where commander would end the process. */
export const createCommand = (name: string, { out, err }: OutputStreams): Command =>
    new Command(`npm run ${name} --`)
        .configureOutput({ writeOut: out, writeErr: err })
        .showHelpAfterError()
        .exitOverride();

/** Ends a command that was not told its stack. */
export const failWithoutStack = (command: Command, root: string): never =>
    command.error(`error: which stack? There are ${stackNamesIn(root).join(", ")}`);

/** Ends a command that was told a stack which has no file. */
export function requireStackFile(command: Command, root: string, stack: string): void {
    if (!stackNamesIn(root).includes(stack)) {
        command.error(`error: ${noSuchStackMessage(root, stack)}`);
    }
}

const planErrorMessage = (error: unknown): string | undefined =>
    error instanceof PlanError ? error.message : undefined;

/**
 * The exit code of what a command does: its own; 0 for help and 2 for arguments that make no sense, of which commander has
 * told; 1 for an error that has words.
 *
 * @param wordsOf what to tell of an error; nothing for a slip of the program, which is thrown on
 * @default the problems of a plan have words
 */
export async function runForExitCode(
    work: () => Promise<number>,
    { err }: OutputStreams,
    wordsOf: (error: unknown) => string | undefined = planErrorMessage,
): Promise<number> {
    try {
        return await work();
    } catch (error) {
        if (error instanceof CommanderError) {
            return error.exitCode === 0 ? 0 : 2;
        }
        const words = wordsOf(error);
        if (words === undefined) {
            throw error;
        }
        err(`${words}\n`);
        return 1;
    }
}
