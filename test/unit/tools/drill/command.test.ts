import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { Interrupt } from "../../../../tools/frame/interrupt.ts";
import { copyProject } from "../../../project.ts";
import { terminalWith } from "../deploy/fakes.ts";
import { runTool } from "../run-tool.ts";
import { startTime, inputsOfCalls, drillContextOn } from "./fakes.ts";
import { fakeAccountForRestore } from "./fake-accounts.ts";

const succeeded = {
    MetricName: "DrillSucceeded",
    Dimensions: [{ Name: "Environment", Value: "dev" }],
    Unit: "Count",
    Value: 1,
};

let root: string;
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "drill-"));
    copyProject(root, ["dev", "prod"]);
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

/** Changes settings in the file of dev. */
function settingDev(settings: Record<string, unknown>): void {
    const file = join(root, "Pulumi.dev.yaml");
    const { config } = parse(readFileSync(file, "utf8")) as { config: object };
    writeFileSync(file, stringify({ config: { ...config, ...settings } }));
}

/** Runs the command against a fake AWS, with a terminal if there is an answer. */
async function drill(
    argv: string[],
    {
        answer,
        world = fakeAccountForRestore(),
        account = "123456789012",
        interrupt = new Interrupt(),
    }: {
        answer?: string;
        world?: ReturnType<typeof fakeAccountForRestore>;
        account?: string;
        interrupt?: Interrupt;
    } = {},
) {
    const { drillContext, calls } = drillContextOn({
        ...world,
        handlers: { ...world.handlers, GetCallerIdentity: () => ({ Account: account }) },
    });
    const result = await runTool("drill", argv, {
        root,
        terminal: answer === undefined ? undefined : terminalWith(answer),
        createClients: () => Promise.resolve(drillContext.clients),
        clock: drillContext.clock,
        interrupt,
    });
    return { ...result, calls };
}

test("a drill prints what it will do, waits for a confirmation, and prints how long the restore took", async () => {
    settingDev({ "payment-platform:recovery": { drillEveryDays: 90 } });
    const { code, out, err, calls } = await drill(["dev"], { answer: "yes" });
    expect({ code, out }).toEqual({
        code: 0,
        out: "database: restored in 60 s; 120 s would have been lost\ntransactions: restored in 30 s; 60 s would have been lost\n",
    });
    expect(err).toMatch(/^This restores payment-database-dev and payment-transactions-dev in us-east-1 into copies/);
    expect(inputsOfCalls(calls, "UpdateSchedule")).toHaveLength(1);
});

test.each([
    [["dev"], undefined, "pass --yes"],
    [["dev"], "no", "not confirmed; nothing was changed"],
    [["prod"], "yes", "not confirmed; nothing was changed"],
    [["prod", "--yes"], undefined, "pass --confirm prod"],
    [["prod", "--confirm", "dev"], undefined, "--confirm dev is not prod; nothing was changed"],
    [["prod", "--confirm", "yes"], undefined, "--confirm yes is not prod; nothing was changed"],
])("%j answered with %j makes no call to AWS", async (argv, answer, message) => {
    const { code, err, calls } = await drill(argv, { answer });
    expect(code).toBe(5);
    expect(err).toContain(message);
    expect(calls).toEqual([]);
});

test.each([
    [["nowhere", "--yes"], 'no stack "nowhere": there are dev, prod'],
    [[], "which stack? There are dev, prod"],
])("%j is refused", async (argv, message) => {
    const { code, err, calls } = await drill(argv);
    expect({ code, calls }).toEqual({ code: 2, calls: [] });
    expect(err).toContain(message);
});

test.each([[["dev", "--yes"]], [["prod", "--confirm", "prod"]]])("%j needs no confirmation", async (argv) => {
    const [stack = ""] = argv;
    const { handlers, state } = fakeAccountForRestore();
    const world = { state, handlers: { ...handlers } };
    const { calls } = await drill(argv, { world });
    expect(inputsOfCalls(calls, "DescribeDBClusters")[0]).toEqual({ DBClusterIdentifier: `payment-database-${stack}` });
});

test("the next drill is due after `recovery.drillEveryDays`", async () => {
    settingDev({ "payment-platform:recovery": { drillEveryDays: 30 } });
    const { calls } = await drill(["dev", "--yes"]);
    const [update] = inputsOfCalls(calls, "UpdateSchedule");
    const days = ((update?.StartDate as Date).getTime() - startTime) / (24 * 60 * 60 * 1000);
    expect(Math.floor(days)).toBe(30);
});

test("with `recovery.drillEveryDays` 0 a drill succeeds, and does not change the schedule", async () => {
    settingDev({ "payment-platform:recovery": { drillEveryDays: 0 } });
    const { code, calls } = await drill(["dev", "--yes"]);
    expect(code).toBe(0);
    const [noted] = inputsOfCalls(calls, "PutMetricData");
    expect(noted).toMatchObject({ MetricData: expect.arrayContaining([succeeded]) });
    expect(calls.map(({ name }) => name)).not.toContain("UpdateSchedule");
});

test("a store that the drill skips is printed with its reason, after the restored one", async () => {
    const { code, out } = await drill(["dev", "--yes"], { world: fakeAccountForRestore({}, {}, "DISABLED") });
    expect({ code, out }).toEqual({
        code: 0,
        out:
            "database: restored in 60 s; 120 s would have been lost\ntransactions: skipped, " +
            "payment-transactions-dev has no point-in-time recovery (transactions.pointInTimeRecovery)\n",
    });
});

test("credentials of another account than the stack's are refused before anything is restored", async () => {
    settingDev({ "payment-platform:accountId": "210987654321" });
    const { code, err, calls } = await drill(["dev", "--yes"]);
    expect(code).toBe(1);
    expect(err).toContain("credentials: they are of account 123456789012, the stack's accountId is 210987654321");
    expect(calls.map(({ name }) => name)).toEqual(["GetCallerIdentity"]);
});

test("a drill that fails prints the reason and ends with 1", async () => {
    const { code, err, out } = await drill(["dev", "--yes"], { world: fakeAccountForRestore({ Status: "stopped" }) });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("the database must be available");
});

test.each([
    [
        "names what could not be undone",
        true,
        /\nthe drill was cancelled\nstill to be put back: the cluster payment-drill-database-dev-\S+ \(not within 60 minutes/,
    ],
    [
        "says no more where everything was undone",
        false,
        /\nCancelled; every change is undone, unless it is named below\n$/,
    ],
])("a drill that Ctrl-C ends %s", async (_, isDenied, lastLines) => {
    const { handlers, state } = fakeAccountForRestore();
    const interrupt = new Interrupt();
    const world: ReturnType<typeof fakeAccountForRestore> = {
        state,
        handlers: {
            ...handlers,
            RestoreDBClusterToPointInTime: (input) => {
                interrupt.cancel(true);
                return handlers.RestoreDBClusterToPointInTime?.(input) ?? {};
            },
            ...(isDenied ? { DeleteDBCluster: () => new Error("not authorized") } : {}),
        },
    };
    const { code, err } = await drill(["dev", "--yes"], { world, interrupt });
    expect(code).toBe(130);
    expect(err).toMatch(lastLines);
});

test("invalid settings are reported as in every other command", async () => {
    settingDev({ "payment-platform:recovery": { drillEveryDays: 366 } });
    const { code, err } = await drill(["dev", "--yes"]);
    expect(code).toBe(1);
    expect(err).toContain("recovery.drillEveryDays");
});

test("the help names its page of the docs", async () => {
    const { code, out } = await drill(["--help"]);
    expect(code).toBe(0);
    expect(out).toContain("See docs/drills.md.");
});
