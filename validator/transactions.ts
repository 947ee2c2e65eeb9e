import { createHash } from "node:crypto";
import {
    GetItemCommand,
    PutItemCommand,
    TransactWriteItemsCommand,
    type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import { lettersOfHex } from "./card-data.ts";
import { callAws, cancellationReasons, errorName, type Aws } from "./aws.ts";
import type { Config } from "./config.ts";
import type { Payment } from "./payment.ts";

type Item = Record<string, AttributeValue>;

/**
 * Values that the first request with an idempotency key has set. Every later step uses only these and the payment, so that a
 * retry of an interrupted request writes the same bytes as the first attempt.
 */
export interface Reservation {
    requestHash: string;
    /** Sort key of the transaction, and the day its audit record is filed under. */
    receivedAt: string;
    correlationId: string;
    /** Empty when the request did not come with an API key. */
    apiKeyId: string;
    /** When the transaction expires, in epoch seconds. Kept, as the retention may be another one at the time of a retry. */
    recordExpiresAt: number;
    /** Body of the answer, kept so that a replay survives a release that would word it differently. */
    answer: string;
}

export interface Conflict {
    is: "conflict";
    over: "idempotency-key-reused" | "payment-exists" | "reservation-expired";
}

export type Reserved = { is: "ours" | "known"; reservation: Reservation } | Conflict;

// The table's sort key would admit the same id twice with two times. Guards therefore all have the same one.
const guardTime = "0";
const isNew = "attribute_not_exists(transaction_id)";

export const daySeconds = 86_400;
/**
 * How long guards outlive their transaction. DynamoDB deletes expired items one by one, within a few days: a guard that went first would
 * let the payment be recorded a second time, with another time, while its transaction can still be read.
 */
const guardSeconds = 7 * daySeconds;

/** A SHA-256 as 64 letters: scanners that search the table for card numbers should find none. */
function sha256Letters(...parts: string[]): string {
    return lettersOfHex(createHash("sha256").update(JSON.stringify(parts)).digest("hex"));
}

/** The same payment gives the same hash, however its JSON was ordered or spaced. */
export function paymentHash(payment: Payment): string {
    const { merchantId, paymentId, customerId, amountMinor, currency } = payment;
    const metadata = Object.entries(payment.metadata).sort(([a], [b]) => (a < b ? -1 : 1));
    return sha256Letters(merchantId, paymentId, customerId, String(amountMinor), currency, JSON.stringify(metadata));
}

/** Claims the idempotency key and the payment id together, or says who holds them. */
export async function reserve(
    aws: Aws,
    config: Config,
    payment: Payment,
    idempotencyKey: string,
    wanted: Reservation,
): Promise<Reserved> {
    const guards: Item[] = [
        {
            transaction_id: { S: `idempotency#${sha256Letters(payment.merchantId, idempotencyKey)}` },
            request_hash: { S: wanted.requestHash },
            received_at: { S: wanted.receivedAt },
            correlation_id: { S: wanted.correlationId },
            api_key_id: { S: wanted.apiKeyId },
            record_expires_at: { N: String(wanted.recordExpiresAt) },
            answer: { S: wanted.answer },
        },
        { transaction_id: { S: `payment#${payment.paymentId}` } },
    ];
    const puts = guards.map((guard) => ({
        Put: {
            TableName: config.tableName,
            Item: {
                ...guard,
                timestamp: { S: guardTime },
                record_type: { S: "guard" },
                ...expiresAt(wanted.recordExpiresAt + guardSeconds),
            },
            ConditionExpression: isNew,
            ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
        },
    }));
    return callAws(aws, "reserve", async () => {
        try {
            const command = new TransactWriteItemsCommand({ TransactItems: puts });
            await aws.dynamo.send(command, { abortSignal: aws.signal });
            return { is: "ours", reservation: wanted };
        } catch (error) {
            return existingReservation(error, wanted.requestHash);
        }
    });
}

function existingReservation(error: unknown, requestHash: string): Reserved {
    const [key, paymentId] = cancellationReasons(error) as { Code?: string; Item?: Item }[];
    if (key?.Code === "ConditionalCheckFailed" && key.Item !== undefined) {
        const reservation = readReservation(key.Item);
        return reservation.requestHash === requestHash
            ? { is: "known", reservation }
            : { is: "conflict", over: "idempotency-key-reused" };
    }
    if (key?.Code === "None" && paymentId?.Code === "ConditionalCheckFailed") {
        return { is: "conflict", over: "payment-exists" };
    }
    throw error;
}

function readReservation(item: Item): Reservation {
    const text = (name: string) => item[name]?.S ?? "";
    return {
        requestHash: text("request_hash"),
        receivedAt: text("received_at"),
        correlationId: text("correlation_id"),
        apiKeyId: text("api_key_id"),
        // Guards of earlier releases lack it, and expire together with their transaction.
        recordExpiresAt: Number((item.record_expires_at ?? item.expires_at)?.N),
        answer: text("answer"),
    };
}

/** Whether the reserved transaction is in the log. */
export async function isCommitted(aws: Aws, config: Config, payment: Payment, held: Reservation): Promise<boolean> {
    const command = new GetItemCommand({
        TableName: config.tableName,
        Key: { transaction_id: { S: payment.paymentId }, timestamp: { S: held.receivedAt } },
        ProjectionExpression: "transaction_id",
        ConsistentRead: true,
    });
    const { Item } = await callAws(aws, "look-up", () => aws.dynamo.send(command, { abortSignal: aws.signal }));
    return Item !== undefined;
}

/** Puts the transaction into the log. False when a twin of this request was quicker, which is as good. */
export async function commit(aws: Aws, config: Config, payment: Payment, held: Reservation): Promise<boolean> {
    const command = new PutItemCommand({
        TableName: config.tableName,
        Item: transactionItem(payment, held),
        ConditionExpression: isNew,
    });
    return callAws(aws, "commit", async () => {
        try {
            await aws.dynamo.send(command, { abortSignal: aws.signal });
            return true;
        } catch (error) {
            if (errorName(error) === "ConditionalCheckFailedException") {
                return false;
            }
            throw error;
        }
    });
}

function transactionItem(payment: Payment, held: Reservation): Item {
    const metadata = Object.entries(payment.metadata).map(([name, value]): [string, AttributeValue] => [
        name,
        { S: value },
    ]);
    return {
        transaction_id: { S: payment.paymentId },
        timestamp: { S: held.receivedAt },
        record_type: { S: "transaction" },
        status: { S: "accepted" },
        merchant_id: { S: payment.merchantId },
        customer_id: { S: payment.customerId },
        amount_minor: { N: String(payment.amountMinor) },
        currency: { S: payment.currency },
        exponent: { N: String(payment.exponent) },
        metadata: { M: Object.fromEntries(metadata) },
        request_hash: { S: held.requestHash },
        correlation_id: { S: held.correlationId },
        ...expiresAt(held.recordExpiresAt),
    };
}

const expiresAt = (epochSeconds: number): Item => ({ expires_at: { N: String(epochSeconds) } });
