import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { afterRestoreCommand, writablePath } from "../../contract/container.ts";
import { eventually } from "../../tools/frame/eventually.ts";
import type { Machine } from "../../tools/local/machine/machine.ts";
import { freePort } from "../../tools/local/machine/ports.ts";
import { serviceNames } from "../../tools/local/machine/start.ts";
import type { Environment } from "../../tools/local/platform.ts";
import { thisHostOnly } from "../../tools/local/replacements.ts";
import { sendRequest } from "./support/client.ts";
import { environmentOf } from "./support/environment.ts";
import { patience } from "./support/patience.ts";
import { urlOf } from "./support/queues.ts";
import { reconciliationEnvironment } from "./support/reconciliation.ts";
import { underTest } from "./support/under-test.ts";

// Outside of the repository: a bundle has everything that it needs, as in its image.
const directory = mkdtempSync(join(tmpdir(), "bundles-"));

/** Only the volume can be written to, as with a read-only root, and no program or addon of the image is started. */
const asInTheImage = ["--permission", "--allow-fs-read=*", `--allow-fs-write=${writablePath}`];

/** No credentials of this machine, and no other AWS than the emulator. */
const localAws = ({ awsEndpoint }: Machine): Environment => ({
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL: awsEndpoint,
});

beforeAll(() => {
    const { status, stderr } = spawnSync(process.execPath, ["services/build.ts"], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    cpSync("dist/services", directory, { recursive: true });
});

afterAll(() => {
    rmSync(directory, { recursive: true });
});

describe("the bundle", () => {
    test.each(serviceNames)("of %s answers the load balancer's health check and ends at SIGTERM", async (service) => {
        const { machine } = underTest();
        const port = await freePort();
        const child = spawn(process.execPath, [...asInTheImage, join(directory, service, "main.mjs")], {
            stdio: "ignore",
            env: {
                PATH: process.env.PATH,
                ...environmentOf(service, port, machine),
                // Also of a service that has no path in the plan, and then no port.
                ...{ PORT: `${port}`, PROTOCOL: "HTTPS" },
                ...localAws(machine),
                // A queue of no other test.
                ...(service === "api" ? {} : { CONSUME_QUEUE_URL: urlOf("none") }),
            },
        });
        const health = () => sendRequest(port, { path: `/${service}/health` }).catch(() => undefined);
        expect(await eventually("health", health, patience)).toMatchObject({ status: 200 });
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGTERM");
        expect(await ended).toBe(0);
    });

    /** Starts the comparison as its task does. @returns its exit code and its output, once it has ended */
    const compare = (variables: Environment, onStart: (child: ChildProcess) => void = () => undefined) =>
        new Promise<[code: number | null, output: string]>((resolve) => {
            const environment = reconciliationEnvironment("https://localhost/v1", variables);
            const env = { PATH: process.env.PATH, ...environment, ...localAws(underTest().machine) };
            const child = spawn(process.execPath, [...asInTheImage, join(directory, "payment", "reconcile.mjs")], {
                env,
            });
            let output = "";
            for (const stream of [child.stdout, child.stderr]) {
                stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
            }
            child.once("close", (code) => {
                resolve([code, output]);
            });
            onStart(child);
        });

    test("of the comparison with the acquirer's report ends with 1 and the reason", async () => {
        // This PostgreSQL is not trusted: it has no certificate of RDS.
        const [code, output] = await compare({});
        expect([code, JSON.parse(output)]).toMatchObject([1, { message: "the comparison failed: run it again" }]);
        const [refused, reason] = await compare({ ACQUIRER_URL: "http://acquirer.example" });
        expect([refused, JSON.parse(reason)]).toMatchObject([
            1,
            { level: "fatal", reason: "environment variables: ACQUIRER_URL: must be an https URL" },
        ]);
    });

    test("of the comparison ends at SIGTERM, whatever it waits for", async () => {
        const silent = createServer().listen(0, thisHostOnly);
        await once(silent, "listening");
        const { port } = silent.address() as AddressInfo;
        const variables = { DATABASE_HOST: thisHostOnly, DATABASE_PORT: `${port}` };
        const [code, output] = await compare(variables, (child) => {
            silent.once("connection", () => child.kill("SIGTERM"));
        });
        silent.close();
        expect([code, JSON.parse(output)]).toMatchObject([1, { message: "stopped before the end" }]);
    });

    test("of the migration has the program that prepares restored data, under the name that its task calls", () => {
        const [, program = ""] = afterRestoreCommand;
        const started = spawnSync(
            process.execPath,
            [...asInTheImage, join(directory, "migration", basename(program))],
            {
                encoding: "utf8",
                env: { PATH: process.env.PATH },
            },
        );
        expect(started.status).toBe(1);
        expect(JSON.parse(started.stderr)).toMatchObject({
            reason: expect.stringContaining("DATABASE_HOST is missing"),
        });
    });

    test("of the migration has its SQL files", () => {
        expect(readdirSync(join(directory, "migration", "sql"))).toEqual(readdirSync("services/migration/sql"));
    });
});
