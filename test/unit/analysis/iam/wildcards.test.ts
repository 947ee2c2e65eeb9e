import { expect, test } from "@jest/globals";
import fc from "fast-check";
import {
    matchesArnPattern,
    matchesResource,
    matchesWildcard,
    patternsOverlap,
} from "../../../../analysis/iam/wildcards.ts";

const queue = "arn:aws:sqs:us-east-1:123456789012:payments";

test.each([
    ["*", true, false],
    ["arn:aws:sqs:*", true, false],
    ["arn:aws:sqs:us-east-1:*", true, false],
    ["arn:aws:sqs:*:payments", true, false],
    ["arn:aws:sqs:*:*:payments", true, true],
    ["arn:aws:sqs:us-*-1:123456789012:pay*", true, true],
    ["arn:aws:sqs:us-east-1:123456789012:payment", false, false],
])("%s as a resource matches a queue: %s; in ArnLike: %s", (pattern, asResource, asArn) => {
    expect(matchesResource(queue, pattern)).toBe(asResource);
    expect(matchesArnPattern(queue, pattern)).toBe(asArn);
});

test.each([
    ["a*", "a*", true, true],
    ["ab*", "a*", true, true],
    ["a*", "ab*", false, true],
    ["a*", "*b", false, true],
    ["a*", "b*", false, false],
    ["a*c", "*b*", false, true],
    ["a?", "a*", true, true],
    ["a*", "a?", false, true],
    ["a?b", "a*?b", true, true],
    ["", "*", true, true],
    ["", "?", false, false],
])("all that %s matches, %s matches: %s; some of it: %s", (text, pattern, all, some) => {
    expect(matchesWildcard(text, pattern)).toBe(all);
    expect(patternsOverlap(text, pattern)).toBe(some);
    expect(patternsOverlap(pattern, text)).toBe(some);
});

const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 6 });
const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 6 });

test("a text that only one of two patterns matches shows that it matches more", () => {
    fc.assert(
        fc.property(pattern, pattern, text, (a, b, each) => {
            const [byA, byB] = [matchesWildcard(each, a), matchesWildcard(each, b)];
            expect(matchesWildcard(a, b) && byA && !byB).toBe(false);
            expect(byA && byB && !patternsOverlap(a, b)).toBe(false);
        }),
        { numRuns: 2000 },
    );
});

test("patterns that overlap have a text in common", () => {
    const texts = (length: number): string[] =>
        length === 0 ? [""] : ["", ...texts(length - 1).flatMap((rest) => [`a${rest}`, `b${rest}`])];
    const all = texts(6);
    const short = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 3 });
    fc.assert(
        fc.property(short, short, (a, b) => {
            expect(patternsOverlap(a, b)).toBe(
                all.some((each) => matchesWildcard(each, a) && matchesWildcard(each, b)),
            );
        }),
        { numRuns: 500 },
    );
});
