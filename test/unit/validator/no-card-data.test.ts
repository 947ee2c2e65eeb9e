import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { randomRuns } from "../../random-runs.ts";
import type { ProxyEvent } from "../../../validator/http.ts";
import { apiEvent, createHarness, headersWith, paymentBody, traceId } from "./fakes.ts";
import { containsDigits, writtenCardNumber } from "./cards.ts";

type Placement = (text: string, digits: string) => ProxyEvent;

const inBody = (changes: Record<string, unknown>) => apiEvent(paymentBody(changes));

/** Everywhere a caller can put a text. */
const placements: Record<string, Placement> = {
    merchantId: (text) => inBody({ merchantId: text }),
    paymentId: (text) => inBody({ paymentId: text }),
    "paymentId that is well-formed": (_, digits) => inBody({ paymentId: `p-${digits}` }),
    customerId: (text) => inBody({ customerId: text }),
    "customerId with dashes": (_, digits) => inBody({ customerId: digits.split("").join("-") }),
    "amount as a number": (_, digits) =>
        apiEvent(JSON.stringify(paymentBody()).replace("1234", digits.replace(/^0+/, "") || "0")),
    "amount with an exponent": (_, digits) => apiEvent(JSON.stringify(paymentBody()).replace("1234", `0.${digits}e19`)),
    "amount as a string": (text) => inBody({ amountMinor: text }),
    currency: (text) => inBody({ currency: text }),
    "metadata value": (text) => inBody({ metadata: { note: text } }),
    "metadata name": (text) => inBody({ metadata: { [text]: "x" } }),
    "well-formed metadata name": (_, digits) => inBody({ metadata: { [`n${digits}`]: "x" } }),
    "nested metadata": (text) => inBody({ metadata: { note: { deep: [text] } } }),
    "metadata itself": (text) => inBody({ metadata: text }),
    "unknown field": (text) => inBody({ note: text }),
    "unknown field's name": (text) => inBody({ [text]: 1 }),
    "name inside an unknown field": (text) => inBody({ note: [{ [text]: 1 }] }),
    "first value of a repeated name": (text) =>
        apiEvent(JSON.stringify(paymentBody()).replace("{", `{"customerId":${JSON.stringify(text)},`)),
    "JSON escapes": (text) =>
        apiEvent(
            JSON.stringify(paymentBody({ metadata: { note: "@" } })).replace(
                "@",
                text.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
            ),
        ),
    "array as body": (text) => apiEvent([text]),
    "text as body": (text) => apiEvent(JSON.stringify(text)),
    "broken JSON": (text) => apiEvent(`{"note": "${text}`),
    "base64 body": (text) => ({
        ...inBody({ metadata: { note: text } }),
        body: Buffer.from(JSON.stringify(paymentBody({ metadata: { note: text } }))).toString("base64"),
        isBase64Encoded: true,
    }),
    "idempotency key": (text) => ({ ...inBody({}), ...headersWith({ "Idempotency-Key": text }) }),
    "well-formed idempotency key": (_, digits) => ({ ...inBody({}), ...headersWith({ "Idempotency-Key": digits }) }),
    "content type": (text) => ({ ...inBody({}), ...headersWith({ "Content-Type": text }) }),
    path: (text) => ({ ...inBody({}), path: `/${encodeURIComponent(text)}/validate` }),
    "query value": (text) => ({ ...inBody({}), queryStringParameters: { q: text } }),
    "encoded query name": (text) => ({ ...inBody({}), queryStringParameters: { [encodeURIComponent(text)]: "1" } }),
    "second query value": (text) => ({ ...inBody({}), multiValueQueryStringParameters: { q: ["1", text] } }),
    method: (text) => ({ ...inBody({}), httpMethod: text }),
};

test.each(Object.entries(placements))("no card number as %s is accepted or leaves a trace", async (_name, place) => {
    await fc.assert(
        fc.asyncProperty(writtenCardNumber, async ({ digits, text }) => {
            const { aws, handler, lines } = createHarness();
            const context = { awsRequestId: "request", getRemainingTimeInMillis: () => 30_000 };
            const answer = await handler(place(text, digits), context);
            expect(answer.statusCode).toBeGreaterThanOrEqual(400);
            expect(aws.calls).toBe(0);
            const traces = [...lines, JSON.stringify(answer)];
            expect(traces.filter((trace) => trace.includes(text) || containsDigits(trace, digits))).toEqual([]);
        }),
        { numRuns: randomRuns(20) },
    );
});

test.each<[string, (number: { text: string; digits: string }) => string]>([
    ["in any writing", ({ text }) => text],
    ["that is well-formed", ({ digits }) => `order-${digits}`],
])(
    "a card number %s as correlation id refuses no payment, and is stored, logged and answered nowhere",
    async (_name, id) => {
        await fc.assert(
            fc.asyncProperty(writtenCardNumber, async (number) => {
                const { aws, lines, send } = createHarness();
                const answer = await send(paymentBody(), headersWith({ "X-Correlation-Id": id(number) }));
                expect(answer.statusCode).toBe(202);
                expect(answer.headers).toMatchObject({ "X-Correlation-Id": traceId });
                const stored = [...aws.items.values(), ...aws.objects.values()].map((one) => JSON.stringify(one));
                expect(stored).toHaveLength(4);
                const traces = [...lines, ...stored, JSON.stringify(answer)];
                expect(
                    traces.filter((trace) => trace.includes(id(number)) || containsDigits(trace, number.digits)),
                ).toEqual([]);
            }),
            { numRuns: randomRuns(20) },
        );
    },
);

test("a card number in a caller's trace ID is written to no log line", async () => {
    const { lines, send } = createHarness({ trace: () => "Root=1-41111111-111111111111111111111111" });
    const answer = await send();
    expect(answer.headers).toMatchObject({ "X-Correlation-Id": "request-id-of-lambda" });
    expect(lines.join("")).not.toContain("4111");
});

test("a security code in a field's name is not repeated", async () => {
    const { lines, send } = createHarness();
    const answer = await send(paymentBody({ cvv737: "x", metadata: { "cvc 373": "737" } }));
    expect(`${lines.join("")}${answer.body}`).not.toMatch(/737|373/);
    expect(JSON.parse(answer.body)).toMatchObject({
        errors: [
            { field: "metadata.(name withheld)", rule: "card-field" },
            { field: "(name withheld)", rule: "card-field" },
            { rule: "unknown-field" },
            { rule: "format" },
        ],
    });
});
