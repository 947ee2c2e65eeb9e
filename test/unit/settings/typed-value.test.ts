import { expect, test } from "@jest/globals";
import { readSettings } from "../../../lib/settings.ts";
import { readStackConfig, withSettings } from "./stack-config.ts";

const dev = readStackConfig("dev");
const read = (changes: Readonly<Record<string, unknown>>) => readSettings(withSettings(dev, changes), [], "2026-06-30");

// Each as `pulumi config set --path` 3.274 was seen to write it.
test.each<[string, unknown, object]>([
    ["database.minAcu", "0.5", { database: { minAcu: 0.5 } }],
    ["database.maxAcu", "4.0", { database: { maxAcu: 4 } }],
    ["database.engineVersion", 16, { database: { engineVersion: "16" } }],
    ["database.monitoringIntervalSeconds", "15", { database: { monitoringIntervalSeconds: 15 } }],
    ["deletionProtection", "true", { deletionProtection: true }],
    ["edge.httpRedirect", "true", { edge: { httpRedirect: true } }],
    ["compute.execCommand", "false", { compute: { execCommand: false } }],
    ["services.api.cpuUnits", "256", { services: { api: { cpuUnits: 256 } } }],
    ["gateway.merchants.example-shop.burst", "5", { gateway: { merchants: { "example-shop": { burst: 5 } } } }],
    ["tags", { Release: 7, On: true }, { tags: { Release: "7", On: "true" } }],
    ["alarmThresholds.function-errors", "3", { alarmThresholds: { "function-errors": 3 } }],
    [
        "transactions.capacity",
        { mode: "provisioned", units: "5", maxUnits: "50" },
        { transactions: { capacity: { mode: "provisioned", units: 5, maxUnits: 50 } } },
    ],
])("%s may be written as %j", (field, value, expected) => {
    expect(read({ [field]: value }).settings).toMatchObject(expected);
});

test.each<[string, unknown, string]>([
    ["cache.nodes", "", 'must be a whole number from 1 to 6, got ""'],
    ["cache.nodes", "01", 'must be a whole number from 1 to 6, got "01"'],
    ["cache.nodes", "0x1", 'must be a whole number from 1 to 6, got "0x1"'],
    ["cache.nodes", true, "must be a whole number from 1 to 6, got true"],
    ["edge.httpRedirect", "yes", 'must be true or false, got "yes"'],
    ["edge.httpRedirect", 1, "must be true or false, got 1"],
    ["tags.Release", 1.5, "must be text (in quotes, if it looks like a number), got 1.5"],
    ["waf.countOnly", "true", 'must be a list, got "true"'],
    ["transactions.capacity", { mode: "other" }, 'must be "on-demand" or "provisioned", got "other"'],
])("%s must not be written as %j", (field, value, message) => {
    const [problem, ...others] = read({ [field]: value }).problems ?? [];
    expect(problem).toMatch(new RegExp(`^payment-platform:${field}`));
    expect(problem).toContain(message);
    expect(others).toEqual([]);
});
