import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { stringify } from "yaml";
import { planStack } from "../../../plan/plan.ts";
import {
    exclusiveSettingsOf,
    exclusiveSettingsOfOthers,
    conflictsWithOthers,
    nameConflicts,
    type ExclusiveSettings,
} from "../../../plan/stack-conflicts.ts";
import { rejectedPlanProblems } from "../../recorder.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";

const claims = (stack: string, changes: Partial<ExclusiveSettings> = {}): ExclusiveSettings => ({
    stack,
    account: "111122223333",
    region: "eu-west-1",
    suffix: stack,
    services: ["api"],
    domain: undefined,
    creates: [],
    ...changes,
});
const creating = (stack: string, changes: Partial<ExclusiveSettings> = {}): ExclusiveSettings =>
    claims(stack, { creates: ["guardDuty", "config"], ...changes });

test("two stacks that both create a service of one account are refused by name, with the fix", () => {
    expect(
        conflictsWithOthers(creating("dev", { creates: ["guardDuty"] }), [creating("dev"), creating("prod")]),
    ).toEqual([
        'payment-platform:accountServices.guardDuty must be "create" in one stack of an account and region, and dev and ' +
            'prod both create it in 111122223333, eu-west-1: set one of them to "adopt"',
    ]);
});

test("each service and each other stack is a problem of its own", () => {
    expect(conflictsWithOthers(creating("dev"), [creating("staging"), creating("prod")])).toHaveLength(4);
});

test.each([
    ["another account", { account: "444455556666" }],
    ["an account that is not said", { account: undefined }],
    ["another region", { region: "us-east-1" }],
    ["other services", { creates: ["securityHub"] }],
])("a stack with %s may create what this one creates", (_, changes) => {
    expect(conflictsWithOthers(creating("dev"), [creating("prod", changes)])).toEqual([]);
});

test("two stacks without an account ID may be in two accounts, and create the same", () => {
    const unsaid = { account: undefined };
    expect(conflictsWithOthers(creating("dev", unsaid), [creating("prod", unsaid)])).toEqual([]);
});

const sameSuffix = { suffix: "dev" };

test.each<[string, Partial<ExclusiveSettings>, Partial<ExclusiveSettings>, string]>([
    ["one account", {}, {}, " in account 111122223333"],
    ["another region of it", {}, { region: "us-east-1" }, " in account 111122223333"],
    [
        "an account that one does not say",
        {},
        { account: undefined },
        ", unless accountId says that their accounts differ (alice does not set it)",
    ],
    [
        "accounts that neither says",
        { account: undefined },
        { account: undefined },
        ", unless accountId says that their accounts differ (dev and alice do not set it)",
    ],
])("two stacks with one suffix are refused in %s", (_, one, other, where) => {
    expect(conflictsWithOthers(claims("dev", one), [claims("alice", { ...sameSuffix, ...other })])).toEqual([
        'payment-platform:environmentSuffix must differ: dev and alice both have "dev" and would have the same names' +
            `${where}: change the one that is not deployed yet`,
    ]);
});

test("two stacks with one suffix or one domain may be in two accounts", () => {
    const taken = { suffix: "dev", domain: "pay.example.com" };
    expect(conflictsWithOthers(claims("dev", taken), [claims("alice", { ...taken, account: "444455556666" })])).toEqual(
        [],
    );
});

test("stacks without a suffix or a domain conflict with none", () => {
    const none = { suffix: undefined, domain: undefined };
    expect(conflictsWithOthers(claims("dev", none), [claims("alice", none)])).toEqual([]);
});

test("two stacks with one domain are refused", () => {
    const domain = { domain: "pay.example.com" };
    expect(conflictsWithOthers(claims("blue", domain), [claims("green", domain)])).toEqual([
        'payment-platform:certificate.domainName must differ: blue and green would both create the record of "pay.example.com" ' +
            "in Route 53 in account 111122223333: set another domain for one of them",
    ]);
});

const queues = ["payment-notifications-dev", "payment-notifications-dlq-dev", "payment-api-dev"];

test.each<[string, ExclusiveSettings, string[], ExclusiveSettings, string | undefined]>([
    ["a suffix that begins like a dead-letter queue", claims("dev"), queues, claims("dlq-dev"), "notifications-dlq-…"],
    [
        "the same, planned from the other side",
        claims("dlq-dev"),
        ["payment-notifications-dlq-dev", "payment-notifications-dlq-dlq-dev"],
        claims("dev"),
        "notifications-dlq-…",
    ],
    [
        "the name of a service in a suffix",
        claims("dev"),
        queues,
        claims("v2-dev", { services: ["api-v2"] }),
        "api-v2-…",
    ],
    ["a suffix that ends like another", claims("dev"), queues, claims("alice-dev"), undefined],
    ["suffixes that have nothing in common", claims("dev"), queues, claims("dlq-prod"), undefined],
    ["another account", claims("dev"), queues, claims("dlq-dev", { account: "444455556666" }), undefined],
])("names that two suffixes make equal are found: %s", (_, stack, names, other, expected) => {
    const found = nameConflicts(stack, names, [other]);
    expect(found).toEqual(
        expected === undefined
            ? []
            : [expect.stringContaining(`both have payment-${expected} in account 111122223333`)],
    );
});

const folders: string[] = [];
afterEach(() => {
    folders.splice(0).forEach((folder) => {
        rmSync(folder, { recursive: true });
    });
});

/** A project with these stack files. */
function project(stacks: Record<string, string>): string {
    const root = mkdtempSync(join(tmpdir(), "conflicts-"));
    folders.push(root);
    writeFileSync(join(root, "Pulumi.yaml"), "name: payment-platform\nmain: index.js\n");
    writeFileSync(join(root, "index.js"), "module.exports = { default: () => ({}) };\n");
    for (const [stack, content] of Object.entries(stacks)) {
        writeFileSync(join(root, `Pulumi.${stack}.yaml`), content);
    }
    return root;
}

const file = (service: string, account: string) =>
    [
        "config:",
        "  aws:region: eu-west-1",
        `  payment-platform:accountId: ${account}`,
        "  payment-platform:accountServices:",
        `    guardDuty: ${service}`,
        "",
    ].join("\n");

const same = '"111122223333"';

test("planning a stack reads the files of the others and refuses", async () => {
    const root = project({ dev: file("create", same), prod: file("create", same), other: file("adopt", same) });
    const problems = await rejectedPlanProblems(planStack(root, "dev"));
    expect(problems.filter((problem) => problem.includes("both create"))).toEqual([
        expect.stringContaining("dev and prod both create it in 111122223333, eu-west-1"),
    ]);
    expect((await planStack(root, "other")).stack).toBe("other");
});

test("a conflict with another stack does not hide what is wrong with the settings themselves", async () => {
    const root = project({
        dev: stringify({ config: withSettings(readStackConfig("dev"), { unknwon: 1 }) }),
        other: stringify({ config: readStackConfig("dev") }),
    });
    writeFileSync(join(root, "Pulumi.yaml"), `name: payment-platform\nmain: ${resolve("index.ts")}\n`);
    const problems = (await rejectedPlanProblems(planStack(root, "dev"))).join("\n");
    expect(problems).toContain("payment-platform:unknwon is not a setting");
    expect(problems).toContain('environmentSuffix must differ: dev and other both have "dev"');
});

test("planning continues when the files are of two accounts", async () => {
    const root = project({ dev: file("create", same), prod: file("create", '"444455556666"') });
    expect((await planStack(root, "dev")).stack).toBe("dev");
});

test("planning the platform refuses a suffix that gives a name of another stack", async () => {
    const suffixed = (environmentSuffix: string) =>
        stringify({ config: withSettings(readStackConfig("dev"), { environmentSuffix }) });
    const root = project({ dev: suffixed("dev"), queues: suffixed("dlq-dev"), alice: suffixed("alice-dev") });
    writeFileSync(join(root, "Pulumi.yaml"), `name: payment-platform\nmain: ${resolve("index.ts")}\n`);
    expect(await rejectedPlanProblems(planStack(root, "queues"))).toEqual([
        expect.stringMatching(/"dlq-dev" of queues and "dev" of dev both have payment-\w+-dlq-…/),
    ]);
});

test("a file of another stack that is no valid YAML is reported as that stack's problem", () => {
    const root = project({
        broken: "config: [",
        wrong: "config:\n  payment-platform:accountServices: create\n",
        quoted: 'config:\n  payment-platform:accountServices: "{guardDuty: create}"\n',
        empty: "",
        dev: "",
    });
    expect(exclusiveSettingsOfOthers(root, "dev").map(({ stack, creates }) => ({ stack, creates }))).toEqual([
        { stack: "empty", creates: [] },
        { stack: "quoted", creates: [] },
        { stack: "wrong", creates: [] },
    ]);
});

test("a stack owns the record of its domain when it names the zone", () => {
    const certificate = { source: "arn", domainName: "pay.example.com" };
    const claimed = (settings: object) =>
        exclusiveSettingsOf("dev", { "payment-platform:certificate": JSON.stringify(settings) }).domain;
    expect(claimed({ ...certificate, zoneName: "example.com" })).toBe("pay.example.com");
    expect(claimed(certificate)).toBeUndefined();
});
