import { expect, test } from "@jest/globals";
import { isExactlySame, isSame } from "../../integration/live/same.ts";
import { Secret } from "../../../plan/plan.ts";

const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const deny = { Effect: "Deny", Action: "sqs:*", Principal: { AWS: "*" }, Resource: ["arn:aws:sqs:::q"] };
const allow = { Effect: "Allow", Action: "sqs:SendMessage", Principal: "*", Resource: "*" };

test.each<[string, unknown, unknown]>([
    ["a list in another order", ["sg-1", "sg-2"], ["sg-2", "sg-1"]],
    ["a number as a text", 300, "300"],
    ["what is off and left out", false, undefined],
    ["what AWS adds to a structure", { path: "/health" }, { path: "/health", port: "traffic-port" }],
    ["a policy in another order", policy(deny, allow), policy(allow, { ...deny, Resource: "arn:aws:sqs:::q" })],
    ["a secret, which is not read", new Secret("x"), undefined],
])("%s is equal", (_, planned, live) => {
    expect(isSame(planned, live)).toBe(true);
});

test.each<[string, unknown, unknown]>([
    ["a list with more", ["sg-1"], ["sg-1", "sg-2"]],
    ["a list with a third", ["a", "b"], ["a", "b", "c"]],
    ["a list with twice the same in place of another", ["a", "b"], ["a", "a"]],
    ["a rule that counts where it should block", [{ action: { block: {} } }], [{ action: { count: {} } }]],
    ["what is off and should be on", true, undefined],
    ["a part that is missing", { enabled: true, kmsKeyArn: "k" }, { enabled: true }],
    ["a policy with one statement more", policy(deny), policy(deny, allow)],
    ["a statement without its condition", policy({ ...deny, Condition: { Bool: { a: "false" } } }), policy(deny)],
    ["a policy in a list of structures", [{ policy: policy(deny) }], [{ policy: policy(allow) }]],
    ["zero where nothing is said", 0, undefined],
])("%s is different", (_, planned, live) => {
    expect(isSame(planned, live)).toBe(false);
});

test("exactly the same is only what has nothing else", () => {
    expect(isExactlySame([{ filter: {}, days: 7 }], [{ days: "7", filter: { prefix: "" } }])).toBe(true);
    expect(isExactlySame([{ filter: {} }], [{ filter: { tag: { key: "a" } } }])).toBe(false);
    expect(isExactlySame([{ days: 7 }], [{ days: 7, newerNoncurrentVersions: 1 }])).toBe(false);
});
