import { expect, test } from "@jest/globals";
import { guardrails } from "../../../lib/settings/guardrails.ts";
import { forEachService, isValidSoFar, checkRule, fieldPath, type SettingRule } from "../../../lib/settings/rule.ts";
import { settingRules } from "../../../lib/settings/rules.ts";
import { type PlatformSettings, readSettings } from "../../../lib/settings.ts";
import { readStackConfig, withSettings } from "./stack-config.ts";

const dev = readStackConfig("dev");
const certificate = {
    source: "arn",
    arn: "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000",
    domainName: "pay.example.com",
    zoneName: "example.com",
};
/** Settings of every kind that a rule branches on. */
const samples = [
    dev,
    readStackConfig("prod"),
    withSettings(dev, { "network.egress": "nat", "network.natGateways": "single", accountId: "123456789012" }),
    withSettings(dev, {
        "network.egress": "nat",
        "network.natGateways": "single",
        "services.payment.acquirer": { url: "https://api.acquirer.example" },
        "alarmThresholds.reconciliation-late": 200_000,
    }),
    withSettings(dev, { accountId: "123456789012", certificate, tags: { Owner: "payments" } }),
].map((config) => {
    const { settings } = readSettings(config, [], "2026-06-30");
    if (settings === undefined) {
        throw new Error("the sample is not valid");
    }
    return settings;
});

/** The settings, which note every value that is looked at: plain values, lists, and names by listing a group. */
function watched<T extends object>(value: T, path: readonly string[], seen: string[][]): T {
    return new Proxy(value, {
        get(target, key, receiver) {
            const inner: unknown = Reflect.get(target, key, receiver);
            const at = [...path, String(key)];
            if (typeof inner === "object" && inner !== null && !Array.isArray(inner)) {
                return watched(inner, at, seen);
            }
            seen.push(at);
            return inner;
        },
        ownKeys(target) {
            seen.push([...path]);
            return Reflect.ownKeys(target);
        },
    });
}

function undeclared(rule: SettingRule, settings: PlatformSettings): string[] {
    const services = rule.field.includes("@") ? Object.keys(settings.services) : [""];
    return services.flatMap((service) => {
        const seen: string[][] = [];
        const watchedSettings = watched(settings, [], seen);
        rule.isMet(watchedSettings, service, "2026-06-30");
        if (typeof rule.must !== "string") {
            rule.must(watchedSettings, service);
        }
        const declared = ["services", rule.field, ...rule.reads].map((field) => fieldPath(field, service));
        const isDeclared = (path: string[]) => declared.some((field) => !isValidSoFar([path], field));
        // The region is at its own path, outside of our namespace.
        return seen
            .map((path) => (path[0] === "region" ? ["aws:region"] : path))
            .flatMap((path) => (isDeclared(path) ? [] : [path.join(".")]));
    });
}

// A rule that reads a field it does not declare would look at a value that is not of the type it expects, and crash.
test.each([...settingRules, ...guardrails].map((rule) => [`${rule.name} (${rule.field})`, rule] as const))(
    "%s declares every field it reads",
    (_name, rule) => {
        expect(samples.flatMap((settings) => undeclared(rule, settings))).toEqual([]);
    },
);

test("a rule may report a field of a group that is missing", () => {
    const rule: SettingRule = { name: "x", why: "", field: "a.b.c", reads: [], must: "be there", isMet: () => false };
    expect(samples.map((settings) => checkRule(rule, settings, [], "2026-06-30").problems)).toContainEqual([
        { path: ["a", "b", "c"], message: "must be there", got: undefined },
    ]);
});

test("a rule for a service that is missing is a programming error", () => {
    const rule = forEachService({ name: "x", why: "", field: "services.@", reads: [], must: "", isMet: () => true });
    expect(() => samples.map((settings) => rule.isMet(settings, "nobody", "2026-06-30"))).toThrow(
        'no service "nobody" in the settings',
    );
});
