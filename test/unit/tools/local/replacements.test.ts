import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { plannedPlatform } from "../../../../tools/local/platform.ts";
import { localEnvironment, localSources, readGatewaySecret } from "../../../../tools/local/replacements.ts";
import { planTestStack } from "../../../stacks.ts";
import { machine } from "./machine.ts";

const place = { machine, port: 5004 };

test.each(["dev", "staging", "prod"])("no container of %s finds a value that only AWS knows", async (stack) => {
    const { environments } = plannedPlatform(await planTestStack(stack));
    expect(Object.keys(environments).sort()).toEqual(["api", "migration", "notification", "payment"]);
    for (const planned of Object.values(environments)) {
        const local = JSON.stringify(localEnvironment(planned, place));
        expect(JSON.stringify(planned)).toContain("amazonaws.com");
        expect(local).not.toMatch(/amazonaws\.com|123456789012/);
    }
});

test("a service of dev finds the same variables as on AWS, with the addresses of this machine", async () => {
    const { api = {} } = plannedPlatform(await planTestStack("dev")).environments;
    const local = localEnvironment(api, place);
    expect(Object.keys(local)).toEqual(Object.keys(api));
    expect(local).toMatchObject({
        CACHE_HOST: "localhost",
        CACHE_PORT: "5002",
        DATABASE_HOST: "localhost",
        DATABASE_PORT: "5001",
        DATABASE_READER_HOST: "localhost",
        GATEWAY_SECRET_ARN: machine.gatewaySecretArn,
        PORT: "5004",
        PROCESSING_QUEUE_URL: "http://127.0.0.1:5003/000000000000/payment-processing-dev",
    });
    const kept = [
        "AWS_REGION",
        "DATABASE_NAME",
        "DATABASE_USER",
        "ENVIRONMENT",
        "LOG_LEVEL",
        "MAX_AMOUNT_MINOR",
        "PROTOCOL",
        "SERVICE",
    ];
    expect(kept.map((name) => local[name])).toEqual(kept.map((name) => api[name]));
});

test("the queues, topics and secrets of a deployed stack are found as on AWS, and only the stores are of this machine", async () => {
    const { environments } = plannedPlatform(await planTestStack("dev"));
    const replaced = Object.values(environments).flatMap((planned) => {
        const local = localEnvironment(planned, { machine: { ...machine, isDeployed: true }, port: 5004 });
        return Object.keys(planned).filter((name) => local[name] !== planned[name]);
    });
    const ofStores = ["CACHE_HOST", "CACHE_PORT", "DATABASE_HOST", "DATABASE_PORT", "DATABASE_READER_HOST"];
    expect([...new Set(replaced)].sort()).toEqual([...ofStores, "PORT"]);
});

test("no service of this machine calls an acquirer", () => {
    const planned = { SERVICE: "payment", ACQUIRER_URL: "https://acquirer.example.com", ACQUIRER_SECRET_ARN: "arn" };
    expect(localEnvironment(planned, place)).toEqual({ SERVICE: "payment" });
});

test.each([
    ["LEDGER_QUEUE_URL", "https://sqs.us-east-1.amazonaws.com/123456789012/x", "http://127.0.0.1:5003/000000000000/x"],
    ["LEDGER_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:x", "arn:aws:sns:us-east-1:000000000000:x"],
])("%s is that of the emulator", (name, planned, expected) => {
    expect(localEnvironment({ [name]: planned }, place)).toEqual({ [name]: expected });
});

const folder = mkdtempSync(join(tmpdir(), "local-"));
const started = {
    ...machine,
    directory: folder,
    authorityFile: join(folder, "authority.pem"),
    secretsFile: join(folder, "secrets.json"),
    passwords: { payment_api: "password-of-the-api" },
};
beforeAll(() => {
    writeFileSync(started.authorityFile, "certificate");
    writeFileSync(started.secretsFile, JSON.stringify({ [machine.cacheSecretArn]: "token-of-the-cache" }));
});
afterAll(() => {
    rmSync(folder, { recursive: true });
});

test("a user of a service has its password, and any other user an empty one, which PostgreSQL refuses", async () => {
    const { databasePassword } = localSources(started);
    const passwordOf = (user: string) => databasePassword({ host: "localhost", port: 5001, user });
    expect(await passwordOf("payment_api")).toBe("password-of-the-api");
    expect(await passwordOf("payment_admin")).toBe("");
});

test("a secret has the value in the file at this moment, and an unknown ARN an empty one", async () => {
    const { readSecret } = localSources(started);
    expect(await readSecret(machine.cacheSecretArn)).toBe("token-of-the-cache");
    writeFileSync(started.secretsFile, JSON.stringify({ [machine.cacheSecretArn]: "another-token" }));
    expect(await readSecret(machine.cacheSecretArn)).toBe("another-token");
    expect(await readSecret("arn:aws:secretsmanager:us-east-1:000000000000:secret:none")).toBe("");
});

test("a file without the secret of the API is named with the secret that is missing", () => {
    const secret = { tokens: ["token"], merchants: { key: "shop" } };
    writeFileSync(started.secretsFile, "{}");
    expect(() => readGatewaySecret(started)).toThrow(`${started.secretsFile} has no ${machine.gatewaySecretArn}`);
    writeFileSync(started.secretsFile, JSON.stringify({ [machine.gatewaySecretArn]: JSON.stringify(secret) }));
    expect(readGatewaySecret(started)).toEqual(secret);
});

test("the services of a session trust its authority alone, and listen on this machine only", async () => {
    for (const isDeployed of [false, true]) {
        const sources = localSources({ ...started, isDeployed });
        expect(sources).toMatchObject({
            databaseAuthorities: ["certificate"],
            cacheAuthorities: ["certificate"],
            listenHost: "127.0.0.1",
        });
    }
    const endpoint = await localSources(started).sqs.config.endpoint?.();
    expect(endpoint).toMatchObject({ hostname: "127.0.0.1", port: 5003 });
});
