import { expect, test } from "@jest/globals";
import { existsSync } from "node:fs";
import type { LiveIn } from "../../../../tools/local/demo/demonstration.ts";
import { scenarios, type Scenario } from "../../../../tools/local/demo/scenarios.ts";
import type { Life } from "../../../../tools/local/demo/timeline.ts";
import type { LocalSession, LocalSessionArgs } from "../../../../tools/local/machine/session.ts";
import type { PlannedPlatform } from "../../../../tools/local/platform.ts";
import { runSession, type Processes } from "../../../../tools/local/run-session.ts";
import { ExitError } from "../../../../tools/frame/exit.ts";
import { toolContext } from "../run-tool.ts";
import { machine } from "./machine.ts";

const platform: PlannedPlatform = {
    ...{ region: "us-east-1", queues: [], topics: [], subscriptions: [] },
    environments: { migration: {}, api: {}, payment: {}, notification: {} },
};
const run = { stack: "dev", platform, merchants: ["example-shop"], port: 0, cacheServer: "valkey-server" };
const demo = { ...run, action: "demo" };

/** A session without a process. */
const session = {
    address: "http://localhost:5000",
    apiKeys: { "example-shop": "key-of-the-shop" },
    servicePorts: { api: 5004 },
    running: { machine },
} as unknown as LocalSession;

/** The life that a scenario must have. */
const expectedLife = ({ requests, history, events, reason }: Scenario): Life => ({
    requests: requests.map(({ what, status, replayed = false }) => ({ what, status, replayed, time: 0, problems: [] })),
    payments: history.length === 0 ? 0 : 1,
    history: history.map((status, index) => ({
        ...{ status, time: index },
        ...(index === history.length - 1 && reason !== undefined && { reason }),
    })),
    messages: [],
    events: events.map((type, index) => ({ type, position: index, time: index })),
});
const asExpected: LiveIn = (_session, scenario) => Promise.resolve(expectedLife(scenario));

/** Processes that write lines, and do the work. */
const processes = (lines: readonly string[] = [], liveIn = asExpected): Processes => ({
    inSession: async ({ onLine }, work) => {
        for (const line of lines) {
            onLine("api", line);
        }
        await work(session);
    },
    liveIn,
});

/** Runs it. @returns what it printed and how it ended */
async function runIt(args: Parameters<typeof runSession>[0], given: Processes) {
    const { context, written } = toolContext();
    const error = await runSession(args, context, given).then(
        () => undefined,
        (reason: unknown) => reason as ExitError,
    );
    return { out: written.out, reason: error?.exitReason, message: error?.message };
}

test("the demonstration prints every life, and that all were as expected, and none of the programs' lines", async () => {
    const { out, reason } = await runIt(demo, processes(["a line of the api"]));
    expect(reason).toBeUndefined();
    expect(out).toContain(`dev on this machine: ${scenarios.length} payments\n`);
    for (const { title } of scenarios) {
        expect(out).toContain(`\n${title}: `);
    }
    expect(out.endsWith("\nevery payment as expected\n")).toBe(true);
    expect(out).not.toContain("a line of the api");
});

test("lives that are not as expected fail with their titles, after all have been shown", async () => {
    const liveIn: LiveIn = (_session, scenario) =>
        Promise.resolve(
            ["declined", "refunded"].includes(scenario.title)
                ? { ...expectedLife(scenario), events: [] }
                : expectedLife(scenario),
        );
    const { out, reason, message } = await runIt(demo, processes(["a line of the api"], liveIn));
    expect({ reason, message }).toEqual({ reason: "failed", message: "not as expected: declined; refunded" });
    expect(out.match(/NOT AS EXPECTED: events/g)).toHaveLength(2);
    expect(out).toContain("\nfailed after its authorization: ");
    expect(out).not.toContain("every payment as expected");
});

test("a demonstration that a part ends fails with the last 20 lines of the programs and the reason", async () => {
    const lines = Array.from({ length: 22 }, (_, index) => `line ${index}.`);
    const liveIn = () => Promise.reject(new Error("the payment service has ended with 7"));
    const { reason, message = "" } = await runIt(demo, processes([...lines, '{"_aws":{}}'], liveIn));
    expect(reason).toBe("failed");
    expect(message.split("\n")).toHaveLength(21);
    expect(message).not.toContain("line 1.");
    expect(message).toContain("api           line 2.\n");
    expect(message.endsWith("line 21.\nthe payment service has ended with 7")).toBe(true);
});

test.each([
    new ExitError("refused", "said by the part itself"),
    new ExitError("cancelled", "Cancelled"),
    Object.assign(new Error("The operation was aborted"), { name: "AbortError" }),
])("%s passes unchanged", async (error) => {
    const { context } = toolContext();
    const given = processes(["a line of the api"], () => Promise.reject(error));
    await expect(runSession(demo, context, given)).rejects.toBe(error);
});

test("without an action the addresses are printed, then the lines as they come, until the operator cancels", async () => {
    const { context, written } = toolContext();
    const seen: LocalSessionArgs[] = [];
    const given: Processes = {
        inSession: async (args, work) => {
            seen.push(args);
            args.onStep("starting the services");
            const cancelled = new Promise<never>((_, reject) => {
                args.signal.addEventListener("abort", () => {
                    reject(args.signal.reason as Error);
                });
            });
            const working = work(session);
            args.onLine("api", "a line of the api");
            args.onLine("api", '{"_aws":{},"PaymentsAccepted":1}');
            context.interrupt.cancel(false);
            await Promise.race([working, cancelled]);
        },
    };
    await expect(runSession(run, context, given)).rejects.toMatchObject({
        exitReason: "cancelled",
        message: "Cancelled; all its processes have ended, and their files are removed",
    });
    expect(written.out).toMatch(/API Gateway [^]*curl -i [^]*api +a line of the api\n$/);
    expect(seen[0]).toMatchObject({ platform, merchants: ["example-shop"], port: 0, cacheServer: "valkey-server" });
    expect(existsSync(seen[0]?.directory ?? "/")).toBe(false);
});

test("what fails without an action is the reason alone: the lines are shown already", async () => {
    const given: Processes = {
        inSession: ({ onLine }) => {
            onLine("api", "a line of the api");
            return Promise.reject(new Error("redis-server has ended"));
        },
    };
    const { out, reason, message } = await runIt(run, given);
    expect({ reason, message }).toEqual({ reason: "failed", message: "redis-server has ended" });
    expect(out).toContain("a line of the api\n");
});

test("a stack without merchants or a service is refused before a process starts", async () => {
    const started: LocalSessionArgs[] = [];
    const given: Processes = { inSession: (args) => Promise.resolve(void started.push(args)) };
    const args = { ...demo, merchants: [], platform: { ...platform, environments: { api: {}, payment: {} } } };
    expect(await runIt(args, given)).toEqual({
        out: "",
        reason: "failed",
        message:
            "dev cannot run on this machine: its plan lacks the task of the migration, services.notification, a merchant in gateway.merchants",
    });
    expect(started).toEqual([]);
});
