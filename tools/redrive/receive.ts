import { ChangeMessageVisibilityBatchCommand, ReceiveMessageCommand, type Message } from "@aws-sdk/client-sqs";
import { firstLineOfError } from "../frame/exit.ts";
import type { FoundQueue, SqsClient } from "./queues.ts";

/** SQS gives and takes at most so many at once. */
const maxBatch = 10;

/** Messages that are received at most to find those that are wanted. */
const maxReceived = 1000;

export interface ReceiveOptions {
    /** Messages at most. */
    readonly limit: number;
    /** The only messages to look for. @default every message */
    readonly ids?: readonly string[];
    /** Time in which the messages are not given to others, unless they are released earlier. */
    readonly visibilitySeconds: number;
    readonly signal: AbortSignal;
    readonly say: (line: string) => void;
}

/**
 * Receives messages of a queue, does something with those that are wanted, and makes what was not deleted visible again. SQS has
 * no other call that reads a message. It counts the receipt, which has no effect in a queue without a redrive policy.
 */
export async function withMessages<T>(
    sqs: SqsClient,
    queue: Pick<FoundQueue, "url">,
    options: ReceiveOptions,
    act: (messages: readonly Message[]) => Promise<T>,
): Promise<T> {
    const received = new Map<string, Message>();
    const isWanted = ({ MessageId: id = "" }: Message): boolean => options.ids?.includes(id) ?? true;
    const wanted = (): Message[] => [...received.values()].filter(isWanted).slice(0, options.limit);
    try {
        while (wanted().length < options.limit && received.size < maxReceived && !options.signal.aborted) {
            const before = received.size;
            const { Messages: batch = [] } = await sqs.send(
                new ReceiveMessageCommand({
                    QueueUrl: queue.url,
                    MaxNumberOfMessages: maxBatch,
                    VisibilityTimeout: options.visibilitySeconds,
                    // With a wait SQS queries all servers of the queue; without it an answer can be empty while there are messages.
                    WaitTimeSeconds: 2,
                    MessageSystemAttributeNames: ["All"],
                    MessageAttributeNames: ["All"],
                }),
            );
            for (const message of batch) {
                received.set(message.MessageId ?? "", message);
            }
            if (received.size === before) {
                break;
            }
        }
        return await act(wanted());
    } finally {
        await release(sqs, queue, [...received.values()], options);
    }
}

/** Makes messages visible at once. Those that were deleted meanwhile are refused one by one, which changes nothing. */
async function release(
    sqs: SqsClient,
    { url }: Pick<FoundQueue, "url">,
    messages: readonly Message[],
    { say, visibilitySeconds }: ReceiveOptions,
): Promise<void> {
    try {
        for (let start = 0; start < messages.length; start += maxBatch) {
            await sqs.send(
                new ChangeMessageVisibilityBatchCommand({
                    QueueUrl: url,
                    Entries: messages.slice(start, start + maxBatch).map(({ ReceiptHandle }, index) => ({
                        Id: `${index}`,
                        ReceiptHandle,
                        VisibilityTimeout: 0,
                    })),
                }),
            );
        }
    } catch (error) {
        say(`the messages are visible again in ${visibilitySeconds} s, not at once: ${firstLineOfError(error)}`);
    }
}
