import type { AwsClients } from "../frame/aws-clients.ts";
import type { Clock } from "../frame/clock.ts";
import { ExitError } from "../frame/exit.ts";

/** The stack on which a drill is held, and how the drill asks, waits and speaks. */
export interface DrillContext {
    readonly clients: AwsClients;
    /** Ends every name of the stack. */
    readonly suffix: string;
    readonly clock: Clock;
    /** Tells the operator what happens, before it does. */
    readonly say: (line: string) => void;
    /** Ends the drill at the next wait. What was changed is put back all the same. */
    readonly signal?: AbortSignal;
}

/** A drill that does not fit the stack: nothing was changed, and nothing is wrong. */
export interface Skipped {
    readonly skipped: string;
}

export const isSkipped = (result: object): result is Skipped => "skipped" in result;

/** What went wrong, and what could not be put back. */
export class DrillError extends ExitError {
    readonly notRolledBack: readonly string[];

    constructor(message: string, left: readonly string[] = [], options?: ErrorOptions) {
        super("failed", [message, ...left.map((each) => `still to be put back: ${each}`)].join("\n"), options);
        this.name = "DrillError";
        this.notRolledBack = left;
    }
}

/** Whether AWS refused with one of these errors. */
export const hasErrorName = (error: unknown, names: readonly string[]): boolean =>
    error instanceof Error && names.includes(error.name);

export const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export interface WaitOptions {
    /** Ends the sentence `not within 5 minutes: ...`. */
    readonly condition: string;
    readonly withinMinutes: number;
    /** @default 10 */
    readonly everySeconds?: number;
}

/**
 * Asks until there is an answer.
 *
 * @throws DrillProblem when there is none in time, and what `ask` throws
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
 * Asks until it is so.
 *
 * @throws DrillProblem when it is not in time, and what `ask` throws
 */
export async function waitUntil(
    context: Pick<DrillContext, "clock" | "signal">,
    wait: WaitOptions,
    ask: () => Promise<boolean>,
): Promise<void> {
    await waitForValue(context, wait, async () => (await ask()) || undefined);
}

/**
 * A part of an answer that AWS always gives.
 *
 * @throws DrillProblem that names the call and what is missing
 */
export function requireValue<T>(value: T | undefined, call: string, what: string): T {
    if (value === undefined) {
        throw new DrillError(`AWS answered ${call} without ${what}`);
    }
    return value;
}

/** Seconds since a time. */
export const secondsSince = ({ clock }: Pick<DrillContext, "clock">, start: number): number =>
    Math.round((clock.now() - start) / 1000);

/** What AWS answers, by the name of the error, while a resource cannot be deleted yet, and when it is gone. */
export interface DeletionOptions {
    readonly retryableErrors: readonly string[];
    readonly notFoundErrors: readonly string[];
    readonly withinMinutes: number;
}

/** Deletes until AWS says that there is nothing to delete. */
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
            if (hasErrorName(error, notFoundErrors)) {
                return true;
            }
            if (!hasErrorName(error, retryableErrors)) {
                throw error;
            }
        }
        return false;
    });

/** Says how to put something back, before it is changed: a call that failed may have done its work. */
export type AddRollback = (what: string, run: (context: DrillContext) => Promise<unknown>) => void;

/**
 * Runs a drill, and then, whether it failed or not, puts back what it changed, last first.
 *
 * @throws DrillProblem with the drill's failure and with what could not be put back
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
    // Who interrupts the drill wants it undone.
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
        throw new DrillError(errorMessage(attempt.error), left, { cause: attempt.error });
    }
    if (left.length > 0) {
        throw new DrillError("the drill itself succeeded", left);
    }
    return attempt.result;
}

/** @throws DrillProblem that names everything that does not hold */
export function assertAll(what: string, checks: Readonly<Record<string, boolean>>): void {
    const failedChecks = Object.entries(checks).flatMap(([must, holds]) => (holds ? [] : [must]));
    if (failedChecks.length > 0) {
        throw new DrillError(`${what} must ${failedChecks.join(", and ")}`);
    }
}
