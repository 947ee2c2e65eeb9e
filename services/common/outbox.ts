import { setTimeout } from "node:timers/promises";
import { SendMessageBatchCommand, type SendMessageBatchCommandOutput, type SQSClient } from "@aws-sdk/client-sqs";
import { PublishBatchCommand, type PublishBatchCommandOutput, type SNSClient } from "@aws-sdk/client-sns";
import { transaction, transactionIdleMs, type Connection, type Pool } from "./database.ts";
import { errorFields, type Log } from "./log.ts";
import { isThrottling, levelOfFailure } from "./outage.ts";

export type OutboxTable = "api_outbox" | "payment_outbox";

/** A message with an ID of its own: what is sent twice has the same. */
export interface OutboxMessage {
    readonly id: string;
}

/** What became of the messages of a batch. With the others AWS failed, or had too many: another attempt may send them. */
export interface BatchResult {
    /** Their IDs. */
    readonly sent: readonly string[];
    /** How many AWS refused, and said that the fault was this service's. */
    readonly refused: number;
}

/** Sends up to ten messages. */
export type SendBatch = (messages: readonly OutboxMessage[]) => Promise<BatchResult>;

/** Largest batch of SQS and SNS. */
const batchSize = 10;

/** Puts a message into the outbox, in the transaction that is its cause. */
export async function addToOutbox(connection: Connection, table: OutboxTable, message: OutboxMessage): Promise<void> {
    await connection.query(`INSERT INTO payments.${table} (id, body) VALUES ($1, $2)`, [message.id, message]);
}

/** Age of the oldest message in seconds, also of one that a task sends at the moment; 0 if there is none. Reads one entry of an index. */
export async function outboxAge(pool: Pick<Pool, "query">, table: OutboxTable): Promise<number> {
    const { rows } = await pool.query<{ age: string }>(
        `SELECT greatest(0, extract(epoch FROM now() - created_at)) AS age FROM payments.${table} ORDER BY position LIMIT 1`,
    );
    return Number(rows[0]?.age ?? 0);
}

/**
 * Sends the oldest messages and removes those that were sent. A crash between the two sends them again; rows that another task
 * sends at the moment are skipped.
 *
 * @returns how many messages were taken, sent and refused
 */
export async function relayBatch(
    pool: Pool,
    table: OutboxTable,
    send: SendBatch,
): Promise<{ taken: number; sent: number; refused: number }> {
    return transaction(pool, async (connection) => {
        const { rows } = await connection.query<{ body: OutboxMessage }>(
            `SELECT body FROM payments.${table} ORDER BY position LIMIT ${batchSize} FOR UPDATE SKIP LOCKED`,
        );
        const bodies = rows.map(({ body }) => body);
        const { sent, refused } = bodies.length === 0 ? { sent: [], refused: 0 } : await send(bodies);
        if (sent.length > 0) {
            await connection.query(`DELETE FROM payments.${table} WHERE id = ANY($1)`, [sent]);
        }
        return { taken: rows.length, sent: sent.length, refused };
    });
}

/** A call that takes longer, with its repetitions, has failed: well before PostgreSQL gives up the transaction around it. */
const inTime = (): { abortSignal: AbortSignal } => ({ abortSignal: AbortSignal.timeout(transactionIdleMs / 2) });

/** The answers of SQS and SNS have the same form. */
const resultOf = ({
    Successful = [],
    Failed = [],
}: Pick<SendMessageBatchCommandOutput | PublishBatchCommandOutput, "Successful" | "Failed">): BatchResult => ({
    sent: Successful.flatMap(({ Id }) => Id ?? []),
    refused: Failed.filter(({ SenderFault, Code }) => SenderFault && !isThrottling(Code)).length,
});

export const sendToQueue =
    (sqs: SQSClient, QueueUrl: string): SendBatch =>
    async (messages) =>
        resultOf(
            await sqs.send(
                new SendMessageBatchCommand({
                    QueueUrl,
                    Entries: messages.map((message) => ({ Id: message.id, MessageBody: JSON.stringify(message) })),
                }),
                inTime(),
            ),
        );

export const publishToTopic =
    (sns: SNSClient, TopicArn: string): SendBatch =>
    async (messages) =>
        resultOf(
            await sns.send(
                new PublishBatchCommand({
                    TopicArn,
                    PublishBatchRequestEntries: messages.map((message) => ({
                        Id: message.id,
                        Message: JSON.stringify(message),
                    })),
                }),
                inTime(),
            ),
        );

/** Milliseconds between two looks into an outbox without messages of this task: those of a task that has ended wait for these. */
const idleMs = 1_000;
/** Milliseconds after a failure. */
const failureMs = 2_000;

export interface RelayArgs {
    readonly pool: Pool;
    readonly table: OutboxTable;
    readonly send: SendBatch;
    readonly log: Log;
    /** Waits for so many milliseconds, or until the signal is aborted. */
    readonly pause?: (ms: number, value: undefined, options: { signal: AbortSignal }) => Promise<unknown>;
}

/** Sends what is in the outbox until it is stopped. */
export class Relay {
    private readonly args: RelayArgs;
    private readonly stopping = new AbortController();
    private waiting = new AbortController();
    private running: Promise<void> = Promise.resolve();

    constructor(args: RelayArgs) {
        this.args = args;
    }

    public start(): void {
        this.running = this.run();
    }

    /** Says that a transaction with a message has been committed. */
    public wake(): void {
        this.waiting.abort();
    }

    /** Ends after the batch that is being sent. */
    public async stop(): Promise<void> {
        this.stopping.abort();
        this.wake();
        await this.running;
    }

    private async run(): Promise<void> {
        while (!this.stopping.signal.aborted) {
            // Before the look, so that a message committed during it is not waited for.
            this.waiting = new AbortController();
            await this.wait(...(await this.relay()));
        }
    }

    /**
     * @returns milliseconds until the next batch, and the signals that end them early. After a failure a new message does not: each would cause
     *   a call that fails like the one before
     */
    private async relay(): Promise<[ms: number, ...until: AbortSignal[]]> {
        const { pool, table, send, log } = this.args;
        try {
            const { taken, sent, refused } = await relayBatch(pool, table, send);
            if (sent < taken) {
                log[refused > 0 ? "error" : "warn"]({ taken, sent, refused }, "messages of the outbox were not sent");
                return [failureMs];
            }
            return [taken === batchSize ? 0 : idleMs, this.waiting.signal];
        } catch (error) {
            log[levelOfFailure(error)](errorFields(error), "the outbox could not be sent");
            return [failureMs];
        }
    }

    private async wait(ms: number, ...until: readonly AbortSignal[]): Promise<void> {
        const { pause = setTimeout } = this.args;
        const signal = AbortSignal.any([this.stopping.signal, ...until]);
        await pause(ms, undefined, { signal }).catch(() => undefined);
    }
}
