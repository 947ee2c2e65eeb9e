import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { writablePath } from "../../contract/container.ts";
import { eventually } from "../../tools/frame/eventually.ts";
import { freePort } from "../../tools/local/machine/ports.ts";
import { serviceNames } from "../../tools/local/machine/start.ts";
import { sendRequest } from "./support/client.ts";
import { environmentOf } from "./support/environment.ts";
import { patience } from "./support/patience.ts";
import { urlOf } from "./support/queues.ts";
import { underTest } from "./support/under-test.ts";

// Outside of the repository: a bundle has everything that it needs, as in its image.
const directory = mkdtempSync(join(tmpdir(), "bundles-"));

/** Only the volume can be written to, as with a read-only root, and no program or addon of the image is started. */
const asInTheImage = ["--permission", "--allow-fs-read=*", `--allow-fs-write=${writablePath}`];

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
                // No credentials of this machine, and no other AWS than the emulator.
                AWS_ACCESS_KEY_ID: "local",
                AWS_SECRET_ACCESS_KEY: "local",
                AWS_ENDPOINT_URL: machine.awsEndpoint,
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

    test("of the migration has its SQL files", () => {
        expect(readdirSync(join(directory, "migration", "sql"))).toEqual(readdirSync("services/migration/sql"));
    });
});
