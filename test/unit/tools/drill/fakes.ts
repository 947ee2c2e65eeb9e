import type { Clients } from "../../../../tools/drill/clients.ts";
import type { Scene } from "../../../../tools/drill/scene.ts";

export type Input = Readonly<Record<string, unknown>>;
export interface Call {
    readonly name: string;
    readonly input: Input;
}

/** What a fake AWS answers to each call, by name; a call that is not listed fails. */
export type Answers = Readonly<Record<string, (input: Input) => object | undefined>>;

/** A fake AWS with a state of its own. */
export interface World {
    readonly answers: Answers;
    /** Everything that a drill may change. */
    readonly state: () => unknown;
}

/** A call that fails: before it has done its work, or after, as when the answer is lost; or one that answers nothing. */
export interface Failure {
    readonly at: number;
    readonly when: "before" | "after" | "empty";
}

export const begin = Date.parse("2027-01-31T10:15:00.000Z");

/** An error such as AWS's. */
export const named = (name: string): Error => Object.assign(new Error(name), { name });

interface Sent {
    readonly constructor: { readonly name: string };
    readonly input: Input;
}

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

/** A stack `dev` on a fake AWS, whose clock moves by waiting only. */
export function sceneOn({ answers }: World, failure?: Failure) {
    const calls: Call[] = [];
    const said: string[] = [];
    let now = begin;
    const send = ({ constructor, input }: Sent): Promise<object> => {
        const name = constructor.name.replace(/Command$/, "");
        calls.push({ name, input });
        const isFailing = calls.length === failure?.at;
        if (isFailing && failure.when === "before") {
            return Promise.reject(new Error(`${name} fails`));
        }
        try {
            const answer = answers[name];
            if (answer === undefined) {
                throw new Error(`no fake answer for ${name}`);
            }
            const given = withoutEmptyLists(answer(input) ?? {}) as object;
            if (!isFailing) {
                return Promise.resolve(given);
            }
            return failure.when === "empty" ? Promise.resolve({}) : Promise.reject(new Error(`${name} fails`));
        } catch (error) {
            // A lost answer tells as little of an error.
            return Promise.reject(isFailing ? new Error(`${name} fails`) : (error as Error));
        }
    };
    // Each client has the one method that drills use.
    const clients = new Proxy({}, { get: () => ({ send }) }) as unknown as Clients;
    const scene: Scene = {
        clients,
        suffix: "dev",
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
    return { scene, calls, said, names: () => calls.map(({ name }) => name), waited: () => (now - begin) / 1000 };
}

/** Inputs of the calls of a name. */
export const inputsOf = (calls: readonly Call[], name: string): Input[] =>
    calls.filter((call) => call.name === name).map(({ input }) => input);

/** Answers of which some are others once a call was made. */
export function onceAsked(answers: Answers, call: string, others: Answers): Answers {
    let isAsked = false;
    const changed = Object.entries(others).map(([name, other]): [string, Answers[string]] => [
        name,
        (input) => (isAsked ? other(input) : answers[name]?.(input)),
    ]);
    const noticed: Answers[string] = (input) => {
        isAsked = true;
        return answers[call]?.(input);
    };
    return { ...answers, ...Object.fromEntries(changed), [call]: noticed };
}

/** Gives `before` a number of times, then `after`. */
export function later<T>(times: number, before: T, after: T): () => T {
    let asked = 0;
    return () => {
        asked += 1;
        return asked > times ? after : before;
    };
}
