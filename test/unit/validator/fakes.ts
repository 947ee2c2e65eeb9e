import {
    ConditionalCheckFailedException,
    GetItemCommand,
    PutItemCommand,
    TransactionCanceledException,
    TransactWriteItemsCommand,
    type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, type PutObjectCommandInput } from "@aws-sdk/client-s3";
import { createHandler, type Dependencies, type Handler, type InvocationContext } from "../../../validator/app.ts";
import type { ProxyResponse, ProxyEvent } from "../../../validator/http.ts";

type Item = Record<string, AttributeValue>;

/** How one call fails: it never arrives, or it takes effect and its answer is lost. */
export interface CallFault {
    call: number;
    isExecuted: boolean;
    error: Error;
}

export function awsErrorWithCardNumber(name: string): Error {
    return Object.assign(new Error("an AWS message that quotes 4111111111111111"), { name });
}

/** Table and bucket in one, since the order of calls over both is what the tests are about. */
class FakeAws {
    readonly items = new Map<string, Item>();
    readonly objects = new Map<string, PutObjectCommandInput>();
    /** Called before every call, to look at what a reader would see just then. */
    onCall: () => void = () => undefined;
    faults: CallFault[] = [];
    calls = 0;

    readonly client = {
        send: async (command: unknown, options?: { abortSignal?: AbortSignal }): Promise<unknown> => {
            const call = (this.calls += 1);
            const fault = this.faults.find((one) => one.call === call);
            this.onCall();
            // Lets concurrent requests alternate, as a network does.
            await Promise.resolve();
            if (options?.abortSignal === undefined) {
                throw new Error("a call without a deadline");
            }
            if (fault !== undefined && !fault.isExecuted) {
                throw fault.error;
            }
            const execute = this.answer(command);
            if (fault !== undefined) {
                throw fault.error;
            }
            return execute;
        },
    };

    transactions(): Item[] {
        return [...this.items.values()].filter((item) => item.record_type?.S === "transaction");
    }

    private answer(command: unknown): unknown {
        if (command instanceof TransactWriteItemsCommand) {
            return this.writeTransaction(command);
        }
        if (command instanceof PutItemCommand) {
            const { Item = {}, ConditionExpression } = command.input;
            if (this.existingItem(Item, ConditionExpression) !== undefined) {
                throw new ConditionalCheckFailedException({ message: "refused", $metadata: {} });
            }
            this.items.set(idOf(Item), Item);
            return {};
        }
        if (command instanceof GetItemCommand) {
            const { Key = {}, ConsistentRead } = command.input;
            return { Item: ConsistentRead === true ? this.items.get(idOf(Key)) : undefined };
        }
        if (command instanceof PutObjectCommand) {
            const key = command.input.Key ?? "";
            if (command.input.IfNoneMatch === "*" && this.objects.has(key)) {
                throw awsErrorWithCardNumber("PreconditionFailed");
            }
            this.objects.set(key, command.input);
            return {};
        }
        throw new Error("no fake answer for this command");
    }

    private writeTransaction({ input }: TransactWriteItemsCommand): unknown {
        const puts = (input.TransactItems ?? []).map(({ Put }) => Put);
        const reasons = puts.map((put) => {
            const old = this.existingItem(put?.Item ?? {}, put?.ConditionExpression);
            const shown = put?.ReturnValuesOnConditionCheckFailure === "ALL_OLD" ? old : undefined;
            return old === undefined ? { Code: "None" } : { Code: "ConditionalCheckFailed", Item: shown };
        });
        if (reasons.some(({ Code }) => Code !== "None")) {
            throw new TransactionCanceledException({
                message: "cancelled",
                $metadata: {},
                CancellationReasons: reasons,
            });
        }
        puts.forEach((put) => this.items.set(idOf(put?.Item ?? {}), put?.Item ?? {}));
        return {};
    }

    /** Only the one condition is supported: any other, or none, overwrites the item and fails a test. */
    private existingItem(item: Item, condition: string | undefined): Item | undefined {
        return condition === "attribute_not_exists(transaction_id)" ? this.items.get(idOf(item)) : undefined;
    }
}

function idOf(item: Item): string {
    return `${item.transaction_id?.S ?? ""} ${item.timestamp?.S ?? ""}`;
}

export const validatorConfig = {
    tableName: "payment-transactions-test",
    auditBucket: "payment-audit-test",
    auditKeyArn: "arn:aws:kms:us-east-1:123456789012:key/audit",
    maxAmountMinor: 5_000_000,
    recordTtlDays: 30,
    metricsNamespace: "PaymentPlatform",
    service: "payment-validator",
    environment: "test",
    corsOrigins: [] as readonly string[],
};

export const keyOfMerchantTwo = "k1l2m3n4o5";

/** The API key with which a request comes. */
export const withKey = (apiKeyId: string | null): Partial<ProxyEvent> => ({
    requestContext: { identity: { apiKeyId } },
});

export const startedAt = Date.parse("2026-03-04T23:59:58.500Z");

export const traceId = "1-5f84c7a1-e7b8aabbccddeeff00112233";

export interface HandlerHarness {
    aws: FakeAws;
    lines: string[];
    pauses: number[];
    handler: Handler;
    send: (body?: unknown, changes?: Partial<ProxyEvent>) => Promise<ProxyResponse>;
    /** Moves the clock, in milliseconds. */
    advanceClock: (ms: number) => void;
}

export function createHarness(changes: Partial<Dependencies> = {}): HandlerHarness {
    const aws = new FakeAws();
    const lines: string[] = [];
    const pauses: number[] = [];
    let now = startedAt;
    // The real clients' `send` is overloaded per command; only here is the fake converted to both.
    const client = aws.client as unknown as Dependencies["dynamo"] & Dependencies["s3"];
    const handler = createHandler({
        dynamo: client,
        s3: client,
        config: validatorConfig,
        merchants: new Map([
            ["a1b2c3d4e5", "merchant-one"],
            ["f6g7h8i9j0", "merchant-one"],
            [keyOfMerchantTwo, "merchant-two"],
        ]),
        now: () => (now += 1),
        sleep: (ms) => Promise.resolve(void pauses.push(ms)),
        write: (line) => lines.push(line),
        trace: () => `Root=${traceId};Parent=53995c3f42cd8ad8;Sampled=1`,
        ...changes,
    });
    const send = (body: unknown = paymentBody(), event: Partial<ProxyEvent> = {}) =>
        handler({ ...apiEvent(body), ...event }, invocationContext);
    return { aws, lines, pauses, handler, send, advanceClock: (ms) => void (now += ms) };
}

export const invocationContext: InvocationContext = {
    awsRequestId: "request-id-of-lambda",
    getRemainingTimeInMillis: () => 30_000,
};

export function paymentBody(changes: Record<string, unknown> = {}): Record<string, unknown> {
    return {
        merchantId: "merchant-one",
        paymentId: "payment-one",
        customerId: "customer-one",
        amountMinor: 1234,
        currency: "USD",
        metadata: { order: "blue shoes" },
        ...changes,
    };
}

export function apiEvent(body: unknown): ProxyEvent {
    return {
        httpMethod: "POST",
        path: "/validate",
        headers: { "Content-Type": "application/json", "Idempotency-Key": "key-of-the-merchant" },
        body: typeof body === "string" ? body : JSON.stringify(body),
        isBase64Encoded: false,
        requestContext: { identity: { apiKeyId: "a1b2c3d4e5" } },
    };
}

export function headersWith(changes: Record<string, string>): Partial<ProxyEvent> {
    return { headers: { ...apiEvent("").headers, ...changes } };
}

/** The problems of a refusal, as "field rule". */
export function errorRulesOf(answer: ProxyResponse): string[] {
    const { errors = [] } = JSON.parse(answer.body) as { errors?: { field: string; rule: string }[] };
    return errors.map(({ field, rule }) => `${field} ${rule}`);
}

/** Log and metric lines. */
export function parseLines(lines: string[]): Record<string, unknown>[] {
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
