import type { AwsClients } from "../frame/aws-clients.ts";
import { hasErrorName } from "../frame/aws-errors.ts";
import type { Clock } from "../frame/clock.ts";
import { errorMessage, ExitError, isCancellation } from "../frame/exit.ts";

/** The stack in which a drill runs, and what the drill uses to call AWS, to wait and to print. */
export interface DrillContext {
    readonly clients: AwsClients;
    /** Suffix of every name in the stack. */
    readonly suffix: string;
    /** Identifier of the database cluster that the services use. */
    readonly databaseCluster: string;
    readonly clock: Clock;
    /** Prints to the operator what the drill does next. */
    readonly say: (line: string) => void;
    /** Ends the drill at its next wait. Its changes are still undone. */
    readonly signal?: AbortSignal;
}

/** A drill that does not apply to the stack. Nothing was changed, and this is no failure. */
export interface Skipped {
    readonly skipped: string;
}

export const isSkipped = (result: object): result is Skipped => "skipped" in result;

/** Why the drill failed, and which changes could not be undone. */
export class DrillError extends ExitError {
    readonly notRolledBack: readonly string[];

    constructor(message: string, left: readonly string[] = [], options?: ErrorOptions) {
        super("failed", [message, ...left.map((each) => `still to be put back: ${each}`)].join("\n"), options);
        this.name = "DrillError";
        this.notRolledBack = left;
    }
}

export interface WaitOptions {
    /** Ends the sentence `not within 5 minutes: ...`. */
    readonly condition: string;
    readonly withinMinutes: number;
    /** @default 10 */
    readonly everySeconds?: number;
}

/**
 * Calls `ask` until it returns a value.
 *
 * @throws DrillError after `withinMinutes` without a value, and what `ask` throws
 */
export async function waitForValue<T>(
    { clock, signal }: Pick<DrillContext, "clock" | "signal">,
    { condition, withinMinutes, everySeconds = 10 }: WaitOptions,
    ask: () => Promise<T | undefined>,
): Promise<T> {
    const end = clock.now() + withinMinutes * 60_000;
    for (;;) {
        signal?.throwIfAborted();
        const answer = await ask();
        if (answer !== undefined) {
            return answer;
        }
        if (clock.now() >= end) {
            throw new DrillError(`not within ${withinMinutes} minutes: ${condition}`);
        }
        await clock.sleep(everySeconds * 1000);
    }
}

/**
 * Calls `ask` until it returns true.
 *
 * @throws DrillError when it does not within `withinMinutes`, and what `ask` throws
 */
export async function waitUntil(
    context: Pick<DrillContext, "clock" | "signal">,
    wait: WaitOptions,
    ask: () => Promise<boolean>,
): Promise<void> {
    await waitForValue(context, wait, async () => (await ask()) || undefined);
}

/**
 * A property that AWS always returns.
 *
 * @throws DrillError that names the call and what is missing
 */
export function requireValue<T>(value: T | undefined, call: string, what: string): T {
    if (value === undefined) {
        throw new DrillError(`AWS answered ${call} without ${what}`);
    }
    return value;
}

export const secondsSince = ({ clock }: Pick<DrillContext, "clock">, start: number): number =>
    Math.round((clock.now() - start) / 1000);

/** Names of the errors that AWS returns while a resource cannot be deleted yet, and once it no longer exists. */
export interface DeletionOptions {
    readonly retryableErrors: readonly string[];
    readonly notFoundErrors: readonly string[];
    readonly withinMinutes: number;
}

/** Repeats the deletion until AWS answers that the resource does not exist. */
export const deleteAndWait = (
    context: DrillContext,
    what: string,
    { retryableErrors, notFoundErrors, withinMinutes }: DeletionOptions,
    remove: () => Promise<unknown>,
): Promise<void> =>
    waitUntil(context, { condition: `${what} is deleted`, withinMinutes }, async () => {
        try {
            await remove();
        } catch (error) {
            if (hasErrorName(error, ...notFoundErrors)) {
                return true;
            }
            if (!hasErrorName(error, ...retryableErrors)) {
                throw error;
            }
        }
        return false;
    });

/** Registers how to undo a change, before the change is made: a call that fails may still have taken effect. */
export type AddRollback = (what: string, run: (context: DrillContext) => Promise<unknown>) => void;

/**
 * Runs a drill, and then, whether it failed or not, undoes its changes, the last one first.
 *
 * @throws DrillError with the drill's failure and with the changes that could not be undone
 */
export async function withRollback<T>(
    context: DrillContext,
    work: (addRollback: AddRollback) => Promise<T>,
): Promise<T> {
    context.signal?.throwIfAborted();
    const steps: { what: string; run: (context: DrillContext) => Promise<unknown> }[] = [];
    const attempt = await work((what, run) => {
        steps.unshift({ what, run });
    }).then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
    );
    const left: string[] = [];
    // After Ctrl-C the changes must still be undone.
    const rollbackContext: DrillContext = { ...context, signal: undefined };
    for (const { what, run } of steps) {
        context.say(`putting back: ${what}`);
        try {
            await run(rollbackContext);
        } catch (error) {
            left.push(`${what} (${errorMessage(error)})`);
        }
    }
    if ("error" in attempt) {
        const isCancelled = isCancellation(attempt.error);
        if (isCancelled && left.length === 0) {
            throw attempt.error;
        }
        const message = isCancelled ? "the drill was cancelled" : errorMessage(attempt.error);
        throw new DrillError(message, left, { cause: attempt.error });
    }
    if (left.length > 0) {
        throw new DrillError("the drill itself succeeded", left);
    }
    return attempt.result;
}

/** @throws DrillError that names every failed check */
export function assertAll(what: string, checks: Readonly<Record<string, boolean>>): void {
    const failedChecks = Object.entries(checks).flatMap(([must, holds]) => (holds ? [] : [must]));
    if (failedChecks.length > 0) {
        throw new DrillError(`${what} must ${failedChecks.join(", and ")}`);
    }
}
