/** What the integration tests do on a deployed stack, through the address that stands for the merchants' API. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createFront, listenOnThisHost } from "../../tools/local/front.ts";
import { merchantAt, type MerchantClient } from "../../tools/local/merchant-client.ts";
import {
    expectAcceptedOnce,
    expectCapturedAndRefunded,
    expectCardDataRefused,
    expectForgedHeadersReplaced,
    expectUnknownTo,
    forgedHeaders,
} from "../payment-workflow.ts";
import { sendRequest } from "./support/client.ts";
import { gatewaySecret } from "./support/merchant.ts";
import { patience } from "./support/patience.ts";
import { underTest } from "./support/under-test.ts";

let close = (): void => undefined;
let merchant: MerchantClient;
let other: MerchantClient;
let stranger: MerchantClient;

beforeAll(async () => {
    const apiKeys = { "key-of-the-shop": "key1", "key-of-another": "key2" };
    const front = createFront({ apiPort: underTest().apiPort, apiKeys, token: gatewaySecret().tokens[0] ?? "" });
    const address = await listenOnThisHost(front, 0);
    [merchant, other, stranger] = [
        merchantAt(address, "key-of-the-shop"),
        merchantAt(address, "key-of-another"),
        merchantAt(address),
    ];
    close = () => {
        front.close();
        front.closeAllConnections();
    };
});
afterAll(() => {
    close();
});

test("a payment of a session is accepted once, captured, refunded and in the events, for its own merchant only", async () => {
    const { id } = await expectAcceptedOnce(merchant);
    await expectUnknownTo(other, id);
    await expectCapturedAndRefunded(merchant, id, patience);
    expect(await stranger({ path: `/api/payments/${id}` })).toMatchObject({ status: 403 });
});

test("card data is refused", async () => {
    await expectCardDataRefused(merchant);
});

test("forged headers are replaced by the merchants' API, and refused where a request does not come through it", async () => {
    await expectForgedHeadersReplaced(merchant);
    const answer = await sendRequest(underTest().apiPort, { path: "/api/payments", headers: forgedHeaders });
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining("problem:forbidden") });
});
