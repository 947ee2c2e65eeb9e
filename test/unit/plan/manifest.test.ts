import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "@jest/globals";
// The command loads the program on demand; the import makes the dependency of these tests visible.
import "../../../index.ts";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createManifestOutput } from "../../../lib/manifest.ts";
import { Inventory } from "../../../lib/manifest/inventory.ts";
import { readSettings } from "../../../lib/settings.ts";
import { run } from "../../../tools/plan/command.ts";
import { findManifest, plannedManifest } from "../../../plan/manifest.ts";
import { planProgram } from "../../../plan/plan.ts";
import { testProjectFolder } from "../../project.ts";
import { rejectedPlanProblems } from "../../recorder.ts";
import { readStackConfig } from "../settings/stack-config.ts";

async function command(root: string, ...argv: string[]): Promise<{ code: number; out: string; err: string }> {
    let [out, err] = ["", ""];
    const code = await run(argv, { root, out: (text) => (out += text), err: (text) => (err += text) });
    return { code, out, err };
}

const root = testProjectFolder;
const small = resolve("test/fixtures/small");

test("--manifest writes the manifest to standard output, or to a file", async () => {
    const { code, out, err } = await command(root, "dev", "--manifest");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const manifest = JSON.parse(out) as { resources: unknown[] };
    expect(manifest).toMatchObject({ schemaVersion: 1, project: "payment-platform", stack: "dev", account: null });

    const folder = mkdtempSync(join(tmpdir(), "manifest-"));
    try {
        const file = join(folder, "manifest.json");
        expect((await command(root, "dev", "--manifest", file)).out).toBe(
            `${manifest.resources.length} resources written to ${file}\n`,
        );
        expect(readFileSync(file, "utf8")).toBe(out);
    } finally {
        rmSync(folder, { recursive: true });
    }
});

test("the printed plan does not repeat the list of resources", async () => {
    const { out } = await command(root, "dev");
    expect(out).not.toContain("manifest");
    expect(out).toContain("transactionTableName");
});

test("a single word after --manifest is the stack, not the file", async () => {
    const named = await command(root, "--manifest", "dev");
    expect(named).toEqual(await command(root, "dev", "--manifest"));
    expect(JSON.parse(named.out)).toMatchObject({ stack: "dev" });
    expect(await command(root, "--manifest", "nowhere")).toMatchObject({
        code: 1,
        out: "",
        err: expect.stringMatching(/^no stack "nowhere": /),
    });
});

test.each([
    [["dev", "--json", "--manifest"]],
    [["dev", "--manifest", "--json"]],
    [["dev", "--json", "graph.json", "--manifest", "manifest.json"]],
    [["--json", "--manifest", "dev"]],
])("a command writes one document: %j exits with 2", async (argv) => {
    const { code, out, err } = await command(small, ...argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("option '--manifest [file]' cannot be used with option '--json [file]'");
    expect(err).toContain("Usage: npm run plan -- ");
});

test("--manifest without a stack is refused", async () => {
    const { code, out, err } = await command(small, "--manifest");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("which stack? There are dev, wrong");
});

test("a program without a manifest is refused", async () => {
    expect(await command(small, "dev", "--manifest")).toMatchObject({
        code: 1,
        out: "",
        err: 'the block is small\nthe program has no output "manifest"\n',
    });
});

/** A stack with the resources that `build` creates, and its manifest. */
function planOf(build: (opts: pulumi.CustomResourceOptions) => void) {
    const { settings, problems } = readSettings(readStackConfig("dev"), [], "2026-06-30");
    if (problems) {
        throw new Error(problems.join("\n"));
    }
    return planProgram({
        project: "payment-platform",
        stack: "dev",
        config: {},
        secretKeys: [],
        program: () => {
            const inventory = new Inventory();
            build({
                parent: new pulumi.ComponentResource("t:t:Top", "top", {}, { transformations: [inventory.observe] }),
            });
            return {
                manifest: createManifestOutput({ settings, accountId: "111122223333", inventory }),
            };
        },
    });
}

test("a manifest contains no secret", async () => {
    const secret = pulumi.secret("hunter2");
    const plan = await planOf((opts) => {
        const { id } = new aws.secretsmanager.Secret("token", { description: secret }, opts);
        new aws.secretsmanager.SecretVersion("token", { secretId: id, secretString: secret }, opts);
        new aws.sqs.Queue("queue", { tags: { token: secret }, messageRetentionSeconds: 86_400 }, opts);
    });
    expect(plan.nodes.filter(({ inputs }) => JSON.stringify(inputs).includes("hunter2"))).toHaveLength(3);
    const deployed = JSON.stringify(findManifest(plan.outputs));
    expect(deployed).toContain(":secret:token");
    expect(deployed).not.toContain("hunter2");
    expect(JSON.stringify(plannedManifest(plan, "111122223333"))).not.toContain("hunter2");
});

test("a manifest with an ARN that is derived from a secret is refused, and not printed", async () => {
    const plan = await planOf((opts) => {
        new aws.sqs.Queue("queue", { kmsMasterKeyId: pulumi.secret("hunter2") }, opts);
    });
    expect(JSON.stringify(plan.outputs)).not.toContain("hunter2");
    const [problem] = await rejectedPlanProblems(Promise.resolve().then(() => plannedManifest(plan, undefined)));
    expect(problem).toMatch(/^output manifest\.resources: /);
});

test("a store without a key of the stack's is listed as such", async () => {
    const plan = await planOf((opts) => {
        new aws.sqs.Queue("open", { sqsManagedSseEnabled: false }, opts);
        new aws.cloudwatch.LogGroup("foreign", { kmsKeyId: "arn:aws:kms:eu-west-1:444455556666:key/theirs" }, opts);
        new aws.sns.Topic("outside", {});
    });
    expect(plannedManifest(plan, undefined)).toMatchObject({
        account: null,
        resources: [
            { name: "foreign", encryption: "customer-key", encryptionKey: null, retentionDays: null },
            { name: "open", encryption: "none", encryptionKey: null, encryptionKeyArn: null, retentionDays: null },
        ],
    });
});

test("an output of another form is refused with the reason", async () => {
    const plan = await planOf(() => undefined);
    const manifest = { ...(findManifest(plan.outputs) as object), region: 3 };
    await expect(
        rejectedPlanProblems(
            Promise.resolve().then(() => plannedManifest({ ...plan, outputs: { manifest } }, "111122223333")),
        ),
    ).resolves.toEqual([expect.stringContaining("output manifest.region: ")]);
});
