import { escapeRegExp } from "../../plan/text.ts";

export const hasWildcard = (pattern: string): boolean => /[*?]/.test(pattern);

// Few patterns are compared with many texts.
const expressions = new Map<string, RegExp>();
const patternParts = new Map<string, string[]>();

/** `*` matches any text, `?` one character. */
export function matchesWildcard(value: string, pattern: string): boolean {
    if (!hasWildcard(pattern)) {
        return value === pattern;
    }
    const expression =
        expressions.get(pattern) ??
        new RegExp(`^${escapeRegExp(pattern).replaceAll("\\*", ".*").replaceAll("\\?", ".")}$`);
    expressions.set(pattern, expression);
    return expression.test(value);
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

/** IAM ignores the case of action names. */
export const matchesAction = (action: string, pattern: string): boolean =>
    matchesWildcard(action.toLowerCase(), pattern.toLowerCase());

/** Whether an element of `Resource` matches an ARN. `*` alone matches all resources, and requests without an ARN, too. */
export const matchesResource = (arn: string, pattern: string): boolean =>
    pattern === "*" || pattern === arn || (hasWildcard(pattern) && matchesArnPattern(arn, pattern));

/** One sample text that the pattern matches. */
export const fillWildcards = (pattern: string): string => pattern.replaceAll("*", "any").replaceAll("?", "a");
