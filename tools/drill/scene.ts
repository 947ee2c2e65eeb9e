import type { Clients } from "./clients.ts";

export interface Clock {
    /** Milliseconds since 1970. */
    now: () => number;
    sleep: (milliseconds: number) => Promise<void>;
}

/** The stack on which a drill is held, and how the drill asks, waits and speaks. */
export interface Scene {
    readonly clients: Clients;
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
export class DrillProblem extends Error {
    readonly left: readonly string[];

    constructor(message: string, left: readonly string[] = [], options?: ErrorOptions) {
        super([message, ...left.map((each) => `still to be put back: ${each}`)].join("\n"), options);
        this.name = "DrillProblem";
        this.left = left;
    }
}

/** Whether AWS refused with one of these errors. */
export const isNamed = (error: unknown, names: readonly string[]): boolean =>
    error instanceof Error && names.includes(error.name);

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export interface Wait {
    /** Ends the sentence `not within 5 minutes: ...`. */
    readonly what: string;
    readonly withinMinutes: number;
    /** @default 10 */
    readonly everySeconds?: number;
}

/**
 * Asks until there is an answer.
 *
 * @throws DrillProblem when there is none in time, and what `ask` throws
 */
export async function until<T>(
    { clock, signal }: Pick<Scene, "clock" | "signal">,
    { what, withinMinutes, everySeconds = 10 }: Wait,
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
            throw new DrillProblem(`not within ${withinMinutes} minutes: ${what}`);
        }
        await clock.sleep(everySeconds * 1000);
    }
}

/**
 * Asks until it is so.
 *
 * @throws DrillProblem when it is not in time, and what `ask` throws
 */
export async function untilSo(
    scene: Pick<Scene, "clock" | "signal">,
    wait: Wait,
    ask: () => Promise<boolean>,
): Promise<void> {
    await until(scene, wait, async () => (await ask()) || undefined);
}

/**
 * A part of an answer that AWS always gives.
 *
 * @throws DrillProblem that names the call and what is missing
 */
export function told<T>(value: T | undefined, call: string, what: string): T {
    if (value === undefined) {
        throw new DrillProblem(`AWS answered ${call} without ${what}`);
    }
    return value;
}

/** Seconds since a time. */
export const secondsSince = ({ clock }: Pick<Scene, "clock">, start: number): number =>
    Math.round((clock.now() - start) / 1000);

/** What AWS answers, by the name of the error, while a resource cannot be deleted yet, and when it is gone. */
export interface Deletion {
    readonly busy: readonly string[];
    readonly gone: readonly string[];
    readonly withinMinutes: number;
}

/** Deletes until AWS says that there is nothing to delete. */
export const deleted = (
    scene: Scene,
    what: string,
    { busy, gone, withinMinutes }: Deletion,
    remove: () => Promise<unknown>,
): Promise<void> =>
    untilSo(scene, { what: `${what} is deleted`, withinMinutes }, async () => {
        try {
            await remove();
        } catch (error) {
            if (isNamed(error, gone)) {
                return true;
            }
            if (!isNamed(error, busy)) {
                throw error;
            }
        }
        return false;
    });

/** Says how to put something back, before it is changed: a call that failed may have done its work. */
export type PutBack = (what: string, run: (scene: Scene) => Promise<unknown>) => void;

/**
 * Runs a drill, and then, whether it failed or not, puts back what it changed, last first.
 *
 * @throws DrillProblem with the drill's failure and with what could not be put back
 */
export async function puttingBack<T>(scene: Scene, work: (putBack: PutBack) => Promise<T>): Promise<T> {
    scene.signal?.throwIfAborted();
    const steps: { what: string; run: (scene: Scene) => Promise<unknown> }[] = [];
    const attempt = await work((what, run) => {
        steps.unshift({ what, run });
    }).then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
    );
    const left: string[] = [];
    // Who interrupts the drill wants it undone.
    const patient: Scene = { ...scene, signal: undefined };
    for (const { what, run } of steps) {
        scene.say(`putting back: ${what}`);
        try {
            await run(patient);
        } catch (error) {
            left.push(`${what} (${reasonOf(error)})`);
        }
    }
    if ("error" in attempt) {
        throw new DrillProblem(reasonOf(attempt.error), left, { cause: attempt.error });
    }
    if (left.length > 0) {
        throw new DrillProblem("the drill itself succeeded", left);
    }
    return attempt.result;
}

/** @throws DrillProblem that names everything that does not hold */
export function demand(what: string, checks: Readonly<Record<string, boolean>>): void {
    const broken = Object.entries(checks).flatMap(([must, holds]) => (holds ? [] : [must]));
    if (broken.length > 0) {
        throw new DrillProblem(`${what} must ${broken.join(", and ")}`);
    }
}
