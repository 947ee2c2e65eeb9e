import { spawnSync } from "node:child_process";
import { mkdtempSync, openSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { withoutProgress } from "./progress-line.ts";

let folder = "";
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "process-"));
});
afterEach(() => {
    rmSync(folder, { recursive: true });
});

const program = resolve("tools/run.ts");
const small = resolve("test/fixtures/small");

test("an output that cannot be written, such as on a full disk, is one line and exit code 1", () => {
    // A file that is open for reading only refuses every byte, as a full disk does.
    const file = join(folder, "output");
    writeFileSync(file, "");
    const { status, stderr } = spawnSync(process.execPath, [program, "plan", "dev", "--json"], {
        cwd: small,
        encoding: "utf8",
        stdio: ["ignore", openSync(file, "r"), "pipe"],
    });
    expect({ status, stderr: withoutProgress(stderr) }).toEqual({
        status: 1,
        stderr: "the block is small\nthe output cannot be written: EBADF: bad file descriptor, write\n",
    });
});

test("without the packages, a command says in one line how to install them", () => {
    symlinkSync(resolve("tools"), join(folder, "tools"));
    const { status, stderr } = spawnSync(process.execPath, [join(folder, "tools", "run.ts"), "plan", "dev"], {
        cwd: small,
        encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: "the packages are not installed: run `npm ci`\n" });
});

/** Colours in the output of a command that does not write to a terminal. */
const colours = (env: Record<string, string>): boolean =>
    spawnSync(process.execPath, [program, "plan", "dev"], {
        cwd: small,
        encoding: "utf8",
        env: { PATH: process.env.PATH, ...env },
    }).stdout.includes("\u001b[");

test("there are no colours in a pipe, unless FORCE_COLOR is set", () => {
    expect([colours({}), colours({ FORCE_COLOR: "1" })]).toEqual([false, true]);
});

test("a temporary folder is removed where the process ends during the work, as it does at Ctrl-C", () => {
    const script = `
        import { withTemporaryFolder } from ${JSON.stringify(pathToFileURL(resolve("tools/frame/temporary-folder.ts")).href)};
        await withTemporaryFolder("first-", () => undefined);
        await withTemporaryFolder(
            "second-",
            (folder) => {
                console.log(folder);
                process.exit(130);
            },
            () => console.log("afterwards"),
        );`;
    const { status, stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
        encoding: "utf8",
        env: { PATH: process.env.PATH, TMPDIR: folder },
    });
    expect({ status, stdout }).toEqual({
        status: 130,
        stdout: expect.stringMatching(/\/second-\w+\nafterwards\n$/),
    });
    expect(readdirSync(folder)).toEqual([]);
});
