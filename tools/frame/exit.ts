/** How a command can end: the process's exit code, what it means, and what to do. docs/commands.md shows the table. */
export const exitCodes = {
    done: { code: 0, meaning: "done", remedy: "" },
    failed: {
        code: 1,
        meaning:
            "a part failed, such as Pulumi, AWS or the plan of the stack, or a check did not pass; what Pulumi did is in the state",
        remedy: "read the message, correct the cause, run it again",
    },
    usage: { code: 2, meaning: "wrong arguments, or no such stack", remedy: "`--help`" },
    refused: {
        code: 3,
        meaning: "a check before the start found problems, such as the preflight; nothing was changed",
        remedy: "each line ends with its remedy",
    },
    "no-pulumi": {
        code: 4,
        meaning: "Pulumi is not installed, and could not be installed",
        remedy: "[install it](https://www.pulumi.com/docs/install/)",
    },
    unconfirmed: {
        code: 5,
        meaning: "not confirmed; nothing was changed",
        remedy: "`--yes`, the `--accept` that the message names, or `--confirm <stack>`",
    },
    protected: {
        code: 6,
        meaning: "the stack is protected against deletion; nothing was changed",
        remedy: "`deletionProtection: false`, `up`, `destroy`",
    },
    "rolled-back": {
        code: 7,
        meaning: "updated, but a service rolled back or was not stable in time",
        remedy: "[A service rolled back](deploy.md#a-service-rolled-back)",
    },
    locked: {
        code: 8,
        meaning: "another update has locked the stack",
        remedy: "wait, or [A stuck update](deploy.md#a-stuck-update)",
    },
    "no-backend": {
        code: 9,
        meaning: "the passphrase is missing, or the state cannot be read",
        remedy: "[Backends](deploy.md#backends)",
    },
    drift: {
        code: 10,
        meaning: "resources in AWS differ from the state, or are not in it; nothing was changed",
        remedy: "[drift.md](drift.md)",
    },
    "not-deployed": {
        code: 11,
        meaning: "the stack has no resources: it was never deployed, or is destroyed",
        remedy: "`npm run deploy -- <stack> up`",
    },
    "no-predecessor": {
        code: 12,
        meaning: "no other image of the service was deployed before; nothing was changed",
        remedy: "build an image, and record it with `npm run images`",
    },
    incomplete: {
        code: 13,
        meaning: "the result was written, but something could not be read or was not found",
        remedy: "read the reasons, correct the cause and run it again; after `adopt`: [A lost state](recovery.md#a-lost-state)",
    },
    "no-docker": {
        code: 14,
        meaning: "Docker with buildx is not there; nothing was changed",
        remedy: "install it, or run what the message lists where it is ([images.md](images.md#build-them-all))",
    },
    differs: {
        code: 15,
        meaning:
            "payments differ from the acquirer's report; each difference that nobody has settled is in the log and in the database",
        remedy: "[operations.md](operations.md#reconciliation)",
    },
    cancelled: { code: 130, meaning: "cancelled by Ctrl-C or SIGTERM", remedy: "run it again" },
} as const;

export type ExitReason = keyof typeof exitCodes;

/** How commands can end that update a stack by Pulumi: all exit codes but those of other commands alone. */
export const updateExitReasons = (Object.keys(exitCodes) as ExitReason[]).filter(
    (reason) =>
        reason !== "no-predecessor" && reason !== "incomplete" && reason !== "no-docker" && reason !== "differs",
);

/** Ends the command early, with one message for the operator; none where the message is empty. */
export class ExitError extends Error {
    /** A number is the exit code of another program, which has printed its own messages. */
    readonly exitReason: ExitReason | number;

    constructor(exitReason: ExitReason | number, message = "", options?: ErrorOptions) {
        super(message, options);
        this.name = "ExitError";
        this.exitReason = exitReason;
    }
}

export const exitCodeFor = (reason: ExitReason | number): number =>
    typeof reason === "number" ? reason : exitCodes[reason].code;

export const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The first line of an error's message, for a message that says more. */
export const firstLineOfError = (error: unknown): string => errorMessage(error).trim().split("\n", 1).join();

/** Whether an operation ended because the operator cancelled it. Node's timers and questions reject with an `AbortError`. */
export const isCancellation = (error: unknown): boolean =>
    error instanceof Error &&
    (error.name === "AbortError" || (error instanceof ExitError && error.exitReason === "cancelled"));
