import { escapeRegExp } from "../../plan/text.ts";

/** A text of the offline plan that stands for another one in AWS. */
export interface Placeholder {
    /** What it is, such as `the arn of iam.Role payment-trail-dev`. */
    readonly name: string;
    /** Two placeholders of one kind never stand for the same real text. */
    readonly kind: string;
    readonly offline: string;
    /** Nothing while it is not known. */
    real: string | undefined;
    /** The offline plan made it up; else it repeats an input. */
    readonly isGenerated: boolean;
    /** What a function answered. The engine does not tell it: the first text that holds it does. */
    readonly isFunctionResult: boolean;
}

/** How the engine's text fits the offline plan's. */
export interface TextMatch {
    /**
     * `same`: the offline plan's text, with real texts in the place of placeholders. `contradiction`: it would be, but for a
     * text that is not what its placeholder stands for. `other`: another text.
     */
    readonly kind: "same" | "contradiction" | "other";
    /** The engine's text, with the placeholders of all that it holds; as the engine sent it where it is another one. */
    readonly text: string;
    readonly contradictions: readonly Contradiction[];
    /** Placeholders that it holds. */
    readonly usedPlaceholders: readonly Placeholder[];
}

export interface Contradiction {
    readonly expected: Placeholder;
    /** Whose text the engine has in this place; nothing where the stack does not have it. */
    readonly found: Placeholder | undefined;
    readonly text: string;
}

/** Whose real text it is: of this kind, if several have it. */
export type FindOwner = (real: string, kind: string) => Placeholder | undefined;

/** A place in the offline plan's text, with all placeholders that are this text. */
type Slot = readonly [Placeholder, ...Placeholder[]];

/** The offline plan's text, cut at its placeholders: a slot stands between each two literals. */
export interface Pattern {
    readonly literals: readonly string[];
    readonly slots: readonly Slot[];
}

/**
 * Reads the offline plan's text as a pattern, and binds the answers of functions that it meets first.
 *
 * @param offline the text, or its pattern of these placeholders (`patternOf`)
 */
export function matchText(
    offline: string | Pattern,
    engine: string,
    placeholders: readonly Placeholder[],
    ownerOf: FindOwner,
): TextMatch {
    const pattern = typeof offline === "string" ? patternOf(offline, placeholders) : offline;
    const found = textsInSlots(pattern, engine);
    if (found === undefined) {
        return { kind: "other", text: engine, contradictions: [], usedPlaceholders: [] };
    }
    const bound = new Map<Placeholder, string>();
    const read = pattern.slots.map((slot, i) => {
        const text = found[i] ?? "";
        const holder = placeholderInSlot(slot, text, bound, placeholders);
        return { expected: slot[0], text, holder, owner: holder ?? ownerOf(text, slot[0].kind) };
    });
    const wrong = read.filter(({ holder }) => holder === undefined);
    if (wrong.length === 0) {
        bound.forEach((real, answer) => {
            answer.real = real;
        });
    }
    return {
        kind: wrong.length === 0 ? "same" : "contradiction",
        text: pattern.literals
            .flatMap((literal, i) => [literal, read[i]?.owner?.offline ?? read[i]?.text ?? ""])
            .join(""),
        contradictions: wrong.map(({ expected, owner, text }) => ({ expected, found: owner, text })),
        usedPlaceholders: read.flatMap(({ holder }) => holder ?? []),
    };
}

/** Cuts at the longest placeholders first, as an ARN holds the account, and never within a word. */
export function patternOf(offline: string, placeholders: readonly Placeholder[]): Pattern {
    const held = placeholders.filter((each) => offline.includes(each.offline));
    // A resource whose own it is comes before one that repeats it.
    const byText = Map.groupBy(
        [
            ...held.filter(({ isGenerated }) => isGenerated),
            ...held.filter((each) => !each.isGenerated && each.real !== each.offline),
        ],
        (each) => each.offline,
    );
    if (byText.size === 0) {
        return { literals: [offline], slots: [] };
    }
    const texts = [...byText.keys()].toSorted((a, b) => b.length - a.length).map(escapeRegExp);
    const pieces = offline.split(new RegExp(`(?<![A-Za-z0-9])(${texts.join("|")})(?![A-Za-z0-9])`));
    return {
        literals: pieces.filter((_, i) => i % 2 === 0),
        slots: pieces.flatMap((text, i) => {
            const [first, ...others] = i % 2 === 0 ? [] : (byText.get(text) ?? []);
            return first === undefined ? [] : [[first, ...others]];
        }),
    };
}

/** What stands in each slot; nothing where the text does not have the pattern. */
function textsInSlots({ literals, slots }: Pattern, engine: string): string[] | undefined {
    // A text may be cut in many ways: each place is tried once.
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

/** What may stand in a slot before the next literal, the right text before any other. */
function* candidateTexts(slot: Slot, engine: string, start: number, next: string): Generator<string> {
    const right = slot.flatMap(({ real, offline }) => [real ?? offline, offline]);
    yield* right.filter((text) => engine.startsWith(text, start));
    const answer = slot.find(({ isFunctionResult, real }) => isFunctionResult && real === undefined);
    const form = answer === undefined ? anyCharacters : characterClassOf(answer.offline);
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

/** Real answers are made of the same kinds of characters: digits for an account; letters, digits, dashes for a zone. */
const characterClassOf = (text: string): string =>
    [
        /[A-Za-z]/.test(text) ? "A-Za-z" : "",
        /\d/.test(text) ? "0-9" : "",
        ...[...new Set(text.replace(/[A-Za-z0-9]/g, ""))].map((sign) => `\\${sign}`),
    ].join("");

/** The longest ARN: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html */
const maxTextLength = 2048;

/** Which placeholder of a slot stands for the text. */
function placeholderInSlot(
    slot: Slot,
    text: string,
    bound: Map<Placeholder, string>,
    placeholders: readonly Placeholder[],
): Placeholder | undefined {
    // An output that repeats an answer, such as the account, is that answer.
    const answer = slot.find(({ isFunctionResult }) => isFunctionResult);
    if (answer === undefined) {
        return slot.find(({ real }) => real === text) ?? (text === slot[0].offline ? slot[0] : undefined);
    }
    const realOf = (each: Placeholder) => bound.get(each) ?? each.real;
    const real = realOf(answer);
    if (real !== undefined) {
        return real === text ? answer : undefined;
    }
    const isTaken = placeholders.some((each) => each.kind === answer.kind && realOf(each) === text);
    if (!isTaken) {
        bound.set(answer, text);
    }
    return isTaken ? undefined : answer;
}
