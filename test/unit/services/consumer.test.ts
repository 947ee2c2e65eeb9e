import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "@jest/globals";
import { z } from "zod";
import { createConsumer, retrySeconds, Unprocessable } from "../../../services/common/consumer.ts";
import { createLog } from "../../../services/common/log.ts";
import { plannedPlatform } from "../../../tools/local/platform.ts";
import { planTestStack } from "../../stacks.ts";

test("a failed message waits longer each time, and five minutes at most", () => {
    expect([1, 2, 3, 8, 9, 50].map(retrySeconds)).toEqual([2, 4, 8, 256, 300, 300]);
});

test.each(
    ["dev", "staging", "prod"].flatMap((stack) =>
        ["processing", "notifications"].map((queue) => [stack, queue] as const),
    ),
)("%s: a message of %s outlasts an outage of three hours, of the acquirer or of the database", async (stack, queue) => {
    const { queues } = plannedPlatform(await planTestStack(stack));
    const { attributes } = queues.find(({ name }) => name === `payment-${queue}-${stack}`) ?? {};
    const { maxReceiveCount } = JSON.parse(attributes?.RedrivePolicy ?? "") as { maxReceiveCount: number };
    const waits = Array.from({ length: maxReceiveCount - 1 }, (_, index) => retrySeconds(index + 1));
    expect(waits.reduce((sum, seconds) => sum + seconds)).toBe(12_810);
});

/** A consumer of an SQS of which each call is answered by `answer`; with the messages of its log, and its metrics. */
function consumerOf(
    answer: (signal: AbortSignal, command: unknown) => Promise<unknown>,
    process = () => Promise.resolve(),
) {
    const common = { AWS_REGION: "eu-west-1", ENVIRONMENT: "dev", LOG_LEVEL: "info", SERVICE: "payment" } as const;
    const logged: unknown[] = [];
    const put: [name: string, value: number][] = [];
    const write = (line: string) => logged.push((JSON.parse(line) as { message: unknown }).message);
    const consumer = createConsumer({
        sqs: {
            send: (command: unknown, { abortSignal }: { abortSignal: AbortSignal }) => answer(abortSignal, command),
        } as unknown as SQSClient,
        queueUrl: "https://sqs.eu-west-1.amazonaws.com/123456789012/processing",
        schema: z.unknown(),
        process,
        log: createLog(common, { write }),
        putMetric: (name, value) => put.push([name, value]),
    });
    return { consumer, logged, put };
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

test.each([
    ["fails", () => Promise.reject(new Error("away")), [["FailedMessageAge", 400]]],
    ["is processed", () => Promise.resolve(), []],
    ["cannot be processed", () => Promise.reject(new Unprocessable("test")), [["MessagesRefused", 1]]],
])("a message that %s sends what its group of metrics says", async (_what, process, expected) => {
    const Attributes = { ApproximateReceiveCount: "9", ApproximateFirstReceiveTimestamp: `${Date.now() - 400_000}` };
    const done = new AbortController();
    let asked: readonly string[] | undefined;
    const messages = [{ MessageId: "id", ReceiptHandle: "handle", Body: "{}", Attributes }];
    const { consumer, put } = consumerOf(async (signal, command) => {
        if (!(command instanceof ReceiveMessageCommand)) {
            return {};
        }
        asked = command.input.MessageSystemAttributeNames;
        const Messages = messages.splice(0);
        if (Messages.length === 0) {
            done.abort();
            await once(signal, "abort");
        }
        return { Messages };
    }, process);
    consumer.start();
    await once(done.signal, "abort");
    await consumer.stop();
    expect(put).toEqual(expected);
    // SQS sends no others.
    expect(asked).toEqual(Object.keys(Attributes));
});
