import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { schemaLabels } from "../../../contract/schema.ts";
import { exitCodeFor } from "../../../tools/frame/exit.ts";
import { copyProject } from "../../project.ts";
import { awsError, clientsWith, type FakeResponses } from "./deploy/fakes.ts";
import { runTool } from "./run-tool.ts";

const programs = ["api", "payment", "notification", "migration"];
const tag = "build-20270131T101500Z";
const registry = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
const digestOf = (repository: string) =>
    `sha256:${(programs.findIndex((p) => repository.includes(`-${p}-`)) + 1).toString().repeat(64)}`;

let root = "";
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "images-build-"));
    copyProject(root, ["dev"]);
    mkdirSync(join(root, "bin"));
    programs.forEach(addProgram);
    addMigration("0001-payments");
    addMigration("0002-users");
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

const stackFile = () => readFileSync(join(root, "Pulumi.dev.yaml"), "utf8");

function addProgram(name: string): void {
    const file = join(root, "services", name, "main.ts");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
}

function addMigration(name: string, sql = "SELECT 1;"): void {
    const file = join(root, "services", "migration", "sql", `${name}.sql`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, sql);
}

/** A `docker` that writes down its arguments and its input; with arguments that match `fails` it fails. */
function fakeDocker(fails = "never", end = "exit 3"): void {
    const file = join(root, "bin", "docker");
    const lines = [
        "#!/bin/sh",
        `echo "$*" >> "${root}/docker.log"`,
        `case "$*" in login*) cat >> "${root}/docker.input" ;; esac`,
        `case "$*" in ${fails}) ${end} ;; esac`,
    ];
    writeFileSync(file, `${lines.join("\n")}\n`);
    chmodSync(file, 0o755);
}
const dockerCalls = (): string[] =>
    existsSync(join(root, "docker.log")) ? readFileSync(join(root, "docker.log"), "utf8").trim().split("\n") : [];

const denied = Object.assign(awsError("AccessDeniedException", "no"), { $metadata: {} });
const blob = { architecture: "arm64", os: "linux", config: { Volumes: { "/tmp": {} } } };
const scanned = { imageScanStatus: { status: "COMPLETE" }, imageScanFindings: {} };
const account: FakeResponses = {
    GetCallerIdentity: { Account: "123456789012" },
    DescribeRepositories: {},
    GetAuthorizationToken: {
        authorizationData: [
            {
                proxyEndpoint: `https://${registry}`,
                authorizationToken: Buffer.from("AWS:a-token-of-ecr").toString("base64"),
            },
        ],
    },
    DescribeImages: ({ repositoryName }) => ({ imageDetails: [{ imageDigest: digestOf(String(repositoryName)) }] }),
    BatchGetImage: { images: [{ imageManifest: JSON.stringify({ config: { digest: "sha256:c" } }) }] },
    GetDownloadUrlForLayer: { downloadUrl: "https://blob" },
    DescribeImageScanFindings: scanned,
    PutImage: {},
};

async function build(answers: FakeResponses = {}, argv = ["dev", "--build"], labels: Record<string, string> = {}) {
    const { clients, calls } = clientsWith({ ...account, ...answers });
    const waited: number[] = [];
    const result = await runTool("images", argv, {
        root,
        env: { PATH: `${join(root, "bin")}:/usr/bin:/bin` },
        createClients: () => Promise.resolve(clients),
        fetch: () =>
            Promise.resolve({
                ok: true,
                status: 200,
                json: () => Promise.resolve({ ...blob, config: { ...blob.config, Labels: labels } }),
            }),
        clock: {
            now: () => Date.UTC(2027, 0, 31, 10, 15),
            sleep: (milliseconds) => {
                waited.push(milliseconds / 1000);
                return Promise.resolve();
            },
        },
    });
    return { ...result, calls: calls.map(([name]) => name), waited };
}

test("every program is built for ARM64, pushed, checked and recorded, and the login is removed", async () => {
    fakeDocker();
    const { code, out, err, calls } = await build();
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(dockerCalls()).toEqual([
        "buildx version",
        "version --format Docker Engine {{.Server.Version}}",
        `login --username AWS --password-stdin ${registry}`,
        ...programs.map(
            (program) =>
                `buildx build --pull --no-cache-filter service --platform linux/arm64 --build-arg SERVICE=${program} ` +
                `--build-arg SCHEMA_VERSION=0002 --build-arg OLDEST_SERVED_SCHEMA_VERSION=0001 --file services/Dockerfile ` +
                `--tag ${registry}/payment-${program}-dev:${tag} --push .`,
        ),
        `logout ${registry}`,
    ]);
    expect(readFileSync(join(root, "docker.input"), "utf8")).toBe("a-token-of-ecr");
    expect(calls.filter((call) => call === "PutImage")).toHaveLength(4);
    for (const program of programs) {
        expect(stackFile()).toContain(`imageDigest: ${digestOf(`-${program}-`)}`);
        expect(out).toContain(`${program}.imageDigest\n  was not set\n  is  ${digestOf(`-${program}-`)}\n`);
    }
    expect(out.match(/^Next: npm run deploy -- dev up$/gm)).toHaveLength(1);
});

test.each([
    ["no Docker", undefined, /^docker buildx version: docker is not on the PATH\. Install Docker with buildx/],
    ["a Docker without buildx", "buildx*", /^docker buildx version: it ended with 3\. Install Docker with buildx/],
    ["a Docker whose engine does not run", "version*", /^docker version --format: it ended with 3\. Install/],
    ["a Docker that is killed", "version*", /^docker version --format: it ended with a signal\. Install/, "kill -9 $$"],
])("with %s it says what to run elsewhere, before any call", async (_, fails, message, end = "exit 3") => {
    if (fails !== undefined) {
        fakeDocker(fails, end);
    }
    const before = stackFile();
    const { code, out, err, calls } = await build();
    expect({ code, out, calls }).toEqual({ code: exitCodeFor("no-docker"), out: "", calls: [] });
    expect(err).toMatch(message);
    const [first, ...commands] = err.trimEnd().split("\n  ");
    expect(first).toMatch(/if one is refused, those before it stay recorded\.$/);
    expect(commands).toEqual([
        'REGISTRY="$(aws sts get-caller-identity --query Account --output text).dkr.ecr.us-east-1.amazonaws.com"',
        'aws ecr get-login-password --region us-east-1 | docker login --username AWS --password-stdin "$REGISTRY"',
        ...programs.map(
            (program) =>
                `docker buildx build --pull --no-cache-filter service --platform linux/arm64 --build-arg SERVICE=${program} ` +
                `--build-arg SCHEMA_VERSION=0002 --build-arg OLDEST_SERVED_SCHEMA_VERSION=0001 --file services/Dockerfile ` +
                `--tag "$REGISTRY/payment-${program}-dev:${tag}" --push .`,
        ),
        'docker logout "$REGISTRY"',
        ...programs.map((program) => `npm run images -- dev ${program} payment-${program}-dev:${tag}`),
    ]);
    expect(stackFile()).toBe(before);
});

test.each([
    ["eu-west-1", "eu-west-1.amazonaws.com"],
    ["cn-north-1", "cn-north-1.amazonaws.com.cn"],
])("what to run elsewhere names the registry of %s", async (region, host) => {
    writeFileSync(join(root, "Pulumi.dev.yaml"), stackFile().replace("aws:region: us-east-1", `aws:region: ${region}`));
    expect((await build()).err).toContain(`Account --output text).dkr.ecr.${host}"\n`);
});

test("a build that fails is the end, the login is removed, and nothing is recorded", async () => {
    fakeDocker("*SERVICE=payment*");
    const before = stackFile();
    const { code, out, err, calls } = await build();
    expect({ code, out, err }).toEqual({
        code: 1,
        out: "",
        err: "docker buildx build: it ended with 3; it says above why\n",
    });
    expect(dockerCalls().at(-1)).toBe(`logout ${registry}`);
    expect(dockerCalls().join()).not.toContain("SERVICE=notification");
    expect(calls).not.toContain("PutImage");
    expect(stackFile()).toBe(before);
});

test("all images that are refused are named, and none is recorded", async () => {
    fakeDocker();
    const before = stackFile();
    const severe = { findings: [{ name: "CVE-1", severity: "CRITICAL" }] };
    const { code, out, err, calls } = await build({
        DescribeImageScanFindings: ({ repositoryName }) =>
            String(repositoryName).includes("migration") || String(repositoryName).includes("api")
                ? { ...scanned, imageScanFindings: severe }
                : scanned,
    });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(
        /^api: the scan of \S+ found CVE-1 .*\nmigration: the scan of \S+ found CVE-1 .*\nno image is recorded\n$/,
    );
    expect(calls).not.toContain("PutImage");
    expect(stackFile()).toBe(before);
});

test("what the migrations say is built into the image, and a line that is wrong is refused before the build", async () => {
    fakeDocker();
    addMigration("0003-names", "-- Serves services built with 0002 or later.\nSELECT 1;");
    expect((await build()).code).toBe(0);
    expect(dockerCalls().join()).toContain("SCHEMA_VERSION=0003 --build-arg OLDEST_SERVED_SCHEMA_VERSION=0002 ");
    rmSync(join(root, "docker.log"));
    addMigration("0004-more", "-- Serves what was built with 0002.");
    const { code, err } = await build();
    expect([code, err]).toEqual([1, expect.stringContaining("migration 0004-more.sql: ")]);
    expect(dockerCalls().join()).not.toContain("build");
});

test("a migration that the recorded images cannot work with is not recorded, with any of the images", async () => {
    fakeDocker();
    const old = { [schemaLabels.version]: "0001", [schemaLabels.oldestServed]: "0001" };
    expect((await build({}, ["dev", "--build"], old)).code).toBe(0);
    const before = stackFile();
    const { code, err } = await build(
        { DescribeImages: { imageDetails: [{ imageDigest: `sha256:${"9".repeat(64)}` }] } },
        ["dev", "--build"],
        { [schemaLabels.version]: "0001", [schemaLabels.oldestServed]: "0002" },
    );
    expect([code, err]).toEqual([
        1,
        expect.stringContaining(
            "api: it was built with schema 0001, and a migration takes away what services built before 0002 use\n",
        ),
    ]);
    expect(stackFile()).toBe(before);
});

test("a scan that has not begun is waited for, one minute at most", async () => {
    fakeDocker();
    let asked = 0;
    const { code, waited } = await build({
        DescribeImageScanFindings: () => {
            asked += 1;
            if (asked <= 2) {
                return awsError("ScanNotFoundException");
            }
            return scanned;
        },
    });
    expect({ code, waited }).toEqual({ code: 0, waited: [10, 10] });
    const never = await build({ DescribeImageScanFindings: awsError("ScanNotFoundException") });
    expect(never.code).toBe(1);
    expect(never.waited).toEqual(Array<number>(4 * 6).fill(10));
    expect(never.err).toContain("was never scanned: run aws ecr start-image-scan");
});

test.each<[string, FakeResponses, string]>([
    [
        "without the repositories",
        { DescribeRepositories: awsError("RepositoryNotFoundException") },
        "one of the repositories payment-api-dev, payment-payment-dev, payment-notification-dev, payment-migration-dev is not there: deploy the stack once",
    ],
    ["without the right to see them", { DescribeRepositories: denied }, "AccessDenied"],
    ["with expired credentials", { GetCallerIdentity: awsError("ExpiredToken", "old") }, "credentials: AWS does not"],
    ["without a token", { GetAuthorizationToken: {} }, "ECR answered without a token for its registry"],
])("%s nothing is built", async (_, answers, message) => {
    fakeDocker();
    const { code, err } = await build(answers);
    expect(code).toBe(1);
    expect(err).toContain(message);
    expect(dockerCalls().filter((call) => !/^(buildx )?version/.test(call))).toEqual([]);
});

test("a check that AWS does not answer ends with its error", async () => {
    fakeDocker();
    const { code, err } = await build({ DescribeImages: denied });
    expect(code).toBe(1);
    expect(err).toContain("AWS: AccessDeniedException: no");
});

test("a service without a program is named and not built; without any program there is nothing to build", async () => {
    fakeDocker();
    rmSync(join(root, "services", "payment"), { recursive: true });
    const { code, err, out } = await build();
    expect({ code, err }).toEqual({ code: 0, err: "payment is not built: services/payment/main.ts is not there\n" });
    expect(out).not.toContain("services.payment.imageDigest");
    rmSync(join(root, "services"), { recursive: true });
    expect((await build()).err).toBe("services/ has the program of no service of dev: build its images elsewhere\n");
});

test.each([
    [["dev", "api", "--build"], "--build takes no service and no image: it builds all"],
    [["dev", "--build", "--from", "dev"], "cannot be used with"],
    [["dev"], "missing <service>, or --build for all"],
])("%j is a usage error", async (argv, message) => {
    const { code, err, calls } = await build({}, argv);
    expect({ code, calls }).toEqual({ code: 2, calls: [] });
    expect(err).toContain(message);
});
