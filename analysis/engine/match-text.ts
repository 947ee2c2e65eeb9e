import { escapeRegExp } from "../../plan/text.ts";

/** A text of the offline plan in the place of the real one in AWS. */
export interface Placeholder {
    /** What it is, such as `the arn of iam.Role payment-trail-dev`. */
    readonly name: string;
    /** Type and property, or function and property. Different placeholders of one kind must have different real texts. */
    readonly kind: string;
    readonly offline: string;
    /** Undefined until it has been read. */
    real: string | undefined;
    /** The offline plan generated it; otherwise it repeats an input. */
    readonly isGenerated: boolean;
    /** A function's result. The engine does not send it: it is read from the first text that contains it. */
    readonly isFunctionResult: boolean;
}

/** How the engine's text matches the offline plan's. */
export interface TextMatch {
    /**
     * `same`: the offline plan's text, with real texts in the place of placeholders. `contradiction`: the same, except
     * for a text that is not the real one of its placeholder. `other`: another text.
     */
    readonly kind: "same" | "contradiction" | "other";
    /** The engine's text with placeholders for the real texts in it; unchanged if its kind is `other`. */
    readonly text: string;
    readonly contradictions: readonly Contradiction[];
    /** Placeholders in `text`. */
    readonly usedPlaceholders: readonly Placeholder[];
}

export interface Contradiction {
    readonly expected: Placeholder;
    /** Placeholder of the real text that the engine has here; undefined if no resource of the stack has that text. */
    readonly found: Placeholder | undefined;
    readonly text: string;
}

/** Finds the placeholder with this real text: the one of this kind, if several have it. */
export type FindOwner = (real: string, kind: string) => Placeholder | undefined;

/** A place in the offline plan's text, with all placeholders that are this text. */
type Slot = readonly [Placeholder, ...Placeholder[]];

/** The offline plan's text, split at its placeholders: there is a slot between each two literals. */
export interface Pattern {
    readonly literals: readonly string[];
    readonly slots: readonly Slot[];
}

/**
 * Reads the offline plan's text as a pattern, and stores the results of functions that it is the first to find.
 *
 * @param offline the text, or its pattern of these placeholders (`PlaceholderTexts`)
 */
export function matchText(
    offline: string | Pattern,
    engine: string,
    placeholders: readonly Placeholder[],
    ownerOf: FindOwner,
): TextMatch {
    const pattern = typeof offline === "string" ? patternWith(offline, placeholders) : offline;
    const found = textsInSlots(pattern, engine);
    if (found === undefined) {
        return { kind: "other", text: engine, contradictions: [], usedPlaceholders: [] };
    }
    const bound = new Map<Placeholder, string>();
    const read = pattern.slots.map((slot, i) => {
        const text = found[i] ?? "";
        const placeholder = placeholderInSlot(slot, text, bound, placeholders);
        return { expected: slot[0], text, placeholder, owner: placeholder ?? ownerOf(text, slot[0].kind) };
    });
    const wrong = read.filter(({ placeholder }) => placeholder === undefined);
    if (wrong.length === 0) {
        bound.forEach((real, result) => {
            result.real = real;
        });
    }
    return {
        kind: wrong.length === 0 ? "same" : "contradiction",
        text: pattern.literals
            .flatMap((literal, i) => [literal, read[i]?.owner?.offline ?? read[i]?.text ?? ""])
            .join(""),
        contradictions: wrong.map(({ expected, owner, text }) => ({ expected, found: owner, text })),
        usedPlaceholders: read.flatMap(({ placeholder }) => placeholder ?? []),
    };
}

/** Placeholders by their text in the offline plan: hundreds of outputs repeat the account, which is looked for once. */
export class PlaceholderTexts {
    readonly #slots: ReadonlyMap<string, Slot>;
    readonly #byFirstWord: ReadonlyMap<string, readonly string[]>;

    constructor(placeholders: readonly Placeholder[]) {
        // The resource for which it is generated precedes one that repeats it.
        this.#slots = Map.groupBy(
            [
                ...placeholders.filter(({ isGenerated }) => isGenerated),
                ...placeholders.filter((each) => !each.isGenerated && each.real !== each.offline),
            ],
            (each) => each.offline,
        ) as Map<string, [Placeholder, ...Placeholder[]]>;
        this.#byFirstWord = Map.groupBy(this.#slots.keys(), (text) => /^[A-Za-z0-9]*/.exec(text)?.[0] ?? "");
    }

    /** Splits at the longest placeholders first, as an ARN contains the account, and never within a word. */
    patternOf(offline: string): Pattern {
        const whole = this.#slots.get(offline);
        if (whole !== undefined) {
            return { literals: ["", ""], slots: [whole] };
        }
        // A placeholder that begins with a word is there only where that is a whole word.
        const words = new Set(["", ...offline.split(/[^A-Za-z0-9]+/)]);
        const texts = [...words]
            .flatMap((word) => this.#byFirstWord.get(word) ?? [])
            .filter((text) => offline.includes(text))
            .toSorted((a, b) => b.length - a.length)
            .map(escapeRegExp);
        if (texts.length === 0) {
            return withoutSlots(offline);
        }
        const pieces = offline.split(new RegExp(`(?<![A-Za-z0-9])(${texts.join("|")})(?![A-Za-z0-9])`));
        return {
            literals: pieces.filter((_, i) => i % 2 === 0),
            slots: pieces.flatMap((text, i) =>
                i % 2 === 0 ? [] : [this.#slots.get(text)].filter((slot) => slot !== undefined),
            ),
        };
    }
}

const withoutSlots = (text: string): Pattern => ({ literals: [text], slots: [] });

/** The pattern of a text with few placeholders, which are not worth an index. */
function patternWith(offline: string, placeholders: readonly Placeholder[]): Pattern {
    const contained = placeholders.filter((each) => offline.includes(each.offline));
    return contained.length === 0 ? withoutSlots(offline) : new PlaceholderTexts(contained).patternOf(offline);
}

/** The text in each slot; undefined if the text does not match the pattern. */
function textsInSlots({ literals, slots }: Pattern, engine: string): string[] | undefined {
    // There may be many splits of a text: each position is tried once.
    const failed = new Set<number>();
    const from = (i: number, at: number): string[] | undefined => {
        const literal = literals[i] ?? "";
        const slot = slots[i];
        const start = at + literal.length;
        const place = i * (engine.length + 1) + at;
        if (failed.has(place) || !engine.startsWith(literal, at)) {
            return undefined;
        }
        if (slot === undefined) {
            return start === engine.length ? [] : undefined;
        }
        for (const text of candidateTexts(slot, engine, start, literals[i + 1] ?? "")) {
            const others = from(i + 1, start + text.length);
            if (others !== undefined) {
                return [text, ...others];
            }
        }
        failed.add(place);
        return undefined;
    };
    return from(0, 0);
}

/** Possible texts of a slot before the next literal, the expected text first. */
function* candidateTexts(slot: Slot, engine: string, start: number, next: string): Generator<string> {
    // The first is nearly always right, and hundreds of outputs repeat the account.
    for (const { real, offline } of slot) {
        yield* [real ?? offline, offline].filter((text) => engine.startsWith(text, start));
    }
    const result = slot.find(({ isFunctionResult, real }) => isFunctionResult && real === undefined);
    const form = result === undefined ? anyCharacters : characterClassOf(result.offline);
    const [longest = ""] = new RegExp(`^[${form}]+`).exec(engine.slice(start, start + maxTextLength)) ?? [];
    for (let end = start + longest.length; end > start; end -= 1) {
        end = engine.lastIndexOf(next, end);
        if (end > start) {
            yield engine.slice(start, end);
        }
    }
}

/** Within JSON, a text ends at a quote. */
const anyCharacters = `^\\s"'<>,;`;

/** Real results have the same kinds of characters: digits for an account; letters, digits, dashes for a zone. */
const characterClassOf = (text: string): string =>
    [
        /[A-Za-z]/.test(text) ? "A-Za-z" : "",
        /\d/.test(text) ? "0-9" : "",
        ...[...new Set(text.replace(/[A-Za-z0-9]/g, ""))].map((sign) => `\\${sign}`),
    ].join("");

/** The longest ARN: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html */
const maxTextLength = 2048;

/** The placeholder of a slot that has this real text. */
function placeholderInSlot(
    slot: Slot,
    text: string,
    bound: Map<Placeholder, string>,
    placeholders: readonly Placeholder[],
): Placeholder | undefined {
    // An output that repeats a function's result, such as the account, counts as that result.
    const result = slot.find(({ isFunctionResult }) => isFunctionResult);
    if (result === undefined) {
        return slot.find(({ real }) => real === text) ?? (text === slot[0].offline ? slot[0] : undefined);
    }
    const realOf = (each: Placeholder) => bound.get(each) ?? each.real;
    const real = realOf(result);
    if (real !== undefined) {
        return real === text ? result : undefined;
    }
    const isTaken = placeholders.some((each) => each.kind === result.kind && realOf(each) === text);
    if (!isTaken) {
        bound.set(result, text);
    }
    return isTaken ? undefined : result;
}
