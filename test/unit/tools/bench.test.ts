import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { planScript } from "../../../checks/pack/offline-plan.ts";
import { readSettingsOfStack } from "../../../plan/stack-settings.ts";
import { createPlanCopy } from "../../../tools/bench/copies.ts";
import { multiplyServices } from "../../../tools/bench/many-services.ts";
import { measure } from "../../../tools/bench/measure.ts";
import { formatBenchTable, isWithinBudget } from "../../../tools/bench/table.ts";
import { testProjectFolder } from "../../project.ts";

let folder: string;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bench-"));
});
afterEach(() => {
    rmSync(folder, { recursive: true });
});

const stackFile = `
config:
  payment-platform:environment: prod
  payment-platform:database: { minAcu: 2, maxAcu: 64, readers: 2 }
  payment-platform:services:
    api: { path: /api/*, priority: 10, minTasks: 2 }
    payment: { path: /payment/*, priority: 20, minTasks: 3, consumes: processing }
`;

test("additional services are copies with their own names and paths, and share no queue; the database has connections for all", () => {
    expect(parse(multiplyServices(stackFile, 5))).toEqual({
        config: {
            "payment-platform:environment": "prod",
            "payment-platform:database": { instanceClass: "db.r8g.16xlarge", readers: 2 },
            "payment-platform:services": {
                api: { path: "/api/*", priority: 10, minTasks: 2 },
                payment: { path: "/payment/*", priority: 20, minTasks: 3, consumes: "processing" },
                "api-1": { path: "/api-1/*", minTasks: 2 },
                "payment-1": { path: "/payment-1/*", minTasks: 3 },
                "api-2": { path: "/api-2/*", minTasks: 2 },
            },
        },
    });
});

test("a copy of prod runs the program of the project itself", () => {
    const copy = createPlanCopy(testProjectFolder, folder, 4);
    expect(parse(readFileSync(join(copy, "Pulumi.yaml"), "utf8"))).toMatchObject({
        main: join(process.cwd(), "index.ts"),
    });
    expect(existsSync(join(copy, "validator", "handler.ts"))).toBe(true);
    const { config } = parse(readFileSync(join(copy, "Pulumi.prod.yaml"), "utf8")) as {
        config: Record<string, object>;
    };
    expect(Object.keys(config["payment-platform:services"] ?? {})).toHaveLength(4);
});

test.each([12, 40])("the settings of a copy with %i services are valid", (count) => {
    const copy = createPlanCopy(testProjectFolder, folder, count);
    expect(() => readSettingsOfStack(copy, "prod")).not.toThrow();
});

test("the measured script is the one that users run", () => {
    // In the folder of a copy, which has none of these files.
    expect(planScript(process.cwd()).slice(-4)).toEqual([
        "--require",
        join(process.cwd(), "lib", "node-version.cjs"),
        join(process.cwd(), "tools", "run.ts"),
        "plan",
    ]);
});

test("time and peak memory of a whole process are measured, and a failing one is no measurement", () => {
    const script = "Buffer.alloc(100e6, 1); setTimeout(() => {}, 50)";
    const { seconds, cpuSeconds, megabytes } = measure(["-e", script], folder, 1);
    expect(cpuSeconds).toBeGreaterThan(0);
    expect(seconds).toBeGreaterThan(0.05);
    expect(megabytes).toBeGreaterThan(100);
    expect(() => measure(["-e", "throw new Error('no such stack')"], folder, 1)).toThrow("no such stack");
});

test("a run that is too slow or too large exceeds the budget", () => {
    expect(isWithinBudget({ seconds: 1.2, megabytes: 300 })).toBe(true);
    expect(isWithinBudget({ seconds: 1.21, megabytes: 100 })).toBe(false);
    expect(isWithinBudget({ seconds: 0.5, megabytes: 301 })).toBe(false);
});

test("the columns of the table are aligned", () => {
    const rows = [
        { label: "plan", resources: 230, seconds: 0.812, cpuSeconds: 0.9, megabytes: 195 },
        { label: "another", seconds: 6, cpuSeconds: 10.04, megabytes: 1024 },
    ];
    expect(formatBenchTable(rows).split("\n")).toEqual([
        "         resources  seconds  CPU seconds  peak MB",
        "plan           230     0.81         0.90      195",
        "another                6.00        10.04     1024",
        "",
    ]);
});
