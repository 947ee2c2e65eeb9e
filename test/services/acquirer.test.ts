import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { newId } from "../../services/common/ids.ts";
import { httpAcquirer } from "../../services/payment/http-acquirer.ts";
import { eventually } from "../../tools/frame/eventually.ts";
import { readSecrets } from "../../tools/local/replacements.ts";
import { Ledger } from "./support/acquirer/ledger.ts";
import { AcquirerProcess } from "./support/acquirer/process.ts";
import { patience } from "./support/patience.ts";
import { underTest } from "./support/under-test.ts";

let server: AcquirerProcess;

beforeAll(async () => {
    server = await AcquirerProcess.start(underTest().machine);
});

afterEach(() => server.setFaults({}));
afterAll(() => server.stop());

const secrets = () => readSecrets(underTest().machine);

/** A client of the acquirer, which counts how often it reads its credential. */
function client(credential = () => secrets()[underTest().machine.acquirerSecretArn] ?? "") {
    let reads = 0;
    const acquirer = httpAcquirer({
        url: `${server.url}/`,
        authorities: [readFileSync(underTest().machine.authorityFile, "utf8")],
        readCredential: () => {
            reads += 1;
            return Promise.resolve(credential());
        },
    });
    return { acquirer, reads: () => reads };
}

const call = (amountMinor = 1234, id = newId()) => ({
    idempotencyKey: `${id}-key`,
    paymentId: id,
    correlationId: newId(),
    amountMinor,
    currency: "EUR",
});

const entriesOf = async (id: string) =>
    (await server.report()).entries.filter(({ paymentId }) => paymentId === id).map(({ operation }) => operation);

describe("the acquirer over HTTP", () => {
    test("decides by its answer, and records what it was sent", async () => {
        const { acquirer } = client();
        const approved = call();
        expect(await acquirer.authorize(approved)).toEqual({ approved: true });
        expect(await acquirer.authorize(call(1205))).toEqual({ approved: false, reason: "do-not-honor" });
        const { entries } = await server.report();
        expect(entries).toContainEqual({
            operation: "authorize",
            idempotencyKey: approved.idempotencyKey,
            paymentId: approved.paymentId,
            amountMinor: 1234,
            currency: "EUR",
            decision: { approved: true },
            at: expect.stringMatching(/Z$/),
        });
    });

    test("is asked again with the same key after 503, and does the operation once", async () => {
        await server.setFaults({ failPercent: 50 });
        const one = call();
        const { acquirer } = client();
        expect(await acquirer.authorize(one)).toEqual({ approved: true });
        expect(await acquirer.authorize(one)).toEqual({ approved: true });
        expect(await entriesOf(one.paymentId)).toEqual(["authorize"]);
        expect((await server.report()).failed).toBeGreaterThan(0);
    });

    test("has done the operation once although its answer came too late", async () => {
        await server.setFaults({ silentPercent: 50 });
        const { acquirer } = client();
        const calls = [call(), call()];
        expect(await Promise.all(calls.map(acquirer.authorize))).toEqual([{ approved: true }, { approved: true }]);
        for (const { paymentId } of calls) {
            expect(await entriesOf(paymentId)).toEqual(["authorize"]);
        }
        const { silent, violations } = await server.report();
        expect(silent).toBeGreaterThan(0);
        expect(violations).toEqual([]);
    });

    test("is asked again while the first call is under way, also by another task, and does the operation once", async () => {
        await server.setFaults({ undecidedPercent: 100, silentMs: 8_000 });
        const one = call();
        const tasks = [client(), client()].map(({ acquirer }) => acquirer.authorize(one));
        const refused = { status: "rejected", reason: { name: "NoDecision", code: "HTTP_409" } };
        expect(await Promise.allSettled(tasks)).toMatchObject([refused, refused]);
        // One task at once, and the other when it had given up its first call.
        expect((await server.report()).underWay).toBe(2);
        expect(await entriesOf(one.paymentId)).toEqual([]);
        const decision = () =>
            client()
                .acquirer.authorize(one)
                .catch(() => undefined);
        expect(await eventually("a decision", decision, patience)).toEqual({ approved: true });
        expect(await entriesOf(one.paymentId)).toEqual(["authorize"]);
        expect((await server.report()).violations).toEqual([]);
    });

    test("gives no decision where it never answers with one", async () => {
        await server.setFaults({ failPercent: 100 });
        await expect(client().acquirer.authorize(call())).rejects.toMatchObject({
            name: "NoDecision",
            code: "HTTP_503",
        });
    });

    test.each([
        ["no JSON", "approved"],
        ["no reason", '{"approved":false}'],
        ["a reason that is no code", '{"approved":false,"reason":"Do not honor"}'],
        ["a reason with a card number", '{"approved":false,"reason":"card-4111-1111-1111-1111"}'],
    ])("gives no decision where its answer has %s, and an error without it", async (_what, decisionText) => {
        await server.setFaults({ decisionText });
        const error: unknown = await client()
            .acquirer.authorize(call())
            .catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ name: "NoDecision", code: "ANSWER_INVALID" });
        expect(String(error)).not.toMatch(/honor|4111/);
    });

    test("is not asked again after another refusal: the key of another amount", async () => {
        const { acquirer } = client();
        const one = call();
        await acquirer.authorize(one);
        const { repeated } = await server.report();
        await expect(acquirer.authorize({ ...one, amountMinor: 1 })).rejects.toMatchObject({ code: "HTTP_409" });
        expect((await server.report()).repeated).toBe(repeated + 1);
    });

    test("has its credential read at the first call, and again once it was refused", async () => {
        const { acquirer, reads } = client();
        await acquirer.authorize(call());
        await acquirer.authorize(call());
        expect(reads()).toBe(1);
        const { secretsFile, acquirerSecretArn } = underTest().machine;
        writeFileSync(secretsFile, JSON.stringify({ ...secrets(), [acquirerSecretArn]: newId() }));
        expect(await Promise.all([call(), call(), call()].map(acquirer.authorize))).toHaveLength(3);
        expect(reads()).toBe(2);
    });

    test("takes a credential that was stored with the newline of its file", async () => {
        const { acquirer } = client(() => `${secrets()[underTest().machine.acquirerSecretArn] ?? ""}\n`);
        expect(await acquirer.authorize(call())).toEqual({ approved: true });
    });

    test("that refuses the credential twice gives no decision, and an error without it", async () => {
        const secret = newId();
        const { acquirer, reads } = client(() => secret);
        const error = await acquirer.authorize(call()).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ name: "NoDecision", code: "HTTP_401" });
        expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(secret);
        expect(reads()).toBe(2);
    });

    test("is not trusted with a certificate of another authority, and gets no request", async () => {
        const readCredential = () => Promise.resolve(secrets()[underTest().machine.acquirerSecretArn] ?? "");
        const untrusted = httpAcquirer({ url: server.url, readCredential });
        const one = call();
        await expect(untrusted.authorize(one)).rejects.toMatchObject({ name: "NoDecision" });
        expect(await entriesOf(one.paymentId)).toEqual([]);
    });

    test("that is down gives no decision, and goes on with its ledger", async () => {
        const { acquirer } = client();
        const one = call();
        await acquirer.authorize(one);
        await server.stop();
        await expect(acquirer.authorize(one)).rejects.toMatchObject({ name: "NoDecision" });
        await server.run();
        expect(await acquirer.authorize(one)).toEqual({ approved: true });
        expect(await entriesOf(one.paymentId)).toEqual(["authorize"]);
    });
});

test("the ledger of the tests reports what no payment may have, also after a restart", () => {
    const file = join(underTest().machine.directory, `${newId()}.ledger`);
    const ledger = new Ledger(file);
    const request = { paymentId: "one", amountMinor: 1234, currency: "EUR" };
    ledger.decide({ ...request, operation: "capture", idempotencyKey: "a" });
    ledger.decide({ ...request, operation: "capture", idempotencyKey: "b" });
    ledger.decide({ ...request, operation: "capture", idempotencyKey: "b" });
    const expected = {
        repeated: 1,
        violations: ["capture without authorize: one", "second capture: one", "capture without authorize: one"],
    };
    expect(ledger.report()).toMatchObject(expected);
    expect(new Ledger(file).report()).toEqual(ledger.report());
});
