import { stripVTControlCharacters } from "node:util";

/** How a deployment can end: the process's exit code, and what it means. */
export const exitCodes = {
    done: { code: 0, meaning: "done" },
    failed: { code: 1, meaning: "Pulumi, AWS or the plan of the stack failed; what was done is in the state" },
    usage: { code: 2, meaning: "arguments that make no sense, or no such stack" },
    refused: { code: 3, meaning: "the preflight found problems; nothing was changed" },
    "no-pulumi": { code: 4, meaning: "no Pulumi, and none could be installed" },
    unconfirmed: { code: 5, meaning: "nobody confirmed; nothing was changed" },
    protected: { code: 6, meaning: "the stack is protected against deletion; nothing was changed" },
    "rolled-back": { code: 7, meaning: "updated, but a service rolled back or did not settle in time" },
    locked: { code: 8, meaning: "another update holds the stack" },
    "no-backend": { code: 9, meaning: "no passphrase, or the state cannot be reached" },
    drift: {
        code: 10,
        meaning: "AWS has something that the state has otherwise, or that nobody planned; nothing was changed",
    },
    cancelled: { code: 130, meaning: "cancelled by Ctrl-C or SIGTERM" },
} as const;

export type ExitReason = keyof typeof exitCodes;

/** Ends the command early, with one message for the operator. */
export class DeployError extends Error {
    readonly exitReason: ExitReason;

    constructor(ending: ExitReason, message: string) {
        super(message);
        this.name = "DeployError";
        this.exitReason = ending;
    }
}

/** Ends the command with the exit code of Pulumi's CLI, which has told the rest. */
export class CliExit extends Error {
    readonly code: number;

    constructor(code: number) {
        super(`Pulumi ended with ${code}`);
        this.name = "CliExit";
        this.code = code;
    }
}

/** The end of what meets a stack that is locked. */
export const stackLockedError = (): DeployError =>
    new DeployError(
        "locked",
        "Another update holds the stack: wait for it, or, if it is dead, run `cancel`, then this again",
    );

/**
 * The end that an error text of the CLI stands for, where it is one of its own. The CLI's exit code tells nothing: it is 1
 * for a locked stack and for a wrong passphrase (seen with 3.274), as for a failed update.
 *
 * @param stderr with or without colours
 */
export function errorFromCliOutput(stderr: string): DeployError | undefined {
    const text = stripVTControlCharacters(stderr);
    // By these texts the Automation API knows it, too.
    if (/the stack is currently locked|another update is currently in progress/i.test(text)) {
        return stackLockedError();
    }
    return text.includes("incorrect passphrase") ? new DeployError("no-backend", text.trim()) : undefined;
}

export const exitCodeFor = (ending: ExitReason): number => exitCodes[ending].code;

/** The first line of what went wrong, for a message that has more to say. */
export const firstLineOfError = (error: unknown): string => {
    const text = error instanceof Error ? error.message : String(error);
    return text.trim().split("\n", 1).join();
};
