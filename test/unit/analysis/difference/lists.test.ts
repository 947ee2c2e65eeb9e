import { expect, test } from "@jest/globals";
import { valueChanges } from "../../../../analysis/difference/property-changes.ts";

test("a member added in the middle does not move the others", () => {
    expect(
        valueChanges(
            "env",
            [{ name: "a" }, { name: "c", value: 1 }],
            [{ name: "a" }, { name: "b" }, { name: "c", value: 2 }],
        ),
    ).toEqual([
        { path: 'env["b"]', before: undefined, after: { name: "b" } },
        { path: 'env["c"].value', before: 1, after: 2 },
    ]);
    expect(valueChanges("actions", ["a", "c"], ["a", "b", "c"])).toEqual([
        { path: "actions[1]", before: undefined, after: "b" },
    ]);
});

test("members without names are paired by what both lists do not have", () => {
    expect(valueChanges("s", [{ a: 1 }, { a: 2 }], [{ a: 3 }, { a: 1 }])).toEqual([
        { path: "s[0].a", before: 2, after: 3 },
    ]);
});

test("a duplicate member, or a duplicate name, is counted", () => {
    expect(valueChanges("s", ["a"], ["a", "a"])).toEqual([{ path: "s[1]", before: undefined, after: "a" }]);
    expect(
        valueChanges(
            "s",
            [
                { name: "a", v: 1 },
                { name: "a", v: 2 },
            ],
            [{ name: "a", v: 1 }],
        ),
    ).toEqual([{ path: "s[1]", before: { name: "a", v: 2 }, after: undefined }]);
});

test("the same members in another order are one change", () => {
    expect(valueChanges("s", ["a", "b"], ["b", "a"])).toEqual([
        { path: "s (order)", before: ["a", "b"], after: ["b", "a"] },
    ]);
    expect(valueChanges("s", [{ name: "a" }, { name: "b" }], [{ name: "b" }, { name: "a" }])).toMatchObject([
        { path: "s (order)" },
    ]);
});

test("JSON text is compared by its parts, also with space before it; other text is one value", () => {
    expect(valueChanges("policy", ' {"a":1}', '{"a":2}')).toEqual([{ path: "policy.a", before: 1, after: 2 }]);
    expect(valueChanges("port", "5432", "5433")).toEqual([{ path: "port", before: "5432", after: "5433" }]);
});
