import { expect, test } from "@jest/globals";
import { z } from "zod";
import { messageFor, refineIssue } from "../../../lib/settings/messages.ts";

const messagesOf = (schema: z.ZodType, value: unknown) =>
    schema.safeParse(value, { reportInput: true, error: messageFor }).error?.issues.map(({ message }) => message);

// Kinds of mistake that no setting of today can have: a new one gets a sentence, if a plain one.
test.each([
    ["a pattern without words", z.string().regex(/^a$/), "b", "is not valid"],
    ["a union without a tag", z.union([z.string(), z.number()]), true, "must be "],
    ["a short list", z.array(z.string()).min(2), [], "must have at least 2 entries"],
    ["a text of one letter", z.string().max(1), "ab", "must have at most 1 character"],
    ["no value and no description", z.string(), undefined, "is required"],
])("%s", (_kind, schema, value, message) => {
    expect(messagesOf(schema, value)).toEqual([message]);
});

test("an unknown key is reported although its siblings are unknown, too", () => {
    const issue: z.core.$ZodRawIssue = { code: "unrecognized_keys", keys: ["x"], input: {} };
    expect(refineIssue(issue)).toEqual([
        {
            code: "unrecognized_keys",
            keys: ["x"],
            path: ["x"],
            message: "is not a setting (valid names: )",
            input: undefined,
        },
    ]);
});

test("a tagged union without a value lists the values of its tag", () => {
    const issue: z.core.$ZodRawIssue = {
        code: "invalid_union",
        errors: [],
        discriminator: "source",
        options: ["a"],
        input: 5,
    };
    expect(refineIssue(issue)).toMatchObject([{ code: "invalid_union", path: [], input: undefined }]);
});
