import { performance } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import { describe, expect, jest, test } from "@jest/globals";
import { apiKeyIdHeader, gatewayTokenHeader } from "../../../contract/gateway.ts";
import { Merchants } from "../../../services/api/merchant.ts";

const [first, second] = ["a".repeat(32), "b".repeat(32)];
const secret = (tokens: readonly string[], merchants: Record<string, string> = { key1: "example-shop" }) =>
    JSON.stringify({ tokens, merchants });
const headers = (token: string, keyId = "key1") => ({ [gatewayTokenHeader]: token, [apiKeyIdHeader]: keyId });

/** Merchants of a secret that a test may change, with a clock of its own. An empty value cannot be read. */
function merchantsOf(value: string) {
    const state = { value, now: 1_000_000, reads: 0, logged: [] as unknown[] };
    const read = () => {
        state.reads += 1;
        return state.value === "" ? Promise.reject(new Error("no secret")) : Promise.resolve(state.value);
    };
    const log = { error: (...line: unknown[]) => state.logged.push(line) };
    return { state, merchants: new Merchants(read, log, () => state.now) };
}

const forbidden = { kind: "forbidden" };
const unavailable = { kind: "unavailable" };

test("the secret is read once for many requests, and again after four minutes", async () => {
    const { state, merchants } = merchantsOf(secret([first]));
    const requests = Array.from({ length: 10 }, () => merchants.merchantOf(headers(first)));
    expect(new Set(await Promise.all(requests))).toEqual(new Set(["example-shop"]));
    state.now += 239_000;
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
    await expect(merchants.merchantOf(headers(second))).rejects.toMatchObject(forbidden);
    state.now += 1_000;
    await expect(merchants.merchantOf(headers(second))).resolves.toBe("example-shop");
    await expect(merchants.merchantOf(headers(first, "key2"))).resolves.toBe("other-shop");
    state.value = secret([second]);
    state.now += 300_000;
    await expect(merchants.merchantOf(headers(first))).rejects.toMatchObject(forbidden);
});

test("a removed token is refused after five minutes, also where the time of the machine was set back", async () => {
    let value = secret([first]);
    const monotonic = jest.spyOn(performance, "now").mockReturnValue(1_000);
    const wall = jest.spyOn(Date, "now").mockReturnValue(86_400_000);
    const merchants = new Merchants(() => Promise.resolve(value), { error: () => undefined });
    await merchants.merchantOf(headers(first));
    value = secret([second]);
    monotonic.mockReturnValue(301_000);
    wall.mockReturnValue(0);
    await expect(merchants.merchantOf(headers(first))).rejects.toMatchObject(forbidden);
    monotonic.mockRestore();
    wall.mockRestore();
});

test.each([
    ["a wrong token and a known key", headers(second), 10],
    ["a known token and a wrong key", headers(first, "key9"), 10],
    ["a wrong token and a wrong key", headers(second, "key9"), 1],
])("%s, ten times a second for ten seconds", async (_case, sent, reads) => {
    const { state, merchants } = merchantsOf(secret([first]));
    for (let request = 0; request < 100; request += 1) {
        await expect(merchants.merchantOf(sent)).rejects.toMatchObject(forbidden);
        state.now += 100;
    }
    expect(state.reads).toBe(reads);
});

test("a new key with a new token is accepted once another merchant has sent the token", async () => {
    const { state, merchants } = merchantsOf(secret([first]));
    await merchants.merchantOf(headers(first));
    state.value = secret([second, first], { key1: "example-shop", key2: "other-shop" });
    state.now += 2_000;
    await expect(merchants.merchantOf(headers(second, "key2"))).rejects.toMatchObject(forbidden);
    await expect(merchants.merchantOf(headers(second))).resolves.toBe("example-shop");
    await expect(merchants.merchantOf(headers(second, "key2"))).resolves.toBe("other-shop");
});

describe("a secret that cannot be read", () => {
    test("is no refusal: the request may be sent again", async () => {
        const { state, merchants } = merchantsOf("");
        await expect(merchants.merchantOf(headers(first))).rejects.toMatchObject(unavailable);
        state.value = secret([first]);
        state.now += 5_000;
        await expect(merchants.merchantOf(headers(first))).resolves.toBe("example-shop");
    });

    test.each([
        ["that is away", "", "Error"],
        ["that is no JSON", `${first} {`, "SyntaxError"],
        ["of another form", JSON.stringify({ tokens: [first] }), "ZodError"],
    ])("%s causes one call in five seconds and one line in the log", async (_case, value, error) => {
        const { state, merchants } = merchantsOf(value);
        for (let request = 0; request < 1_000; request += 1) {
            await expect(merchants.merchantOf(headers(first))).rejects.toMatchObject(unavailable);
            state.now += 10;
        }
        expect(state.reads).toBe(2);
        expect(state.logged).toEqual([[{ error }, "the secret of the merchants' API cannot be read"]]);
    });

    test.each(["", "no JSON", "{}"])("leaves the last valid one in use for an hour: %j", async (value) => {
        const { state, merchants } = merchantsOf(secret([first]));
        await merchants.merchantOf(headers(first));
        state.value = value;
        for (const passed of [2_000, 300_000, 3_297_000]) {
            state.now += passed;
            await expect(merchants.merchantOf(headers(first))).resolves.toBe("example-shop");
            await expect(merchants.merchantOf(headers(second))).rejects.toMatchObject(forbidden);
            await expect(merchants.merchantOf(headers(second, "key9"))).rejects.toMatchObject(forbidden);
        }
        expect(state.reads).toBe(4);
        state.now += 1_000;
        await expect(merchants.merchantOf(headers(first))).rejects.toMatchObject(unavailable);
        state.value = secret([first]);
        state.now += 5_000;
        await expect(merchants.merchantOf(headers(first))).resolves.toBe("example-shop");
    });

    test("has a new line in the log once it was read between", async () => {
        const { state, merchants } = merchantsOf("");
        for (const value of ["", secret([first]), ""]) {
            state.value = value;
            await merchants.merchantOf(headers(first)).catch(() => undefined);
            state.now += 300_000;
        }
        expect(state.logged).toHaveLength(2);
    });
});

describe("a read of a secret that is valid and old", () => {
    test("holds up no request, and what it brings holds for the next", async () => {
        const { state, merchants } = merchantsOf(secret([first]));
        await merchants.merchantOf(headers(first));
        state.now += 240_000;
        state.value = secret([second]);
        await expect(merchants.merchantOf(headers(first))).resolves.toBe("example-shop");
        await setImmediate();
        await expect(merchants.merchantOf(headers(second))).resolves.toBe("example-shop");
        await expect(merchants.merchantOf(headers(first))).rejects.toMatchObject(forbidden);
        expect(state.reads).toBe(2);
    });

    test("holds up none while Secrets Manager hangs, for the hour in which the secret is valid", async () => {
        const state = { now: 1_000_000, hanging: [] as ((error: Error) => void)[], value: secret([first]) };
        const read = () =>
            state.value === ""
                ? new Promise<string>((_, reject) => state.hanging.push(reject))
                : Promise.resolve(state.value);
        const merchants = new Merchants(read, { error: () => undefined }, () => state.now);
        await merchants.merchantOf(headers(first));
        state.value = "";
        // 15 seconds are what the SDK waits, with its repetitions.
        for (let seconds = 0; seconds < 3_585; seconds += 15) {
            state.now += 15_000;
            await expect(merchants.merchantOf(headers(first))).resolves.toBe("example-shop");
            state.hanging.splice(0).forEach((reject) => {
                reject(new Error("no answer"));
            });
            await setImmediate();
        }
    });

    test("is waited for by all requests that come after five minutes without one", async () => {
        const { state, merchants } = merchantsOf(secret([first]));
        await merchants.merchantOf(headers(first));
        state.value = secret([second]);
        state.now += 300_000;
        const both = [1, 2].map(() => expect(merchants.merchantOf(headers(first))).rejects.toMatchObject(forbidden));
        await Promise.all(both);
        expect(state.reads).toBe(2);
    });
});

test("a request that finds a read under way from before the secret changed reads once more", async () => {
    const answers: ((value: string) => void)[] = [];
    const state = { now: 1_000_000 };
    const read = () => new Promise<string>((resolve) => answers.push(resolve));
    const merchants = new Merchants(read, { error: () => undefined }, () => state.now);
    const slow = merchants.merchantOf(headers(first));
    state.now += 2_000;
    const requests = [1, 2, 3].map(() => merchants.merchantOf(headers(second)));
    const answer = async (tokens: readonly string[]) => {
        answers.at(-1)?.(secret(tokens));
        await setImmediate();
    };
    await answer([first]);
    await expect(slow).resolves.toBe("example-shop");
    await answer([second, first]);
    expect(await Promise.all(requests)).toEqual(["example-shop", "example-shop", "example-shop"]);

    // With a secret, as well: an early read is under way, and a token newer than that arrives.
    state.now += 2_000;
    const third = "c".repeat(32);
    const early = merchants.merchantOf(headers(third));
    const refused = expect(early).rejects.toMatchObject(forbidden);
    await setImmediate();
    state.now += 2_000;
    const late = merchants.merchantOf(headers(third));
    await answer([second]);
    await refused;
    await answer([third, second]);
    await expect(late).resolves.toBe("example-shop");
    expect(answers).toHaveLength(4);
});
