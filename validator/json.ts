/** A JSON text with what `JSON.parse` forgets: every scalar as it was written, and whether an object repeats a name. */
export interface Json {
    value: unknown;
    /** Names of all objects, decoded, repeated ones included. */
    names: string[];
    /** Strings, decoded, and numbers, as written and as understood: the two differ for 4.1e15. */
    scalars: string[];
    /** `JSON.parse` keeps the last of two equal names, other parsers the first: what one has checked the other has not read. */
    repeatsName: boolean;
}

// Correct for valid JSON only, where a quote outside a string always opens one.
const token = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|-?\d[\d.eE+-]*/g;

/** Undefined when the text is not JSON. The parser's message is dropped, because it quotes the text. */
export function parseJson(text: string): Json | undefined {
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch {
        return undefined;
    }
    const names: string[] = [];
    const scalars: string[] = [];
    for (const [whole, quoted, colon] of text.matchAll(token)) {
        if (quoted === undefined) {
            scalars.push(whole, String(Number(whole)));
        } else {
            (colon === undefined ? scalars : names).push(JSON.parse(quoted) as string);
        }
    }
    return { value, names, scalars, repeatsName: names.length !== namesAndScalarsOf(value).names.length };
}

/** All names and scalars of a parsed value. A loop and not a recursion: a body of brackets must not exhaust the stack. */
export function namesAndScalarsOf(root: unknown): Pick<Json, "names" | "scalars"> {
    const names: string[] = [];
    const scalars: string[] = [];
    const pending = [root];
    while (pending.length > 0) {
        const value = pending.pop();
        if (typeof value !== "object" || value === null) {
            scalars.push(String(value));
            continue;
        }
        names.push(...(Array.isArray(value) ? [] : Object.keys(value)));
        pending.push(...(Object.values(value) as unknown[]));
    }
    return { names, scalars };
}
