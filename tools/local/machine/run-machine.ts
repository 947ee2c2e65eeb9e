/**
 * What the services connect to, on one machine: PostgreSQL 17, Redis, and an emulator of SQS and SNS. Runs as a process of its own,
 * which is told what to start by its first message, says by one when all of it accepts connections, and ends all of it when the
 * channel to its parent is closed, also by the parent's end.
 */
import type { ChildProcess } from "node:child_process";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { selfSignedCertificate } from "../../../services/common/certificate.ts";
import { newId } from "../../../services/common/ids.ts";
import type { GatewaySecret } from "../../../contract/gateway.ts";
import { startCache } from "./cache.ts";
import { startEmulator, type Emulator } from "./emulator.ts";
import { localAccount, type Machine } from "./machine.ts";
import type { MachineMessage, Question, StartMessage } from "./messages.ts";
import { freePort } from "./ports.ts";
import { Postgres } from "./postgres.ts";

interface Parts {
    postgres?: Postgres;
    cache?: ChildProcess;
    emulator?: Emulator;
}

const parts: Parts = {};
const closed = new Promise<void>((resolve) => {
    process.once("disconnect", resolve);
});
// A terminal does not send its Ctrl-C here; who sends a signal wants the whole end.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
        leave();
    });
}

const request = await Promise.race([
    new Promise<StartMessage>((resolve) => {
        process.once("message", resolve);
    }),
    closed,
]);
if (request !== undefined) {
    try {
        await tell({ kind: "started", machine: await start(request) });
        process.on("message", (question: Question) => {
            void obey(question);
        });
        await closed;
    } catch (error) {
        await tell({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
    } finally {
        await stop();
        rmSync(request.directory, { recursive: true, force: true });
    }
}
// Without the handlers of the packages, which would stop PostgreSQL again, and wait.
process.kill(process.pid, "SIGKILL");

function tell(message: MachineMessage): Promise<void> {
    return new Promise((resolve) => {
        if (process.connected) {
            process.send?.(message, () => {
                resolve();
            });
        } else {
            resolve();
        }
    });
}

async function obey(question: Question): Promise<void> {
    if (question === "passages") {
        await tell({ kind: "passages", passages: parts.emulator?.passages() ?? [] });
        return;
    }
    if (question === "calls") {
        await tell({ kind: "calls", calls: parts.emulator?.calls() ?? {} });
        return;
    }
    try {
        await parts.postgres?.startAgain();
    } catch (error) {
        await tell({ kind: "failed", reason: error instanceof Error ? error.message : String(error) });
        leave();
    }
}

function leave(): void {
    if (process.connected) {
        process.disconnect();
    }
}

async function start(request: StartMessage): Promise<Machine> {
    const { directory, platform, cacheServer, merchants, mayCacheEnd, countsStatements = false, deployed } = request;
    // PostgreSQL may run as another user, which has to reach its folder.
    chmodSync(directory, 0o711);
    const certificate = await selfSignedCertificate("localhost");
    const secretArn = (name: string) => `arn:aws:secretsmanager:${platform.region}:${localAccount}:secret:${name}`;
    const { migration = {} } = platform.environments;
    const users = Object.values(platform.environments).flatMap(({ DATABASE_USER }) => DATABASE_USER ?? []);
    if (deployed === undefined) {
        parts.emulator = await startEmulator(platform);
    }
    const machine: Machine = {
        region: platform.region,
        directory,
        authorityFile: join(directory, "authority.pem"),
        secretsFile: join(directory, "secrets.json"),
        databasePort: await freePort(),
        databaseName: migration.DATABASE_NAME ?? "",
        master: deployed?.master ?? { user: "payment_admin", password: newId() },
        passwords: Object.fromEntries(users.map((user) => [user, newId()])),
        cachePort: await freePort(),
        cachePid: 0,
        cacheSecretArn: secretArn("cache"),
        databaseSecretArn: secretArn("database"),
        gatewaySecretArn: secretArn("gateway"),
        acquirerSecretArn: secretArn("acquirer"),
        keyFile: join(directory, "server-key.pem"),
        cacheConfigFile: join(directory, "cache.conf"),
        databaseDirectory: join(directory, "postgres"),
        awsEndpoint: parts.emulator?.endpoint ?? process.env.AWS_ENDPOINT_URL ?? "",
        isDeployed: deployed !== undefined,
    };
    const token = deployed?.cacheToken ?? newId();
    writeSecrets(machine, token, { tokens: [newId()], merchants });
    writeFileSync(machine.authorityFile, certificate.cert);
    writeFileSync(machine.keyFile, certificate.key, { mode: 0o600 });
    const postgres = (parts.postgres = new Postgres(machine, countsStatements));
    // Both, before the first failure is reported: what has been started is stopped.
    const [cache, database] = await Promise.allSettled([
        startCache(cacheServer, machine, token).then((child) => (parts.cache = child)),
        postgres.start(certificate, migration),
    ]);
    if (cache.status === "rejected") {
        throw cache.reason;
    }
    if (database.status === "rejected") {
        throw database.reason;
    }
    if (mayCacheEnd !== true) {
        cache.value.once("exit", () => {
            void tell({ kind: "failed", reason: `${cacheServer} has ended` }).then(leave);
        });
    }
    return { ...machine, cachePid: cache.value.pid ?? 0 };
}

function writeSecrets(machine: Machine, cacheToken: string, gateway: GatewaySecret): void {
    const { user: username, password } = machine.master;
    const secrets = {
        [machine.cacheSecretArn]: cacheToken,
        [machine.databaseSecretArn]: JSON.stringify({ username, password }),
        [machine.gatewaySecretArn]: JSON.stringify(gateway),
        [machine.acquirerSecretArn]: newId(),
    };
    writeFileSync(machine.secretsFile, JSON.stringify(secrets), { mode: 0o600 });
}

async function stop(): Promise<void> {
    parts.cache?.kill("SIGKILL");
    await parts.emulator?.stop().catch(() => undefined);
    await parts.postgres?.stop().catch(() => undefined);
}
