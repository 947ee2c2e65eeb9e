import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { manifestSchema } from "../../../../lib/manifest.ts";
import { chooseBackend, getPassphraseVariables } from "../../../../tools/deploy/backend.ts";
import {
    readManifest,
    removeOutputFiles,
    resourcesWithoutArn,
    writeOutputFiles,
} from "../../../../tools/deploy/output-files.ts";
import { preserveStackFile } from "../../../../tools/deploy/stack-file.ts";
import { readState } from "../../../../plan/state.ts";
import { findManifest, plannedManifest } from "../../../../plan/manifest.ts";
import { planTestStack } from "../../../stacks.ts";
import { fakeStack, stateResource, exportedSecret, stateWith, terminalWith } from "./fakes.ts";

let root = "";
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "deploy-"));
    writeFileSync(join(root, "Pulumi.yaml"), "name: payment-platform\n");
    writeFileSync(join(root, "Pulumi.dev.yaml"), stackFile);
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

const stackFile = `# a comment
config:
  aws:region:   "us-east-1"   # kept
`;
const file = () => join(root, "Pulumi.dev.yaml");
const read = () => readFileSync(file(), "utf8");

const choose = (env: NodeJS.ProcessEnv = {}) => chooseBackend({ env, home: root, root });

test("the variable PULUMI_BACKEND_URL has priority over every other choice of a backend", () => {
    writeFileSync(join(root, "credentials.json"), JSON.stringify({ current: "s3://other" }));
    expect(choose({ PULUMI_BACKEND_URL: "s3://states", PULUMI_HOME: root })).toEqual({
        url: "s3://states",
        chosenBy: "PULUMI_BACKEND_URL",
    });
});

test("then the project's file, then the login, then the token", () => {
    const env = { PULUMI_HOME: root, PULUMI_ACCESS_TOKEN: "pul-x" };
    expect(choose(env)).toEqual({ url: "https://api.pulumi.com", chosenBy: "PULUMI_ACCESS_TOKEN" });
    writeFileSync(join(root, "credentials.json"), JSON.stringify({ current: "s3://login" }));
    expect(choose(env)).toEqual({ url: "s3://login", chosenBy: "pulumi login" });
    writeFileSync(join(root, "Pulumi.yaml"), "name: x\nbackend:\n  url: s3://project\n");
    expect(choose(env)).toEqual({ url: "s3://project", chosenBy: "Pulumi.yaml" });
});

test("without a login the state is on this machine, outside the repository", () => {
    const folder = join(root, ".local", "state", "payment-platform");
    expect(choose()).toEqual({
        url: `file://${folder}?metadata=skip`,
        chosenBy: "no login: kept on this machine",
        folder,
    });
    expect(choose({ XDG_STATE_HOME: "/var/x" }).url).toBe("file:///var/x/payment-platform?metadata=skip");
    writeFileSync(join(root, "credentials.json"), JSON.stringify({ current: "" }));
    expect(choose({ PULUMI_HOME: root }).folder).toBe(folder);
});

test("a login file that cannot be read is reported", () => {
    writeFileSync(join(root, "credentials.json"), "{");
    expect(() => choose({ PULUMI_CREDENTIALS_PATH: root })).toThrow(
        /credentials\.json is no JSON: .*; run `pulumi login` again/,
    );
});

const local = { url: "file:///states", chosenBy: "" };
const cloud = { url: "https://api.pulumi.com", chosenBy: "" };

test("a terminal asks twice for the passphrase of a new stack, and once for that of an existing one", async () => {
    const terminal = terminalWith("open sesame", "open sesame");
    expect(await getPassphraseVariables(file(), local, {}, terminal)).toEqual({
        PULUMI_CONFIG_PASSPHRASE: "open sesame",
    });
    expect(terminal.questions).toEqual(["Passphrase of the stack's secrets: ", "Once more: "]);
    await expect(getPassphraseVariables(file(), local, {}, terminalWith("one", "two"))).rejects.toMatchObject({
        exitReason: "no-backend",
        message: "The two passphrases differ; nothing was changed",
    });
    writeFileSync(file(), `${stackFile}encryptionsalt: v1:abc\n`);
    const once = terminalWith("open sesame", "other");
    expect(await getPassphraseVariables(file(), cloud, {}, once)).toEqual({ PULUMI_CONFIG_PASSPHRASE: "open sesame" });
    expect(once.questions).toHaveLength(1);
});

test("without a terminal a passphrase must be set, even an empty one", async () => {
    await expect(getPassphraseVariables(file(), local, {}, undefined)).rejects.toMatchObject({
        exitReason: "no-backend",
        message: expect.stringContaining("set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE"),
    });
    expect(await getPassphraseVariables(file(), local, { PULUMI_CONFIG_PASSPHRASE: "" }, undefined)).toEqual({});
    expect(await getPassphraseVariables(file(), local, { PULUMI_CONFIG_PASSPHRASE_FILE: "/x" }, undefined)).toEqual({});
});

test("a stack whose secrets provider is a passphrase needs one at Pulumi Cloud, too", async () => {
    writeFileSync(file(), `secretsprovider: passphrase\n${stackFile}`);
    const terminal = terminalWith("open sesame", "open sesame");
    expect(await getPassphraseVariables(file(), cloud, {}, terminal)).toEqual({
        PULUMI_CONFIG_PASSPHRASE: "open sesame",
    });
});

test("a key in KMS or Pulumi Cloud needs no passphrase", async () => {
    expect(await getPassphraseVariables(file(), cloud, {}, undefined)).toEqual({});
    writeFileSync(file(), `secretsprovider: awskms://alias/pulumi\n${stackFile}`);
    expect(await getPassphraseVariables(file(), local, {}, undefined)).toEqual({});
});

test("Pulumi may write how secrets are encrypted to the stack's file, and nothing else", async () => {
    const said: string[] = [];
    const say = (line: string) => void said.push(line);
    const result = await preserveStackFile(file(), say, () => {
        // As Pulumi writes it: no comments, other quotes.
        writeFileSync(file(), "encryptionsalt: v1:abc:def\nconfig:\n  aws:region: us-east-1\n");
        return Promise.resolve("done");
    });
    expect(result).toBe("done");
    expect(read()).toBe(`${stackFile}encryptionsalt: v1:abc:def\n`);
    expect(said).toEqual([
        `${file()}: Pulumi set encryptionsalt; commit the file, it is needed to read the stack's secrets`,
    ]);
});

test("the second time the file does not change, and nothing is printed", async () => {
    const said: string[] = [];
    const once = `${stackFile}encryptionsalt: v1:abc:def\n`;
    writeFileSync(file(), once);
    await preserveStackFile(
        file(),
        (line) => void said.push(line),
        () => {
            writeFileSync(file(), "config:\n  aws:region: us-east-1\nencryptionsalt: v1:abc:def\n");
            return Promise.resolve();
        },
    );
    expect({ text: read(), said }).toEqual({ text: once, said: [] });
});

test("a KMS key stays where the operator wrote it, also when Pulumi fails", async () => {
    writeFileSync(file(), `secretsprovider: awskms://alias/pulumi\n${stackFile}`);
    const failing = preserveStackFile(
        file(),
        () => undefined,
        () => {
            writeFileSync(
                file(),
                "secretsprovider: awskms://alias/new\nencryptedkey: AQ==\nconfig:\n  aws:region: us-east-1\n",
            );
            return Promise.reject(new Error("no such bucket"));
        },
    );
    await expect(failing).rejects.toThrow("no such bucket");
    expect(read()).toBe(`secretsprovider: awskms://alias/new\n${stackFile}encryptedkey: AQ==\n`);
});

/** What keeping the file leaves of a change of its text, and says. */
async function kept(before: string, after: string): Promise<{ text: string; said: string[] }> {
    const said: string[] = [];
    writeFileSync(file(), before);
    await preserveStackFile(
        file(),
        (line) => void said.push(line),
        () => {
            writeFileSync(file(), after);
            return Promise.resolve();
        },
    );
    return { text: read(), said };
}

test("keys that Pulumi adds to a file with CRLF end their lines so, too", async () => {
    const before = "encryptedkey: AQ==\r\nconfig:\r\n  payment-platform:a: 1\r\n";
    const after = "encryptionsalt: v1:abc\nencryptedkey: Ag==\nconfig:\n  payment-platform:a: 1\n";
    const { text } = await kept(before, after);
    expect(text).toBe("encryptedkey: Ag==\r\nconfig:\r\n  payment-platform:a: 1\r\nencryptionsalt: v1:abc\r\n");
});

test("settings that Pulumi writes in another form are restored without a message", async () => {
    const before = "config:\n  payment-platform:a: false\n  b: 010\n  payment-platform:c: [x]\n  payment-platform:d:\n";
    const after =
        'config:\n  payment-platform:a: "false"\n  payment-platform:b: "8"\n  payment-platform:c: [\'x\']\n' +
        '  payment-platform:d: ""\n';
    expect(await kept(before, after)).toEqual({ text: before, said: [] });
});

test("settings that changed while Pulumi ran are kept, and are named", async () => {
    const before = "config:\n  payment-platform:a: 1\n  payment-platform:b: 2\n  payment-platform:c: 3\n";
    const after =
        "encryptionsalt: v1:abc\nconfig:\n  payment-platform:a: 1\n  payment-platform:b: 4\n  payment-platform:d: 5\n";
    expect(await kept(before, after)).toEqual({
        text: after,
        said: [
            `${file()}: payment-platform:b, payment-platform:c, payment-platform:d changed while Pulumi ran, and stays as it ` +
                "is now; Pulumi may not have seen it",
        ],
    });
});

test("a file that Pulumi removes with its stack stays removed", async () => {
    await preserveStackFile(
        file(),
        () => undefined,
        () => {
            rmSync(file());
            return Promise.resolve();
        },
    );
    expect(existsSync(file())).toBe(false);
});

test("secret outputs are omitted at any depth", async () => {
    const outputs = {
        url: "https://x",
        token: exportedSecret("s3cret"),
        nested: { keep: 1, key: exportedSecret("s3cret") },
        list: ["a", exportedSecret("s3cret")],
    };
    const { stack } = fakeStack([stateResource("pulumi:pulumi:Stack", "dev", { outputs })]);
    const state = await readState(stack);
    expect(state.outputs).toEqual({ url: "https://x", nested: { keep: 1 }, list: ["a", null] });
});

test("a stack without an update has an empty state", async () => {
    const stack = { exportStack: () => Promise.resolve({ version: 3, deployment: null }) };
    expect(await readState(stack)).toEqual({ resources: [], pending: [], outputs: {}, manifest: undefined });
});

test("the manifest is read although it is marked as a secret, and nothing secret in it is", async () => {
    const manifest = { stack: "dev", resources: [{ arn: "arn:x", token: exportedSecret("s3cret") }] };
    const outputs = { url: "https://x", manifest: exportedSecret(manifest) };
    const state = await readState(fakeStack([stateResource("pulumi:pulumi:Stack", "dev", { outputs })]).stack);
    expect(state.outputs).toEqual({ url: "https://x" });
    expect(state.manifest).toEqual({ stack: "dev", resources: [{ arn: "arn:x" }] });
});

test("outputs and manifest are written for their owner alone, and replace older ones", async () => {
    const plan = await planTestStack("dev");
    const manifest = plannedManifest(plan, undefined);
    const outputs = { url: "https://x" };
    const first = writeOutputFiles(root, "dev", outputs, manifest);
    first.forEach((path) => {
        chmodSync(path, 0o644);
    });
    const files = writeOutputFiles(root, "dev", outputs, manifest);
    expect(files).toEqual([join(root, "outputs", "dev.json"), join(root, "outputs", "dev.manifest.json")]);
    expect(files.map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(["600", "600"]);
    const written = files.map((path) => JSON.parse(readFileSync(path, "utf8")) as unknown);
    expect(written).toEqual([outputs, manifest]);
    // An old manifest would describe another update.
    expect(writeOutputFiles(root, "dev", outputs, undefined)).toEqual([join(root, "outputs", "dev.json")]);
    expect(() => statSync(files[1] ?? "")).toThrow("ENOENT");
    removeOutputFiles(root, "dev");
    expect(() => statSync(files[0] ?? "")).toThrow("ENOENT");
});

test("resources that must have an ARN, and have none, are named", async () => {
    const plan = await planTestStack("dev");
    const manifest = manifestSchema.parse(findManifest(plan.outputs));
    expect(resourcesWithoutArn(manifest, plan)).toEqual([]);
    const queues = manifest.resources.filter(({ type }) => type === "aws:sqs/queue:Queue");
    // Its policy has no ARN of its own: nothing is missing there.
    const cutTypes = ["aws:sqs/queue:Queue", "aws:sqs/queuePolicy:QueuePolicy"];
    const cut = manifest.resources.map((row) =>
        row.name === queues[0]?.name && cutTypes.includes(row.type) ? { ...row, arn: null } : row,
    );
    expect(resourcesWithoutArn({ ...manifest, resources: cut }, plan)).toEqual([
        `${queues[0]?.name} (aws:sqs/queue:Queue)`,
    ]);
});

test("a stack without a manifest, or with one of another version, is refused with the reason", () => {
    const missing = () => readManifest(stateWith([]), "dev");
    expect(missing).toThrow("Stack dev has no manifest of this version (manifest: ");
    const old = () => readManifest({ ...stateWith([]), manifest: { schemaVersion: 0 } }, "dev");
    expect(old).toThrow("(manifest.schemaVersion: ");
});
