import { expect, test } from "@jest/globals";
import { describePolicy, textOrUnknown, joinNames } from "../../../../tools/drift/text.ts";

const policy = (...statements: object[]): string => JSON.stringify({ Statement: statements });

test.each([
    ["nobody", policy({ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" }), "nothing"],
    ["anybody", policy({ Effect: "Allow", Principal: "*", Action: "s3:*" }), "anybody may s3:*"],
    [
        "an account and a service",
        policy({ Effect: "Allow", Principal: { AWS: "123456789012", Service: ["a", "b"] }, Action: ["x:A", "x:B"] }),
        "123456789012, a, b may x:A, x:B",
    ],
    ["a text that is no policy", "", "nothing"],
])("a policy is printed with what it allows to %s", (_, document, words) => {
    expect(describePolicy(document)).toBe(words);
});

test("of many names four are printed and the rest is counted", () => {
    expect(joinNames(["a", "b", "c", "d"])).toBe("a, b, c, d");
    expect(joinNames(["a", "b", "c", "d", "e", "f"])).toBe("a, b, c, d and 2 more");
    expect(joinNames(undefined)).toBe("");
});

test("what AWS omits is printed as a question mark, and zero is printed", () => {
    expect([textOrUnknown(undefined), textOrUnknown(0), textOrUnknown("x")]).toEqual(["?", "0", "x"]);
});
