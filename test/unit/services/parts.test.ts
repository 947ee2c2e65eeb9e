import { expect, test } from "@jest/globals";
import { requestsUpTo } from "../../../services/api/schemas.ts";
import { newId } from "../../../services/common/ids.ts";
import { errorFields } from "../../../services/common/log.ts";
import { createMetrics } from "../../../services/common/metrics.ts";
import { correlationIdOf, withoutStage } from "../../../services/common/request.ts";
import { simulatedAcquirer, simulatedOutage, simulatedRefusals } from "../../../services/payment/simulated-acquirer.ts";

test("the stage of the API is removed from a path, and nothing else is", () => {
    expect(["/v1/api/payments", "/api/payments", "/v1", "/v10/api"].map(withoutStage)).toEqual([
        "/api/payments",
        "/api/payments",
        "/v1",
        "/v10/api",
    ]);
});

test.each(["-abc", "_abc", "ab"])("the reference %s is refused with a rule that it breaks", (reference) => {
    const { error } = requestsUpTo(1000).newSession.safeParse({ amountMinor: 1, currency: "EUR", reference });
    expect(error?.issues.map(({ path, message }) => [path.join(), message])).toEqual([
        ["reference", "must be 3 to 64 letters, digits, _ or -, and start with a letter or digit"],
    ]);
});

test("a caller's correlation ID is kept unless it is malformed or could be a card number", () => {
    expect(correlationIdOf("order-12345")).toBe("order-12345");
    for (const refused of [
        undefined,
        "short",
        "x\ny-12345678",
        "4111-1111-1111-1111",
        ["order-12345", "order-12345"],
    ]) {
        expect(correlationIdOf(refused)).toMatch(/^[a-p]{32}$/);
    }
});

test("a log line has the class and the code of an error, and never its message", () => {
    class Refused extends Error {
        readonly code: string;
        constructor(code: string) {
            super("4111111111111111");
            this.name = "Refused";
            this.code = code;
        }
    }
    expect(errorFields(new Refused("23505"))).toEqual({ error: "Refused", code: "23505" });
    expect(errorFields(new Refused("with a value"))).toEqual({ error: "Refused" });
    expect(errorFields("text")).toEqual({ error: "Error" });
});

test("a metric is a line in the embedded metric format, by service and environment", () => {
    const lines: string[] = [];
    const common = { AWS_REGION: "eu-west-1", ENVIRONMENT: "dev", LOG_LEVEL: "info", SERVICE: "api" } as const;
    createMetrics(common, (line) => lines.push(line))("OutboxAge", 3);
    expect(JSON.parse(lines.join(""))).toMatchObject({
        _aws: {
            CloudWatchMetrics: [
                { Dimensions: [["Service", "Environment"]], Metrics: [{ Name: "OutboxAge", Unit: "Seconds" }] },
            ],
        },
        Service: "api",
        Environment: "dev",
        OutboxAge: 3,
    });
});

test("the simulated acquirer decides by the amount", async () => {
    const acquirer = simulatedAcquirer();
    const call = (amountMinor: number, idempotencyKey = "key") => ({
        idempotencyKey,
        paymentId: newId(),
        correlationId: newId(),
        amountMinor,
        currency: "EUR",
    });
    for (const [digits, { operation, reason }] of Object.entries(simulatedRefusals)) {
        const refused = await acquirer[operation](call(1_000 + Number(digits)));
        expect(refused).toEqual({ approved: false, reason });
        const other = operation === "capture" ? "authorize" : "capture";
        expect(await acquirer[other](call(1_000 + Number(digits)))).toEqual({ approved: true });
    }
    const outage = call(1_000 + simulatedOutage, "first");
    await expect(acquirer.authorize(outage)).rejects.toMatchObject({ name: "NoDecision" });
    expect(await acquirer.authorize(outage)).toEqual({ approved: true });
});
