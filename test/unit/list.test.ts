import { expect, test } from "@jest/globals";
import { requireItem } from "../../lib/list.ts";

test.each([
    { items: ["a", "b"], key: 1, found: "b" },
    { items: { api: "a" }, key: "api", found: "a" },
    { items: [undefined], key: 0, found: undefined },
    { items: { zero: 0 }, key: "zero", found: 0 },
])("the item $key of $items is found", ({ items, key, found }) => {
    expect(requireItem<unknown>(items, key)).toBe(found);
});

test.each([
    { items: ["a", "b"], key: 2, message: "no 2 among 0, 1" },
    { items: ["a"], key: -1, message: "no -1 among 0" },
    { items: { api: 1, payment: 2 }, key: "ipa", message: "no ipa among api, payment" },
    { items: {}, key: "api", message: "no api among nothing" },
    { items: {}, key: "constructor", message: "no constructor among nothing" },
])("a missing item is named, with those that exist: $message", ({ items, key, message }) => {
    expect(() => requireItem<unknown>(items, key)).toThrow(message);
});
