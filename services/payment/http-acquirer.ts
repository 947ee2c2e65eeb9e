import { z } from "zod";
import { holdsCardNumber } from "../../validator/card-data.ts";
import { AcquirerClient, jsonIn, NoAnswer, type AcquirerAccess } from "./acquirer-client.ts";
import { NoDecision, type Acquirer, type AcquirerCall, type Decision } from "./acquirer.ts";

/**
 * A call takes 3 × 5 s and the waits at most, and a payment makes two calls: its message is done within 32 s and the database's
 * time. That is before the consumer stops waiting for it at SIGTERM (40 s), ECS kills the task (60 s) and SQS gives the message
 * to another task (the visibility timeout of 60 s, which the service renews). A test compares them.
 */
export const acquirerLimits = {
    // As long as a call of AWS may take (`sources.ts`).
    timeoutMs: 5_000,
    longestWaitsMs: [250, 750],
    // A decision has less than 200.
    maxAnswerBytes: 16_384,
    // One for each message that a task processes.
    maxConnections: 10,
};

const paths = {
    authorize: "authorizations",
    capture: "captures",
    refund: "refunds",
} as const satisfies Readonly<Record<keyof Acquirer, string>>;

const answer: z.ZodType<Decision> = z.discriminatedUnion("approved", [
    z.object({ approved: z.literal(true) }),
    // It becomes public as the reason of the payment: a code, not a text of the acquirer.
    z.object({
        approved: z.literal(false),
        reason: z
            .string()
            .regex(/^[a-z][a-z0-9-]{0,63}$/)
            .refine((code) => !holdsCardNumber(code)),
    }),
]);

/**
 * The acquirer as an HTTP service (docs/services.md has the protocol). A request that has no answer in time, or 429 or 5xx, is sent
 * again with the same idempotency key, twice at most.
 *
 * @param access `authorizations`, `captures` and `refunds` are below its URL
 * @throws NoDecision, from each method, if no answer has a decision; the error of `readCredential`
 */
export function httpAcquirer(access: AcquirerAccess): Acquirer {
    const client = new AcquirerClient(access, acquirerLimits);
    const callOf = (operation: keyof Acquirer) => (call: AcquirerCall) => decide(client, paths[operation], call);
    return { authorize: callOf("authorize"), capture: callOf("capture"), refund: callOf("refund") };
}

async function decide(
    client: AcquirerClient,
    path: string,
    { idempotencyKey, paymentId, correlationId, amountMinor, currency }: AcquirerCall,
): Promise<Decision> {
    const headers = {
        "content-type": "application/json",
        "idempotency-key": idempotencyKey,
        "x-correlation-id": correlationId,
    };
    const body = JSON.stringify({ paymentId, amountMinor, currency });
    const text = await client.send({ method: "POST", path, headers, body }).catch((error: unknown) => {
        throw error instanceof NoAnswer ? new NoDecision(error.code) : error;
    });
    const { data, success } = answer.safeParse(jsonIn(text));
    if (!success) {
        throw new NoDecision("ANSWER_INVALID");
    }
    return data;
}
