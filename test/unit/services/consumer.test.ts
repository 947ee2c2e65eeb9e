import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "@jest/globals";
import { z } from "zod";
import { createConsumer, retrySeconds } from "../../../services/common/consumer.ts";
import { createLog } from "../../../services/common/log.ts";
import { plannedPlatform } from "../../../tools/local/platform.ts";
import { planTestStack } from "../../stacks.ts";

test("a failed message waits longer each time, and five minutes at most", () => {
    expect([1, 2, 3, 8, 9, 50].map(retrySeconds)).toEqual([2, 4, 8, 256, 300, 300]);
});

test.each(["dev", "staging", "prod"])(
    "a payment of %s outlasts an outage of its acquirer of three hours",
    async (stack) => {
        const { queues } = plannedPlatform(await planTestStack(stack));
        const { attributes } = queues.find(({ name }) => name === `payment-processing-${stack}`) ?? {};
        const { maxReceiveCount } = JSON.parse(attributes?.RedrivePolicy ?? "") as { maxReceiveCount: number };
        const waits = Array.from({ length: maxReceiveCount - 1 }, (_, index) => retrySeconds(index + 1));
        expect(waits.reduce((sum, seconds) => sum + seconds)).toBe(12_810);
    },
);

/** A consumer of an SQS of which each call is answered by `answer`; with the messages of its log. */
function consumerOf(answer: (signal: AbortSignal) => Promise<unknown>) {
    const common = { AWS_REGION: "eu-west-1", ENVIRONMENT: "dev", LOG_LEVEL: "info", SERVICE: "payment" } as const;
    const logged: unknown[] = [];
    const write = (line: string) => logged.push((JSON.parse(line) as { message: unknown }).message);
    const consumer = createConsumer({
        sqs: {
            send: (_command: unknown, { abortSignal }: { abortSignal: AbortSignal }) => answer(abortSignal),
        } as unknown as SQSClient,
        queueUrl: "https://sqs.eu-west-1.amazonaws.com/123456789012/processing",
        schema: z.unknown(),
        process: () => Promise.resolve(),
        log: createLog(common, { write }),
        putMetric: () => undefined,
    });
    return { consumer, logged };
}

test("a consumer that stops warns of no call that it aborts itself", async () => {
    const { consumer, logged } = consumerOf(async (signal) => {
        await once(signal, "abort");
        throw Object.assign(new Error("aborted"), { name: "AbortError" });
    });
    consumer.start();
    await consumer.stop();
    expect(logged).toEqual([]);
});

test("a consumer warns of a call that SQS does not answer", async () => {
    const { consumer, logged } = consumerOf(() => Promise.reject(new Error("away")));
    consumer.start();
    await setImmediate();
    await consumer.stop();
    expect(logged).toEqual(["SQS did not answer"]);
});
