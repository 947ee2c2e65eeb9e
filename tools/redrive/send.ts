import {
    CancelMessageMoveTaskCommand,
    DeleteMessageCommand,
    ListMessageMoveTasksCommand,
    SendMessageCommand,
    StartMessageMoveTaskCommand,
    type ListMessageMoveTasksResultEntry,
    type Message,
} from "@aws-sdk/client-sqs";
import type { Clock } from "../frame/clock.ts";
import { ExitError, firstLineOfError } from "../frame/exit.ts";
import type { FoundQueue, SqsClient } from "./queues.ts";

/** The queues between which messages move. */
export interface Redrive {
    readonly sqs: SqsClient;
    readonly deadLetters: FoundQueue;
    readonly source: FoundQueue;
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly say: (line: string) => void;
}

/** What was sent back. */
export interface RedriveResult {
    readonly sent: number;
    /** IDs in the dead-letter queue, where they were sent one by one. */
    readonly ids?: readonly string[];
    /** Why not everything was sent. */
    readonly problem?: string;
}

const pollMilliseconds = 2000;

/** Moves all messages by a task of SQS. A cancellation cancels the task: what it has moved stays moved. */
export async function moveAll(redrive: Redrive): Promise<RedriveResult> {
    const { sqs, deadLetters, source, clock, signal, say } = redrive;
    const { TaskHandle } = await sqs.send(
        new StartMessageMoveTaskCommand({ SourceArn: deadLetters.arn, DestinationArn: source.arn }),
    );
    for (let isCancelled = false, shown = 0; ;) {
        await clock.sleep(pollMilliseconds);
        if (signal.aborted && !isCancelled) {
            isCancelled = true;
            await cancelTask(redrive, TaskHandle);
        }
        const task = await latestTask(redrive).catch(firstLineOfError);
        if (typeof task === "string") {
            return { sent: shown, problem: `SQS continues its task, whose state could not be read: ${task}` };
        }
        const { Status: status = "unknown", ApproximateNumberOfMessagesMoved: sent = 0, FailureReason } = task ?? {};
        if (status !== "RUNNING" && status !== "CANCELLING") {
            const problem = `the task of SQS is ${status}${FailureReason === undefined ? "" : `: ${FailureReason}`}`;
            return status === "COMPLETED" ? { sent } : { sent, problem };
        }
        if (sent > shown) {
            shown = sent;
            say(`${sent} of about ${task?.ApproximateNumberOfMessagesToMove ?? deadLetters.visible} sent back`);
        }
    }
}

/** SQS refuses it for a task that has ended: its state says how. */
async function cancelTask({ sqs, say }: Redrive, TaskHandle: string | undefined): Promise<void> {
    try {
        await sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));
    } catch (error) {
        say(`SQS did not cancel its task: ${firstLineOfError(error)}`);
    }
}

async function latestTask({ sqs, deadLetters }: Redrive): Promise<ListMessageMoveTasksResultEntry | undefined> {
    const { Results: [task] = [] } = await sqs.send(
        new ListMessageMoveTasksCommand({ SourceArn: deadLetters.arn, MaxResults: 1 }),
    );
    return task;
}

/**
 * Sends messages to the source queue, and deletes each from the dead-letter queue once SQS has accepted it: a failure between the
 * two leaves it in both, never in neither. It stops at the first failure.
 */
export async function sendMessages(redrive: Redrive, messages: readonly Message[]): Promise<RedriveResult> {
    const { sqs, deadLetters, signal } = redrive;
    const ids: string[] = [];
    for (const message of messages) {
        const { MessageId: id = "", ReceiptHandle } = message;
        if (signal.aborted) {
            return { sent: ids.length, ids, problem: "cancelled" };
        }
        const refusal = deduplicationProblem(redrive, message);
        if (refusal !== undefined) {
            return { sent: ids.length, ids, problem: refusal };
        }
        try {
            await sqs.send(sendCommand(redrive, message));
        } catch (error) {
            return { sent: ids.length, ids, problem: `${id} was not sent: ${firstLineOfError(error)}` };
        }
        ids.push(id);
        try {
            await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetters.url, ReceiptHandle }));
        } catch (error) {
            return { sent: ids.length, ids, problem: `${id} is in both queues now: ${firstLineOfError(error)}` };
        }
    }
    return { sent: ids.length, ids };
}

function sendCommand({ source }: Redrive, message: Message): SendMessageCommand {
    const { Body, MessageAttributes, Attributes: system = {} } = message;
    const { AWSTraceHeader: trace, MessageGroupId, MessageDeduplicationId } = system;
    return new SendMessageCommand({
        QueueUrl: source.url,
        MessageBody: Body,
        MessageAttributes,
        MessageGroupId,
        MessageDeduplicationId,
        MessageSystemAttributes:
            trace === undefined ? undefined : { AWSTraceHeader: { DataType: "String", StringValue: trace } },
    });
}

/**
 * A FIFO queue accepts a message with a deduplication ID of the last five minutes and drops it
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-exactly-once-processing.html).
 */
const deduplicationMilliseconds = 5 * 60_000;

function deduplicationProblem(
    { clock }: Redrive,
    { MessageId: id, Attributes: system = {} }: Message,
): string | undefined {
    const age = clock.now() - Number(system.SentTimestamp ?? 0);
    return system.MessageDeduplicationId === undefined || age >= deduplicationMilliseconds
        ? undefined
        : `${id} was sent less than five minutes ago, and SQS would drop it as a duplicate: try again later`;
}

/** @throws ExitError `failed` where not everything was sent */
export function throwIfIncomplete({ sent, problem }: RedriveResult): void {
    if (problem !== undefined) {
        throw new ExitError("failed", `${sent} sent back, then: ${problem}`);
    }
}
