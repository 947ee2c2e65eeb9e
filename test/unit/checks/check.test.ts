import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { styleText } from "node:util";
import { expect, test } from "@jest/globals";
import type { Rule } from "../../../checks/rule.ts";
import { rules } from "../../../checks/rules.ts";
import { runRules } from "../../../checks/run-rules.ts";
import { renderCheckReport } from "../../../tools/check/render.ts";
import { buildCheckReport } from "../../../tools/check/report.ts";
import { today } from "../../../plan/stack-settings.ts";
import { linkCheckout, testProjectFolder } from "../../project.ts";
import type { StyleText } from "../../../tools/frame/context.ts";
import { runTool, type ToolResult } from "../tools/run-tool.ts";
import { planTestStack } from "../../stacks.ts";
import { readStackConfig } from "../settings/stack-config.ts";
import { settingsFromConfig } from "./config-plans.ts";

const day = today();
const daysAhead = (days: number): string => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

const check = (root: string, ...argv: string[]): Promise<ToolResult> => runTool("check", argv, { root });

/** A project whose platform breaks one rule, with these exceptions. */
async function inWeakened<T>(exceptions: object[], use: (root: string) => Promise<T>): Promise<T> {
    const root = mkdtempSync(join(tmpdir(), "check-"));
    try {
        const main = resolve("test/fixtures/weakened/index.ts");
        writeFileSync(join(root, "Pulumi.yaml"), `name: payment-platform\nruntime: nodejs\nmain: ${main}\n`);
        copyFileSync(join(testProjectFolder, "Pulumi.prod.yaml"), join(root, "Pulumi.prod.yaml"));
        mkdirSync(join(root, "checks"));
        writeFileSync(join(root, "checks", "exceptions.yaml"), JSON.stringify(exceptions));
        return await use(root);
    } finally {
        rmSync(root, { recursive: true });
    }
}

const broken = "encrypted-with-own-keys";
const exception = {
    rule: broken,
    stack: "prod",
    resource: "payment-processing-dlq-prod",
    reason: "The queue moves to its own key with the next release.",
    owner: "payments-operations",
    expires: daysAhead(366),
};

const summary = (excepted: number, failed: number): string =>
    `\n${rules.length} rules, ${rules.length - excepted - failed} passed, ${failed} failed, ${excepted} excepted\n`;

test("a stack that passes is one line, and --all lists each rule with its description", async () => {
    const brief = await check(testProjectFolder, "prod");
    expect(brief).toEqual({ code: 0, err: "", out: `payment-platform prod\n${summary(0, 0)}` });
    const { code, out, err } = await check(testProjectFolder, "prod", "--all");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const lines = out.split("\n").filter((line) => line.startsWith("✓ "));
    expect(lines.map((line) => line.replace(/ {2,}/, " "))).toEqual(
        rules.map(({ name, description }) => `✓ ${name} ${description}`),
    );
    expect(out).toMatch(new RegExp(`${summary(0, 0)}$`));
});

test("a failed rule is printed first, with the resource, the reason and the fix", async () => {
    const { brief, full } = await inWeakened([], async (root) => ({
        brief: await check(root, "prod"),
        full: await check(root, "prod", "--all"),
    }));
    expect([brief.code, full.code]).toEqual([1, 1]);
    const fix = rules.find(({ name }) => name === broken)?.fix ?? "none";
    expect(full.out.split("\n").slice(2, 5)).toEqual([
        expect.stringMatching(`^✗ ${broken} +All data at rest is encrypted`),
        ...brief.out.split("\n").slice(3, 5),
    ]);
    expect(brief.out.split("\n").slice(2)).toEqual([
        expect.stringMatching(`^✗ ${broken} +All data at rest is encrypted`),
        "    payment-processing-dlq-prod (sqs.Queue) must have a KMS key of the platform as kmsMasterKeyId",
        `    fix: ${fix}`,
        "",
        summary(0, 1).trim(),
        "",
    ]);
});

test("a stack passes with an exception, and the exception is printed", async () => {
    const { code, out } = await inWeakened([exception], (root) => check(root, "prod"));
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^~ ${broken} `, "m"));
    expect(out).toContain(
        `must have a KMS key of the platform as kmsMasterKeyId (excepted until ${exception.expires} by payments-operations: The queue moves`,
    );
    expect(out).toContain(summary(1, 0));
});

test("an expired exception fails, and its violation is printed", async () => {
    const { code, out } = await inWeakened([{ ...exception, expires: "2020-01-31" }], (root) => check(root, "prod"));
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`^✗ ${broken} `, "m"));
    expect(out).toContain(
        `✗ checks/exceptions.yaml[0].expires must be ${day} or later: the exception has expired, got "2020-01-31"\n`,
    );
    expect(out).toContain(summary(0, 1));
});

test("an exception that holds for more than 366 days fails, and its violation is printed", async () => {
    const expires = daysAhead(367);
    const { code, out } = await inWeakened([{ ...exception, expires }], (root) => check(root, "prod"));
    expect(code).toBe(1);
    expect(out).toMatch(new RegExp(`^✗ ${broken} `, "m"));
    expect(out).toContain(
        `✗ checks/exceptions.yaml[0].expires must be ${daysAhead(366)} or earlier: an exception is decided again every year, got "${expires}"\n`,
    );
    expect(out).toContain(summary(0, 1));
});

test("an exception is valid on the day it expires", async () => {
    const { code } = await inWeakened([{ ...exception, expires: day }], (root) => check(root, "prod"));
    expect(code).toBe(0);
});

test("an unneeded exception fails, only in checks of its rule", async () => {
    const unused = { ...exception, rule: "queues-watched" };
    await inWeakened([unused], async (root) => {
        const asked = await check(root, "prod", "--rule", "queues-watched");
        expect(asked.code).toBe(1);
        expect(asked.out).toContain(
            "✗ checks/exceptions.yaml[0].resource must be one at which the stack breaks the rule: nothing needs this",
        );
        expect(await check(root, "prod", "--rule", "alarms-notify-topics")).toMatchObject({ code: 0 });
    });
});

test("an expired exception for a finding of an image fails a check of all rules, and is never called unneeded", async () => {
    const finding = { ...exception, rule: "image-findings", resource: "CVE-2023-45853" };
    const given = [exception, finding, { ...finding, resource: "CVE-2026-0001", expires: "2020-01-31" }];
    await inWeakened(given, async (root) => {
        const all = await check(root, "prod");
        expect(all.code).toBe(1);
        expect(all.out.match(/^✗ .*$/gm)).toEqual([
            `✗ checks/exceptions.yaml[2].expires must be ${day} or later: the exception has expired, got "2020-01-31"`,
        ]);
        expect(await check(root, "prod", "--rule", broken)).toMatchObject({ code: 0 });
    });
});

test("an exception for an unknown stack fails before planning", async () => {
    const { code, out, err } = await inWeakened([{ ...exception, stack: "prd" }], (root) => check(root, "prod"));
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toBe(
        'checks/exceptions.yaml[0].stack must name a stack that there is (did you mean prod?), got "prd"\n',
    );
});

test("--rule checks only that rule and prints its evidence", async () => {
    const { code, out } = await check(testProjectFolder, "prod", "--rule", "flows-only", "--rule", "names-fit");
    expect(code).toBe(0);
    expect(out).toContain("\n✓ flows-only  Security groups allow");
    expect(out).toMatch(/^ {4}ingress alb tcp 443 443 0\.0\.0\.0\/0 .+$/m);
    expect(out).toContain("\n2 rules, 2 passed, 0 failed, 0 excepted\n");
});

test("--control checks the rules of a control, and of a PCI DSS requirement also those of the checks that support it", async () => {
    const { code, out } = await check(testProjectFolder, "prod", "--control", "CKV2_AWS_12", "--control", "KMS.4");
    expect(code).toBe(0);
    expect(out).toContain("✓ default-group-closed");
    expect(out).toContain("✓ stores-locked-down");
    expect(out).not.toContain("one-platform");
    const requirement = await check(testProjectFolder, "prod", "--control", "PCI-6.4.2");
    expect(requirement.out).toContain("✓ public-endpoints-behind-waf");
    expect(requirement.out).not.toContain("default-group-closed");
});

test("evidence is printed with --evidence", async () => {
    const shown = (out: string) => out.includes("    ingress alb tcp 443 443");
    expect(shown((await check(testProjectFolder, "prod")).out)).toBe(false);
    expect(shown((await check(testProjectFolder, "prod", "--evidence")).out)).toBe(true);
});

test("--json writes the report to the standard output, or to a file", async () => {
    await inWeakened([], async (root) => {
        const { code, out } = await check(root, "prod", "--json");
        expect(code).toBe(1);
        const report: unknown = JSON.parse(out);
        expect(report).toMatchObject({
            project: "payment-platform",
            stack: "prod",
            exceptionProblems: [],
            summary: { rules: rules.length, passed: rules.length - 1, failed: 1, excepted: 0 },
        });
        const found = (report as { rules: { name: string }[] }).rules.find(({ name }) => name === broken);
        expect(found).toMatchObject({
            outcome: "failed",
            violations: [
                {
                    resource: "payment-processing-dlq-prod",
                    type: "aws:sqs/queue:Queue",
                    reason: "must have a KMS key of the platform as kmsMasterKeyId",
                },
            ],
            evidence: [],
        });
        expect(Object.keys(found ?? {})).toEqual([
            "name",
            "description",
            "fix",
            "controls",
            "resourceTypes",
            "outcome",
            "violations",
            "evidence",
        ]);
        const written = await check(root, "prod", "--json", "found.json");
        expect(written.out).toContain(summary(0, 1));
        expect(written.out).toContain("report written to found.json\n");
        expect(JSON.parse(readFileSync(join(root, "found.json"), "utf8"))).toEqual(report);
        expect((await check(root, "--json", "prod")).out).toBe(out);
    });
});

test.each([
    [[], "which stack? There are dev, prod, staging"],
    [["dev", "prod"], "too many arguments"],
    [["prod", "--rule", "names-fits"], 'no rule "names-fits": did you mean names-fit?'],
    [["prod", "--control", "PCI-1.4.44"], 'no control "PCI-1.4.44": did you mean PCI-1.4.4?'],
    [["prod", "--rule", "names-fits", "--control", "KMS.44"], 'no control "KMS.44": did you mean KMS.4?'],
    [["prod", "--control", "CKV_AWS_150"], "no rule shows CKV_AWS_150: "],
    [["prod", "--quiet"], "unknown option '--quiet'"],
])("invalid arguments %j exit with 2", async (argv, message) => {
    const { code, out, err } = await check(testProjectFolder, ...argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
});

test("an unknown stack, a failed plan or invalid settings fail with the reason", async () => {
    const failing = (reason: string) => ({ code: 1, out: "", err: expect.stringContaining(reason) });
    expect(await check(testProjectFolder, "qa")).toEqual({ ...failing('no stack "qa"'), code: 2 });
    expect(await check(resolve("test/fixtures/rejecting"), "settings")).toEqual(
        failing("rejecting:a must be even\nrejecting:b must be odd"),
    );
    expect(await check(resolve("test/fixtures/small"), "dev")).toEqual(
        failing("Pulumi.dev.yaml has no settings of the platform"),
    );
});

const queue = { resource: "queue", type: "aws:sqs/queue:Queue", reason: "must be watched" };
const rule: Rule = {
    name: "queues-watched",
    description: "queues are watched",
    fix: "Watch them.",
    check: () => [],
    evidence: () => ["queue alarm"],
};

test("a failed rule prints no evidence and at most 20 violations; the JSON has all", async () => {
    const planned = { plan: await planTestStack("prod"), settings: settingsFromConfig(readStackConfig("prod")) };
    const violations = Array.from({ length: 22 }, () => queue);
    const report = (outcome: "passed" | "failed") =>
        buildCheckReport(planned, { results: [{ rule, outcome, violations }], exceptionProblems: [] }, true);
    expect(report("passed").rules[0]).toMatchObject({ evidence: ["queue alarm"] });
    expect(report("failed").rules[0]).toMatchObject({ evidence: [], violations });
    const lines = renderCheckReport(report("failed"), (_, text) => text, { showPassed: false }).split("\n");
    expect(lines.filter((line) => line === "    queue (sqs.Queue) must be watched")).toHaveLength(20);
    expect(lines).toContain("    and 2 more: --json lists all");
    expect(lines.filter((line) => line.includes("queue alarm"))).toEqual([]);
});

test("a violation of the stack has no type", async () => {
    const planned = { plan: await planTestStack("prod"), settings: settingsFromConfig(readStackConfig("prod")) };
    const broken = { ...rule, check: () => ["there are no queues"] };
    const report = buildCheckReport(planned, runRules([broken], planned, [], day), false);
    expect(renderCheckReport(report, (_, text) => text, { showPassed: false })).toContain(
        "\n    the stack: there are no queues\n    fix: Watch them.\n",
    );
});

test("an exception of another stack or resource does not apply", async () => {
    const planned = { plan: await planTestStack("prod"), settings: settingsFromConfig(readStackConfig("prod")) };
    const broken = { ...rule, check: () => ["there are no queues"] };
    const here = { ...exception, rule: rule.name, resource: "the stack" };
    const outcomeWith = (given: typeof exception) => {
        const { results, exceptionProblems } = runRules([broken], planned, [given], day);
        return [results[0]?.outcome, exceptionProblems.length];
    };
    expect(outcomeWith(here)).toEqual(["excepted", 0]);
    expect(outcomeWith({ ...here, stack: "dev" })).toEqual(["failed", 0]);
    expect(outcomeWith({ ...here, resource: "payment-processing-dlq-prod" })).toEqual(["failed", 1]);
});

test("a terminal gets styles", async () => {
    const style: StyleText = (format, text) => styleText(format, text, { validateStream: false });
    const { out } = await runTool("check", ["dev", "--rule", "one-platform"], { style });
    expect(out).toContain("\u001b[1mpayment-platform dev\u001b[22m");
});

test("the command exits with the code, and prints no styles to a pipe", () => {
    const root = mkdtempSync(join(tmpdir(), "check-"));
    linkCheckout(root);
    const { status, stdout } = spawnSync(process.execPath, ["tools/run.ts", "check", "dev", "--rule", "one-platform"], {
        cwd: root,
        encoding: "utf8",
    });
    rmSync(root, { recursive: true });
    expect(status).toBe(0);
    expect(stdout).toBe(
        [
            "payment-platform dev",
            "",
            "✓ one-platform  Every resource is a descendant of one PaymentPlatform component",
            "",
            "1 rule, 1 passed, 0 failed, 0 excepted",
            "",
        ].join("\n"),
    );
});
