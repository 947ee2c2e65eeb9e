import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "@jest/globals";
import { emptyState } from "../../../../plan/state.ts";
import { run } from "../../../../tools/diff/command.ts";
import { testProjectFolder } from "../../../project.ts";
import { planTestStack } from "../../../stacks.ts";

async function runWith(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
    const written = { out: "", err: "" };
    const code = await run(
        argv,
        {
            root: testProjectFolder,
            out: (text) => void (written.out += text),
            err: (text) => void (written.err += text),
        },
        () => Promise.resolve(emptyState),
    );
    return { code, ...written };
}

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
    [["dev", "--format", "html"], "Allowed choices are text, markdown"],
    [["dev", "--json", "--format", "markdown"], "cannot be used with"],
    [["dev", "--format", "markdown", "--limit", "many"], '--limit must be a number of characters, got "many"'],
])("%j is a usage error", async (argv, message) => {
    const { code, err } = await runWith(...argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
});
