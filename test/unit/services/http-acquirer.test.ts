import { expect, test } from "@jest/globals";
import { stopSeconds } from "../../../contract/container.ts";
import { readConfig } from "../../../services/common/config.ts";
import { stopWaitMs, visibilitySeconds } from "../../../services/common/consumer.ts";
import { stopWithinSeconds } from "../../../services/common/lifecycle.ts";
import { paymentConfig } from "../../../services/payment/config.ts";
import { acquirerLimits } from "../../../services/payment/http-acquirer.ts";
import { steps } from "../../../services/payment/process.ts";

test("all calls of a message end before the service stops, and before SQS gives the message to another task", () => {
    const { timeoutMs, longestWaitsMs } = acquirerLimits;
    const longestCallMs = longestWaitsMs.reduce((sum, waitMs) => sum + waitMs + timeoutMs, timeoutMs);
    const longestMessageMs = Object.keys(steps).length * longestCallMs;
    expect(longestMessageMs).toBe(32_000);
    for (const limitMs of [stopWaitMs, visibilitySeconds * 1_000]) {
        expect(longestMessageMs).toBeLessThan(limitMs);
    }
});

test("a service ends after its messages have, and before ECS kills it", () => {
    expect(stopWithinSeconds * 1_000).toBeGreaterThan(stopWaitMs);
    expect(stopWithinSeconds).toBeLessThan(stopSeconds);
});

const environment = {
    AWS_REGION: "eu-west-1",
    CACHE_HOST: "cache",
    CACHE_PORT: "6379",
    CACHE_TOKEN_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:cache",
    CONSUME_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/111122223333/processing",
    DATABASE_HOST: "database",
    DATABASE_NAME: "payments",
    DATABASE_PORT: "5432",
    DATABASE_READER_HOST: "database",
    DATABASE_USER: "payment_payment",
    ENVIRONMENT: "dev",
    EVENTS_TOPIC_ARN: "arn:aws:sns:eu-west-1:111122223333:events",
    LOG_LEVEL: "info",
    SERVICE: "payment",
};
const url = { ACQUIRER_URL: "https://acquirer.example/v1" };
const secret = { ACQUIRER_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:acquirer" };

test("the acquirer is given with its address and its secret, or not at all", () => {
    expect(readConfig(paymentConfig, environment).ACQUIRER_URL).toBeUndefined();
    expect(readConfig(paymentConfig, { ...environment, ...url, ...secret })).toMatchObject({ ...url, ...secret });
    for (const half of [url, secret]) {
        expect(() => readConfig(paymentConfig, { ...environment, ...half })).toThrow(
            "environment variables: ACQUIRER_URL and ACQUIRER_SECRET_ARN: set both, or neither for the simulated acquirer",
        );
    }
});

test.each([
    ["http://acquirer.example", "must be an https URL"],
    ["https://user:word@acquirer.example", "must have no user, query and fragment"],
    ["https://acquirer.example/?a=b", "must have no user, query and fragment"],
])("the address %s of the acquirer is refused", (ACQUIRER_URL, reason) => {
    const read = () => readConfig(paymentConfig, { ...environment, ...secret, ACQUIRER_URL });
    expect(read).toThrow(`ACQUIRER_URL: ${reason}`);
    expect(read).not.toThrow(/word/);
});
