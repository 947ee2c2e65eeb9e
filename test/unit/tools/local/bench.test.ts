import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { assumptions } from "../../../../analysis/capacity/assumptions.ts";
import { readSettingsOfStack } from "../../../../plan/stack-settings.ts";
import { testProjectFolder, testStacks } from "../../../project.ts";
import { redisCommands } from "../../../../tools/local/bench/counts.ts";
import { quantilesOf } from "../../../../tools/local/bench/latencies.ts";
import {
    brokenPromises,
    figureRows,
    formatFigures,
    type Figures,
    type Latencies,
} from "../../../../tools/local/bench/figures.ts";

const latencies = (changed: Partial<Latencies> = {}): Latencies => ({
    ...{ requests: 12_000, perSecond: 200, p50: 2, p99: 20, slowest: 30, failed: 0, ...changed },
});
const counts = { statements: 1000, commands: 12_000, calls: 100 };

const figures: Figures = {
    cached: latencies(),
    withoutCache: latencies({ p99: 80 }),
    payments: {
        accepted: latencies({ requests: 2000, perSecond: 180, p99: 170 }),
        seconds: 16,
        captured: 2000,
        counts: { statements: 48_000, commands: 24_000, calls: 6000 },
        cpuSeconds: { api: 4, payment: 6, notification: 5 },
    },
    unpaused: { ...latencies({ requests: 720_000, perSecond: 2000 }), cpuSeconds: 216, counts },
    megabytes: [200, 204, 205.4],
    memoryMib: 512,
    alone: { statements: 30, commands: 12, calls: 8 },
    atRest: { statements: 360, commands: 60, calls: 4 },
};

test("a run that keeps the promises is not refused for what it does without a pause", () => {
    expect(brokenPromises(figures)).toEqual([]);
    expect(brokenPromises({ ...figures, unpaused: { ...figures.unpaused, p99: 2000 } })).toEqual([]);
});

test.each<[string, Partial<Figures>]>([
    ["p99 of status checks from the cache is 50.0 ms, and must be below 50 ms", { cached: latencies({ p99: 50 }) }],
    [
        "p99 of status checks without Redis is 1000.0 ms, and must be below 1000 ms",
        { withoutCache: latencies({ p99: 1000 }) },
    ],
    ["190 status checks from the cache a second were answered of 200", { cached: latencies({ perSecond: 190 }) }],
    ["150 status checks without Redis a second were answered of 200", { withoutCache: latencies({ perSecond: 150 }) }],
    ["1 of 12000 status checks from the cache failed", { cached: latencies({ failed: 1 }) }],
    ["3 of 12000 status checks without Redis failed", { withoutCache: latencies({ failed: 3 }) }],
    ["7 of 720000 status checks without a pause failed", { unpaused: { ...figures.unpaused, failed: 7 } }],
    [
        "2 of 2000 payments failed",
        { payments: { ...figures.payments, accepted: latencies({ requests: 2000, failed: 2 }) } },
    ],
    [
        "a payment takes 5.0 ms of CPU in api, and must take less than half of the 10 ms that requestsPerTaskPerMinute assumes",
        { payments: { ...figures.payments, cpuSeconds: { api: 10 } } },
    ],
    ["api has 513 MB of memory, and its task 512 MiB", { megabytes: [200, 513, 300] }],
    ["1999 of 2000 payments were captured", { payments: { ...figures.payments, captured: 1999 } }],
])("a broken promise: %s", (line, changed) => {
    expect(brokenPromises({ ...figures, ...changed })).toEqual([line]);
});

test("the figures of a payment and of a status check are those of one", () => {
    const rows = Object.fromEntries(figureRows(figures));
    expect(rows["CPU of a status check"]).toBe("0.30 ms of api");
    expect(rows["CPU of a payment"]).toBe("2.00 ms of api, 3.00 ms of payment, 2.50 ms of notification");
    expect(rows["Payments to their final status"]).toBe("125 a second");
    expect(rows["A captured payment takes, with its events, without a pause"]).toBe(
        "24.0 statements of PostgreSQL, 12.0 commands of Redis, 3.0 calls of SQS and SNS",
    );
    expect(formatFigures(figures).split("\n")).toContainEqual(
        expect.stringMatching(/^Memory of api, .* {2}200, 204, 205 MB of 512 MiB; 1 MB more in the second half$/),
    );
});

test("answers that come later than the interval count for the requests that waited behind them", () => {
    const tens = Array<number>(98).fill(10);
    expect(quantilesOf([...tens, 20, 30], Infinity)).toEqual({ p50: 10, p99: 30, slowest: 30 });
    // 250 ms at an interval of 50 ms: the next ones wait for 200, 150, 100 and 50 ms.
    expect(quantilesOf([...tens, 250], 50)).toEqual({ p50: 10, p99: 200, slowest: 250 });
    expect(quantilesOf([], 50)).toEqual({ p50: NaN, p99: NaN, slowest: NaN });
});

test("commands of Redis are those that were sent: not those of the script, nor pings", () => {
    const line = (name: string, calls: number) => `cmdstat_${name}:calls=${calls},usec=1,usec_per_call=0.5`;
    const statistics = [
        line("get", 1),
        line("set", 2),
        line("eval", 4),
        line("hget", 14),
        line("hset", 4),
        line("ping", 99),
    ];
    expect(redisCommands(["# Commandstats", ...statistics].join("\r\n"))).toBe(1 + 2 + 4 + 10);
    expect(redisCommands("")).toBe(0);
});

test("the most expensive request takes at most half of the CPU that the settings and the simulation take for one", () => {
    const [, milliseconds] =
        /\| CPU of a payment \| ([\d.]+) ms of api,/.exec(readFileSync("docs/load.md", "utf8")) ?? [];
    expect(Number(milliseconds)).toBeGreaterThan(0);
    expect(Number(milliseconds)).toBeLessThan(1000 / assumptions.requestsPerVcpuSecond / 2);
});

test.each(testStacks)("%s scales out at the requests that keep its tasks as busy as assumed", (stack) => {
    const { api } = readSettingsOfStack(testProjectFolder, stack).services;
    const vcpus = (api?.cpuUnits ?? 0) / 1024;
    const perMinute = vcpus * assumptions.requestsPerVcpuSecond * 60 * (assumptions.utilization / 100);
    expect(api?.requestsPerTaskPerMinute).toBe(perMinute);
});
