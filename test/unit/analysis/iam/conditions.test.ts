import { expect, test } from "@jest/globals";
import {
    contextsThatMeet,
    meetsConditions,
    meetsConditionsIfKnown,
    unsupportedElementsIn,
    type RequestContext,
} from "../../../../analysis/iam/conditions.ts";
import type { ParsedStatement } from "../../../../analysis/iam/statements.ts";

const under = (Condition: NonNullable<ParsedStatement["Condition"]>): ParsedStatement => ({
    Effect: "Allow",
    Condition,
});
const key = "aws:SourceArn";
const trail = "arn:aws:cloudtrail:us-east-1:123456789012:trail/payments";

/** Operator, value that the policy wants, what the request has, and whether that will do: AWS's pages, case by case. */
const cases: [operator: string, wanted: string | string[], given: string | string[] | undefined, met: boolean][] = [
    ["StringEquals", "a", "a", true],
    ["StringEquals", "a", "A", false],
    ["StringEquals", ["a", "b"], "b", true],
    ["StringEquals", "a*", "ab", false],
    ["StringEquals", "a", undefined, false],
    ["StringNotEquals", "a", "b", true],
    ["StringNotEquals", "a", "a", false],
    ["StringNotEquals", ["a", "b"], "b", false],
    ["StringNotEquals", "a", undefined, true],
    ["StringNotEquals", "a", ["b", "c"], true],
    ["StringNotEquals", "a", ["a", "c"], false],
    ["StringEqualsIgnoreCase", "a", "A", true],
    ["StringNotEqualsIgnoreCase", "a", "A", false],
    ["StringLike", "a*c", "abc", true],
    ["StringLike", "a?c", "abbc", false],
    ["StringLike", "a.c", "abc", false],
    ["StringNotLike", "a*", "abc", false],
    ["StringNotLike", "a*", "b", true],
    ["ArnEquals", trail, trail, true],
    ["ArnEquals", "arn:aws:cloudtrail:*:123456789012:trail/*", trail, true],
    ["ArnLike", "arn:aws:cloudtrail:*:210987654321:trail/*", trail, false],
    ["ArnLike", "arn:aws:*", trail, false],
    ["ArnNotLike", "arn:aws:cloudtrail:*:123456789012:trail/*", trail, false],
    ["ArnNotEquals", "arn:aws:cloudtrail:*:210987654321:trail/*", trail, true],
    ["Bool", "false", "false", true],
    ["Bool", "false", "true", false],
    ["Bool", "false", undefined, false],
    ["BoolIfExists", "false", undefined, true],
    ["BoolIfExists", "false", "true", false],
    ["StringEqualsIfExists", "a", undefined, true],
    ["StringEqualsIfExists", "a", "b", false],
    ["Null", "true", undefined, true],
    ["Null", "true", "a", false],
    ["Null", "false", "a", true],
    ["Null", "false", undefined, false],
    ["ForAllValues:StringEquals", ["a", "b"], ["a", "b"], true],
    ["ForAllValues:StringEquals", ["a", "b"], ["a", "c"], false],
    ["ForAllValues:StringEquals", "a", undefined, true],
    ["ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], true],
    ["ForAnyValue:StringEquals", "a", ["c"], false],
    ["ForAnyValue:StringEquals", "a", undefined, false],
    ["ForAnyValue:StringNotEquals", "a", ["a", "c"], true],
    ["ForAnyValue:StringNotEquals", "a", undefined, false],
];

test.each(cases)("%s %j, given %j: %s", (operator, wanted, given, met) => {
    expect(meetsConditions(given === undefined ? {} : { [key]: given }, under({ [operator]: { [key]: wanted } }))).toBe(
        met,
    );
});

test("every operator and every key must be met", () => {
    const statement = under({
        StringEquals: { "aws:SourceAccount": "123456789012", "aws:RequestedRegion": "us-east-1" },
        ArnLike: { "aws:SourceArn": trail },
    });
    const request: RequestContext = {
        "aws:SourceAccount": "123456789012",
        "aws:RequestedRegion": "us-east-1",
        "aws:SourceArn": trail,
    };
    expect(meetsConditions(request, statement)).toBe(true);
    for (const missing of Object.keys(request)) {
        expect(meetsConditions({ ...request, [missing]: "other" }, statement)).toBe(false);
    }
});

test("keys compare without regard to case", () => {
    expect(meetsConditions({ "aws:SourceAccount": "1" }, under({ StringEquals: { "AWS:sourceaccount": "1" } }))).toBe(
        true,
    );
});

test.each([
    [{ NumericLessThan: { "aws:SourceArn": "5" } }, "the operator NumericLessThan"],
    [
        { "ForAllValues:DateLessThanIfExists": { "aws:SourceArn": "5" } },
        "the operator ForAllValues:DateLessThanIfExists",
    ],
    [{ StringIfExistsEquals: { "aws:SourceArn": "a" } }, "the operator StringIfExistsEquals"],
    [{ StringEquals: { "aws:PrincipalTag/team": "a" } }, "the condition key aws:PrincipalTag/team"],
    [{ Null: { "aws:SourceIp": "true" } }, "the condition key aws:SourceIp"],
    [
        { StringEquals: { "aws:SourceArn": "arn:${aws:PrincipalAccount}" } },
        "the variable in arn:${aws:PrincipalAccount}",
    ],
])("%j is reported as unsupported", (condition, what) => {
    const statement = under(condition);
    expect(unsupportedElementsIn(statement)).toEqual([what]);
    expect(() => meetsConditions({}, statement)).toThrow(
        `${what} is not supported: add it, with AWS's meaning, to analysis/iam/conditions.ts`,
    );
});

test.each(["Resource", "NotResource"])("a policy variable in %s is not supported either", (element) => {
    expect(unsupportedElementsIn({ Effect: "Allow", [element]: "arn:aws:s3:::home/${aws:username}/*" })).toEqual([
        "the variable in arn:aws:s3:::home/${aws:username}/*",
    ]);
});

test("the contexts for a condition meet it, and have no other keys", () => {
    const statement = under({
        StringEquals: { "kms:ViaService": ["sqs.us-east-1.amazonaws.com", "sns.us-east-1.amazonaws.com"] },
        ArnLike: { "aws:SourceArn": "arn:aws:cloudtrail:*:123456789012:trail/*" },
        StringNotEquals: { "aws:RequestedRegion": "eu-west-1" },
        BoolIfExists: { "aws:SecureTransport": "true" },
        Null: { "lambda:SourceFunctionArn": "true" },
    });
    const contexts = contextsThatMeet(statement);
    expect(contexts).toEqual(
        ["sqs", "sns"].map((service) => ({
            "kms:ViaService": `${service}.us-east-1.amazonaws.com`,
            "aws:SourceArn": "arn:aws:cloudtrail:*:123456789012:trail/*",
        })),
    );
    expect(contexts.every((context) => meetsConditions(context, statement))).toBe(true);
});

test.each([
    ["a key that must be there", { Null: { "aws:SourceArn": "false" } }, [{ "aws:SourceArn": "*" }]],
    [
        "a key that must be there and be like something",
        { ArnLike: { "aws:SourceArn": "arn:aws:sns:*:123456789012:*" }, Null: { "aws:sourcearn": "false" } },
        [{ "aws:SourceArn": "arn:aws:sns:*:123456789012:*" }],
    ],
    [
        "some value that is another",
        { "ForAnyValue:StringNotEquals": { "kms:ViaService": "sqs.us-east-1.amazonaws.com" } },
        [{ "kms:ViaService": "*" }],
    ],
    [
        "one of two, but not the first",
        { StringEquals: { "aws:SourceAccount": ["1", "2"] }, StringNotEquals: { "aws:SourceAccount": "1" } },
        [{ "aws:SourceAccount": "2" }],
    ],
    [
        "like two patterns at once",
        { StringLike: { "kms:ViaService": "sqs.*" }, "ForAnyValue:StringLike": { "kms:ViaService": "*.com" } },
        [{ "kms:ViaService": "sqs.*" }, { "kms:ViaService": "*.com" }],
    ],
    [
        "what cannot be",
        { StringEquals: { "aws:SourceAccount": "1" }, StringNotEquals: { "aws:SourceAccount": "1" } },
        [],
    ],
])("a right under a condition is seen: %s", (_, condition, contexts) => {
    const statement = under(condition);
    expect(contextsThatMeet(statement)).toEqual(contexts);
    expect(contexts.every((context) => meetsConditionsIfKnown(context, statement, "some"))).toBe(true);
});

test.each<[what: string, some: boolean, all: boolean, context: RequestContext]>([
    ["a value that meets it", true, true, { "kms:ViaService": "sqs" }],
    ["a value that does not", false, false, { "kms:ViaService": "sns" }],
    ["no such key", false, false, { "kms:ViaService": undefined }],
    ["a key of which nothing is said", true, false, {}],
    ["a pattern of values", true, false, { "kms:viaservice": "s*" }],
])("%s: met by some requests %s, by all %s", (_, some, all, context) => {
    const statement = under({ StringEquals: { "kms:ViaService": "sqs" } });
    expect(meetsConditionsIfKnown(context, statement, "some")).toBe(some);
    expect(meetsConditionsIfKnown(context, statement, "all")).toBe(all);
});

test("a caller can pass other supported keys, and then no other key is evaluated", () => {
    const tagged = under({ StringEquals: { "aws:ResourceTag/EnvironmentSuffix": "dev" } });
    const keys = [/^aws:resourcetag\/environmentsuffix$/];
    expect(meetsConditions({ "aws:ResourceTag/EnvironmentSuffix": "dev" }, tagged, keys)).toBe(true);
    expect(meetsConditions({}, tagged, keys)).toBe(false);
    expect(unsupportedElementsIn(under({ StringEquals: { "aws:SourceArn": trail } }), keys)).toEqual([
        "the condition key aws:SourceArn",
    ]);
});
