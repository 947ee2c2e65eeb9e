import { randomUUID } from "node:crypto";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { readOnly } from "./guard.ts";
import { clientConfig, outputsOf } from "./stack.ts";

/** Letters only: rows of digits in an ID may look like a card number, which is refused. */
export const newId = (): string => randomUUID().replace(/[^a-f]/g, "x");

/** A payment that charges no customer. */
export const payment = () => ({
    merchantId: "integration-merchant",
    paymentId: `it-${newId()}`,
    customerId: `customer-${newId()}`,
    amountMinor: 1234,
    currency: "USD",
});

export interface Sent {
    readonly path: string;
    readonly body: object;
    readonly idempotencyKey?: string;
    readonly correlationId?: string;
    /** Without the merchant's key. */
    readonly anonymous?: true;
}

export interface Answer {
    readonly status: number;
    readonly headers: Headers;
    readonly text: string;
}

let key: Promise<string> | undefined;

/** API key of the first merchant, kept only in this process: the one secret that these tests read. */
function keyOfMerchant(): Promise<string> {
    const secrets = readOnly(new SecretsManagerClient(clientConfig()), ["GetSecretValue"]);
    const [arn] = Object.values(outputsOf().merchantKeySecretArns);
    key ??= secrets.send(new GetSecretValueCommand({ SecretId: arn })).then(({ SecretString = "" }) => SecretString);
    return key;
}

/** Sends a request to the stack's API as a merchant does. */
export const ask = async ({ path, body, idempotencyKey, correlationId, anonymous }: Sent): Promise<Answer> =>
    send(path, {
        method: "POST",
        headers: {
            "Content-Type": "application/json",
            ...(anonymous === undefined && { "X-Api-Key": await keyOfMerchant() }),
            ...(idempotencyKey !== undefined && { "Idempotency-Key": idempotencyKey }),
            ...(correlationId !== undefined && { "X-Correlation-Id": correlationId }),
        },
        body: JSON.stringify(body),
    });

/** Reads a path of the stack's API as a merchant does. */
export const get = async (path: string): Promise<Answer> =>
    send(path, { headers: { "X-Api-Key": await keyOfMerchant() } });

async function send(path: string, request: RequestInit): Promise<Answer> {
    const answer = await fetch(`${outputsOf().apiGatewayUrl}${path}`, {
        ...request,
        // API Gateway times out after 29 s.
        signal: AbortSignal.timeout(30_000),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
}
