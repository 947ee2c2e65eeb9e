import { describe, expect, test } from "@jest/globals";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { callBudgetMs } from "../../../validator/aws.ts";
import {
    awsErrorWithCardNumber,
    createHarness,
    headersWith,
    keyOfMerchantTwo,
    paymentBody,
    errorRulesOf,
    startedAt,
    validatorConfig,
    withKey,
    type HandlerHarness,
} from "./fakes.ts";

const day = 86_400_000;

function metricsOf({ lines }: HandlerHarness): string[] {
    return lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((line) => "_aws" in line)
        .map((line) =>
            ["Accepted", "Refused", "Replayed", "Conflict", "Unavailable"].filter((name) => name in line).join(),
        );
}

const reservationExpired = {
    statusCode: 409,
    body: expect.stringContaining('"urn:payment-platform:problem:reservation-expired"'),
};

/** As DynamoDB does with an expired one. */
function deleteTransaction({ aws: { items } }: HandlerHarness): void {
    const [transaction] = [...items].filter(([, { record_type }]) => record_type?.S === "transaction");
    items.delete(transaction?.[0] ?? "");
}

function cancelled(...codes: string[]): Error {
    const CancellationReasons = codes.map((Code) => ({ Code }));
    return new TransactionCanceledException({ message: "cancelled", $metadata: {}, CancellationReasons });
}

describe("a replay", () => {
    test("with the same body gets the first answer, also days later, and writes nothing", async () => {
        const box = createHarness();
        const first = await box.send();
        const [items, objects] = [box.aws.items.size, box.aws.objects.size];
        box.advanceClock(3 * day);
        const second = await box.send();
        expect(second).toMatchObject({ statusCode: first.statusCode, body: first.body });
        expect(first.headers).not.toHaveProperty("Idempotent-Replayed");
        expect(second.headers).toMatchObject({ "Idempotent-Replayed": "true" });
        expect([box.aws.items.size, box.aws.objects.size]).toEqual([items, objects]);
        // Three calls for the first, then a refused reservation and one read: the bucket is not called again.
        expect(box.aws.calls).toBe(5);
        expect(metricsOf(box)).toEqual(["Accepted", "Replayed"]);
    });

    test("of a payment that has expired gets the first answer while the log still has it", async () => {
        const box = createHarness();
        const first = await box.send();
        box.advanceClock(validatorConfig.recordTtlDays * day);
        const second = await box.send();
        expect(second).toMatchObject({ body: first.body, headers: { "Idempotent-Replayed": "true" } });
        expect(box.aws.transactions()).toHaveLength(1);
    });

    test("of a payment that has expired, and was deleted, is a conflict, and is not recorded again", async () => {
        const box = createHarness();
        await box.send();
        deleteTransaction(box);
        box.advanceClock(validatorConfig.recordTtlDays * day);
        expect(await box.send()).toMatchObject(reservationExpired);
        expect(box.aws.transactions()).toEqual([]);
        expect(metricsOf(box)).toEqual(["Accepted", "Conflict"]);
        const other = await box.send(paymentBody(), headersWith({ "Idempotency-Key": "another-key-of-it" }));
        expect(other.statusCode).toBe(409);
    });

    test("of an expired payment that was never recorded is not accepted", async () => {
        const box = createHarness();
        box.aws.faults = [{ call: 2, isExecuted: false, error: awsErrorWithCardNumber("InternalServerError") }];
        expect(await box.send()).toMatchObject({ statusCode: 503 });
        box.advanceClock(validatorConfig.recordTtlDays * day);
        expect(await box.send()).toMatchObject(reservationExpired);
        expect(box.aws.transactions()).toEqual([]);
    });

    describe("after another retention was set", () => {
        const expiry = { N: String(Math.floor(startedAt / 1000) + validatorConfig.recordTtlDays * 86_400) };

        test.each([1, 3650])(
            "of %d days: a retry records the payment with the expiry of the first request",
            async (days) => {
                const config = { ...validatorConfig };
                const box = createHarness({ config });
                box.aws.faults = [{ call: 3, isExecuted: false, error: awsErrorWithCardNumber("InternalServerError") }];
                expect(await box.send()).toMatchObject({ statusCode: 503 });
                config.recordTtlDays = days;
                box.advanceClock(2 * day);
                expect(await box.send()).toMatchObject({ statusCode: 202 });
                expect(box.aws.transactions()).toMatchObject([{ expires_at: expiry }]);
            },
        );

        test("a longer one: a payment that has expired, and was deleted, is not recorded again", async () => {
            const config = { ...validatorConfig };
            const box = createHarness({ config });
            await box.send();
            deleteTransaction(box);
            config.recordTtlDays = 3650;
            box.advanceClock(validatorConfig.recordTtlDays * day);
            expect(await box.send()).toMatchObject(reservationExpired);
            expect(box.aws.transactions()).toEqual([]);
        });

        test("a guard of an earlier release expires together with its transaction", async () => {
            const config = { ...validatorConfig };
            const box = createHarness({ config });
            box.aws.faults = [{ call: 3, isExecuted: false, error: awsErrorWithCardNumber("InternalServerError") }];
            await box.send();
            for (const guard of box.aws.items.values()) {
                delete guard.record_expires_at;
                guard.expires_at = expiry;
            }
            config.recordTtlDays = 3650;
            expect(await box.send()).toMatchObject({ statusCode: 202 });
            expect(box.aws.transactions()).toMatchObject([{ expires_at: expiry }]);
        });
    });

    test("is recognised with any order and spacing of its JSON", async () => {
        const box = createHarness();
        const metadata = { a: "1", b: "2", c: "3" };
        await box.send(paymentBody({ metadata }));
        const reordered = Object.fromEntries(
            Object.entries(paymentBody({ metadata: { c: "3", a: "1", b: "2" } })).reverse(),
        );
        const answer = await box.send(JSON.stringify(reordered, undefined, 4));
        expect(answer.headers).toMatchObject({ "Idempotent-Replayed": "true" });
    });

    test.each<[string, Record<string, unknown>]>([
        ["amount", { amountMinor: 1235 }],
        ["currency", { currency: "EUR" }],
        ["customer", { customerId: "customer-two" }],
        ["payment", { paymentId: "payment-two" }],
        ["metadata", { metadata: { order: "red shoes" } }],
    ])("with another %s is a conflict", async (_name, changes) => {
        const box = createHarness();
        await box.send();
        const answer = await box.send(paymentBody(changes));
        expect(answer).toMatchObject({ statusCode: 409, headers: { "Content-Type": "application/problem+json" } });
        expect(JSON.parse(answer.body)).toMatchObject({ type: "urn:payment-platform:problem:idempotency-key-reused" });
        expect(box.aws.transactions()).toHaveLength(1);
        expect(metricsOf(box)).toEqual(["Accepted", "Conflict"]);
    });

    test("of another merchant's key is a payment of that merchant", async () => {
        const box = createHarness();
        await box.send();
        const answer = await box.send(
            paymentBody({ merchantId: "merchant-two", paymentId: "payment-two" }),
            withKey(keyOfMerchantTwo),
        );
        expect(answer.headers).not.toHaveProperty("Idempotent-Replayed");
        expect(box.aws.transactions()).toHaveLength(2);
    });
});

test.each([
    ["merchant-one", "a1b2c3d4e5"],
    ["merchant-two", keyOfMerchantTwo],
])("a payment ID is used once, also by %s", async (merchantId, apiKeyId) => {
    const box = createHarness();
    await box.send();
    const [record] = [...box.aws.objects.values()];
    box.advanceClock(day);
    const answer = await box.send(paymentBody({ merchantId }), {
        ...headersWith({ "Idempotency-Key": "another-key-of-it" }),
        ...withKey(apiKeyId),
    });
    expect(answer.statusCode).toBe(409);
    expect(JSON.parse(answer.body)).toMatchObject({ type: "urn:payment-platform:problem:payment-exists" });
    expect([...box.aws.objects.values()]).toEqual([record]);
    expect(box.aws.transactions()).toHaveLength(1);
});

describe("when AWS fails", () => {
    /**
     * The payments that a reader could have seen without an audit record, between any two calls. Collected and not asserted on
     * the spot, where the handler would take a failed assertion for a failure of AWS.
     */
    function watch({ aws }: HandlerHarness): string[] {
        const unaudited: string[] = [];
        aws.onCall = () => {
            const filed = [...aws.objects.keys()].map((key) => key.split("/").at(-1));
            const seen = aws.transactions().map((item) => `${item.transaction_id?.S ?? ""}.json`);
            unaudited.push(...seen.filter((file) => !filed.includes(file)));
        };
        return unaudited;
    }

    const steps = ["reserve", "audit", "commit"];

    test.each(steps.flatMap((step, index) => [[step, index + 1, false] as const, [step, index + 1, true] as const]))(
        "at %s (call %d, done but unanswered: %s) the answer is 503 and a retry completes the same payment",
        async (step, call, done) => {
            const box = createHarness();
            const unaudited = watch(box);
            box.aws.faults = [
                { call, isExecuted: done, error: awsErrorWithCardNumber("ProvisionedThroughputExceededException") },
            ];
            const answer = await box.send();
            expect(answer).toMatchObject({ statusCode: 503, headers: { "Retry-After": "5" } });
            expect(JSON.parse(answer.body)).toMatchObject({ type: "urn:payment-platform:problem:unavailable" });
            expect(box.aws.transactions()).toHaveLength(step === "commit" && done ? 1 : 0);
            expect(JSON.parse(box.lines[0] ?? "")).toMatchObject({
                level: "ERROR",
                message: "unavailable",
                failed: step,
                cause: "ProvisionedThroughputExceededException",
            });
            expect(box.lines.join("")).not.toContain("4111");
            expect(metricsOf(box)).toEqual(["Unavailable"]);

            // Past midnight: the retry must not file a second record under the next day.
            box.advanceClock(60_000);
            const retried = await box.send();
            expect(retried.statusCode).toBe(202);
            expect(box.aws.transactions()).toHaveLength(1);
            const { receivedAt } = JSON.parse(retried.body) as { receivedAt: string };
            expect(box.aws.transactions()[0]).toMatchObject({ timestamp: { S: receivedAt } });
            expect([...box.aws.objects.keys()]).toEqual([
                `audit/${receivedAt.slice(0, 10).replaceAll("-", "/")}/payment-one.json`,
            ]);
            expect(await box.send()).toMatchObject({ body: retried.body, headers: { "Idempotent-Replayed": "true" } });
            expect(unaudited).toEqual([]);
        },
    );

    test("after any number of failures anywhere, the payment is recorded once", async () => {
        const faults = fc.uniqueArray(fc.record({ call: fc.integer({ min: 1, max: 20 }), isExecuted: fc.boolean() }), {
            selector: ({ call }) => call,
            maxLength: 12,
        });
        await fc.assert(
            fc.asyncProperty(faults, async (planned) => {
                const box = createHarness();
                const unaudited = watch(box);
                box.aws.faults = planned.map((fault) => ({
                    ...fault,
                    error: awsErrorWithCardNumber("InternalServerError"),
                }));
                let status = 503;
                for (let tries = 0; status === 503 && tries < 20; tries += 1) {
                    status = (await box.send()).statusCode;
                }
                expect(status).toBe(202);
                expect(unaudited).toEqual([]);
                expect(box.aws.transactions()).toHaveLength(1);
                expect(box.aws.objects.size).toBe(1);
                const [record] = box.aws.objects.values();
                const { receivedAt } = JSON.parse(record?.Body as string) as { receivedAt: string };
                expect(box.aws.transactions()[0]).toMatchObject({ timestamp: { S: receivedAt } });
            }),
        );
    });

    test("a replay whose read fails is a 503, too", async () => {
        const box = createHarness();
        await box.send();
        box.aws.faults = [{ call: 5, isExecuted: false, error: awsErrorWithCardNumber("TimeoutError") }];
        expect(await box.send()).toMatchObject({ statusCode: 503 });
        expect(JSON.parse(box.lines[2] ?? "")).toMatchObject({ failed: "look-up", cause: "TimeoutError" });
    });

    test("an error with an unknown name is logged as an error, without that name", async () => {
        const box = createHarness();
        box.aws.faults = [{ call: 1, isExecuted: false, error: awsErrorWithCardNumber("4111 1111 1111 1111") }];
        expect(await box.send()).toMatchObject({ statusCode: 503 });
        expect(JSON.parse(box.lines[0] ?? "")).toMatchObject({ cause: "Error" });
    });
});

describe("concurrent requests", () => {
    test("with one key record one payment and get the same answer", async () => {
        const box = createHarness();
        const answers = await Promise.all(Array.from({ length: 8 }, () => box.send()));
        expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
        expect(box.aws.transactions()).toHaveLength(1);
        expect(metricsOf(box).filter((name) => name === "Accepted")).toHaveLength(1);
        expect(metricsOf(box).filter((name) => name === "Replayed")).toHaveLength(7);
    });

    test.each([
        ["a transaction that met another", 1, cancelled("TransactionConflict", "None")],
        ["a retry that met its own first attempt", 1, cancelled("TransactionConflict", "ConditionalCheckFailed")],
        ["a throttled guard", 1, cancelled("None", "ThrottlingError")],
        ["two audit records that met", 2, awsErrorWithCardNumber("ConditionalRequestConflict")],
    ])("%s is retried after a pause", async (_name, call, error) => {
        const box = createHarness();
        box.aws.faults = [{ call, isExecuted: false, error }];
        expect(await box.send()).toMatchObject({ statusCode: 202 });
        expect(box.pauses).toHaveLength(1);
    });

    test("end after four attempts, with increasing pauses", async () => {
        const box = createHarness();
        const error = cancelled("TransactionConflict");
        box.aws.faults = [1, 2, 3, 4].map((call) => ({ call, isExecuted: false, error }));
        expect(await box.send()).toMatchObject({ statusCode: 503 });
        expect(box.pauses).toHaveLength(3);
        expect(box.pauses.filter((ms, index) => ms < 50 * 2 ** index || ms > 100 * 2 ** index)).toEqual([]);
    });

    test.each([
        ["without reasons", new TransactionCanceledException({ message: "cancelled", $metadata: {} })],
        ["for a refused guard that is not shown", cancelled("ConditionalCheckFailed", "None")],
        ["for an item that is too large", cancelled("None", "ValidationError")],
        ["for nothing but a code that is missing", Object.assign(cancelled(), { CancellationReasons: [{}] })],
    ])("a transaction cancelled %s is a 503 at once", async (_name, error) => {
        const box = createHarness();
        box.aws.faults = [{ call: 1, isExecuted: false, error }];
        expect(await box.send()).toMatchObject({ statusCode: 503 });
        expect(box.pauses).toEqual([]);
    });
});

test("an incomplete reservation never counts as the request's own", async () => {
    const box = createHarness();
    await box.send();
    for (const item of box.aws.items.values()) {
        delete item.request_hash;
        delete item.answer;
    }
    const answer = await box.send();
    expect(answer.statusCode).toBe(409);
    expect(errorRulesOf(answer)).toEqual([]);
});

test.each([
    [30_000, 20_000],
    [10_000, 8_000],
    [1_500, 1],
])("with %d ms left an AWS call may take %d ms, so that there is time to answer", (remaining, budget) => {
    expect(callBudgetMs(remaining)).toBe(budget);
});
