import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { randomRuns } from "../../random-runs.ts";
import { readSettings } from "../../../lib/settings.ts";
import { arbitrarySettings } from "./arbitrary.ts";
import { readStackConfig, type StackConfig, withSetting } from "./stack-config.ts";

const problemsOf = (config: StackConfig) => readSettings(config, [], "2026-06-30").problems;

test("settings of every valid kind are accepted", () => {
    fc.assert(
        fc.property(arbitrarySettings(), (config) => {
            expect(problemsOf(config)).toBeUndefined();
        }),
        { numRuns: randomRuns(50) },
    );
});

test("the generated settings are of many kinds", () => {
    const samples = fc.sample(arbitrarySettings(), { numRuns: 120, seed: 1 }).map((config) => {
        const { settings } = readSettings(config, [], "2026-06-30");
        return settings;
    });
    const kinds = (look: (settings: NonNullable<(typeof samples)[number]>) => unknown) =>
        [...new Set(samples.map((settings) => String(settings && look(settings))))].toSorted();
    expect(kinds(({ environment }) => environment)).toEqual(["QA 2/eu", "dev", "prod"]);
    expect(kinds(({ network }) => network.natGateways)).toEqual(["per-az", "single", "undefined"]);
    expect(kinds(({ network }) => network.availabilityZones)).toEqual(["2", "3", "4"]);
    expect(kinds(({ certificate }) => certificate.source)).toEqual(["arn", "dns", "self-signed"]);
    expect(kinds(({ database }) => database.minAcu === undefined)).toEqual(["false", "true"]);
    expect(kinds(({ cache }) => cache.engine)).toEqual(["redis", "valkey"]);
    expect(kinds(({ services }) => Object.values(services).some(({ path }) => path === undefined))).toEqual([
        "false",
        "true",
    ]);
    expect(kinds(({ queues }) => Object.keys(queues).length)).toEqual(["0", "1", "2", "3"]);
    expect(kinds(({ topics }) => Object.keys(topics).length)).toEqual(["0", "1", "2"]);
    expect(kinds(({ compute }) => compute.execCommand)).toEqual(["false", "true"]);
    expect(kinds(({ transactions }) => transactions.capacity.mode)).toEqual(["on-demand", "provisioned"]);
    expect(kinds(({ validation }) => validation.albPriority === undefined)).toEqual(["false", "true"]);
    expect(kinds(({ gateway }) => Object.keys(gateway.merchants).length > 0)).toEqual(["false", "true"]);
    expect(kinds(({ deletionProtection }) => deletionProtection)).toEqual(["false", "true"]);
    expect(kinds(({ services }) => Object.keys(services).length).length).toBeGreaterThan(15);
    expect(kinds(({ services }) => Object.values(services).some(({ publishes }) => publishes.length > 0))).toEqual([
        "false",
        "true",
    ]);
});

/** Values that are wrong for a field whatever the others are. */
const wrong: readonly (readonly [field: string, ...values: unknown[]])[] = [
    ["environment", "", "a#b", "e".repeat(257)],
    ["environmentSuffix", "Dev", "-dev", "dev-", "dev--1", "a".repeat(40), ""],
    ["accountId", "1234", "a23456789012"],
    ["deletionProtection", "on", "1"],
    ["applyImmediately", undefined, "no"],
    ["costCenter", undefined, "a\nb"],
    ["tags", { Environment: "x" }, { a: 1.5 }, []],
    ["network.cidr", "10.0.0.0/8", "11.0.0.0/16", "10.0.0.1/16", null, 7],
    ["network.availabilityZones", 0, 1, 5, 2.5, "two", undefined],
    ["network.endpointZones", -1, 5],
    ["network.egress", "internet"],
    ["edge", { tlsPolicy: "ELBSecurityPolicy-2016-08" }, { allowedCidrs: ["::/0"] }],
    ["certificate", { source: "dns" }, {}, "dns"],
    ["waf.requestsPer5Minutes", 9, "9", "2_000"],
    ["waf.countOnly", ["all"], "RateLimit"],
    ["database.minAcu", 0.25, 300],
    ["database.readers", 4, -1],
    ["database.backupRetentionDays", 0, 36],
    ["cache.nodes", 0, 5],
    ["cache.nodeType", "r7g.large"],
    ["services", {}, { cache: {} }, { api: null }],
    [
        "gateway",
        { corsOrigins: ["shop.example.com"] },
        { merchants: { Shop: {} } },
        { merchants: { ["s".repeat(33)]: {} } },
        // The validator accepts no shorter `merchantId`.
        { merchants: { sh: {} } },
        { merchants: { shop: { burst: 0 } } },
    ],
    ["validation.timeoutSeconds", 4, 31],
    ["validation.maxAmountMinor", 0, 1_000_000_000_000],
    ["transactions.retentionDays", 0, 36_501],
    ["transactions.capacity", { mode: "provisioned" }, { mode: "on-demand", units: 5 }, "on-demand"],
    ["accountServices", { guardDuty: true }],
    ["compute.spot", "all"],
    ["logs.auditRetentionDays", 366],
    ["alerts", { critical: ["a@b"] }],
    ["audit.cloudTrail", "yes"],
    ["aws:region", "us", undefined],
];

test("one invalid value among valid settings is refused, by the name of its field", () => {
    const wrongValue = fc
        .constantFrom(...wrong)
        .chain(([field, ...values]) => fc.constantFrom(...values).map((value) => ({ field, value })));
    fc.assert(
        fc.property(arbitrarySettings({ maxServices: 5 }), wrongValue, (config, { field, value }) => {
            expect(problemsOf(withSetting(config, field, value))?.join("\n")).toContain(field);
        }),
        { numRuns: randomRuns(50) },
    );
});

const fields = Object.keys(readStackConfig("prod"));
const junk = fc.oneof(fc.json(), fc.string(), fc.constantFrom("null", "[]", "{}", "-0", "[null]", '{"__proto__":1}'));

test("any value in a stack file is accepted or refused, and never causes a crash", () => {
    const known = fc.dictionary(fc.constantFrom(...fields, "payment-platform:waivers"), junk, {
        noNullPrototype: true,
    });
    fc.assert(
        fc.property(arbitrarySettings({ maxServices: 3 }), known, (config, changes) => {
            const { settings, problems } = readSettings({ ...config, ...changes }, [], "2026-06-30");
            expect(problems?.length ?? 1).toBeGreaterThan(0);
            expect((settings === undefined) === (problems === undefined)).toBe(false);
        }),
        { numRuns: randomRuns(50) },
    );
});

test("random values deep inside a setting never cause a crash", () => {
    const path = fc.constantFrom(
        ...["services.api", "services.api.sends", "services.api.consumes", "services.payment.path", "services.x.y"],
        ...["network.cidr", "database.minAcu", "waf.countOnly", "certificate.zoneName", "certificate.source"],
    );
    fc.assert(
        fc.property(path, fc.jsonValue(), path, fc.jsonValue(), (one, value, other, otherValue) => {
            const config = withSetting(withSetting(readStackConfig("prod"), one, value), "waivers", [otherValue]);
            expect(() => problemsOf(config)).not.toThrow();
            expect(() => problemsOf(withSetting(readStackConfig("prod"), other, otherValue))).not.toThrow();
        }),
        { numRuns: randomRuns(50) },
    );
});
