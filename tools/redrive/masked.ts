import type { Message, MessageAttributeValue } from "@aws-sdk/client-sqs";
import { isPlainObject } from "../../plan/query.ts";
import { holdsCardNumber } from "../../validator/card-data.ts";
import { correlationIdPattern } from "../../validator/correlation-id.ts";

/** What may be shown of a message: no value of its content. */
export interface MaskedMessage {
    readonly id: string;
    readonly sentAt: string;
    /** When SQS deletes it. */
    readonly expiresAt: string;
    readonly receives: number;
    /** Why it is in the queue, as far as SQS, SNS, Lambda or EventBridge say it. */
    readonly reason: string;
    /** For `npm run logs -- <stack> --correlation`. */
    readonly correlationId?: string;
    /** Types of the message attributes. */
    readonly attributes: Readonly<Record<string, string>>;
    /** Names and types of the content. */
    readonly shape: string;
}

/** Names of fields are shown up to this depth, and so many of each object. */
const maxDepth = 4;
const maxFields = 20;

export function maskMessage(message: Message, retentionSeconds: number): MaskedMessage {
    const {
        MessageId: id = "",
        Body: body = "",
        Attributes: system = {},
        MessageAttributes: attributes = {},
    } = message;
    const sent = Number(system.SentTimestamp ?? 0);
    const content = parseJson(body);
    return {
        id,
        sentAt: new Date(sent).toISOString(),
        expiresAt: new Date(sent + retentionSeconds * 1000).toISOString(),
        receives: Number(system.ApproximateReceiveCount ?? 0),
        reason: reasonOf(message),
        correlationId: correlationIdOf(content),
        attributes: Object.fromEntries(
            Object.entries(attributes).map(([name, { DataType = "" }]) => [fieldName(name), logicalType(DataType)]),
        ),
        shape: shapeOf(content),
    };
}

/** Attributes in which SNS, Lambda and EventBridge say why they could not deliver. Their messages may quote the content. */
const errorCodeAttributes = ["ErrorCode", "ERROR_CODE"];

function reasonOf({ Attributes: system = {}, MessageAttributes: attributes = {} }: Message): string {
    const code = errorCodeAttributes
        .map((name) => (attributes as Record<string, MessageAttributeValue | undefined>)[name]?.StringValue)
        .find((value) => value !== undefined && /^[A-Za-z0-9_.-]{1,64}$/.test(value) && !holdsCardNumber(value));
    if (code !== undefined) {
        return `not delivered: ${code}`;
    }
    return system.DeadLetterQueueSourceArn === undefined
        ? "SQS gives no reason"
        : "its consumer did not delete it as often as the queue allows";
}

/** Names and types of a content, such as `{amount: number, currency: text of 3}`. */
export function shapeOf(value: unknown, depth = 0): string {
    if (typeof value === "string") {
        return `text of ${value.length}`;
    }
    if (Array.isArray(value)) {
        return value.length === 0 ? "[]" : `[${value.length} times ${shapeOf(value[0], depth + 1)}]`;
    }
    if (!isPlainObject(value)) {
        return value === null ? "null" : typeof value;
    }
    if (depth >= maxDepth) {
        return "{...}";
    }
    const fields = Object.entries(value);
    const shown = fields.slice(0, maxFields).map(([name, each]) => `${fieldName(name)}: ${shapeOf(each, depth + 1)}`);
    return `{${[...shown, ...(fields.length > maxFields ? [`${fields.length - maxFields} more`] : [])].join(", ")}}`;
}

/** A name that is no identifier, or has many digits, may be a value: of a map by e-mail address, for example. */
const fieldName = (name: string): string =>
    /^[A-Za-z_][A-Za-z_.-]{0,39}\d{0,3}$/.test(name) ? name : `name of ${name.length}`;

/** Without the label that a sender can append to the type, as in `String.label`. */
const logicalType = (dataType: string): string => dataType.replace(/\..*/, "");

function correlationIdOf(content: unknown): string | undefined {
    const id = isPlainObject(content) ? (content.correlationId ?? content.correlation_id) : undefined;
    return typeof id === "string" && correlationIdPattern.test(id) && !holdsCardNumber(id) ? id : undefined;
}

function parseJson(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return text;
    }
}
