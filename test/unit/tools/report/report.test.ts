import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Secret, type Plan } from "../../../../plan/plan.ts";
import { planTestStack } from "../../../stacks.ts";
import { changeInputs, changeResources, removeResources, type PlanChange } from "../../checks/fault.ts";
import { runTool, type ToolResult } from "../run-tool.ts";

const folder = mkdtempSync(join(tmpdir(), "report-test-"));
afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
});

/** Whether a page has a text: an assertion on the page itself would print a megabyte. */
const has = (page: string, text: string | RegExp): boolean =>
    typeof text === "string" ? page.includes(text) : text.test(page);

interface Written extends ToolResult {
    readonly page: string;
}

async function writeReport(argv: readonly string[], change: PlanChange = (plan) => plan): Promise<Written> {
    const file = join(folder, "page.html");
    const planStack = async (_root: string, stack: string): Promise<Plan> => change(await planTestStack(stack));
    const result = await runTool("report", [...argv, "--output", file], { planStack });
    return { ...result, page: readFileSync(file, "utf8") };
}

describe("the page of prod", () => {
    let written: Written;
    beforeAll(async () => {
        written = await writeReport(["prod"]);
    });

    test("is written to the file, and the command says so", () => {
        expect([written.code, written.err]).toEqual([0, ""]);
        expect(written.out).toMatch(/^the page of prod written to .*page\.html\n$/);
    });

    test("has an entry for each resource that AWS gets, and a row for each alarm and requirement", async () => {
        const { nodes } = await planTestStack("prod");
        const resources = nodes.filter(({ type }) => !/^(payment|pulumi):/.test(type));
        expect(written.page.match(/data-resource /g)).toHaveLength(resources.length);
        expect(has(written.page, "payment-api-cpu-high-prod")).toBe(true);
        expect(has(written.page, "runbook.md#cpu-high")).toBe(true);
        expect(has(written.page, /<th scope="row">1\.4\.4<\/th>/)).toBe(true);
        expect(has(written.page, "All rules are kept.")).toBe(true);
    });

    test("has the resources in order of their components, then types, then names", () => {
        const entries = [
            ...written.page.matchAll(/data-component="([^"]*)" data-type="([^"]*)".*\n.*class="name">([^<]*)/g),
        ].map(([, ...texts]) => texts.join(" "));
        expect(entries.length).toBeGreaterThan(300);
        expect(entries).toEqual(entries.toSorted());
    });

    test("has no number of twelve digits, which could be an account, and no secret", async () => {
        expect(written.page.match(/(?<!\d)\d{12}(?!\d)/g)).toBeNull();
        const { nodes } = await planTestStack("prod");
        const secrets = nodes.flatMap(({ inputs }) =>
            Object.values(inputs).flatMap((value) =>
                value instanceof Secret && typeof value.value === "string" ? [value.value] : [],
            ),
        );
        expect(secrets.length).toBeGreaterThan(0);
        expect(secrets.filter((secret) => written.page.includes(secret))).toEqual([]);
    });

    test("loads nothing: its policy allows only its own style and script, as they are in the page", () => {
        const hashOf = (tag: string) => {
            const [, text = ""] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(written.page) ?? [];
            return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
        };
        const policy = `default-src 'none'; style-src ${hashOf("style")}; script-src ${hashOf("script")}; base-uri 'none'`;
        expect(has(written.page.replaceAll("&#39;", "'"), `content="${policy}`)).toBe(true);
        expect(written.page.match(/ (src|srcset|style)=/g)).toBeNull();
    });

    test("is the same for the same plan, in whatever order its resources are", async () => {
        const shuffled = await writeReport(["prod"], (plan) => {
            const [stack, ...nodes] = plan.nodes;
            return { ...plan, nodes: stack === undefined ? [] : [stack, ...nodes.toReversed()] };
        });
        expect(shuffled.page === written.page).toBe(true);
    });

    test("says nothing of a comparison", () => {
        expect(has(written.page, 'id="differences"')).toBe(false);
        expect(has(written.page, 'data-filter="change"')).toBe(false);
    });
});

test("what a plan holds is text: it cannot add markup to the page", async () => {
    const { page } = await writeReport(
        ["prod"],
        changeInputs("aws:sqs/queue:Queue", "processing-prod", { note: "<script>alert('x')</script>\"&" }),
    );
    expect(has(page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;")).toBe(true);
    expect(has(page, "<script>alert")).toBe(false);
});

test("a broken rule and an unintended path are shown with their reasons", async () => {
    const { code, page } = await writeReport(["prod"], (plan) =>
        changeInputs("aws:rds/clusterInstance:ClusterInstance", "", { publiclyAccessible: true })(
            removeResources("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")(plan),
        ),
    );
    expect(code).toBe(0);
    expect(has(page, /verdict failed">\d+ rules are broken\./)).toBe(true);
    expect(has(page, "<h4>Violations</h4>")).toBe(true);
    expect(has(page, /badge failed">failed</)).toBe(true);
});

test("a store that the internet reaches has an unintended path", async () => {
    const everyone = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" }],
    });
    const { page } = await writeReport(["prod"], (plan) =>
        changeInputs("aws:s3/bucketPolicy:BucketPolicy", "audit", { policy: everyone })(
            removeResources("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")(plan),
        ),
    );
    expect(has(page, /badge failed">\d+ unintended</)).toBe(true);
});

test("a stack without services, queues and endpoints has a drawing, too", async () => {
    const { code, page } = await writeReport(["dev"], (plan) =>
        [
            "aws:ecs/service:Service",
            "aws:sqs/queue:Queue",
            "aws:sns/topic:Topic",
            "aws:ec2/vpcEndpoint:VpcEndpoint",
        ].reduce((changed, type) => removeResources(type)(changed), plan),
    );
    expect(code).toBe(0);
    expect(has(page, "data-toggle=")).toBe(false);
    expect(has(page, "data-box=")).toBe(true);
});

describe("--against", () => {
    test("another stack marks the resources whose properties differ, and those of one stack only", async () => {
        const { page } = await writeReport(["prod", "--against", "dev"]);
        expect(has(page, "Compared with stack dev:")).toBe(true);
        expect(has(page, "database.maxAcu: 3 -&gt; 64")).toBe(true);
        expect(has(page, /data-type="rds.Cluster" [^>]*data-change="differs"/)).toBe(true);
        expect(has(page, /data-change="only here"/)).toBe(true);
    });

    test("a plan that was written before marks what is created and updated", async () => {
        const file = join(folder, "plan.json");
        const { code } = await runTool("plan", ["prod", "--json", file]);
        expect(code).toBe(0);
        const { page } = await writeReport(["prod", "--against", file], (plan) =>
            changeResources("aws:sqs/queue:Queue", "processing-prod", (node) => [
                { ...node, inputs: { ...node.inputs, visibilityTimeoutSeconds: 31 } },
                { ...node, name: "payment-second-prod", urn: `${node.urn}-second` },
            ])(plan),
        );
        expect(has(page, /2 resources: 1 updated, 1 created/)).toBe(true);
        expect(has(page, /data-change="update"/)).toBe(true);
        expect(has(page, /data-change="create"/)).toBe(true);
        expect(has((await writeReport(["prod", "--against", file])).page, "Nothing changes")).toBe(true);
    });

    test.each([
        ["the stack itself", "prod", /--against must be another stack or another version, got "prod"/],
        ["what Git does not know", "no-such-commit", /^error: "no-such-commit" is neither `deployed`, nor a file/],
    ])("%s is refused", async (_, against, message) => {
        const { code, err } = await runTool("report", [
            "prod",
            "--against",
            against,
            "--output",
            join(folder, "x.html"),
        ]);
        expect(code).toBe(2);
        expect(err).toMatch(message);
    });
});
