import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeClustersCommand, ECSClient, StopTaskCommand } from "@aws-sdk/client-ecs";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { expect, test } from "@jest/globals";
import { manifestSchema } from "../../../lib/manifest.ts";
import { requireDestructiveAllowed } from "../../integration/support/destructive.ts";
import { readOnly } from "../../integration/support/guard.ts";
import { writeOutputFiles } from "../../../tools/deploy/output-files.ts";
import { findManifest } from "../../../plan/manifest.ts";
import { readOutputs } from "../../integration/support/outputs.ts";
import { planTestStack } from "../../stacks.ts";

const aws = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
const sent: string[] = [];
const answering = {
    handle: () => {
        sent.push("sent");
        return Promise.reject(new Error("it left the process"));
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
};

test("a read-only client sends reads, and refuses changes", async () => {
    const ecs = readOnly(new ECSClient({ ...aws, maxAttempts: 1, requestHandler: answering }));
    await expect(ecs.send(new DescribeClustersCommand({}))).rejects.toThrow("it left the process");
    expect(sent).toHaveLength(1);
    await expect(ecs.send(new StopTaskCommand({ task: "x" }))).rejects.toThrow("StopTaskCommand is no read");
    expect(sent).toHaveLength(1);
});

test("a read-only client refuses to read a secret, unless the test names the call", async () => {
    const config = { ...aws, maxAttempts: 1, requestHandler: answering };
    const read = new GetSecretValueCommand({ SecretId: "x" });
    await expect(readOnly(new SecretsManagerClient(config)).send(read)).rejects.toThrow("is no read");
    await expect(readOnly(new SecretsManagerClient(config), ["GetSecretValue"]).send(read)).rejects.toThrow(
        "it left the process",
    );
});

test.each(["dev", "staging", "prod"])(
    "the outputs of %s are those that the integration tests expect",
    async (stack) => {
        const { outputs } = await planTestStack(stack);
        const manifest = findManifest(outputs);
        const found = readOutputs({ STACK_OUTPUTS: JSON.stringify({ ...outputs, manifest }) });
        expect(found.outputs).toMatchObject({ environment: stack, manifest: { stack } });
    },
);

test("the outputs of a stack are read from the two files that `deploy up` writes", async () => {
    const { manifest: secret, ...outputs } = (await planTestStack("dev")).outputs;
    const manifest = findManifest({ manifest: secret ?? "" });
    const here = process.cwd();
    process.chdir(mkdtempSync(join(tmpdir(), "root-")));
    try {
        const [plain, beside] = writeOutputFiles(".", "dev", outputs, manifestSchema.parse(manifest));
        expect(readOutputs({ STACK: "dev" }).outputs).toEqual({ ...outputs, manifest });
        rmSync(beside ?? "");
        expect(readOutputs({ STACK: "dev" }).missing).toContain("outputs/dev.manifest.json does not exist");
        // One file alone has everything, or is not the whole.
        expect(() => readOutputs({ STACK_OUTPUTS: plain })).toThrow("manifest: ");
    } finally {
        process.chdir(here);
    }
});

test("without outputs, the tests say which variable to set", () => {
    expect(readOutputs({}).missing).toContain("set STACK_OUTPUTS");
    expect(readOutputs({ STACK: "nowhere" }).missing).toContain("outputs/nowhere.json does not exist");
});

test("outputs of another form fail, and each is named", async () => {
    const { outputs } = await planTestStack("dev");
    const { vpcId, ...others } = outputs;
    const file = join(mkdtempSync(join(tmpdir(), "outputs-")), "dev.json");
    writeFileSync(file, JSON.stringify({ ...others, manifest: findManifest(outputs), environment: "", subnet: vpcId }));
    expect(() => readOutputs({ STACK_OUTPUTS: file })).toThrow(/environment: .*\n.*vpcId: .*\n.*subnet/);
});

test("failures are caused only where the stack allows them and RUN_DESTRUCTIVE=yes asks for them", () => {
    expect(() => {
        requireDestructiveAllowed({ failureTests: false }, { RUN_DESTRUCTIVE: "yes" });
    }).toThrow("which the stack does not allow (recovery.failureTests)");
    for (const asked of [undefined, "", "no", "1"]) {
        expect(() => {
            requireDestructiveAllowed({ failureTests: true }, { RUN_DESTRUCTIVE: asked });
        }).toThrow("set RUN_DESTRUCTIVE=yes");
    }
    expect(() => {
        requireDestructiveAllowed({ failureTests: true }, { RUN_DESTRUCTIVE: "yes" });
    }).not.toThrow();
});

test("production does not allow failures, staging does by its waiver, and a stack outside PCI DSS unless it says otherwise", async () => {
    const allowed = async (stack: string) => findManifest((await planTestStack(stack)).outputs);
    expect(await allowed("prod")).toMatchObject({ compliance: "PCI-DSS", failureTests: false });
    expect(await allowed("staging")).toMatchObject({ compliance: "PCI-DSS", failureTests: true });
    expect(await allowed("dev")).toMatchObject({ compliance: "none", failureTests: true });
});
