import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";

/** An AWS call failed after all retries. Contains the step and the error's class, never its message. */
export class Unavailable extends Error {
    readonly step: string;
    readonly reason: string;

    constructor(step: string, error: unknown) {
        super(`${step} failed`);
        this.step = step;
        this.reason = errorName(error);
    }
}

/** Clients and limits of one invocation. */
export interface Aws {
    dynamo: Pick<DynamoDBClient, "send">;
    s3: Pick<S3Client, "send">;
    /** Aborts every call early enough to respond 503 before the function's timeout. */
    signal: AbortSignal;
    sleep: (ms: number) => Promise<void>;
}

// An attempt that takes 2 s has failed: both services answer in tens of milliseconds. Three attempts a call stay well within
// the 20 s that all calls together may take. Without throwOnRequestTimeout the SDK only warns.
const sharedClientConfig = {
    retryMode: "standard",
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const;

export function awsClients(
    dynamo: DynamoDBClientConfig = {},
    s3: S3ClientConfig = {},
): { dynamo: DynamoDBClient; s3: S3Client } {
    return {
        dynamo: new DynamoDBClient({ ...sharedClientConfig, ...dynamo }),
        s3: new S3Client({ ...sharedClientConfig, ...s3 }),
    };
}

/** Below API Gateway's 29 s and the function's 30 s; what is left of the invocation counts when it is less. */
export function callBudgetMs(remainingMs: number): number {
    return Math.max(1, Math.min(20_000, remainingMs - 2_000));
}

const contentionAttempts = 4;

/**
 * Makes one call and turns what it throws into `Unavailable`.
 *
 * The SDK retries throttling and lost connections, but not contention with a request that works on the same payment, since only
 * the caller can know that trying again is harmless. Here it is: every write is conditional.
 */
export async function callAws<T>(aws: Aws, step: string, send: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
        try {
            return await send();
        } catch (error) {
            if (attempt === contentionAttempts || !isContention(error) || aws.signal.aborted) {
                throw new Unavailable(step, error);
            }
            await aws.sleep(50 * 2 ** attempt * (0.5 + Math.random() / 2));
        }
    }
}

const contentionCodes = new Set(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]);

function isContention(error: unknown): boolean {
    // S3 answers so when two conditional writes of one key meet.
    return (
        errorName(error) === "ConditionalRequestConflict" ||
        cancellationReasons(error).some(({ Code }) => contentionCodes.has(Code ?? ""))
    );
}

/** Why DynamoDB cancelled a transaction: one entry per item, in the order of the items. */
export function cancellationReasons(error: unknown): { Code?: string }[] {
    const isCancelled = errorName(error) === "TransactionCanceledException";
    return isCancelled ? ((error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons ?? []) : [];
}

/** Names and not classes: they hold across copies of the SDK, and a name never quotes an item. */
export function errorName(error: unknown): string {
    return error instanceof Error && /^[A-Za-z]{1,64}$/.test(error.name) ? error.name : "Error";
}
