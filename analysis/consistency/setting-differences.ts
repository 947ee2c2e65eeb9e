import { isObjectOrArray, toText } from "../../plan/query.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import { escapeRegExp } from "../../plan/text.ts";

/** A setting with different values in two stacks. */
export interface SettingDifference {
    /** Such as `database.maxAcu`. */
    readonly field: string;
    /** As text; undefined for a field that a stack does not set. */
    readonly values: readonly [string | undefined, string | undefined];
}

/** A property with different values in two stacks; undefined for a stack that does not set it. */
export interface PropertyDifference {
    /** Kind of the resource and path of the property. */
    readonly line: string;
    readonly values: readonly [string | undefined, string | undefined];
}

/** Every value of the settings, defaults included, by field; a list is one value. */
function valuesByField(value: unknown, at = "", found = new Map<string, string>()): Map<string, string> {
    if (isObjectOrArray(value) && !Array.isArray(value)) {
        for (const [key, inner] of Object.entries(value)) {
            valuesByField(inner, at === "" ? key : `${at}.${key}`, found);
        }
    } else if (value !== undefined) {
        found.set(at, Array.isArray(value) && !value.some(isObjectOrArray) ? value.join(",") : toText(value));
    }
    return found;
}

/** Where the settings of two stacks differ, in the order of the fields. */
export function settingDifferences(one: PlatformSettings, other: PlatformSettings): SettingDifference[] {
    const [left, right] = [valuesByField(one), valuesByField(other)];
    return [...new Set([...left.keys(), ...right.keys()])]
        .map((field) => ({ field, values: [left.get(field), right.get(field)] as const }))
        .filter(({ values: [a, b] }) => a !== b);
}

/** Whether replacing one stack's value by the other's turns one text into the other. */
function turnsIntoByReplacing(text: string, from: string, to: string, result: string): boolean {
    if (from.includes("://")) {
        // An origin is no part of an address; API Gateway has it in quotes.
        const bare = (quoted: string) => quoted.replace(/^'(.*)'$/, "$1");
        return bare(text) === from && bare(result) === to;
    }
    return text.replace(new RegExp(`(?<![\\w.])${escapeRegExp(from)}(?![\\w.])`, "g"), () => to) === result;
}

/** Domains and node types; numbers may be equal by chance. */
const isDistinctive = (value: string): boolean => /[a-z]\.[a-z]/.test(value);

/** The words of `payment-cache numCacheClusters`: cache, num, clusters; every name starts with payment. */
const wordsIn = (text: string): Set<string> =>
    new Set(
        text
            .replace(/PaymentPlatform|\bpayment-/g, "")
            .replace(/([a-z\d])([A-Z])/g, "$1 $2")
            .toLowerCase()
            .match(/[a-z\d]+/g),
    );

/**
 * The setting whose two values equal the two values of a property, or are part of them. Unless the values are distinctive,
 * its name must share a word with the property's line; of several settings, the one that shares most words is returned.
 */
export function findExplainingSetting(
    { line, values: [one, other] }: PropertyDifference,
    settings: readonly SettingDifference[],
): string | undefined {
    if (one === undefined || other === undefined) {
        return undefined;
    }
    const words = wordsIn(line);
    const [best] = settings
        .map(({ field, values: [from, to] }) => ({
            field,
            from,
            to,
            akin: [...wordsIn(field)].filter((word) => words.has(word)).length,
        }))
        .filter(
            ({ akin, from = "", to }) =>
                from !== "" &&
                to !== undefined &&
                (akin > 0 || isDistinctive(from)) &&
                turnsIntoByReplacing(one, from, to, other),
        )
        .toSorted((a, b) => b.akin - a.akin);
    return best?.field;
}
