import { describe, expect, test } from "@jest/globals";
import type { ProxyEvent } from "../../../validator/http.ts";
import {
    awsErrorWithCardNumber,
    validatorConfig,
    createHarness,
    headersWith,
    parseLines,
    paymentBody,
    errorRulesOf,
    traceId,
    withKey,
} from "./fakes.ts";

const receivedAt = "2026-03-04T23:59:58.501Z";

describe("an accepted payment", () => {
    test("is answered with the validated values", async () => {
        const answer = await createHarness().send();
        expect(answer).toMatchObject({ statusCode: 202, isBase64Encoded: false });
        expect(answer).not.toHaveProperty("statusDescription");
        expect(answer.headers).toEqual({
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Correlation-Id": traceId,
        });
        expect(JSON.parse(answer.body)).toEqual({
            status: "accepted",
            paymentId: "payment-one",
            amountMinor: 1234,
            currency: "USD",
            exponent: 2,
            amount: "12.34",
            receivedAt,
        });
    });

    test("is one item in the table, which its customer's index finds, and which expires", async () => {
        const { aws, send } = createHarness();
        await send();
        expect(aws.transactions()).toEqual([
            {
                transaction_id: { S: "payment-one" },
                timestamp: { S: receivedAt },
                record_type: { S: "transaction" },
                status: { S: "accepted" },
                merchant_id: { S: "merchant-one" },
                customer_id: { S: "customer-one" },
                amount_minor: { N: "1234" },
                currency: { S: "USD" },
                exponent: { N: "2" },
                metadata: { M: { order: { S: "blue shoes" } } },
                request_hash: { S: expect.stringMatching(/^[a-p]{64}$/) },
                correlation_id: { S: traceId },
                expires_at: { N: String(Math.floor(Date.parse(receivedAt) / 1000) + 30 * 86_400) },
            },
        ]);
        const guards = [...aws.items.values()].filter(({ record_type }) => record_type?.S === "guard");
        expect(guards).toHaveLength(2);
        expect(guards.filter((guard) => "customer_id" in guard || guard.timestamp?.S !== "0")).toEqual([]);
        // DynamoDB deletes each expired item by itself, within days: none before the transaction.
        const aWeekLater = { N: String(Math.floor(Date.parse(receivedAt) / 1000) + 37 * 86_400) };
        expect(guards.map(({ expires_at }) => expires_at)).toEqual([aWeekLater, aWeekLater]);
    });

    test("is written to the folder of its UTC day, encrypted with the audit key, and without its metadata", async () => {
        const { aws, send } = createHarness();
        await send();
        expect([...aws.objects.keys()]).toEqual(["audit/2026/03/04/payment-one.json"]);
        const [record] = aws.objects.values();
        expect(record).toMatchObject({
            Bucket: validatorConfig.auditBucket,
            ServerSideEncryption: "aws:kms",
            SSEKMSKeyId: validatorConfig.auditKeyArn,
            ContentType: "application/json",
            IfNoneMatch: "*",
        });
        expect(JSON.parse(record?.Body as string)).toEqual({
            version: 1,
            event: "payment.validated",
            paymentId: "payment-one",
            merchantId: "merchant-one",
            customerId: "customer-one",
            amountMinor: 1234,
            currency: "USD",
            exponent: 2,
            receivedAt,
            correlationId: traceId,
            apiKeyId: "a1b2c3d4e5",
            requestHash: expect.stringMatching(/^[a-p]{64}$/),
        });
    });

    test("writes one log line without any of its values and one line of metrics", async () => {
        const { lines, send } = createHarness();
        await send();
        expect(parseLines(lines)).toEqual([
            {
                timestamp: "2026-03-04T23:59:58.502Z",
                level: "INFO",
                message: "accepted",
                requestId: "request-id-of-lambda",
                correlationId: traceId,
            },
            {
                _aws: {
                    Timestamp: Date.parse("2026-03-04T23:59:58.502Z"),
                    CloudWatchMetrics: [
                        {
                            Namespace: "PaymentPlatform",
                            Dimensions: [["Service", "Environment"]],
                            Metrics: [{ Name: "Latency", Unit: "Milliseconds" }],
                        },
                        {
                            Namespace: "PaymentPlatform",
                            Dimensions: [["Service", "Environment"]],
                            Metrics: [{ Name: "Accepted", Unit: "Count" }],
                        },
                    ],
                },
                Service: "payment-validator",
                Environment: "test",
                Accepted: 1,
                Latency: 1,
            },
        ]);
    });

    test.each<[string, Partial<ProxyEvent>]>([
        ["a base path", { path: "/v1/validate" }],
        [
            "a base64 body",
            { body: Buffer.from(JSON.stringify(paymentBody())).toString("base64"), isBase64Encoded: true },
        ],
        ["a charset", headersWith({ "Content-Type": "application/json; charset=UTF-8" })],
        ["a quoted key, as the draft standard writes it", headersWith({ "Idempotency-Key": '"key-of-the-merchant"' })],
        ["the merchant's other API key, which a rotation accepts", withKey("f6g7h8i9j0")],
    ])("may come with %s", async (_name, changes) => {
        expect(await createHarness().send(paymentBody(), changes)).toMatchObject({ statusCode: 202 });
    });
});

describe("an event of a load balancer", () => {
    const elb = { requestContext: { elb: { targetGroupArn: "arn" } } };

    test("records payments of any merchant: the load balancer knows no API keys", async () => {
        expect(await createHarness().send(paymentBody({ merchantId: "merchant-two" }), elb)).toMatchObject({
            statusCode: 202,
        });
        expect(await createHarness({ merchants: new Map() }).send(paymentBody(), elb)).toMatchObject({
            statusCode: 202,
        });
    });

    test("gets the status line that the load balancer requires", async () => {
        const answer = await createHarness().send(paymentBody(), elb);
        expect(answer).toMatchObject({ statusCode: 202, statusDescription: "202 Accepted" });
        expect(answer.headers).toMatchObject({ "Content-Type": "application/json" });
    });

    test("gets lists of headers when it sent lists", async () => {
        const multiValueHeaders = { "content-type": ["application/json"], "idempotency-key": ["key-of-the-merchant"] };
        const event = { ...elb, multiValueHeaders, headers: undefined };
        const answer = await createHarness().send(paymentBody(), event);
        expect(answer).toMatchObject({ statusCode: 202, multiValueHeaders: { "Content-Type": ["application/json"] } });
        expect(answer).not.toHaveProperty("headers");
    });

    test("is read although its query is still encoded", async () => {
        const event = { ...elb, queryStringParameters: { q: "4111%2D1111%2D1111%2D1111" } };
        expect(errorRulesOf(await createHarness().send(paymentBody(), event))[0]).toBe("query.q card-number");
    });
});

describe("the correlation id", () => {
    const correlationOf = async (header: Record<string, string>, trace?: string) =>
        (await createHarness({ trace: () => trace }).send(paymentBody(), headersWith(header))).headers?.[
            "X-Correlation-Id"
        ];

    test.each<[string, Record<string, string>, string | undefined, string]>([
        ["is the caller's", { "x-correlation-id": " my-checkout-abc " }, `Root=${traceId}`, "my-checkout-abc"],
        [
            "is the trace when the caller's is malformed",
            { "X-Correlation-Id": "a b\nc" },
            `Root=${traceId};Sampled=0`,
            traceId,
        ],
        ["is the request id without a trace", {}, undefined, "request-id-of-lambda"],
        ["is the request id when the trace is malformed", {}, "Root=1-x", "request-id-of-lambda"],
    ])("%s", async (_name, header, trace, expected) => {
        expect(await correlationOf(header, trace)).toBe(expected);
    });
});

describe("a browser", () => {
    const origin = headersWith({ Origin: "https://shop.example" });

    test("of an allowed origin may read the answer", async () => {
        const { send } = createHarness({
            config: { ...validatorConfig, corsOrigins: ["https://a.example", "https://shop.example"] },
        });
        expect((await send(paymentBody(), origin)).headers).toMatchObject({
            "Access-Control-Allow-Origin": "https://shop.example",
            Vary: "Origin",
        });
    });

    test("of any origin may read it when the stack allows all", async () => {
        const { send } = createHarness({ config: { ...validatorConfig, corsOrigins: ["*"] } });
        expect((await send(paymentBody(), origin)).headers).toMatchObject({ "Access-Control-Allow-Origin": "*" });
    });

    test("of another origin may not", async () => {
        const { send } = createHarness({ config: { ...validatorConfig, corsOrigins: ["https://a.example"] } });
        expect((await send(paymentBody(), origin)).headers).not.toHaveProperty("Access-Control-Allow-Origin");
    });
});

test("an unexpected error fails the invocation without any text of the request", async () => {
    const { aws, lines, send } = createHarness({
        sleep: () => {
            throw new TypeError("cannot read payment-one of merchant-one");
        },
    });
    aws.faults = [{ call: 2, isExecuted: false, error: awsErrorWithCardNumber("ConditionalRequestConflict") }];
    await expect(send()).rejects.toThrow(/^unexpected error$/);
    expect(parseLines(lines)).toMatchObject([{ level: "ERROR", message: "unexpected error" }]);
    expect(lines.join("")).not.toMatch(/payment-one|merchant-one/);
});
