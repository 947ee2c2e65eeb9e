import { expect, test } from "@jest/globals";
import { formatValueChange, splitLongAddition } from "../../../../tools/diff/values.ts";

test("a text that looks like another type is quoted", () => {
    expect(formatValueChange("17", 17)).toBe('"17" -> 17');
    expect(formatValueChange("true", undefined)).toBe('"true" -> nothing');
    expect(formatValueChange("a\nb", "a b")).toBe('"a\\nb" -> a b');
});

test("long texts that differ in their middle show what differs", () => {
    const long = (middle: string) => `${"a".repeat(100)}${middle}${"z".repeat(100)}`;
    expect(formatValueChange(long("1"), long("2"))).toBe(
        "...aaaaaaaaaaaa1zzzzzzzzzzzz... -> ...aaaaaaaaaaaa2zzzzzzzzzzzz...",
    );
});

test("long texts that differ everywhere never look the same", () => {
    const [one, other] = [`${"a".repeat(300)}${"b".repeat(90)}`, `${"a".repeat(300)}${"c".repeat(90)}`];
    const [left, right] = formatValueChange(one, other).split(" -> ");
    expect(left).toMatch(/^a{40}\.\.\. \(390 characters, SHA-256 [0-9a-f]{8}\)$/);
    expect(left).not.toBe(right);
});

test("a large new object is shown by its leaf values", () => {
    const after = { a: "x".repeat(100), b: [{ c: "y".repeat(200) }], d: {} };
    expect(splitLongAddition({ path: "p", before: undefined, after })).toEqual([
        { path: "p.a", before: undefined, after: "x".repeat(100) },
        { path: "p.b[0].c", before: undefined, after: "y".repeat(200) },
        { path: "p.d", before: undefined, after: {} },
    ]);
});
