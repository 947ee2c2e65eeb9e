import { expect, test } from "@jest/globals";
import fc from "fast-check";
import {
    evaluate,
    type NamedPolicy,
    type ApplicablePolicies,
    type AccessRequest,
} from "../../../../analysis/iam/evaluate.ts";
import { parseStatements, type ParsedStatement } from "../../../../analysis/iam/statements.ts";
import { matchesAction, matchesResource } from "../../../../analysis/iam/wildcards.ts";

const role = "arn:aws:iam::123456789012:role/api";
const root = "arn:aws:iam::123456789012:root";
const queue = "arn:aws:sqs:us-east-1:123456789012:payments";

const send: AccessRequest = { principal: role, action: "sqs:SendMessage", resource: queue, context: {} };
const bySns: AccessRequest = { ...send, principal: "sns.amazonaws.com" };

const document = (name: string, ...statements: ParsedStatement[]): NamedPolicy => ({ name, statements });
const allow = (more: Partial<ParsedStatement> = {}): ParsedStatement => ({
    Effect: "Allow",
    Action: "sqs:SendMessage",
    Resource: queue,
    ...more,
});
const deny = (more: Partial<ParsedStatement> = {}): ParsedStatement => ({ ...allow(more), Effect: "Deny" });
const identity = (...statements: ParsedStatement[]): ApplicablePolicies => ({
    identity: [document("the role's policy", ...statements)],
});
const resource = (layer: "resource" | "key" | "trust", ...statements: ParsedStatement[]) => ({
    ...document(`the ${layer}'s policy`, ...statements),
    layer,
});
const anybody = { Principal: "*" };
const named = { Principal: { AWS: role } };
const account = { Principal: { AWS: root } };

/** AWS's pages on the evaluation of requests within one account, case by case; why it is refused, or nothing. */
const cases: Record<string, [request: AccessRequest, policies: ApplicablePolicies, refusal?: string]> = {
    "nothing said is a refusal": [send, identity(), "the role's policy does not allow it"],
    "no policy at all is a refusal": [send, { identity: [] }, "a policy of the role does not allow it"],
    "an identity's allow is enough": [send, identity(allow())],
    "another action is not": [
        send,
        identity(allow({ Action: "sqs:ReceiveMessage" })),
        "the role's policy does not allow it",
    ],
    "another resource is not": [
        send,
        identity(allow({ Resource: `${queue}-dlq` })),
        "the role's policy does not allow it",
    ],
    "a deny of all but others refuses": [
        send,
        { ...identity(allow()), resource: resource("resource", deny({ NotPrincipal: { AWS: `${role}-other` } })) },
        "the resource's policy denies it",
    ],
    "actions know no case": [send, identity(allow({ Action: "SQS:sendmessage" }))],
    "a pattern of actions": [send, identity(allow({ Action: ["s3:*", "sqs:Send*"] }))],
    "a pattern of resources": [send, identity(allow({ Resource: "arn:aws:sqs:*:123456789012:pay?ents" }))],
    "a pattern spans the parts of an ARN": [send, identity(allow({ Resource: "arn:aws:sqs:*:payments" }))],
    "a pattern that ends before the last part": [send, identity(allow({ Resource: "arn:aws:sqs:us-east-1:*" }))],
    "a pattern of another Region does not": [
        send,
        identity(allow({ Resource: "arn:aws:sqs:eu-*:payments" })),
        "the role's policy does not allow it",
    ],
    "all actions but others": [send, identity(allow({ Action: undefined, NotAction: "sqs:DeleteQueue" }))],
    "all actions but this one": [
        send,
        identity(allow({ Action: undefined, NotAction: ["sqs:*"] })),
        "the role's policy does not allow it",
    ],
    "all resources but others": [send, identity(allow({ Resource: undefined, NotResource: `${queue}-dlq` }))],
    "all resources but this one": [
        send,
        identity(allow({ Resource: undefined, NotResource: "arn:aws:sqs:*:*:*" })),
        "the role's policy does not allow it",
    ],
    "a condition that is not met": [
        send,
        identity(allow({ Condition: { StringEquals: { "aws:RequestedRegion": "eu-west-1" } } })),
        "the role's policy does not allow it",
    ],
    "an explicit deny overrides an allow of the same policy": [
        send,
        identity(allow(), deny()),
        "the role's policy denies it",
    ],
    "an explicit deny beats the resource's allow": [
        send,
        { ...identity(deny()), resource: resource("resource", allow(named)) },
        "the role's policy denies it",
    ],
    "the resource's deny beats the identity's allow": [
        send,
        { ...identity(allow()), resource: resource("resource", deny(anybody)) },
        "the resource's policy denies it",
    ],
    "a deny for the account hits its roles": [
        send,
        { ...identity(allow()), resource: resource("resource", deny(account)) },
        "the resource's policy denies it",
    ],
    "a deny for another does not": [
        send,
        { ...identity(allow()), resource: resource("resource", deny({ Principal: { AWS: `${role}-2` } })) },
    ],
    "a deny for all but the role does not": [
        send,
        { ...identity(allow()), resource: resource("resource", deny({ NotPrincipal: { AWS: [role, root] } })) },
    ],
    "a deny with an unmet condition does not": [
        { ...send, context: { "aws:SecureTransport": "true" } },
        {
            ...identity(allow()),
            resource: resource(
                "resource",
                deny({ ...anybody, Condition: { Bool: { "aws:SecureTransport": "false" } } }),
            ),
        },
    ],
    "a resource that names the role is enough": [send, { identity: [], resource: resource("resource", allow(named)) }],
    "a resource that names everybody is enough": [
        send,
        { identity: [], resource: resource("resource", allow({ Principal: { AWS: "*" } })) },
    ],
    "a resource that names the account leaves it to the role's policy": [
        send,
        { ...identity(), resource: resource("resource", allow(account)) },
        "the role's policy does not allow it",
    ],
    "a resource that says nothing leaves it to the role's policy": [
        send,
        { ...identity(allow()), resource: resource("resource") },
    ],
    "a key that says nothing refuses": [
        send,
        { ...identity(allow()), resource: resource("key") },
        "the key's policy does not allow it",
    ],
    "a key that delegates to the account takes the role's policy": [
        send,
        { ...identity(allow()), resource: resource("key", allow({ ...account, Resource: "*" })) },
    ],
    "a key that delegates by the account's number, too": [
        send,
        { ...identity(allow()), resource: resource("key", allow({ Principal: { AWS: "123456789012" } })) },
    ],
    "a key that delegates is not enough": [
        send,
        { ...identity(), resource: resource("key", allow(account)) },
        "the role's policy does not allow it",
    ],
    "a key that delegates to another account refuses": [
        send,
        {
            ...identity(allow()),
            resource: resource("key", allow({ Principal: { AWS: "arn:aws:iam::210987654321:root" } })),
        },
        "the key's policy does not allow it",
    ],
    "a key that names the role is enough": [send, { identity: [], resource: resource("key", allow(named)) }],
    "a trust must name who takes the role": [
        bySns,
        { identity: [], resource: resource("trust", allow({ Principal: { Service: "sqs.amazonaws.com" } })) },
        "the trust's policy does not allow it",
    ],
    "a service needs the resource's allow": [
        bySns,
        { identity: [], resource: resource("resource") },
        "the resource's policy does not allow it",
    ],
    "a service without a policy is refused": [bySns, { identity: [] }, "a policy of the resource does not allow it"],
    "a service that the resource policy names is allowed": [
        bySns,
        { identity: [], resource: resource("resource", allow({ Principal: { Service: ["sns.amazonaws.com"] } })) },
    ],
    "an account's delegation is not for services": [
        bySns,
        { identity: [], resource: resource("key", allow(account)) },
        "the key's policy does not allow it",
    ],
    "an endpoint policy that allows the request": [
        send,
        { ...identity(allow()), endpoint: document("the endpoint", allow(anybody)) },
    ],
    "an endpoint that does not": [
        send,
        {
            ...identity(allow()),
            endpoint: document("the endpoint", allow({ ...anybody, Action: "sqs:DeleteMessage" })),
        },
        "the endpoint does not allow it",
    ],
    "an endpoint gives no rights": [
        send,
        { ...identity(), endpoint: document("the endpoint", allow(anybody)) },
        "the role's policy does not allow it",
    ],
    "an endpoint that denies": [
        send,
        { ...identity(allow()), endpoint: document("the endpoint", allow(anybody), deny(anybody)) },
        "the endpoint denies it",
    ],
    "a boundary that allows": [send, { ...identity(allow()), boundary: document("the boundary", allow()) }],
    "a boundary that does not": [
        send,
        { ...identity(allow()), boundary: document("the boundary", allow({ Action: "s3:*" })) },
        "the boundary does not allow it",
    ],
    "a boundary that denies": [
        send,
        { ...identity(allow()), boundary: document("the boundary", allow(), deny()) },
        "the boundary denies it",
    ],
    "a boundary gives no rights": [
        send,
        { ...identity(), boundary: document("the boundary", allow()) },
        "the role's policy does not allow it",
    ],
    "a boundary limits what a resource gives the role": [
        send,
        { identity: [], resource: resource("resource", allow(named)), boundary: document("the boundary") },
        "the boundary does not allow it",
    ],
};

test.each(Object.entries(cases))("%s", (_, [request, policies, refusal]) => {
    const decision = evaluate(request, policies);
    expect(decision.allowed ? undefined : decision.why).toBe(refusal);
});

test("a condition's value may be without quotes", () => {
    const text =
        '{"Statement":{"Effect":"Deny","Action":"sqs:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":false}}}}';
    const given = identity(allow(), ...parseStatements(text));
    const over = (secure: string) => evaluate({ ...send, context: { "aws:SecureTransport": secure } }, given).allowed;
    expect([over("true"), over("false")]).toEqual([true, false]);
});

test("an unsupported condition key stops the evaluation", () => {
    const strange = allow({ Condition: { StringEquals: { "aws:PrincipalTag/team": "a" } } });
    expect(() => evaluate(send, identity(strange))).toThrow("the condition key aws:PrincipalTag/team is not supported");
});

/** Requests by patterns, with what is denied of them: whether all of them are allowed, and whether some may be. */
const patternCases: Record<
    string,
    [pattern: Partial<AccessRequest>, deny: Partial<ParsedStatement>, all: boolean, some: boolean]
> = {
    "the same": [{}, {}, false, false],
    "one of the resources": [{ resource: `${queue}*` }, { Resource: queue }, false, true],
    "all of the resources": [{ resource: `${queue}*` }, { Resource: "arn:aws:sqs:*" }, false, false],
    "other resources": [{ resource: `${queue}-*` }, { Resource: queue }, true, true],
    "resources in part": [{ resource: `${queue}*` }, { Resource: "*-dlq" }, false, true],
    "all resources but some of them": [
        { resource: `${queue}*` },
        { Resource: undefined, NotResource: `${queue}-dlq` },
        false,
        true,
    ],
    "all resources but these": [
        { resource: `${queue}-*` },
        { Resource: undefined, NotResource: `${queue}*` },
        true,
        true,
    ],
    "all resources but others": [{ resource: `${queue}-*` }, { Resource: undefined, NotResource: queue }, false, false],
    "one of the actions": [{ action: "sqs:*Message" }, { Action: "sqs:SendMessage" }, false, true],
    "all of the actions": [{ action: "sqs:Send*" }, { Action: "SQS:*" }, false, false],
    "all actions but some of them": [
        { action: "sqs:*Message" },
        { Action: undefined, NotAction: "sqs:SendMessage" },
        false,
        true,
    ],
    "requests with a key that is not in the context": [
        {},
        { Condition: { StringEquals: { "aws:RequestedRegion": "us-east-1" } } },
        true,
        true,
    ],
    "requests without a key that is not in the context": [
        {},
        { Condition: { StringNotEquals: { "aws:RequestedRegion": "us-east-1" } } },
        false,
        true,
    ],
    "requests with a key of the context": [
        { context: { "aws:RequestedRegion": "us-east-1" } },
        { Condition: { StringEquals: { "aws:RequestedRegion": "us-east-1" } } },
        false,
        false,
    ],
};

test.each(Object.entries(patternCases))("a Deny of %s", (_, [pattern, denied, all, some]) => {
    const asked = { ...send, ...pattern };
    const given = identity(allow({ Action: "*", Resource: "*" }), deny({ Action: "*", Resource: "*", ...denied }));
    expect(evaluate(asked, given, "all").allowed).toBe(all);
    expect(evaluate(asked, given, "some").allowed).toBe(some);
});

test("a pattern is allowed in part by an Allow that matches a part of it", () => {
    const asked = { ...send, resource: `${queue}*` };
    expect(evaluate(asked, identity(allow()), "some").allowed).toBe(true);
    expect(evaluate(asked, identity(allow()), "all").allowed).toBe(false);
    expect(evaluate(asked, { ...identity(allow()), boundary: document("the boundary", allow()) }, "some").allowed).toBe(
        true,
    );
});

const actions = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:*", "*", "sqs:Send?essage"];
const resources = [queue, `${queue}-dlq`, `${queue}*`, "arn:aws:sqs:*:*:*", "arn:aws:sqs:us-*", "*-dlq", "*"];
const conditions: ParsedStatement["Condition"][] = [
    undefined,
    { StringEquals: { "aws:RequestedRegion": "us-east-1" } },
    { Null: { "aws:SourceArn": "true" } },
];
const statement: fc.Arbitrary<ParsedStatement> = fc.record({
    Effect: fc.constantFrom("Allow", "Deny"),
    Action: fc.constantFrom(...actions),
    Resource: fc.constantFrom(...resources),
    Principal: fc.constantFrom<NonNullable<ParsedStatement["Principal"]>[]>(
        "*",
        { AWS: role },
        { AWS: root },
        { Service: "sns.amazonaws.com" },
    ),
    Condition: fc.constantFrom(...conditions),
});
const documents = fc.array(statement, { maxLength: 4 }).map((statements) => document("a policy", ...statements));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const policies: fc.Arbitrary<ApplicablePolicies> = fc.record({
    identity: fc.array(documents, { maxLength: 2 }),
    resource: maybe(
        fc.tuple(documents, fc.constantFrom("resource", "key", "trust")).map(([one, layer]) => ({ ...one, layer })),
    ),
    endpoint: maybe(documents),
    boundary: maybe(documents),
});
const request: fc.Arbitrary<AccessRequest> = fc.record({
    principal: fc.constantFrom(role, `${role}-2`, "sns.amazonaws.com"),
    action: fc.constantFrom("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteQueue"),
    resource: fc.constantFrom(queue, `${queue}-dlq`),
    context: fc.constantFrom({}, { "aws:RequestedRegion": "us-east-1" }, { "aws:SourceArn": queue }),
});

test("what is decided about a pattern is true of each request that it stands for", () => {
    const pattern = fc.record({
        action: fc.constantFrom("sqs:*", "sqs:Send*", "*Message"),
        resource: fc.constantFrom(`${queue}*`, "arn:aws:sqs:*:*:pay*", "*"),
    });
    fc.assert(
        fc.property(request, pattern, policies, (asked, patterns, given) => {
            fc.pre(matchesAction(asked.action, patterns.action) && matchesResource(asked.resource, patterns.resource));
            const { allowed } = evaluate(asked, given);
            expect(allowed || !evaluate({ ...asked, ...patterns }, given, "all").allowed).toBe(true);
            expect(!allowed || evaluate({ ...asked, ...patterns, context: {} }, given, "some").allowed).toBe(true);
        }),
        { numRuns: 1000 },
    );
});

/** The same policies with a statement more in one of those that there are. */
const withOne = (all: ApplicablePolicies, more: ParsedStatement): ApplicablePolicies[] => {
    const longer = <T extends NamedPolicy>(one: T): T => ({ ...one, statements: [...one.statements, more] });
    return [
        ...all.identity.map((_, i) => ({
            ...all,
            identity: all.identity.map((one, j) => (i === j ? longer(one) : one)),
        })),
        ...(all.resource ? [{ ...all, resource: longer(all.resource) }] : []),
        ...(all.endpoint ? [{ ...all, endpoint: longer(all.endpoint) }] : []),
        ...(all.boundary ? [{ ...all, boundary: longer(all.boundary) }] : []),
    ];
};

test("an additional Deny never allows more", () => {
    fc.assert(
        fc.property(request, policies, statement, (asked, given, more) => {
            const before = evaluate(asked, given).allowed;
            for (const changed of withOne(given, { ...more, Effect: "Deny" })) {
                expect(before || !evaluate(asked, changed).allowed).toBe(true);
            }
        }),
    );
});

test("an additional Allow never allows less", () => {
    fc.assert(
        fc.property(request, policies, statement, (asked, given, more) => {
            const before = evaluate(asked, given).allowed;
            for (const changed of withOne(given, { ...more, Effect: "Allow" })) {
                expect(!before || evaluate(asked, changed).allowed).toBe(true);
            }
        }),
    );
});

test("a statement about something else changes nothing", () => {
    fc.assert(
        fc.property(request, policies, statement, (asked, given, more) => {
            const other = { ...more, Action: "s3:PutObject", Resource: "arn:aws:s3:::other/*" };
            for (const changed of withOne(given, other)) {
                expect(evaluate(asked, changed).allowed).toBe(evaluate(asked, given).allowed);
            }
        }),
    );
});

test("a Deny that applies to a request denies it in every type of policy", () => {
    fc.assert(
        fc.property(request, policies, (asked, given) => {
            const all: ParsedStatement = { Effect: "Deny", Action: "*", Resource: "*", Principal: "*" };
            for (const changed of withOne(given, all)) {
                expect(evaluate(asked, changed).allowed).toBe(false);
            }
        }),
    );
});
