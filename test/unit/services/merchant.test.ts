import { expect, test } from "@jest/globals";
import { apiKeyIdHeader, gatewayTokenHeader } from "../../../contract/gateway.ts";
import { Merchants } from "../../../services/api/merchant.ts";

const [first, second] = ["a".repeat(32), "b".repeat(32)];
const secret = (tokens: readonly string[], merchants: Record<string, string> = { key1: "example-shop" }) =>
    JSON.stringify({ tokens, merchants });
const headers = (token: string, keyId = "key1") => ({ [gatewayTokenHeader]: token, [apiKeyIdHeader]: keyId });

/** Merchants of a secret that a test may change, with a clock of its own. */
function merchantsOf(value: string) {
    const state = { value, now: 1_000_000, reads: 0 };
    const read = () => {
        state.reads += 1;
        return state.value === "" ? Promise.reject(new Error("no secret")) : Promise.resolve(state.value);
    };
    return { state, merchants: new Merchants(read, () => state.now) };
}

test("the secret is read once for many requests, and again after five minutes", async () => {
    const { state, merchants } = merchantsOf(secret([first]));
    const requests = Array.from({ length: 10 }, () => merchants.merchantOf(headers(first)));
    expect(new Set(await Promise.all(requests))).toEqual(new Set(["example-shop"]));
    state.now += 299_000;
    await merchants.merchantOf(headers(first));
    expect(state.reads).toBe(1);
    state.now += 2_000;
    await merchants.merchantOf(headers(first));
    expect(state.reads).toBe(2);
});

test("a new token and a new key are accepted within seconds, and the old token until it is removed", async () => {
    const { state, merchants } = merchantsOf(secret([first]));
    await merchants.merchantOf(headers(first));
    state.value = secret([second, first], { key1: "example-shop", key2: "other-shop" });
    await expect(merchants.merchantOf(headers(second))).rejects.toMatchObject({ kind: "forbidden" });
    state.now += 1_000;
    await expect(merchants.merchantOf(headers(second))).resolves.toBe("example-shop");
    await expect(merchants.merchantOf(headers(first, "key2"))).resolves.toBe("other-shop");
    state.value = secret([second]);
    state.now += 300_000;
    await expect(merchants.merchantOf(headers(first))).rejects.toMatchObject({ kind: "forbidden" });
});

test("requests with a wrong token cause one read a second", async () => {
    const { state, merchants } = merchantsOf(secret([first]));
    for (let request = 0; request < 100; request += 1) {
        await expect(merchants.merchantOf(headers(second))).rejects.toMatchObject({ kind: "forbidden" });
        state.now += 100;
    }
    expect(state.reads).toBe(10);
});

test("a secret that cannot be read is no refusal: the request may be sent again", async () => {
    const { state, merchants } = merchantsOf("");
    await expect(merchants.merchantOf(headers(first))).rejects.toMatchObject({ kind: "unavailable" });
    state.value = secret([first]);
    await expect(merchants.merchantOf(headers(first))).resolves.toBe("example-shop");
});
