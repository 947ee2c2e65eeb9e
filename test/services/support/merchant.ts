import type pg from "pg";
import { apiKeyIdHeader, gatewayTokenHeader, type GatewaySecret } from "../../../contract/gateway.ts";
import { newId } from "../../../services/common/ids.ts";
import {
    eventsOf as eventsOfPayment,
    readPayment,
    untilStatus as untilPaymentStatus,
    type MerchantPayment,
} from "../../../tools/local/merchant-client.ts";
import { databaseClient } from "../../../tools/local/machine/database-client.ts";
import { readSecrets } from "../../../tools/local/replacements.ts";
import { sendRequest, type Answer, type Sent } from "./client.ts";
import { patience } from "./patience.ts";
import { underTest } from "./under-test.ts";

export const gatewaySecret = (): GatewaySecret => {
    const { machine } = underTest();
    return JSON.parse(readSecrets(machine)[machine.gatewaySecretArn] ?? "") as GatewaySecret;
};

/** What the integration of API Gateway adds to the request of a merchant with this API key. */
export const gatewayHeaders = (keyId = "key1"): Record<string, string> => ({
    [gatewayTokenHeader]: gatewaySecret().tokens[0] ?? "",
    [apiKeyIdHeader]: keyId,
    "x-api-key": "withheld",
});

/** Sends a request as it comes from the merchants' API. */
export const send = (sent: Sent, { keyId = "key1", port = underTest().apiPort } = {}): Promise<Answer> =>
    sendRequest(port, { ...sent, headers: { ...gatewayHeaders(keyId), ...sent.headers } });

export const amount = (amountMinor = 1234) => ({ amountMinor, currency: "EUR", reference: `order-${newId()}` });

/** Sends a payment and returns what was accepted. */
export async function pay(
    amountMinor = 1234,
    { correlationId = newId(), key = newId(), port = underTest().apiPort } = {},
): Promise<MerchantPayment> {
    const headers = { "idempotency-key": key, "x-correlation-id": correlationId };
    const answer = await send({ path: "/api/payments", headers, body: amount(amountMinor) }, { port });
    if (answer.status !== 202) {
        throw new Error(`not accepted: ${answer.status} ${answer.text}`);
    }
    return JSON.parse(answer.text) as MerchantPayment;
}

export const read = (id: string): Promise<MerchantPayment> => readPayment(send, id);

export const untilStatus = (id: string, status: string): Promise<MerchantPayment> =>
    untilPaymentStatus(send, id, [status], patience);

/** Rows of a query, as the master user or as a service. */
export async function query<T extends pg.QueryResultRow>(
    sql: string,
    values: readonly unknown[] = [],
    user?: string,
): Promise<T[]> {
    const { machine } = underTest();
    const client = databaseClient(machine, user === undefined ? {} : { user, password: machine.passwords[user] ?? "" });
    await client.connect();
    try {
        const { rows } = await client.query<T>(sql, [...values]);
        return rows;
    } finally {
        await client.end();
    }
}

export const eventsOf = async (paymentId: string): Promise<string[]> =>
    (await eventsOfPayment(send, paymentId)).map(({ type }) => type);
