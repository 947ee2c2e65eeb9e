/**
 * The life of a payment as its merchant sees it (docs/services.md), for every place where the services run: a deployed stack
 * (`test/integration/`), the queues of a stack before an emulator (`test/engine/`), one machine (`test/services/`).
 */
import { expect } from "@jest/globals";
import { apiKeyIdHeader, gatewayTokenHeader } from "../contract/gateway.ts";
import { newId } from "../services/common/ids.ts";
import { eventually, type EventuallyOptions } from "../tools/frame/eventually.ts";
import { eventsOf, untilStatus, type MerchantClient } from "../tools/local/merchant-client.ts";

/** 12.34 USD, which the simulated acquirer captures and refunds. */
export const amount = () => ({ amountMinor: 1234, currency: "USD", reference: `order-${newId()}` });

/** A payment that was accepted, and its correlation ID. */
export interface AcceptedPayment {
    readonly id: string;
    readonly correlationId: string;
}

/** Pays a session, and sends the same request again: it gets the first response, byte by byte. */
export async function expectAcceptedOnce(merchant: MerchantClient): Promise<AcceptedPayment> {
    const session = await merchant({ path: "/api/payment-sessions", body: amount() });
    expect(session).toMatchObject({ status: 201 });
    const { sessionId } = JSON.parse(session.text) as { sessionId: string };
    const correlationId = newId();
    const request = { path: "/api/payments", body: { sessionId }, idempotencyKey: newId(), correlationId };
    const first = await merchant(request);
    expect(first).toMatchObject({ status: 202 });
    expect(first.headers.get("x-correlation-id")).toBe(correlationId);
    expect(first.headers.get("idempotent-replayed")).toBeNull();

    const replay = await merchant(request);
    expect(replay).toMatchObject({ status: 202, text: first.text });
    expect(replay.headers.get("idempotent-replayed")).toBe("true");
    const other = await merchant({ ...request, body: amount() });
    expect(other).toMatchObject({ status: 409, text: expect.stringContaining("problem:idempotency-key-reused") });
    const { id } = JSON.parse(first.text) as { id: string };
    return { id, correlationId };
}

/** The number that card schemes publish for tests: https://docs.stripe.com/testing */
const cardNumber = "4111 1111 1111 1111";

/** Sends a card number, which is refused and is not repeated in the response. */
export async function expectCardDataRefused(merchant: MerchantClient): Promise<void> {
    const body = { ...amount(), reference: cardNumber };
    const answer = await merchant({ path: "/api/payments", body, idempotencyKey: newId() });
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('"rule":"card-number"') });
    expect(`${answer.text}${JSON.stringify([...answer.headers])}`).not.toMatch(/4111\D?1111/);
}

/** Waits until a payment is captured, refunds it, and waits until its merchant reads of both in the list of events. */
export async function expectCapturedAndRefunded(
    merchant: MerchantClient,
    id: string,
    patience: EventuallyOptions,
): Promise<void> {
    const outcome = await untilStatus(merchant, id, ["captured", "declined", "failed"], patience);
    expect(outcome).toMatchObject({ status: "captured" });
    const refund = await merchant({ path: `/api/payments/${id}/refunds`, idempotencyKey: newId() });
    expect(refund).toMatchObject({ status: 202 });
    const { id: refundId } = JSON.parse(refund.text) as { id: string };
    await untilStatus(merchant, id, ["refunded"], patience);
    const done = await merchant({ path: `/api/payments/${id}/refunds/${refundId}` });
    expect(JSON.parse(done.text)).toEqual({ id: refundId, paymentId: id, status: "completed" });
    const events = await eventually(
        "the event payment.refunded",
        async () => {
            const found = await eventsOf(merchant, id);
            return found.some(({ type }) => type === "payment.refunded") ? found : undefined;
        },
        patience,
    );
    expect(events.map(({ type }) => type)).toContain("payment.captured");
    // The refund is named by its own event, and by no other.
    expect(events.filter((event) => event.refundId !== undefined)).toMatchObject([
        { type: "payment.refunded", refundId },
    ]);
}

/** Reads and refunds a payment of somebody else, which does not exist for this merchant. */
export async function expectUnknownTo(other: MerchantClient, id: string): Promise<void> {
    for (const request of [
        { path: `/api/payments/${id}` },
        { path: `/api/payments/${id}/refunds`, idempotencyKey: newId() },
    ]) {
        expect(await other(request)).toMatchObject({ status: 404 });
    }
}

/** Headers with which a client could claim to be a merchant, were the token not secret. */
export const forgedHeaders = { [gatewayTokenHeader]: newId(), [apiKeyIdHeader]: "forged" };

/** Sends these headers through the merchants' API, which replaces them. */
export async function expectForgedHeadersReplaced(merchant: MerchantClient): Promise<void> {
    expect(await merchant({ path: "/api/payments?limit=1", headers: forgedHeaders })).toMatchObject({ status: 200 });
}
