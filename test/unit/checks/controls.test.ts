import { expect, test } from "@jest/globals";
import { controls, controlsOfRule, rulesForControl, findControlGaps, type Control } from "../../../checks/controls.ts";
import { findViolations } from "../../../checks/rule.ts";
import { rules } from "../../../checks/rules.ts";
import { controlTables } from "../../../tools/schema/controls.ts";
import { runTool } from "../tools/run-tool.ts";
import { planTestStack } from "../../stacks.ts";
import { recordedTypes, settingsFromConfig } from "./config-plans.ts";
import { readStackConfig } from "../settings/stack-config.ts";

const controlOf = (id: string): Control => {
    const found = controls.find((control) => control.id === id);
    if (found === undefined) {
        throw new Error(`no control ${id}`);
    }
    return found;
};

/** The controls, with other rules for one of them. */
const withRules = (id: string, ...names: string[]): Control[] =>
    controls.map((control) => (control.id === id ? { ...control, rules: names } : control));

test("every control has a rule, or a reason why it is not met", () => {
    expect(findControlGaps(rules)).toEqual([]);
});

test("a control with neither a rule nor a reason is reported", () => {
    expect(findControlGaps(rules, withRules("ACM.1"))).toEqual([
        "ACM.1 has neither a rule nor a reason why it is not met",
    ]);
});

test("a rule that does not exist is reported", () => {
    expect(findControlGaps(rules, withRules("ACM.1", "certificates-renew", "certificates-renewed"))).toEqual([
        "ACM.1 has the rule certificates-renewed, which checks/rules.ts does not list",
    ]);
});

test("a control with both a rule and a reason why it is not met is reported", () => {
    expect(findControlGaps(rules, withRules("ELB.6", "load-balancer-hardened"))).toEqual([
        "ELB.6 has a reason why it is not met, and the rule load-balancer-hardened",
    ]);
});

test("a control that is listed twice, or that supports an unknown requirement, is reported", () => {
    const twice = [...controls, controlOf("ACM.1")];
    expect(findControlGaps(rules, twice)).toEqual(["ACM.1 is listed twice"]);
    const unknown = controls.map((control) =>
        control.id === "ACM.1" ? { ...control, requirements: ["PCI-99"] } : control,
    );
    expect(findControlGaps(rules, unknown)).toEqual([
        "ACM.1 supports PCI-99, which checks/controls/requirements.ts does not list",
    ]);
});

test("a PCI DSS requirement has the rules of the checks that support it", () => {
    const names = rulesForControl(controlOf("PCI-6.4.2"), rules).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["public-endpoints-behind-waf", "firewalls-complete"]));
    expect(names).not.toContain("trail-complete");
});

test("a requirement with only unmet checks has their reasons", () => {
    expect(controlOf("PCI-8.3.9").unmetReason).toMatch(
        /no IAM users: .* except those whom bootstrap\/break-glass\.yaml names/,
    );
    expect(controlOf("PCI-8.6.3").unmetReason).toBeUndefined();
});

test("a requirement that its checks only help to meet has its own reason, and no rule as evidence", () => {
    expect(controlOf("PCI-3.5.1")).toMatchObject({ rules: [], unmetReason: expect.stringContaining("3.5.1.2") });
    expect(controlOf("S3.17")).toMatchObject({ requirements: ["PCI-3.5.1"], rules: ["encrypted-with-own-keys"] });
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
    rules.filter((rule) => controlsOfRule(rule).length > 0).map((rule) => [rule.name, stack, rule] as const),
);

test.each(shown)("%s, which is evidence of a control, passes on %s", async (_name, stack, rule) => {
    expect(findViolations(rule, await planTestStack(stack), settingsFromConfig(readStackConfig(stack)))).toEqual([]);
});

test("the page has the rules and resource types of each control, or the reason why it is not met", async () => {
    const lines = controlTables(rules, await recordedTypes("prod")).split("\n");
    expect(lines).toContain("## 6.2.4 Software is protected against common attacks");
    expect(lines).toContain(
        "| ELB.4, CKV_AWS_131 | The load balancer drops invalid HTTP headers | `load-balancer-hardened` | lb.LoadBalancer | met |",
    );
    expect(lines).toContain(
        "| DynamoDB.6 | Tables have deletion protection |  |  | not met: Stacks can be destroyed by design; production may set `deletionProtection` |",
    );
    expect(lines.filter((line) => line.startsWith("| PCI-4.2.1 "))).not.toEqual([]);
    expect(lines).toContainEqual(
        expect.stringMatching(/^\| PCI-11\.3\.1 \| Internal .* every three months \|(?: {2}\|){2} not met: ECR scans /),
    );
});

test("the generator writes nothing where controls and rules contradict each other", async () => {
    const fewer = rules.filter(({ name }) => name !== "certificates-renew");
    const { code, out, err } = await runTool("schema", ["--check"], {
        root: process.cwd(),
        rules: () => Promise.resolve(fewer),
    });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("has the rule certificates-renew, which checks/rules.ts does not list\n");
});
