import { matchesArnPattern } from "../../plan/query.ts";

export const hasWildcard = (pattern: string): boolean => /[*?]/.test(pattern);

const expressions = new Map<string, RegExp>();

/** `*` for any text, `?` for one character. */
export function matchesWildcard(value: string, pattern: string): boolean {
    if (!hasWildcard(pattern)) {
        return value === pattern;
    }
    const known = expressions.get(pattern);
    const expression =
        known ??
        new RegExp(
            `^${pattern
                .replace(/[.+^${}()|[\]\\]/g, "\\$&")
                .replaceAll("*", ".*")
                .replaceAll("?", ".")}$`,
        );
    expressions.set(pattern, expression);
    return expression.test(value);
}

/** Actions compare without regard to case. */
export const matchesAction = (action: string, pattern: string): boolean =>
    matchesWildcard(action.toLowerCase(), pattern.toLowerCase());

/** Whether a pattern of `Resource` names an ARN; `*` alone names everything, also what has no ARN. */
export const matchesResource = (arn: string, pattern: string): boolean =>
    pattern === "*" || pattern === arn || (hasWildcard(pattern) && matchesArnPattern(arn, pattern));

/** The plainest text that a pattern names. */
export const fillWildcards = (pattern: string): string => pattern.replaceAll("*", "any").replaceAll("?", "a");
