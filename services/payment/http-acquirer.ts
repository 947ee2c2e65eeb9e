import { setTimeout } from "node:timers/promises";
import { Agent, request, type Dispatcher } from "undici";
import { z } from "zod";
import { errorCode } from "../common/log.ts";
import { NoDecision, type Acquirer, type AcquirerCall, type Decision } from "./acquirer.ts";

/** Milliseconds for one request with its answer: as long as a call of AWS may take (`sources.ts`). */
export const requestTimeoutMs = 5_000;
/** Longest wait before each repeated request, in milliseconds; the wait is random, so that tasks do not repeat at the same time. */
export const longestWaitsMs: readonly number[] = [250, 750];

/**
 * Milliseconds that a call takes at most: 3 × 5 s and the waits. A payment makes two calls, so its message is done within 32 s and
 * the database's time: before the consumer stops waiting for it at SIGTERM (40 s), ECS kills the task (60 s) and SQS gives the
 * message to another task (60 s, which are renewed).
 */
export const longestCallMs = [requestTimeoutMs, ...longestWaitsMs.map((ms) => ms + requestTimeoutMs)].reduce(
    (sum, ms) => sum + ms,
);

/** Bytes of an answer at most; a decision has less than 200. */
const maxAnswerBytes = 16_384;
/** Requests at once: one for each message that a task processes. */
const maxConnections = 10;

const paths = {
    authorize: "authorizations",
    capture: "captures",
    refund: "refunds",
} as const satisfies Readonly<Record<keyof Acquirer, string>>;

const answer: z.ZodType<Decision> = z.discriminatedUnion("approved", [
    z.object({ approved: z.literal(true) }),
    // It becomes public as the reason of the payment: a code, not a text of the acquirer.
    z.object({ approved: z.literal(false), reason: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/) }),
]);

export interface HttpAcquirerArgs {
    /** `authorizations`, `captures` and `refunds` are below it. */
    readonly url: string;
    /** Value of the secret at this moment. */
    readonly readCredential: () => Promise<string>;
    /** Certificates, in PEM, of the authorities that may have signed the acquirer's. @default those of Node.js */
    readonly authorities?: string[];
}

/**
 * The acquirer as an HTTP service (docs/services.md has the protocol). A request that has no answer in time, or 429 or 5xx, is sent
 * again with the same idempotency key, twice at most. Nothing of a request, an answer or the credential is in an error.
 *
 * @throws NoDecision, from each method, if no answer has a decision; the error of `readCredential`
 */
export function httpAcquirer({ url, readCredential, authorities }: HttpAcquirerArgs): Acquirer {
    const dispatcher = new Agent({
        connections: maxConnections,
        connect: { timeout: requestTimeoutMs, ca: authorities },
        maxResponseSize: maxAnswerBytes,
    });
    const credential = new Credential(readCredential);
    const base = url.replace(/\/+$/, "");
    const callOf = (operation: keyof Acquirer) => (call: AcquirerCall) =>
        decide(dispatcher, `${base}/${paths[operation]}`, credential, call);
    return { authorize: callOf("authorize"), capture: callOf("capture"), refund: callOf("refund") };
}

/** The acquirer's credential, read at its first use and again once it was refused: a rotation needs no restart. */
class Credential {
    private readonly read: () => Promise<string>;
    private current: Promise<string> | undefined;

    constructor(read: () => Promise<string>) {
        this.read = read;
    }

    public async get(): Promise<string> {
        const current = (this.current ??= this.readTrimmed());
        try {
            return await current;
        } catch (error) {
            this.forget(current);
            throw error;
        }
    }

    /** Of several calls that were refused with the same value, the first makes the others wait for one read. */
    public async refuse(used: string): Promise<void> {
        const { current } = this;
        if (current !== undefined && (await current.catch(() => undefined)) === used) {
            this.forget(current);
        }
    }

    /** An operator pastes the value into a file, which may end with a newline: no header may have one. */
    private async readTrimmed(): Promise<string> {
        return (await this.read()).trim();
    }

    private forget(value: Promise<string>): void {
        if (this.current === value) {
            this.current = undefined;
        }
    }
}

type Outcome =
    | { readonly decision: Decision }
    | { readonly code: string; /** The same request may be answered later. */ readonly repeat: boolean };

async function decide(
    dispatcher: Dispatcher,
    url: string,
    credential: Credential,
    call: AcquirerCall,
): Promise<Decision> {
    let isRefused = false;
    let code = "";
    for (const longestWaitMs of [0, ...longestWaitsMs]) {
        await setTimeout(Math.random() * longestWaitMs);
        const token = await credential.get();
        const outcome = await send(dispatcher, url, token, call);
        if ("decision" in outcome) {
            return outcome.decision;
        }
        ({ code } = outcome);
        if (code === "HTTP_401" && !isRefused) {
            isRefused = true;
            await credential.refuse(token);
        } else if (!outcome.repeat) {
            break;
        }
    }
    throw new NoDecision(code);
}

async function send(
    dispatcher: Dispatcher,
    url: string,
    token: string,
    { idempotencyKey, paymentId, correlationId, amountMinor, currency }: AcquirerCall,
): Promise<Outcome> {
    try {
        const { statusCode, body } = await request(url, {
            dispatcher,
            method: "POST",
            headers: {
                authorization: `Bearer ${token}`,
                "content-type": "application/json",
                "idempotency-key": idempotencyKey,
                "x-correlation-id": correlationId,
            },
            body: JSON.stringify({ paymentId, amountMinor, currency }),
            signal: AbortSignal.timeout(requestTimeoutMs),
        });
        const text = await body.text();
        return statusCode === 200
            ? outcomeOf(text)
            : { code: `HTTP_${statusCode}`, repeat: statusCode === 429 || statusCode >= 500 };
    } catch (error) {
        const isTimeout = error instanceof Error && error.name === "TimeoutError";
        return { code: isTimeout ? "TIMEOUT" : (errorCode(error) ?? "NO_ANSWER"), repeat: true };
    }
}

function outcomeOf(text: string): Outcome {
    const { data, success } = answer.safeParse(jsonIn(text));
    return success ? { decision: data } : { code: "ANSWER_INVALID", repeat: false };
}

function jsonIn(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
