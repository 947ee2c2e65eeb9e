import { escapeRegExp } from "../../plan/text.ts";

export const hasWildcard = (pattern: string): boolean => /[*?]/.test(pattern);

// Few patterns are compared with many texts.
const expressions = new Map<string, RegExp>();
const patternParts = new Map<string, string[]>();

/**
 * Whether a pattern matches a text: `*` matches any text, `?` one character. The text may be a pattern, too: then the result
 * is whether every text that it matches also matches the other pattern.
 */
export function matchesWildcard(text: string, pattern: string): boolean {
    if (!hasWildcard(pattern)) {
        return text === pattern;
    }
    const expression =
        expressions.get(pattern) ??
        // The `*` of a text stands for any text, which the `?` of a pattern does not match.
        new RegExp(`^${escapeRegExp(pattern).replaceAll("\\*", ".*").replaceAll("\\?", "[^*]")}$`);
    expressions.set(pattern, expression);
    return expression.test(text);
}

const overlaps = new Map<string, boolean>();

/** Whether there is a text that both patterns match. */
export function patternsOverlap(a: string, b: string): boolean {
    if (!hasWildcard(a) || !hasWildcard(b)) {
        return hasWildcard(a) ? matchesWildcard(b, a) : matchesWildcard(a, b);
    }
    const pair = `${a} ${b}`;
    const found = overlaps.get(pair) ?? shareText(a, b);
    overlaps.set(pair, found);
    return found;
}

/** A `*` at the beginning stands for nothing, or for what the other pattern begins with. */
function shareText(a: string, b: string): boolean {
    if (a === "" || b === "") {
        return /^\**$/.test(a + b);
    }
    if (a.startsWith("*") || b.startsWith("*")) {
        const [star, other] = a.startsWith("*") ? [a, b] : [b, a];
        return shareText(star.slice(1), other) || shareText(star, other.slice(1));
    }
    return (b.startsWith(a.charAt(0)) || a.startsWith("?") || b.startsWith("?")) && shareText(a.slice(1), b.slice(1));
}

/** The six parts of an ARN; the last one may contain colons. */
function arnParts(arn: string): string[] {
    const parts = arn.split(":");
    return [...parts.slice(0, 5), parts.slice(5).join(":")];
}

/** `ArnLike`: IAM compares each of the six parts of an ARN on its own, so that `*` never spans two of them. */
export function matchesArnPattern(arn: string, pattern: string): boolean {
    const given = arnParts(arn);
    const expected = patternParts.get(pattern) ?? arnParts(pattern);
    patternParts.set(pattern, expected);
    return expected.every((part, i) => matchesWildcard(given[i] ?? "", part));
}

/** Whether a comparison is about all that a pattern matches, or about some of it. For a text without wildcards they are equal. */
export type Extent = "all" | "some";

const compare = { all: matchesWildcard, some: patternsOverlap } as const satisfies Record<Extent, unknown>;

/** Whether an element of `Action` matches an action. IAM ignores the case. */
export const matchesAction = (action: string, pattern: string, extent: Extent = "all"): boolean =>
    compare[extent](action.toLowerCase(), pattern.toLowerCase());

/**
 * Whether an element of `Resource` matches an ARN. Unlike in `ArnLike`, a `*` matches colons, too
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html#reference_policies_elements_resource_wildcards).
 * AWS says so of a `*` at the end of a part; within a part the ARNs of a plan show no difference.
 */
export const matchesResource = (arn: string, pattern: string, extent: Extent = "all"): boolean =>
    compare[extent](arn, pattern);
