import { writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { newId } from "../../services/common/ids.ts";
import { relayBatch, sendToQueue, type OutboxMessage } from "../../services/common/outbox.ts";
import { eventually } from "../../tools/frame/eventually.ts";
import { freePort } from "../../tools/local/machine/ports.ts";
import { localSources, readSecrets } from "../../tools/local/replacements.ts";
import { onCache } from "./support/cache.ts";
import { logsOf } from "./support/logs.ts";
import { amount, pay, query, read, send, untilStatus } from "./support/merchant.ts";
import { underTest } from "./support/under-test.ts";
import { patience } from "./support/patience.ts";
import { startService, stopService, type RunningService } from "./support/processes.ts";
import { poolOf } from "./support/pool.ts";
import { resend, sendMessage, untilReceived, urlOf } from "./support/queues.ts";

const running: RunningService[] = [];

afterEach(async () => {
    for (const service of running.splice(0)) {
        if (service.child.exitCode === null && service.child.signalCode === null) {
            await stopService(service, "SIGKILL");
        }
    }
});

const start = async (...args: Parameters<typeof startService>): Promise<RunningService> => {
    const service = await startService(...args);
    running.push(service);
    return service;
};

describe("the outbox", () => {
    test("keeps the message of a service that is killed after the commit, and another task sends it", async () => {
        const { machine } = underTest();
        // SQS does not answer this task: it accepts, and cannot send.
        const alone = await start("api", { ...machine, awsEndpoint: `http://127.0.0.1:${await freePort()}` });
        const { id } = await pay(1234, { port: alone.port });
        await stopService(alone, "SIGKILL");
        await untilStatus(id, "captured");
    });

    test("sends again what was sent before a crash, with the same ID", async () => {
        const { machine } = underTest();
        const sources = localSources(machine);
        const pool = poolOf(machine);
        const { id: paymentId } = await pay();
        await untilStatus(paymentId, "captured");
        const event = {
            id: newId(),
            type: "payment.captured",
            merchantId: "outbox-shop",
            paymentId,
            correlationId: newId(),
            occurredAt: new Date().toISOString(),
        };
        await query("CREATE TABLE payments.test_outbox (LIKE payments.payment_outbox INCLUDING ALL)");
        await query("GRANT ALL ON payments.test_outbox TO payment_payment");
        const table = "test_outbox" as "payment_outbox";
        await query("INSERT INTO payments.test_outbox (id, body) VALUES ($1, $2)", [event.id, event]);
        const send = sendToQueue(sources.sqs, urlOf("notifications"));
        const sentIds: string[] = [];
        const crash = async (messages: readonly OutboxMessage[]) => {
            sentIds.push(...(await send(messages)).sent);
            throw new Error("crash");
        };
        await expect(relayBatch(pool, table, crash)).rejects.toThrow("crash");
        expect(await relayBatch(pool, table, send)).toMatchObject({ taken: 1, sent: 1 });
        expect(await relayBatch(pool, table, send)).toMatchObject({ taken: 0 });
        expect(sentIds).toEqual([event.id]);
        await pool.end();
        await resend("notifications", event);
        const rows = await query("SELECT position FROM payments.event WHERE merchant_id = 'outbox-shop'");
        expect(rows).toEqual([{ position: 1 }]);
        await query("DROP TABLE payments.test_outbox");
    });
});

describe("a message that cannot be processed", () => {
    test.each([
        ["is not JSON", "no JSON"],
        ["has no form", JSON.stringify({ type: "payment.accepted" })],
        [
            "names no payment",
            JSON.stringify({ id: newId(), type: "payment.accepted", paymentId: newId(), correlationId: newId() }),
        ],
    ])("because it %s is in the dead-letter queue within seconds", async (_what, body) => {
        const { MessageId: messageId = "" } = await sendMessage("processing", body);
        await untilReceived("processing-dlq", body);
        // One line, for 50 receives.
        expect(
            logsOf("payment")
                .split("\n")
                .filter((line) => line.includes(messageId)),
        ).toHaveLength(1);
        const { id } = await pay();
        await untilStatus(id, "captured");
    });
});

describe("Redis", () => {
    test("that does not answer makes no payment fail and no status wrong", async () => {
        const { cachePid } = underTest().machine;
        process.kill(cachePid, "SIGSTOP");
        try {
            const { id } = await pay();
            await untilStatus(id, "captured");
            const session = await send({ path: "/api/payment-sessions", body: amount() });
            expect(session.status).toBe(503);
        } finally {
            process.kill(cachePid, "SIGCONT");
        }
        const { id } = await pay();
        await untilStatus(id, "captured");
        const session = () => send({ path: "/api/payment-sessions", body: amount() });
        await eventually("a session", async () => ((await session()).status === 201 ? true : undefined), patience);
    });

    test("that has lost everything lets no session be paid twice", async () => {
        const created = await send({ path: "/api/payment-sessions", body: amount() });
        const { sessionId } = JSON.parse(created.text) as { sessionId: string };
        const payIt = () =>
            send({ path: "/api/payments", headers: { "idempotency-key": newId() }, body: { sessionId } });
        expect((await payIt()).status).toBe(202);
        await onCache((client) => client.sendCommand(["FLUSHALL"]));
        expect((await payIt()).status).toBe(409);
        const [count] = await query("SELECT count(*)::int AS count FROM payments.used_session WHERE session_id = $1", [
            sessionId,
        ]);
        expect(count).toEqual({ count: 1 });
    });

    test("is used again after its token was rotated and its connections were closed", async () => {
        const { machine } = underTest();
        const secrets = readSecrets(machine);
        const token = newId();
        await onCache(async (client) => {
            await client.sendCommand(["CONFIG", "SET", "requirepass", token]);
            await client.sendCommand(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
        });
        const session = () => send({ path: "/api/payment-sessions", body: amount() });
        // The secret still has the old token, which Redis refuses.
        await eventually("a refusal", async () => ((await session()).status === 503 ? true : undefined), patience);
        writeFileSync(machine.secretsFile, JSON.stringify({ ...secrets, [machine.cacheSecretArn]: token }));
        await eventually("a session", async () => ((await session()).status === 201 ? true : undefined), patience);
    });
});

describe("SIGTERM", () => {
    test.each(["api", "payment", "notification"] as const)("ends %s with 0, once its work is done", async (name) => {
        const service = await start(name, underTest().machine);
        expect(await stopService(service, "SIGTERM")).toBe(0);
        expect(service.log()).toContain('"message":"stopped"');
    });

    test("is waited for by a request that has arrived, and closes connections that clients keep", async () => {
        const service = await start("api", underTest().machine);
        const agent = new Agent({ keepAlive: true });
        const pays = () => {
            const headers = { "idempotency-key": newId() };
            return send({ path: "/api/payments", headers, body: amount(), agent }, { port: service.port });
        };
        const payments = Array.from({ length: 20 }, pays);
        await eventually(
            "the first request",
            () => Promise.resolve(service.log().includes("/api/payments") ? true : undefined),
            patience,
        );
        const code = stopService(service, "SIGTERM");
        const settled = await Promise.allSettled(payments);
        expect(await code).toBe(0);
        agent.destroy();
        const accepted = settled.flatMap((one) =>
            one.status === "fulfilled" ? [JSON.parse(one.value.text) as { id: string }] : [],
        );
        expect(accepted.length).toBeGreaterThan(0);
        for (const { id } of accepted) {
            expect((await read(id)).id).toBe(id);
        }
    });

    test("is not needed by a service without its configuration: it ends and names every variable", async () => {
        const { spawnSync } = await import("node:child_process");
        const main = join("services", "api", "main.ts");
        const { status, stderr } = spawnSync(process.execPath, [main], {
            env: { PATH: process.env.PATH },
            encoding: "utf8",
        });
        expect(status).toBe(1);
        expect(stderr).toContain("DATABASE_HOST is missing");
        expect(stderr).toContain("GATEWAY_SECRET_ARN is missing");
    });
});
