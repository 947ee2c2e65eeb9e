import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { requiredPulumiVersion } from "../../tools/deploy/pulumi-command.ts";

const archive = `pulumi-v${requiredPulumiVersion}-linux-x64.tar.gz`;
const addresses = [
    `https://get.pulumi.com/releases/sdk/${archive}`,
    `https://github.com/pulumi/pulumi/releases/download/v${requiredPulumiVersion}/pulumi-${requiredPulumiVersion}-checksums.txt`,
];

let folder = "";
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "install-pulumi-"));
    ["bin", "web", "web/pulumi", "temp"].forEach((name) => {
        mkdirSync(join(folder, name));
    });
    writeFileSync(join(folder, "web/pulumi/pulumi"), "the CLI");
    execFileSync("tar", ["-czf", archive, "pulumi"], { cwd: join(folder, "web") });
    // It "downloads" the file with the name at the end of the address, which is its last argument.
    writeFileSync(
        join(folder, "bin/curl"),
        `#!/bin/sh\nfor last; do :; done\necho "$last" >> "${folder}/asked"\nwhile [ "$1" != --output ]; do shift; done\ncp "${folder}/web/\${last##*/}" "$2"\n`,
        { mode: 0o755 },
    );
});
afterEach(() => {
    rmSync(folder, { recursive: true });
});

/** Runs the script where the releases have this file of checksums. */
function install(checksums: string) {
    writeFileSync(join(folder, `web/pulumi-${requiredPulumiVersion}-checksums.txt`), checksums);
    const added = join(folder, "path");
    const { status } = spawnSync("sh", [".github/install-pulumi.sh"], {
        env: {
            PATH: `${join(folder, "bin")}:${process.env.PATH}`,
            RUNNER_TEMP: join(folder, "temp"),
            GITHUB_PATH: added,
        },
    });
    return { status, path: existsSync(added) ? readFileSync(added, "utf8").trim() : undefined };
}

test("the workflows install the release of package.json, if it has the checksum that its publisher gives elsewhere", () => {
    const sum = createHash("sha256")
        .update(readFileSync(join(folder, "web", archive)))
        .digest("hex");
    const { status, path } = install(`${"0".repeat(64)}  pulumi-v1-linux-x64.tar.gz\n${sum}  ${archive}\n`);
    expect({ status, path }).toEqual({ status: 0, path: join(folder, "temp/pulumi") });
    expect(readFileSync(join(folder, "temp/pulumi/pulumi"), "utf8")).toBe("the CLI");
    expect(readFileSync(join(folder, "asked"), "utf8").trim().split("\n")).toEqual(addresses);
});

test.each([
    ["another checksum", `${"0".repeat(64)}  ${archive}\n`],
    ["no checksum", `${"0".repeat(64)}  pulumi-v1-linux-x64.tar.gz\n`],
])("with %s nothing is installed", (_, checksums) => {
    expect(install(checksums)).toEqual({ status: 1, path: undefined });
    expect(existsSync(join(folder, "temp/pulumi"))).toBe(false);
});
