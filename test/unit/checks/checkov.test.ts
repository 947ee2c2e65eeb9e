import { expect, test } from "@jest/globals";
import { controls, acceptedReasonFor } from "../../../checks/controls.ts";
import { checkovFindings, type Scan } from "../../../checks/controls/checkov.ts";
import { checkovRun } from "../../../checks/controls/checkov-run.ts";
import { resourcesOfType } from "../../../plan/query.ts";
import { checkovTables } from "../../../tools/schema/controls.ts";
import { planTestStack } from "../../stacks.ts";

const runs = (["dev", "staging", "prod"] as const).flatMap((stack) =>
    (["plan", "configuration"] as const).map((scan) => [scan, stack] as const),
);

const failuresOf = (stack: "dev" | "staging" | "prod", scan: Scan) =>
    checkovFindings.flatMap(({ id, type, isLookup, failures }) =>
        failures
            .filter(({ stacks, scans }) => stacks.includes(stack) && scans.includes(scan))
            .flatMap(({ names }) => names.map((name) => ({ id, type, lookedUp: isLookup, name }))),
    );

test.each(runs)("every failed check of Checkov's %s scan of %s is listed once", (scan, stack) => {
    const keys = failuresOf(stack, scan).map(({ id, name }) => `${id} ${name}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toHaveLength(checkovRun.results[stack][scan].failed);
});

test.each(runs)("every finding of Checkov's %s scan of %s is on a resource of the stack", async (scan, stack) => {
    const plan = await planTestStack(stack);
    for (const { id, type, lookedUp, name } of failuresOf(stack, scan)) {
        const names = resourcesOfType(plan, type).map((node) => node.name);
        expect([id, names]).toEqual([id, lookedUp ? [] : expect.arrayContaining([`${name}-${stack}`])]);
    }
});

test("no check is listed twice", () => {
    const ids = checkovFindings.map(({ id }) => id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
});

test.each(checkovFindings.map((finding) => [finding.id, finding] as const))(
    "%s is a control, and one place says why it fails",
    (id, finding) => {
        const control = controls.find((each) => each.id === id);
        expect(control).toBeDefined();
        expect([finding.reason, control?.unmetReason].filter((reason) => reason !== undefined)).toHaveLength(1);
        expect(acceptedReasonFor(finding)).not.toBe("");
    },
);

test("a check without a reason has no decision", () => {
    expect(acceptedReasonFor({ id: "CKV_AWS_0", type: "s3/bucket:Bucket", failures: [] })).toBe("");
});

test("the page has where each check fails and why it is accepted", () => {
    const lines = checkovTables().split("\n");
    expect(lines).toContain(
        "| CKV_AWS_150 | lb.LoadBalancer `payment` (dev, staging, prod) | Stacks can be destroyed by design; production may set `deletionProtection` |",
    );
    expect(lines.find((line) => line.startsWith("| CKV_AWS_115 "))).toContain("configuration only");
    expect(lines.filter((line) => line.includes("CKV_AWS_297"))).toEqual([]);
});
