import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { createClient } from "@redis/client";
import { afterAll, beforeAll, describe, test } from "@jest/globals";
import { newId } from "../../services/common/ids.ts";
import { eventually } from "../../tools/frame/eventually.ts";
import { readSecrets } from "../../tools/local/replacements.ts";
import { patience } from "../services/support/patience.ts";
import { acceptsConnections } from "../../tools/local/machine/ports.ts";
import { cacheServer } from "../../tools/local/machine/cache.ts";
import {
    closeConnections,
    killDatabase,
    setDiskFull,
    setReadOnly,
    startDatabase,
    stopAnswers,
} from "./support/database.ts";
import { survive } from "./support/fault.ts";
import { Platform } from "./support/platform.ts";

let platform: Platform;
/** Process of Redis. */
let cachePid: number;

beforeAll(async () => {
    platform = await Platform.start();
    ({ cachePid } = platform.machine);
});

afterAll(async () => {
    process.kill(cachePid, "SIGKILL");
    await platform.stop();
});

/** Milliseconds for which a store is away: so long that messages fail, and less than makes them dead letters. */
const awayMs = 5_000;

describe("PostgreSQL", () => {
    test("is killed, and recovers from its log", async () => {
        await survive(platform, "PostgreSQL killed and started again", async () => {
            await setTimeout(1_000);
            await killDatabase(platform.machine);
            await setTimeout(awayMs);
            await startDatabase(platform);
        });
    });

    test("closes all connections, again and again", async () => {
        await survive(platform, "connections to PostgreSQL closed", async (isSending) => {
            for (let times = 0; times < 10 && (isSending() || times === 0); times += 1) {
                await setTimeout(500);
                await closeConnections();
            }
        });
    });

    test("does not answer, as a host that is lost", async () => {
        let goOn: () => void = () => undefined;
        await survive(
            platform,
            "PostgreSQL without answers",
            async () => {
                await setTimeout(500);
                goOn = await stopAnswers(platform.machine);
                // Longer than the services wait for an answer.
                await setTimeout(20_000);
            },
            () => {
                goOn();
                return Promise.resolve();
            },
        );
    });

    test("refuses to write, as a former writer after a failover", async () => {
        await survive(
            platform,
            "PostgreSQL read-only",
            async () => {
                await setTimeout(500);
                await setReadOnly(true);
                await setTimeout(awayMs);
            },
            () => setReadOnly(false),
        );
    });

    test("has no space to write, by its error 53100", async () => {
        await survive(
            platform,
            "PostgreSQL without space (error 53100)",
            async () => {
                await setTimeout(500);
                await setDiskFull(true);
                await setTimeout(awayMs);
            },
            () => setDiskFull(false),
        );
    });
});

describe("Redis", () => {
    test("is away, and comes back empty", async () => {
        await survive(platform, "Redis killed and started again empty", async () => {
            await setTimeout(500);
            process.kill(cachePid, "SIGKILL");
            await setTimeout(awayMs);
            const server = spawn(cacheServer(process.env) ?? "", [platform.machine.cacheConfigFile], {
                stdio: "ignore",
            });
            cachePid = server.pid ?? 0;
            await eventually(
                "Redis",
                async () => ((await acceptsConnections(platform.machine.cachePort)) ? true : undefined),
                patience,
            );
        });
    });

    test("does not answer", async () => {
        await survive(
            platform,
            "Redis without answers",
            async () => {
                process.kill(cachePid, "SIGSTOP");
                await setTimeout(awayMs);
            },
            () => {
                process.kill(cachePid, "SIGCONT");
                return Promise.resolve();
            },
        );
    });

    test("has another token before the secret has it", async () => {
        const { secretsFile, cacheSecretArn } = platform.machine;
        const secrets = readSecrets(platform.machine);
        const token = newId();
        await survive(
            platform,
            "token of Redis rotated",
            async () => {
                await setTimeout(500);
                await rotateToken(secrets[cacheSecretArn] ?? "", token);
                await setTimeout(awayMs);
            },
            () => {
                writeFileSync(secretsFile, JSON.stringify({ ...secrets, [cacheSecretArn]: token }));
                return Promise.resolve();
            },
        );
    });
});

async function rotateToken(current: string, next: string): Promise<void> {
    const { cachePort: port, authorityFile } = platform.machine;
    const client = createClient({
        socket: { host: "localhost", port, tls: true, ca: readFileSync(authorityFile, "utf8") },
        password: current,
    });
    await client.connect();
    await client.sendCommand(["CONFIG", "SET", "requirepass", next]);
    await client.sendCommand(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
    client.destroy();
}
