import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { requiredPulumiVersion } from "../../../../tools/deploy/pulumi-command.ts";
import { withoutProgress } from "../progress-line.ts";

let root = "";
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "deploy-"));
    writeFileSync(join(root, "Pulumi.yaml"), "name: payment-platform\nruntime: nodejs\n");
    writeFileSync(join(root, "Pulumi.dev.yaml"), stackFile);
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

const stackFile = `# kept\n${readFileSync("test/project/Pulumi.dev.yaml", "utf8")}`;

/**
 * A stand-in for Pulumi that records its arguments, creates stacks, and previews until it is interrupted where it
 * should.
 */
const standIn = `
const fs = require("node:fs");
const args = process.argv.slice(2);
if (args[0] === "version") {
    console.log("v${requiredPulumiVersion}");
} else {
    fs.appendFileSync("calls", args.slice(0, 3).join(" ") + "\\n");
}
const [verb, step] = args;
if (step === "select" && !fs.existsSync("made")) {
    console.error("error: no stack named 'dev' found");
    process.exit(255);
}
if (step === "init") {
    fs.writeFileSync("made", "");
    const file = fs.readFileSync("Pulumi.dev.yaml", "utf8");
    fs.writeFileSync("Pulumi.dev.yaml", "encryptionsalt: v1:abc\\n" + file.replace("# kept\\n", ""));
}
if (verb === "preview") {
    console.error("Previewing with " + args[2] + " for " + process.env.PULUMI_BACKEND_URL);
    if (fs.existsSync("wait")) {
        process.on("SIGINT", () => process.exit(255));
        setInterval(() => undefined, 1000);
        console.error("waiting");
    }
}
if (step === "export") {
    const stack = { urn: "a::dev", type: "pulumi:pulumi:Stack", outputs: { url: "https://x" } };
    const queue = { urn: "a::queue", type: "aws:sqs/queue:Queue", custom: true };
    const resources = fs.existsSync("deployed") ? [stack, queue] : [stack];
    console.log(JSON.stringify({ deployment: { resources } }));
}
`;

/** Puts the stand-in on the PATH, before Node's own folder. */
function pathWithPulumi(): string {
    const folder = join(root, "bin");
    mkdirSync(folder);
    const program = join(folder, "pulumi");
    writeFileSync(program, `#!${process.execPath}\n${standIn}`, { mode: 0o755 });
    return [folder, dirname(process.execPath)].join(delimiter);
}

interface Ended {
    code: number | null;
    out: string;
    err: string;
}

/** The whole command in a process of its own. */
function deploy(argv: string[], path: string, on?: { output: string; signal: NodeJS.Signals }): Promise<Ended> {
    const child = spawn(process.execPath, [resolve("tools/run.ts"), "deploy", ...argv], {
        cwd: root,
        env: { PATH: path, HOME: root, PULUMI_BACKEND_URL: "file:///states", PULUMI_CONFIG_PASSPHRASE: "" },
    });
    let [out, err] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (out += data.toString()));
    child.stderr.on("data", (data: Buffer) => {
        err += data.toString();
        if (on !== undefined && err.includes(on.output)) {
            child.kill(on.signal);
        }
    });
    child.stdin.end();
    return new Promise((done) => {
        child.on("close", (code) => {
            done({ code, out, err: withoutProgress(err) });
        });
    });
}

const calls = () => readFileSync(join(root, "calls"), "utf8").trim().split("\n");

test("a preview creates the stack with Pulumi's own commands and does not change its file", async () => {
    const { code, out, err } = await deploy(["dev", "preview"], pathWithPulumi());
    expect({ code, out }).toEqual({ code: 0, out: "Preview:\n" });
    expect(err).toContain("Previewing with never for file:///states\n");
    expect(err).toContain("Pulumi set encryptionsalt; commit the file");
    expect(calls()).toEqual([
        "stack select --stack",
        "stack init dev",
        "stack export --show-secrets",
        "preview --color never",
    ]);
    expect(readFileSync(join(root, "Pulumi.dev.yaml"), "utf8")).toBe(`${stackFile}encryptionsalt: v1:abc\n`);
});

test("only outputs are printed on standard output", async () => {
    const path = pathWithPulumi();
    writeFileSync(join(root, "made"), "");
    writeFileSync(join(root, "deployed"), "");
    expect(await deploy(["dev", "outputs"], path)).toEqual({
        code: 0,
        out: '{\n  "url": "https://x"\n}\n',
        err: "state: file:///states (PULUMI_BACKEND_URL)\n",
    });
});

test.each(["SIGINT", "SIGTERM"] as const)(
    "%s without a terminal interrupts Pulumi, waits for it and exits with 130",
    async (signal) => {
        const path = pathWithPulumi();
        writeFileSync(join(root, "made"), "");
        writeFileSync(join(root, "wait"), "");
        const { code, err } = await deploy(["dev", "preview"], path, { output: "waiting", signal });
        expect({ code, err }).toMatchObject({
            code: 130,
            err: expect.stringContaining("Cancelled; what was done is in the state"),
        });
    },
);
