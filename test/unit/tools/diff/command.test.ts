import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "@jest/globals";
import { planTestStack } from "../../../stacks.ts";
import { fakeStack, pulumiWith } from "../deploy/fakes.ts";
import { runTool, type ToolResult } from "../run-tool.ts";

const runWith = (...argv: string[]): Promise<ToolResult> =>
    runTool("diff", argv, {
        env: { PULUMI_BACKEND_URL: "file:///states", PULUMI_CONFIG_PASSPHRASE: "open sesame" },
        pulumi: () => Promise.resolve(pulumiWith(() => Promise.resolve(fakeStack().stack))),
    });

const file = join(mkdtempSync(join(tmpdir(), "diff-command-")), "plan.json");

test("text, Markdown and JSON report the same differences", async () => {
    const plan = await planTestStack("dev");
    writeFileSync(file, JSON.stringify({ ...plan, outputs: { ...plan.outputs, region: "eu-west-1" } }));
    const text = await runWith("dev", "--from", file);
    expect(text.code).toBe(0);
    expect(text.out).toContain("~  region: eu-west-1 -> us-east-1");
    const markdown = await runWith("dev", "--from", file, "--format", "markdown");
    expect(markdown.out).toContain("```diff\n@@ Outputs of the stack @@\n!  region: eu-west-1 -> us-east-1\n```");
    const json = JSON.parse((await runWith("dev", "--from", file, "--json")).out) as object;
    expect(json).toMatchObject({
        ...{ stack: "dev", base: file, resources: [], isSame: false },
        outputs: [{ path: "region", before: "eu-west-1", after: "us-east-1" }],
    });
});

test("what is deployed is read on request", async () => {
    const { code, out } = await runWith("dev", "--from", "deployed");
    expect(code).toBe(0);
    expect(out).toMatch(/^dev, compared with what is deployed: \d+ resources: \d+ created\n/);
});

test.each([
    [["qa"], 'no stack "qa"'],
    [["dev", "--format", "html"], 'It must be "text" or "markdown".'],
    [["dev", "--json", "--format", "markdown"], "cannot be used with"],
    [["dev", "--format", "markdown", "--limit", "many"], "It must be a whole number, 0 or more."],
    [["dev", "--limit", "5"], "--limit has no effect without --format markdown"],
])("%j is a usage error", async (argv, message) => {
    const { code, err } = await runWith(...argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
});
