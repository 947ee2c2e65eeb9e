import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Message, SQSClient } from "@aws-sdk/client-sqs";
import { Consumer } from "sqs-consumer";
import type { z } from "zod";
import { writablePath } from "../../contract/container.ts";
import { errorFields, type Log } from "./log.ts";
import type { PutMetric } from "./metrics.ts";
import { levelOfFailure } from "./outage.ts";
import type { Sources } from "./sources.ts";

/** A message that no attempt can process. `reason` is a constant text: it is logged. */
export class Unprocessable extends Error {
    readonly reason: string;

    constructor(reason: string) {
        super(reason);
        this.name = "Unprocessable";
        this.reason = reason;
    }
}

export interface ConsumerArgs<T> {
    readonly sqs: SQSClient;
    readonly queueUrl: string;
    readonly schema: z.ZodType<T>;
    readonly process: (message: T) => Promise<void>;
    readonly log: Log;
    readonly putMetric: PutMetric;
    /** Modified after each answer of SQS, for the health check of a worker. @default none */
    readonly heartbeatFile?: string;
}

/** The file that the command `healthcheck` of the image looks at; a service with a port has none. */
export const heartbeatFileOf = (
    { PORT }: { readonly PORT?: number },
    { heartbeatFile = join(writablePath, "heartbeat") }: Pick<Sources, "heartbeatFile">,
): string | undefined => (PORT === undefined ? heartbeatFile : undefined);

/** Seconds for which a received message is hidden from other tasks, renewed while it is processed. */
export const visibilitySeconds = 60;
const renewSeconds = 20;
/** Milliseconds for which a consumer that stops waits for the messages that it has received: less than `stopWithinSeconds`. */
export const stopWaitMs = 40_000;
/** Messages that cannot be processed and are remembered: a task may live for months. */
const maxRemembered = 10_000;
/** Seconds that a message which failed waits at most. */
const maxDelaySeconds = 300;

/** Seconds after which a failed message is received again, by how often it was received: 2, 4, 8, ..., at most 300. */
export const retrySeconds = (receives: number): number => Math.min(2 ** receives, maxDelaySeconds);

/**
 * Processes the messages of a queue, up to ten at once, each until it is done or has failed. A failed message is received again,
 * later each time; SQS moves it to the dead-letter queue after the receives that the stack allows. A message that no attempt can
 * process is received again at once, so that it is there within seconds; the log has its ID with the reason.
 */
export function createConsumer<T>(args: ConsumerArgs<T>): { start: () => void; stop: () => Promise<void> } {
    const { log, heartbeatFile } = args;
    const unprocessable = new Set<string>();
    let processing = 0;
    const consumer = Consumer.create({
        sqs: args.sqs,
        queueUrl: args.queueUrl,
        batchSize: 10,
        waitTimeSeconds: 20,
        visibilityTimeout: visibilitySeconds,
        heartbeatInterval: renewSeconds,
        messageSystemAttributeNames: ["ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp"],
        pollingCompleteWaitTimeMs: stopWaitMs,
        terminateVisibilityTimeout: (messages) => delaySeconds(messages, unprocessable),
        handleMessage: async (message) => {
            processing += 1;
            try {
                await handle(args, message, unprocessable);
                return message;
            } finally {
                processing -= 1;
            }
        },
    });
    for (const event of ["response_processed", "empty"] as const) {
        consumer.on(event, () => {
            if (heartbeatFile !== undefined) {
                touch(heartbeatFile);
            }
        });
    }
    let isAborted = false;
    consumer.on("aborted", () => {
        isAborted = true;
    });
    consumer.on("error", (error) => {
        // After that it is the aborted call itself.
        if (!isAborted) {
            log.warn(errorFields(error), "SQS did not answer");
        }
    });
    // Logged by `handle`; without a listener Node.js would throw.
    consumer.on("processing_error", () => undefined);
    return {
        start: () => {
            consumer.start();
        },
        // A receive that waits for messages is aborted; with messages there is none, and they are finished.
        stop: () => stopped(consumer, processing === 0),
    };
}

/** @throws what `process` throws */
async function handle<T>(args: ConsumerArgs<T>, message: Message, unprocessable: Set<string>): Promise<void> {
    const { log, putMetric } = args;
    const { MessageId: messageId = "" } = message;
    const receives = receivesOf(message);
    try {
        const content = parseMessage(args.schema, message.Body ?? "");
        await args.process(content);
        unprocessable.delete(messageId);
    } catch (error) {
        if (error instanceof Unprocessable) {
            // Once, and not for each of the receives that bring it to the dead-letter queue.
            if (!unprocessable.has(messageId)) {
                if (unprocessable.size === maxRemembered) {
                    unprocessable.clear();
                }
                unprocessable.add(messageId);
                putMetric("MessagesRefused", 1);
                log.error({ messageId, receives, reason: error.reason }, "message cannot be processed");
            }
        } else {
            putMetric("FailedMessageAge", secondsSinceFirstReceive(message));
            const fields = { messageId, receives, ...errorFields(error) };
            log[levelOfFailure(error)](fields, "message failed and is tried again");
        }
        throw error;
    }
}

function parseMessage<T>(schema: z.ZodType<T>, body: string): T {
    let value: unknown;
    try {
        value = JSON.parse(body);
    } catch {
        throw new Unprocessable("the body is not JSON");
    }
    const { data, success } = schema.safeParse(value);
    if (!success) {
        throw new Unprocessable("the body does not have the form of a message");
    }
    return data;
}

const receivesOf = ({ Attributes }: Message): number => Number(Attributes?.ApproximateReceiveCount ?? 1);

/** The clock of SQS may be ahead of that of this machine. */
function secondsSinceFirstReceive({ Attributes }: Message): number {
    const now = Date.now();
    return Math.max(0, Math.round((now - Number(Attributes?.ApproximateFirstReceiveTimestamp ?? now)) / 1_000));
}

/** None where another attempt cannot help. */
function delaySeconds([message]: Message[], unprocessable: ReadonlySet<string>): number {
    if (message === undefined || unprocessable.has(message.MessageId ?? "")) {
        return 0;
    }
    return retrySeconds(receivesOf(message));
}

function touch(file: string): void {
    const now = new Date();
    try {
        utimesSync(file, now, now);
    } catch {
        writeFileSync(file, "");
    }
}

/** Receives no more, and resolves once the received messages are done. */
function stopped(consumer: Consumer, abort: boolean): Promise<void> {
    return new Promise((resolve) => {
        if (!consumer.status.isRunning) {
            resolve();
            return;
        }
        consumer.once("stopped", () => {
            resolve();
        });
        consumer.stop({ abort });
    });
}
