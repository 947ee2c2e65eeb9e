import { stripVTControlCharacters } from "node:util";
import { CommandError, ConcurrentUpdateError } from "@pulumi/pulumi/automation/index.js";
import { errorMessage, ExitError } from "../frame/exit.ts";

/** An error of a command of Pulumi's, as opposed to one of this program. */
export const isPulumiError = (error: unknown): error is CommandError => error instanceof CommandError;

/** What a command wrote, out of the error that the Automation API makes of it. */
export function commandErrorText(error: unknown): string {
    const text = errorMessage(error);
    const [, written = ""] = /^ stderr: ([\s\S]*?)^ err\?:/m.exec(text) ?? [];
    return written.trim() === "" ? text : written.trim();
}

const stackLockedError = (): ExitError =>
    new ExitError(
        "locked",
        "Another update has locked the stack: wait for it, or, if its process has ended, run `cancel`, then this again",
    );

/** Whether Pulumi began nothing, as another update had locked the stack. */
export const isLockError = (error: unknown): boolean =>
    error instanceof ConcurrentUpdateError || (error instanceof ExitError && error.exitReason === "locked");

/**
 * Maps known CLI error texts to our exit codes; undefined for any other text. The CLI's own exit code is 1 for a locked stack
 * and for a wrong passphrase (seen with 3.274), as for a failed update.
 *
 * @param stderr with or without colours
 */
export function errorFromCliOutput(stderr: string): ExitError | undefined {
    const text = stripVTControlCharacters(stderr);
    // The Automation API recognises a lock by the same texts.
    if (/the stack is currently locked|another update is currently in progress/i.test(text)) {
        return stackLockedError();
    }
    if (/^error: (failed to load checkpoint: )?EOF$/m.test(text)) {
        return new ExitError(
            "no-backend",
            "the state is in a folder, and a command that was killed left an empty `.attrs` file in it. The state itself is whole: " +
                "delete the empty `.attrs` files in `.pulumi`, and add `?metadata=skip` to the address of the backend",
        );
    }
    return text.includes("incorrect passphrase") ? new ExitError("no-backend", text.trim()) : undefined;
}

/**
 * Runs something that uses Pulumi.
 *
 * @throws ExitError `locked`, `no-backend` or `failed` in place of an error of Pulumi's
 */
export async function withPulumiErrors<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (error) {
        if (error instanceof ConcurrentUpdateError) {
            throw stackLockedError();
        }
        if (isPulumiError(error)) {
            const message = commandErrorText(error);
            throw errorFromCliOutput(message) ?? new ExitError("failed", message);
        }
        throw error;
    }
}
