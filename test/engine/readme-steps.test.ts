import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";
import { expect } from "@jest/globals";
import { parse } from "yaml";
import { getPath } from "../../plan/query.ts";
import { withMissingCallsAnswered } from "./support/missing-calls.ts";
import { runCommand } from "./support/process.ts";
import { Project } from "./support/project.ts";
import { readmeSteps, scriptOfSteps } from "./support/readme-steps.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();

/** Puts a program named `docker` into a folder, which records its calls (`support/docker.ts`). */
function addDocker(folder: string): void {
    const program = resolve("test/engine/support/docker.ts");
    writeFileSync(join(folder, "docker"), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
    chmodSync(join(folder, "docker"), 0o755);
}

/** The profile that the steps name, with credentials that only an emulator accepts. */
function addProfile(folder: string, steps: string): string {
    const [, profile = ""] = /AWS_PROFILE=(\S+)/.exec(steps) ?? [];
    const file = join(folder, "credentials");
    writeFileSync(file, `[${profile}]\naws_access_key_id = test\naws_secret_access_key = test\n`);
    return file;
}

async function tasksOfApi(): Promise<{ desired?: number; running?: number }> {
    const ecs = new ECSClient({ region: process.env.AWS_REGION });
    const { services: [service] = [] } = await ecs.send(
        new DescribeServicesCommand({ cluster: "payment-cluster-dev", services: ["payment-api-dev"] }),
    );
    return { desired: service?.desiredCount, running: service?.runningCount };
}

/** Where the stack's file has the digest of each image that the steps build. */
const digestPaths = [
    ...["api", "notification", "payment"].map((service) => ["services", service, "imageDigest"] as const),
    ["migration", "imageDigest"] as const,
];

/** The paths among these that have a digest. */
function recordedPaths(settings: string): (readonly string[])[] {
    const { config } = parse(settings) as { config: unknown };
    return digestPaths.filter(([section, ...path]) => {
        const found = getPath(getPath(config, `payment-platform:${section}`), path.join("."));
        return /^sha256:[0-9a-f]{64}$/.test(String(found));
    });
}

scenario(
    "the five steps of the README, pasted into one shell, migrate and deploy dev, whose tasks run",
    60,
    async () => {
        const folder = mkdtempSync(join(tmpdir(), "readme-"));
        const steps = scriptOfSteps(readmeSteps(), folder);
        const [script, record] = [join(folder, "steps.sh"), join(folder, "docker.log")];
        writeFileSync(script, steps);
        addDocker(folder);
        try {
            const { code, stdout, stderr } = await withMissingCallsAnswered(process.env.AWS_ENDPOINT_URL ?? "", (env) =>
                runCommand(["bash", script], {
                    cwd: project.root,
                    env: {
                        ...env,
                        AWS_SHARED_CREDENTIALS_FILE: addProfile(folder, steps),
                        DOCKER_RECORD: record,
                        PATH: [folder, dirname(process.execPath), process.env.PATH].join(delimiter),
                    },
                }),
            );
            expect({ code, end: code === 0 ? "" : `${stdout}\n${stderr}`.slice(-6000) }).toEqual({ code: 0, end: "" });
            const passphrase = statSync(join(folder, ".payment-platform-passphrase"));
            expect({ mode: passphrase.mode & 0o777, isEmpty: passphrase.size === 0 }).toEqual({
                mode: 0o600,
                isEmpty: false,
            });
            const built = readFileSync(record, "utf8").matchAll(
                /^buildx build .*--build-arg SERVICE=(\S+) .*--push \.$/gm,
            );
            expect(Array.from(built, ([, owner]) => owner).sort()).toEqual([
                "api",
                "migration",
                "notification",
                "payment",
            ]);
            expect(recordedPaths(project.read("Pulumi.dev.yaml"))).toEqual(digestPaths);
            expect(stderr).toContain("migrating the database with sha256:");
            expect(await tasksOfApi()).toEqual({ desired: 2, running: 2 });
        } finally {
            rmSync(folder, { recursive: true });
            // The other files of this run begin with a dev without images.
            for (const path of recordedPaths(project.read("Pulumi.dev.yaml"))) {
                project.setSetting("dev", path, undefined);
            }
            await project.runOperationSuccessfully("up", "dev");
        }
    },
);
