import type { DrillContext } from "../../../../tools/drill/context.ts";
import { clientsSending } from "../deploy/fakes.ts";

export type CallInput = Readonly<Record<string, unknown>>;
export interface RecordedCall {
    readonly name: string;
    readonly input: CallInput;
}

/** What a fake AWS answers to each call, by name; a call that is not listed fails. */
export type CallHandlers = Readonly<Record<string, (input: CallInput) => object | undefined>>;

/** A fake AWS with a state of its own. */
export interface FakeAccount {
    readonly handlers: CallHandlers;
    /** Everything that a drill may change. */
    readonly state: () => unknown;
}

/** A call that fails: before it has done its work, or after, as when the answer is lost; or one that answers nothing. */
export interface InjectedFailure {
    readonly callNumber: number;
    readonly when: "before" | "after" | "empty";
}

export const startTime = Date.parse("2027-01-31T10:15:00.000Z");

/** An error such as AWS's. */
export const errorNamed = (name: string): Error => Object.assign(new Error(name), { name });

/** AWS may leave out a list that is empty, and so does the fake. */
function withoutEmptyLists(answer: unknown): unknown {
    if (Array.isArray(answer)) {
        return answer.map(withoutEmptyLists);
    }
    return typeof answer === "object" && answer !== null && !(answer instanceof Date)
        ? Object.fromEntries(
              Object.entries(answer)
                  .filter(([, value]) => !Array.isArray(value) || value.length > 0)
                  .map(([key, value]) => [key, withoutEmptyLists(value)]),
          )
        : answer;
}

/** A stack `dev` on a fake AWS. Its clock advances only by waiting. */
export function drillContextOn({ handlers }: FakeAccount, failure?: InjectedFailure) {
    const calls: RecordedCall[] = [];
    const said: string[] = [];
    let now = startTime;
    const clients = clientsSending((name, input): Promise<object> => {
        calls.push({ name, input });
        const isFailing = calls.length === failure?.callNumber;
        if (isFailing && failure.when === "before") {
            return Promise.reject(new Error(`${name} fails`));
        }
        try {
            const answer = handlers[name];
            if (answer === undefined) {
                throw new Error(`no fake answer for ${name}`);
            }
            const given = withoutEmptyLists(answer(input) ?? {}) as object;
            if (!isFailing) {
                return Promise.resolve(given);
            }
            return failure.when === "empty" ? Promise.resolve({}) : Promise.reject(new Error(`${name} fails`));
        } catch (error) {
            // A lost answer looks the same.
            return Promise.reject(isFailing ? new Error(`${name} fails`) : (error as Error));
        }
    });
    const drillContext: DrillContext = {
        clients,
        suffix: "dev",
        databaseCluster: "payment-database-dev",
        clock: {
            now: () => now,
            sleep: (milliseconds) => {
                now += milliseconds;
                return Promise.resolve();
            },
        },
        say: (line) => {
            said.push(line);
        },
    };
    return {
        drillContext,
        calls,
        said,
        names: () => calls.map(({ name }) => name),
        waited: () => (now - startTime) / 1000,
    };
}

/** Inputs of the calls of a name. */
export const inputsOfCalls = (calls: readonly RecordedCall[], name: string): CallInput[] =>
    calls.filter((call) => call.name === name).map(({ input }) => input);

/** Answers of which some are others once a call was made. */
export function switchAfterCall(answers: CallHandlers, call: string, others: CallHandlers): CallHandlers {
    let isAsked = false;
    const changed = Object.entries(others).map(([name, other]): [string, CallHandlers[string]] => [
        name,
        (input) => (isAsked ? other(input) : answers[name]?.(input)),
    ]);
    const noticed: CallHandlers[string] = (input) => {
        isAsked = true;
        return answers[call]?.(input);
    };
    return { ...answers, ...Object.fromEntries(changed), [call]: noticed };
}

/** Gives `before` a number of times, then `after`. */
export function switchAfterTimes<T>(times: number, before: T, after: T): () => T {
    let asked = 0;
    return () => {
        asked += 1;
        return asked > times ? after : before;
    };
}
