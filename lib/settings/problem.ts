import { at } from "../list.ts";

/** One thing wrong with the settings: where it is, what must be, and the value given where showing it helps. */
export interface Problem {
    readonly path: readonly PropertyKey[];
    readonly message: string;
    readonly got?: unknown;
}

/** Configuration keys that are ours begin with this. */
export const namespace = "payment-platform:";

/** The only key outside our namespace that the program reads. */
export const regionKey = "aws:region";

const longestValue = 120;

/** The line an operator reads, with the field spelt as `pulumi config set --path` takes it. */
export function lineOf({ path, message, got }: Problem): string {
    return `${labelOf(path)} ${message}${got === undefined ? "" : `, got ${shorten(JSON.stringify(got))}`}`;
}

function labelOf([key, ...rest]: readonly PropertyKey[]): string {
    const first = String(key);
    return (first === regionKey ? first : `${namespace}${first}`) + rest.map(stepOf).join("");
}

function stepOf(key: PropertyKey): string {
    if (typeof key === "number") {
        return `[${key}]`;
    }
    const text = String(key);
    return /^[\w-]+$/.test(text) ? `.${text}` : `[${JSON.stringify(text)}]`;
}

const shorten = (text: string) => (text.length > longestValue ? `${text.slice(0, longestValue)}…` : text);

/** "a", "b" or "c" */
export function choice(values: readonly unknown[]): string {
    const texts = values.map((value) => JSON.stringify(value));
    return texts.length > 1 ? `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}` : texts.join();
}

/** What to say of a name nobody knows: the nearest known one, or all there are. */
export function hint(name: string, known: readonly string[]): string {
    const [nearest] = known
        .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
        .filter(({ candidate, distance }) => distance <= Math.max(2, candidate.length / 3))
        .toSorted((a, b) => a.distance - b.distance);
    return nearest ? `did you mean ${nearest.candidate}?` : `known here: ${known.join(", ")}`;
}

/** Letters to insert, delete or exchange to get from one word to the other (Levenshtein). */
function editDistance(from: string, to: string): number {
    const first = Array.from({ length: to.length + 1 }, (_, i) => i);
    const last = from.split("").reduce((row, letter, i) => {
        const next = [i + 1];
        to.split("").forEach((other, j) => {
            const exchanged = at(row, j) + (letter === other ? 0 : 1);
            next.push(Math.min(exchanged, at(next, j) + 1, at(row, j + 1) + 1));
        });
        return next;
    }, first);
    return at(last, to.length);
}
