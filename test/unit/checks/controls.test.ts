import { expect, test } from "@jest/globals";
import { controls, rulesForControl, findControlGaps, type Control } from "../../../checks/controls.ts";
import { findViolations, type Rule } from "../../../checks/rule.ts";
import { rules } from "../../../checks/rules.ts";
import { controlTables } from "../../../tools/schema/controls.ts";
import { runTool } from "../tools/run-tool.ts";
import { planTestStack } from "../../stacks.ts";
import { settingsFromConfig } from "./config-plans.ts";
import { readStackConfig } from "../settings/stack-config.ts";

const controlOf = (id: string): Control => {
    const found = controls.find((control) => control.id === id);
    if (found === undefined) {
        throw new Error(`no control ${id}`);
    }
    return found;
};

/** The rules with what one of them names exchanged. */
const naming = (name: string, change: (named: readonly string[]) => string[]): Rule[] =>
    rules.map((rule) => (rule.name === name ? { ...rule, controls: change(rule.controls) } : rule));

test("every control in scope has a rule that shows it, or the reason why it is not met", () => {
    expect(findControlGaps(rules)).toEqual([]);
});

test("a control that loses its rule is noticed", () => {
    expect(findControlGaps(naming("certificates-renew", () => []))).toEqual([
        "ACM.1 has neither a rule that names it nor a reason",
        "ACM.2 has neither a rule that names it nor a reason",
        "CKV_AWS_234 has neither a rule that names it nor a reason",
        "CKV2_AWS_71 has neither a rule that names it nor a reason",
    ]);
});

test("a rule that names what nobody asks is noticed", () => {
    expect(findControlGaps(naming("certificates-renew", (named) => [...named, "ACM.99"]))).toEqual([
        "certificates-renew names ACM.99, which checks/controls does not list",
    ]);
});

test("a rule for what is said to be unmet is noticed", () => {
    expect(findControlGaps(naming("load-balancer-hardened", (named) => [...named, "ELB.6"]))).toEqual([
        "ELB.6 is said to be unmet, and load-balancer-hardened names it",
    ]);
});

test("a requirement of PCI DSS is shown by the rules of the controls that serve it", () => {
    const names = rulesForControl(controlOf("PCI-6.4.2"), rules).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["public-endpoints-behind-waf", "firewalls-complete"]));
    expect(names).not.toContain("trail-complete");
});

test("a requirement that only unmet controls serve says why it is not met", () => {
    expect(controlOf("PCI-8.3.9").unmetReason).toContain("no IAM users");
    expect(controlOf("PCI-8.6.3").unmetReason).toBeUndefined();
});

test.each([
    ["PCI-1.4.4", "PCI DSS"],
    ["EC2.15", "Security Hub"],
    ["CKV_AWS_130", "Checkov"],
    ["CKV2_AWS_12", "Checkov"],
    ["aws-kms-key-enable-key-rotation", "Pulumi"],
])("%s comes from %s", (id, source) => {
    expect(controlOf(id).source).toBe(source);
});

const shown = ["dev", "staging", "prod"].flatMap((stack) =>
    rules.filter((rule) => rule.controls.length > 0).map((rule) => [rule.name, stack, rule] as const),
);

test.each(shown)("%s, which auditors are shown, holds of %s", async (_name, stack, rule) => {
    expect(findViolations(rule, await planTestStack(stack), settingsFromConfig(readStackConfig(stack)))).toEqual([]);
});

test("the page tells of a control which rule shows it of what, or why it is not met", () => {
    const lines = controlTables(rules).split("\n");
    expect(lines).toContain("## 6.2.4 Common attacks on software are prevented");
    expect(lines).toContain(
        "| ELB.4, CKV_AWS_131 | Malformed headers are dropped | `load-balancer-hardened` | lb.LoadBalancer | met |",
    );
    expect(lines).toContain(
        "| DynamoDB.6 | Tables cannot be deleted by a slip |  |  | not met: Stacks are destroyable by decision; production may set protect |",
    );
    expect(lines.filter((line) => line.startsWith("| PCI-4.2.1 "))).not.toEqual([]);
});

test("controls that do not fit the rules stop the generator", async () => {
    const broken = naming("certificates-renew", () => ["ACM.1", "CKV_AWS_234", "CKV2_AWS_71"]);
    expect(await runTool("schema", ["--check"], { root: process.cwd(), rules: () => Promise.resolve(broken) })).toEqual(
        {
            code: 1,
            out: "",
            err: "ACM.2 has neither a rule that names it nor a reason\n",
        },
    );
});
