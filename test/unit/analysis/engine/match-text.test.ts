import { expect, test } from "@jest/globals";
import { matchText, type Placeholder } from "../../../../analysis/engine/match-text.ts";

const placeholder = (kind: string, offline: string, real?: string): Placeholder => ({
    name: `${kind} ${offline}`,
    kind,
    offline,
    real,
    isGenerated: true,
    isFunctionResult: false,
});
const answer = (offline: string, kind = "account"): Placeholder => ({
    ...placeholder(kind, offline),
    isFunctionResult: true,
});

const account = "123456789012";
const key = placeholder("key", `arn:aws:kms:us-east-1:${account}:key/1`, "arn:aws:kms:us-east-1:210987654321:key/9");
const other = placeholder("key", `arn:aws:kms:us-east-1:${account}:key/2`, "arn:aws:kms:us-east-1:210987654321:key/8");
const role = placeholder("role", "role-aaaaaaa", "role-bbbbbbb");

/** The kind of the fit, and the engine's text in the words of the offline plan. */
const read = (offline: string, engine: string, placeholders: readonly Placeholder[]): [string, string] => {
    const { kind, text } = matchText(offline, engine, placeholders, (real) =>
        placeholders.find((each) => each.real === real),
    );
    return [kind, text];
};

test.each<[string, string, string, readonly Placeholder[], string]>([
    ["a text without placeholders fits itself", "payments", "payments", [], "same"],
    ["another text does not", "payments", "refunds", [key], "other"],
    ["what AWS has given stands for a placeholder", `key ${key.offline}`, `key ${key.real}`, [key], "same"],
    ["twice, too", `${role.offline},${role.offline}`, `${role.real},${role.real}`, [role], "same"],
    ["the longest comes first", key.offline, key.real ?? "", [answer(account), key], "same"],
    ["a text that AWS has given no other text for is the same", "v1", "v1", [placeholder("version", "1", "7")], "same"],
    ["a placeholder may begin with a sign", "at /aa", "at /bb", [placeholder("path", "/aa", "/bb")], "same"],
    ["a word that only begins like a placeholder is none", "role-aaaaaaab", "role-bbbbbbbb", [role], "other"],
    ["a text with more in it is another one", `["${role.offline}"]`, `["${role.real}","root"]`, [role], "other"],
    [
        "an input that repeats itself is no placeholder",
        "x dev y",
        "x prod y",
        [{ ...role, offline: "dev", real: "dev", isGenerated: false }],
        "other",
    ],
    ["nothing is no value", role.offline, "", [role], "other"],
    ["an answer takes the form of the invented one", account, "210987654321", [answer(account)], "same"],
    ["and no other form", account, "somebody", [answer(account)], "other"],
    ["letters and signs have their form, too", "us-east-1a", "eu-west-3b", [answer("us-east-1a", "zone")], "same"],
])("%s", (_, offline, engine, placeholders, kind) => {
    const copies = placeholders.map((each) => ({ ...each }));
    expect(read(offline, engine, copies)).toEqual([kind, kind === "same" ? offline : engine]);
});

test("a value of another resource is a contradiction, reported with the names of the offline plan", () => {
    const { kind, text, contradictions } = matchText(
        `{"Resource":"${key.offline}"}`,
        `{"Resource":"${other.real}"}`,
        [key],
        () => other,
    );
    expect([kind, text]).toEqual(["contradiction", `{"Resource":"${other.offline}"}`]);
    expect(contradictions).toEqual([{ expected: key, found: other, text: other.real }]);
});

test("a value of no resource is a contradiction, and is kept", () => {
    const { text, contradictions } = matchText(`${role.offline}/x`, "role-ccccccc/x", [role], () => undefined);
    expect(text).toBe("role-ccccccc/x");
    expect(contradictions).toEqual([{ expected: role, found: undefined, text: "role-ccccccc" }]);
});

test("a value that is known before its resource has one is a contradiction", () => {
    const unknown = placeholder("role", "role-aaaaaaa");
    expect(read("role-aaaaaaa", "role-bbbbbbb", [unknown])).toEqual(["contradiction", "role-bbbbbbb"]);
});

test("a placeholder has one value in all texts, and within one", () => {
    const found = answer(account);
    expect(read(`arn:aws:sns:x:${account}:a ${account}`, "arn:aws:sns:x:210987654321:a 210987654321", [found])[0]).toBe(
        "same",
    );
    expect(found.real).toBe("210987654321");
    expect(read(account, "111111111111", [found])[0]).toBe("contradiction");
    expect(read(account, account, [found])[0]).toBe("contradiction");
    expect(read(`${account} ${account}`, "210987654321 111111111111", [answer(account)])[0]).toBe("contradiction");
});

test("two values of one kind do not match one placeholder", () => {
    const zones = [answer("us-east-1a", "zone"), answer("us-east-1b", "zone")];
    expect(read("us-east-1a", "us-east-1c", zones)[0]).toBe("same");
    expect(read("us-east-1b", "us-east-1c", zones)[0]).toBe("contradiction");
    expect(read("us-east-1b", "us-east-1d", zones)[0]).toBe("same");
});

test("a text with a contradiction binds no placeholder", () => {
    const found = answer(account);
    expect(read(`${account} ${role.offline}`, "210987654321 role-ccccccc", [found, role])[0]).toBe("contradiction");
    expect(found.real).toBeUndefined();
});

test("a text with many placeholders that does not match is reported within the test's time limit", () => {
    const many = Array.from({ length: 60 }, () => role.offline).join("/");
    const engine = `${Array.from({ length: 60 }, () => "role-ccccccc").join("/")}!`;
    expect(read(`${many}?`, engine, [role])[0]).toBe("other");
});
