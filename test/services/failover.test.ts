import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { createClient } from "@redis/client";
import { expect, test } from "@jest/globals";
import { Cache } from "../../services/common/cache.ts";
import { createLog } from "../../services/common/log.ts";
import { eventually } from "../../tools/frame/eventually.ts";
import { cacheServer } from "../../tools/local/machine/cache.ts";
import { acceptsConnections, freePort } from "../../tools/local/machine/ports.ts";
import { localSources, readSecrets } from "../../tools/local/replacements.ts";
import { patience } from "./support/patience.ts";
import { underTest } from "./support/under-test.ts";

test("the former primary of Redis, which still answers, is left for the one that its name leads to now", async () => {
    const { machine } = underTest();
    const former = await startNode();
    const next = await startNode();
    // The name of the primary.
    let primary = former.port;
    const name = createServer((socket) => {
        const upstream = connect(primary, "localhost");
        const end = () => {
            socket.destroy();
            upstream.destroy();
        };
        socket.on("error", end).on("close", end).pipe(upstream).on("error", end).on("close", end).pipe(socket);
    });
    const namePort = await freePort();
    await new Promise<void>((listening) => name.listen(namePort, "127.0.0.1", listening));
    const config = {
        CACHE_HOST: "localhost",
        CACHE_PORT: namePort,
        CACHE_TOKEN_SECRET_ARN: machine.cacheSecretArn,
    };
    const log = createLog({ AWS_REGION: "us-east-1", ENVIRONMENT: "test", LOG_LEVEL: "error", SERVICE: "test" });
    const cache = new Cache(config, localSources(machine), log);
    const canWrite = () => cache.set("key", "value", 60);
    try {
        cache.connect();
        await eventually("a value", async () => ((await canWrite()) ? true : undefined), patience);
        // Without TLS it reaches no other node, and keeps what it has.
        await onNode(former.port, ["REPLICAOF", "localhost", `${next.port}`]);
        expect(await canWrite()).toBe(false);
        // The name of the primary leads to the next one some time after.
        await eventually(
            "a new connection",
            async () => ((await cache.get("key")).is === "found" ? true : undefined),
            patience,
        );
        expect(await canWrite()).toBe(false);
        primary = next.port;
        await eventually("a value", async () => ((await canWrite()) ? true : undefined), patience);
        expect(await onNode(next.port, ["GET", "key"])).toBe("value");
        expect(await onNode(former.port, ["PING"])).toBe("PONG");
    } finally {
        cache.close();
        name.close();
        former.child.kill("SIGKILL");
        next.child.kill("SIGKILL");
    }
});

/** Another Redis as that of the machine, with the token that is in the secret now. */
async function startNode(): Promise<{ readonly port: number; readonly child: ChildProcess }> {
    const { machine } = underTest();
    const port = await freePort();
    const child = spawn(
        cacheServer(process.env) ?? "",
        [machine.cacheConfigFile, "--tls-port", `${port}`, "--requirepass", token()],
        { stdio: "ignore" },
    );
    await eventually("Redis", async () => ((await acceptsConnections(port)) ? true : undefined), patience);
    return { port, child };
}

async function onNode(port: number, command: string[]): Promise<unknown> {
    const ca = readFileSync(underTest().machine.authorityFile, "utf8");
    const client = createClient({ socket: { host: "localhost", port, tls: true, ca }, password: token() });
    await client.connect();
    try {
        return await client.sendCommand(command);
    } finally {
        client.destroy();
    }
}

function token(): string {
    const { machine } = underTest();
    return readSecrets(machine)[machine.cacheSecretArn] ?? "";
}
