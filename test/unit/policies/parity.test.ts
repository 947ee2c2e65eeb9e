import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { projectRoot } from "../../../policies/parity/golden.ts";
import { kindsOf, stemOf } from "../../../policies/parity/kinds.ts";
import { matches, parts, readRecords } from "../../../policies/parity/records.ts";
import { readStructure, structureProblems } from "../../../policies/parity/structure.ts";
import { violationsOf, type Rule } from "../../../policies/rule.ts";
import { parityRules } from "../../../policies/rules/parity.ts";
import type { Plan } from "../../../tools/plan/plan.ts";
import { planOf } from "../../stacks.ts";
import { stackConfig } from "../settings/stack-config.ts";
import { where, without, type Change } from "./fault.ts";
import { settingsOf } from "./planned.ts";

const [rule] = parityRules as [Rule];
const brokenAt = async (stack: string, change: Change = (plan) => plan): Promise<string[]> =>
    violationsOf(rule, change(await planOf(stack)), settingsOf(stackConfig(stack))).map(({ reason }) => reason);

test.each(["dev", "staging", "prod"])("%s is built like the others, but for what is recorded", async (stack) => {
    expect(await brokenAt(stack)).toEqual([]);
});

test("a resource that prod alone lacks is noticed", async () => {
    expect(await brokenAt("prod", without("aws:cloudtrail/trail:Trail"))).toEqual([
        "lacks PaymentPlatform$Audit aws:cloudtrail/trail:Trail payment-trail, which golden/structure.json says every stack has",
    ]);
});

/** A resource more, of another name. */
const more = (type: string, name: string): Change =>
    where(type, "", (node) => [node, { ...node, name, urn: node.urn.replace(/[^:]+$/, name) }]);

test("a resource that dev alone has is noticed", async () => {
    expect(await brokenAt("dev", more("aws:dynamodb/table:Table", "payment-refunds-dev"))).toEqual([
        "has PaymentPlatform$Transactions aws:dynamodb/table:Table payment-refunds, which is recorded neither for every stack nor for this one",
    ]);
});

test("one more of what there are several of is a setting", async () => {
    const instance = "aws:rds/clusterInstance:ClusterInstance";
    expect(await brokenAt("dev", more(instance, "payment-database-9-dev"))).toEqual([]);
});

test("a resource that moves to another component is noticed", async () => {
    const moved = where("aws:cloudtrail/trail:Trail", "", (node) => [
        { ...node, urn: node.urn.replace("Audit", "Edge") },
    ]);
    expect(await brokenAt("prod", moved)).toHaveLength(2);
});

test("a recorded difference that is none any more is noticed", async () => {
    expect(await brokenAt("staging", without("aws:acm/certificateValidation:CertificateValidation"))).toEqual([
        "has nothing like PaymentPlatform$Edge$Certificate aws:acm/certificateValidation:CertificateValidation payment-certificate, which is recorded for it: delete the record",
    ]);
});

test("what is recorded for other stacks only is noticed", () => {
    const structure = [{ lines: ["A b:*"], stacks: ["prod"], reason: "why" }];
    expect(structureProblems("dev", ["A b:C x"], [], { structure })).toContain(
        "has A b:*, which is recorded for other stacks only",
    );
    expect(structureProblems("prod", ["A b:C x"], [], { structure })).toEqual([]);
});

test("a copy of a stack may be built otherwise", async () => {
    const change: Change = (plan: Plan) => ({ ...without("aws:cloudtrail/trail:Trail")(plan), stack: "pr-123" });
    expect(await brokenAt("dev", change)).toEqual([]);
});

test("an auditor sees what dev has alone, and why", async () => {
    expect(rule.evidence?.(await planOf("dev"), settingsOf(stackConfig("dev")))).toEqual(
        ["privateKey:PrivateKey", "selfSignedCert:SelfSignedCert"].map(
            (type) =>
                `only dev: PaymentPlatform$Edge$Certificate tls:index/${type} payment-certificate: dev has no domain, so its certificate is made here and imported`,
        ),
    );
});

test("the kinds of all stacks are those that each has", async () => {
    const plans = [await planOf("dev"), await planOf("staging"), await planOf("prod")];
    const kinds = plans.map((plan) => new Set(kindsOf(plan, plan.stack)));
    expect(readStructure()).toEqual([...(kinds[0] ?? [])].filter((kind) => kinds.every((all) => all.has(kind))));
    expect(readStructure().length).toBeGreaterThan(300);
});

test.each([
    ["payment-cache-2-memory-full-prod", "payment-cache-#-memory-full"],
    ["payment-private-3-prod", "payment-private-#"],
    ["payment-postgresql17-prod", "payment-postgresql17"],
    ["payment-aws", "payment-aws"],
])("%s is called %s in every stack", (name, stem) => {
    expect(stemOf(name, "prod")).toBe(stem);
});

test.each([
    ["a.b[] *", "a.b[] c", true],
    ["a.b[] *", "axb[] c", false],
    ["*$x y", "A$x y", true],
    ["*$x y", "A$x yz", false],
])("%s stands for %s: %s", (pattern, line, isMeant) => {
    expect(matches(pattern, line)).toBe(isMeant);
});

test("a record tells a stack apart from those that it does not name", () => {
    const record = { lines: ["x"], stacks: ["dev", "staging"], reason: "why" };
    expect(parts(record, "dev", "prod")).toBe(true);
    expect(parts(record, "prod", "staging")).toBe(true);
    expect(parts(record, "dev", "staging")).toBe(false);
});

function inProject<T>(parity: string, use: (root: string) => T): T {
    const root = mkdtempSync(join(tmpdir(), "parity-"));
    try {
        mkdirSync(join(root, "golden"));
        writeFileSync(join(root, "Pulumi.yaml"), "name: x\n");
        writeFileSync(join(root, "golden", "parity.yaml"), parity);
        return use(root);
    } finally {
        rmSync(root, { recursive: true });
    }
}

test("a record without a reason is refused, with its place", () => {
    const text = "stacks: [a, b]\nstructure:\n  - lines: [x]\n    stacks: [a]\nproperties: []\n";
    expect(() => inProject(text, readRecords)).toThrow(/golden\/parity\.yaml is wrong:\n[^]*structure\[0\]\.reason/);
});

test("a project without records holds no stack to another", () => {
    expect(readRecords(tmpdir())).toEqual({ stacks: [], structure: [], properties: [] });
    expect(readStructure(tmpdir())).toEqual([]);
});

test("the project is found from a folder below it, as that of the policy pack", () => {
    inProject("", (root) => {
        expect(projectRoot(join(root, "golden"))).toBe(root);
    });
    expect(projectRoot("/")).toBe("/");
});
