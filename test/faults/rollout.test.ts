import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { readMigrations } from "../../services/migration/migrate.ts";
import { cacheServer } from "../../tools/local/machine/cache.ts";
import { startMachine, type RunningMachine, type ServiceName } from "../../tools/local/machine/start.ts";
import { newId } from "../../services/common/ids.ts";
import { schemaOfSources } from "../../tools/images/schema.ts";
import { amount, query, send } from "../services/support/merchant.ts";
import { migrate } from "../services/support/migrate.ts";
import { platformUnderTest } from "../services/support/under-test.ts";
import { payments } from "./support/fault.ts";
import { Load } from "./support/load.ts";
import {
    checkOutFormerRelease,
    hasFormerRelease,
    machineFolderOf,
    migrationsOf,
    removeRelease,
    thisRelease,
} from "./support/releases.ts";
import { Tasks } from "./support/tasks.ts";
import { positions, problemsOf, untilSettled } from "./support/verdict.ts";

const former = mkdtempSync(join(tmpdir(), "former-"));
const order = ["api", "payment", "notification"] as const;

let running: RunningMachine;
let tasks: Tasks;

beforeAll(() => {
    if (hasFormerRelease()) {
        checkOutFormerRelease(former);
    } else if (process.env.SERVICES_TESTS === "required") {
        throw new Error("the history has no former release: fetch all of it (git fetch --unshallow)");
    }
});
afterAll(() => {
    removeRelease(former);
});
beforeEach(async () => {
    // With the schema of the former release, which its own program makes.
    running = await startMachine(machineFolderOf(former), {
        directory: mkdtempSync(join(tmpdir(), "rollout-")),
        platform: platformUnderTest(),
        cacheServer: cacheServer(process.env) ?? "",
        merchants: { key1: "example-shop", key2: "other-shop" },
    });
    const machine = { ...running.machine, isDeployed: false };
    process.env.SERVICES_MACHINE = JSON.stringify({ machine, apiPort: 0 });
    tasks = new Tasks(machine);
});
afterEach(async () => {
    await tasks.stopAll();
    await running.stop();
});

const applied = async (): Promise<string[]> =>
    (await query<{ name: string }>("SELECT name FROM migrations.applied ORDER BY name")).map(({ name }) => name);
const namesOf = (release: string): string[] => readMigrations(migrationsOf(release)).map(({ name }) => name);
const paymentsRecorded = async (): Promise<number> =>
    (await query<{ count: number }>("SELECT count(*)::int AS count FROM payments.payment"))[0]?.count ?? 0;

/** Starts a task of the release, then stops those of the other one, as a rolling update does. */
async function update(service: ServiceName, release: string): Promise<void> {
    await tasks.start(service, release);
    await tasks.stopOthers(service, release);
}

/** Sends payments while the work is done, and again until it is done; then expects that each has come to its end once. */
async function whilePaying(work: () => Promise<void>): Promise<void> {
    const since = await positions();
    const load = new Load(tasks);
    let isWorking = true;
    const worked = work().finally(() => {
        isWorking = false;
    });
    worked.catch(() => undefined);
    do {
        await load.send(Math.max(40, payments / 10));
    } while (isWorking as boolean);
    await worked;
    await untilSettled();
    expect(tasks.ended).toEqual([]);
    const port = tasks.apiPort ?? 0;
    expect((await problemsOf(load.sent, since, undefined, port)).slice(0, 10)).toEqual([]);
}

const describeWithHistory = hasFormerRelease() || process.env.SERVICES_TESTS === "required" ? describe : describe.skip;

describeWithHistory("the former release and this one on one database", () => {
    test("an update and a rollback while payments are made lose nothing, and do nothing twice", async () => {
        await Promise.all(order.map((service) => tasks.start(service, former)));
        expect(await applied()).toEqual(namesOf(former));
        await whilePaying(async () => {
            await migrate(running.machine, migrationsOf(thisRelease));
            for (const service of order) {
                await update(service, thisRelease);
            }
        });
        expect(await applied()).toEqual(namesOf(thisRelease));
        await whilePaying(async () => {
            // A stack file of the former release, reverted in Git, has its migration, too: it runs before the update.
            await migrate(running.machine, migrationsOf(former));
            for (const service of order) {
                await update(service, former);
            }
        });
        expect(await applied()).toEqual(namesOf(thisRelease));
        expect(await paymentsRecorded()).toBeGreaterThanOrEqual(80);
    });

    test("it is a release that the migrations serve: renew its commit in support/releases.ts where they do not", () => {
        expect(Number(namesOf(former).at(-1)?.slice(0, 4))).toBeGreaterThanOrEqual(
            Number(schemaOfSources(thisRelease).oldestServed),
        );
    });

    test("a session, and a response that is repeated, of one release are those of the other", async () => {
        await migrate(running.machine, migrationsOf(thisRelease));
        const ports = [await tasks.start("api", former), await tasks.start("api", thisRelease)];
        for (const [made, used] of [ports, ports.toReversed()] as [number, number][]) {
            const session = await send({ path: "/api/payment-sessions", body: amount() }, { port: made });
            const { sessionId } = JSON.parse(session.text) as { sessionId: string };
            const sent = { path: "/api/payments", headers: { "idempotency-key": newId() }, body: { sessionId } };
            const accepted = await send(sent, { port: used });
            expect([session.status, accepted.status]).toEqual([201, 202]);
            const repeated = await send(sent, { port: made });
            expect([repeated.status, repeated.text]).toEqual([202, accepted.text]);
            expect(repeated.headers["idempotent-replayed"]).toBe("true");
            const { id } = JSON.parse(accepted.text) as { id: string };
            const reads = await Promise.all(ports.map((port) => send({ path: `/api/payments/${id}` }, { port })));
            expect(reads.map(({ status, text }) => [status, (JSON.parse(text) as { id: string }).id])).toEqual([
                [200, id],
                [200, id],
            ]);
        }
    });

    test.each<[string, Readonly<Record<ServiceName, readonly ("former" | "this")[]>>]>([
        ["a former api", { api: ["former"], payment: ["this"], notification: ["this"] }],
        ["a former payment", { api: ["this"], payment: ["former"], notification: ["this"] }],
        ["a former notification", { api: ["this"], payment: ["this"], notification: ["former"] }],
        [
            "tasks of both releases of each service",
            { api: ["this", "former"], payment: ["former", "this"], notification: ["this", "former"] },
        ],
    ])("%s works with the others on the schema of this release", async (_, releases) => {
        await migrate(running.machine, migrationsOf(thisRelease));
        for (const service of order) {
            for (const release of releases[service]) {
                await tasks.start(service, release === "former" ? former : thisRelease);
            }
        }
        await whilePaying(() => Promise.resolve());
    });
});
