import { describe, expect, test } from "@jest/globals";
import { maxBodyBytes, type ProxyEvent } from "../../../validator/http.ts";
import {
    invocationContext,
    createHarness,
    headersWith,
    keyOfMerchantTwo,
    parseLines,
    paymentBody,
    errorRulesOf,
    traceId,
    withKey,
} from "./fakes.ts";

describe("a refused request", () => {
    test("is answered with a problem document and counted by its most severe reason", async () => {
        const { aws, lines, send } = createHarness();
        const answer = await send(paymentBody({ amountMinor: 0, metadata: { note: "4111 1111 1111 1111" } }));
        expect(answer.headers).toMatchObject({ "Content-Type": "application/problem+json" });
        expect(JSON.parse(answer.body)).toEqual({
            type: "urn:payment-platform:problem:invalid-request",
            title: "The request breaks the rules of a payment",
            status: 400,
            errors: [
                {
                    field: "metadata.note",
                    rule: "card-number",
                    detail: "must not hold digits that could be a card number",
                },
                { field: "amountMinor", rule: "format", detail: "must be a positive integer in minor units" },
            ],
        });
        const [line, metrics] = parseLines(lines);
        expect(line).toEqual({
            timestamp: "2026-03-04T23:59:58.502Z",
            requestId: "request-id-of-lambda",
            correlationId: traceId,
            level: "WARN",
            message: "refused",
            reason: "card-number",
            problems: [
                { field: "metadata.note", rule: "card-number" },
                { field: "amountMinor", rule: "format" },
            ],
        });
        expect(metrics).toMatchObject({
            Refused: 1,
            Reason: "card-number",
            _aws: {
                CloudWatchMetrics: [
                    { Metrics: [{ Name: "Latency" }], Dimensions: [["Service", "Environment"]] },
                    {
                        Metrics: [{ Name: "Refused" }],
                        Dimensions: [
                            ["Service", "Environment"],
                            ["Service", "Environment", "Reason"],
                        ],
                    },
                ],
            },
        });
        expect(aws.calls).toBe(0);
    });

    const twoKeys = { "content-type": ["application/json"], "idempotency-key": ["key-number-one", "key-number-two"] };

    test.each<[string, Partial<ProxyEvent>, number, string[]]>([
        ["another path", { path: "/refund" }, 404, []],
        ["no path", { path: undefined }, 404, []],
        ["another method", { httpMethod: "GET" }, 405, []],
        ["another media type", headersWith({ "Content-Type": "text/plain" }), 415, []],
        ["another charset", headersWith({ "Content-Type": "application/json; charset=iso-8859-1" }), 415, []],
        ["a suffixed media type", headersWith({ "Content-Type": "application/jsonp" }), 415, []],
        ["no headers", { headers: null }, 415, []],
        ["a large body", { body: `"${"x".repeat(maxBodyBytes)}"` }, 413, []],
        ["a large base64 body", { body: "A".repeat(maxBodyBytes * 2), isBase64Encoded: true }, 413, []],
        [
            "one just too large",
            { body: Buffer.alloc(maxBodyBytes + 1).toString("base64"), isBase64Encoded: true },
            413,
            [],
        ],
        ["no body", { body: null }, 400, ["body not-json"]],
        ["a body that is not UTF-8", { body: "//79", isBase64Encoded: true }, 400, ["body not-json"]],
        ["no key", { headers: { "content-type": "application/json" } }, 400, ["Idempotency-Key missing"]],
        ["a short key", headersWith({ "Idempotency-Key": "short" }), 400, ["Idempotency-Key format"]],
        ["a half-quoted key", headersWith({ "Idempotency-Key": '"key-of-mine' }), 400, ["Idempotency-Key format"]],
        ["two keys", { multiValueHeaders: twoKeys }, 400, ["Idempotency-Key format"]],
        ["a query", { queryStringParameters: { debug: "1" } }, 400, ["query.debug unknown-field"]],
        [
            "a broken query",
            { queryStringParameters: { "%zz": undefined } },
            400,
            ["query.(name withheld) unknown-field"],
        ],
        [
            "a security code in the query",
            { multiValueQueryStringParameters: { cvv: undefined } },
            400,
            ["query.cvv card-field", "query.cvv unknown-field"],
        ],
        [
            "a card number before another value of its name, as API Gateway sends them",
            {
                queryStringParameters: { q: "1" },
                multiValueQueryStringParameters: { q: ["4111111111111111", "1"] },
            },
            400,
            ["query.q card-number", "query.q unknown-field"],
        ],
        [
            "a card number before another value of its name, which is encoded, as an ALB sends them",
            { queryStringParameters: { q: "4111111111111111", "%71": "1" } },
            400,
            ["query.q card-number", "query.q unknown-field"],
        ],
        ["a card number on the wrong path", { path: "/refund/4111-1111-1111-1111" }, 400, ["path card-number"]],
    ])("for %s", async (_name, changes, status, problems) => {
        const { aws, lines, send } = createHarness();
        const answer = await send(paymentBody(), changes);
        expect(answer.statusCode).toBe(status);
        expect(errorRulesOf(answer)).toEqual(problems);
        expect(parseLines(lines)[1]).toMatchObject({ Refused: 1 });
        expect(aws.calls).toBe(0);
    });

    test.each<[string, Partial<ProxyEvent>]>([
        ["the API key of another merchant", withKey(keyOfMerchantTwo)],
        ["an API key that belongs to no merchant", withKey("z9z9z9z9z9")],
        ["no API key", withKey(null)],
        ["no identity", { requestContext: {} }],
    ])(
        "has %s and a merchant's name, so that nobody records or probes payments of that merchant",
        async (_name, by) => {
            const { aws, lines, send } = createHarness();
            const answer = await send(paymentBody(), by);
            expect(answer.statusCode).toBe(403);
            expect(JSON.parse(answer.body)).toEqual({
                type: "urn:payment-platform:problem:forbidden",
                title: "The API key is not that of the merchant",
                status: 403,
            });
            const [line, metrics] = parseLines(lines);
            expect(line).toMatchObject({ level: "WARN", message: "refused", reason: "forbidden" });
            expect(metrics).toMatchObject({ Refused: 1, Reason: "forbidden" });
            expect(aws.calls).toBe(0);
        },
    );

    test("reports the problems of header and body together", async () => {
        const answer = await createHarness().send(
            paymentBody({ currency: "usd" }),
            headersWith({ "Idempotency-Key": "?" }),
        );
        expect(errorRulesOf(answer)).toEqual(["Idempotency-Key format", "currency format"]);
    });

    test("names the allowed method", async () => {
        expect((await createHarness().send(paymentBody(), { httpMethod: "PUT" })).headers).toMatchObject({
            Allow: "POST",
        });
    });

    test("reports at most 50 problems", async () => {
        const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`f${index}`, 1]));
        const answer = await createHarness().send(many);
        expect(errorRulesOf(answer)).toHaveLength(50);
    });

    test("refuses an event that is no HTTP request", async () => {
        expect(await createHarness().handler({}, invocationContext)).toMatchObject({ statusCode: 404 });
    });
});
