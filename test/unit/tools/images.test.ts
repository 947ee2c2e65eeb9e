import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { schemaLabels } from "../../../contract/schema.ts";
import { requireItem } from "../../../lib/list.ts";
import { StackServices } from "../../../tools/images/stack-services.ts";
import { copyProject } from "../../project.ts";
import { clientsSending } from "./deploy/fakes.ts";
import { runTool } from "./run-tool.ts";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const [image, arm, config] = [digest("a"), digest("b"), digest("c")];
const repositoryName = "payment-api-dev";
const repository = `123456789012.dkr.ecr.us-east-1.amazonaws.com/${repositoryName}`;

/** What ECR answers to each call, in order. */
type Answer = [call: string, answer: object | Error];

let root = "";
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "images-"));
    copyProject(root, ["dev", "staging"]);
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

const fileOf = (stack: string) => readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8");

interface Ran {
    calls: [string, unknown][];
    waited: number[];
    regions: string[];
}

const armConfig = { architecture: "arm64", os: "linux", config: { Volumes: { "/tmp": {}, "/other": {} } } };

async function images(argv: string[], answers: Answer[] = [], blob: unknown = armConfig) {
    const nextBlob = typeof blob === "function" ? (blob as () => unknown) : () => blob;
    const ran: Ran = { calls: [], waited: [], regions: [] };
    const left = [...answers];
    const clients = clientsSending((name, input) => {
        ran.calls.push([name, input]);
        const [call, answer] = requireItem(left.splice(0, 1), 0);
        expect(ran.calls.at(-1)?.[0]).toBe(call);
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    });
    const result = await runTool("images", argv, {
        root,
        createClients: (region) => {
            ran.regions.push(region);
            return Promise.resolve(clients);
        },
        fetch: (url) =>
            Promise.resolve({ ok: url === "https://blob", status: 404, json: () => Promise.resolve(nextBlob()) }),
        clock: {
            now: () => Date.UTC(2027, 0, 31),
            sleep: (milliseconds) => {
                ran.waited.push(milliseconds / 1000);
                return Promise.resolve();
            },
        },
    });
    expect(left).toEqual([]);
    return { ...ran, ...result };
}

const failure = (name: string, message = ""): Error => Object.assign(new Error(message), { name, $metadata: {} });

const found: Answer = ["DescribeImages", { imageDetails: [{ imageDigest: image }] }];
const mediaType = "application/vnd.oci.image.manifest.v1+json";
const manifest = JSON.stringify({ config: { digest: config } });
const single: Answer[] = [
    ["BatchGetImage", { images: [{ imageManifest: manifest, imageManifestMediaType: mediaType }] }],
    ["GetDownloadUrlForLayer", { downloadUrl: "https://blob" }],
];
const tagged: Answer = ["PutImage", {}];
const deployedTag = `deployed-${"a".repeat(64)}`;
const platform = (architecture: string, of: string) => ({ digest: of, platform: { architecture, os: "linux" } });
const index = (...manifests: object[]): [string, { images: { imageManifest: string }[] }] => [
    "BatchGetImage",
    { images: [{ imageManifest: JSON.stringify({ manifests }) }] },
];
const scan = (status: string, findings: object = {}, nextToken?: string): Answer => [
    "DescribeImageScanFindings",
    { imageScanStatus: { status, description: "as ECR says" }, imageScanFindings: findings, nextToken },
];
const good: Answer[] = [found, ...single, scan("COMPLETE"), tagged];

test("the digest of a tag is recorded, and nothing else in the file changes", async () => {
    const before = fileOf("dev");
    const { code, out, err, calls, regions } = await images(["dev", "api", `${repository}:1.4.0`], good);
    expect({ code, err, regions }).toEqual({ code: 0, err: "", regions: ["us-east-1"] });
    const ours = { repositoryName, registryId: undefined };
    expect(calls).toEqual([
        ["DescribeImages", { ...ours, imageIds: [{ imageTag: "1.4.0" }] }],
        ["BatchGetImage", expect.objectContaining({ ...ours, imageIds: [{ imageDigest: image }] })],
        ["GetDownloadUrlForLayer", { ...ours, layerDigest: config }],
        ["DescribeImageScanFindings", { ...ours, imageId: { imageDigest: image }, nextToken: undefined }],
        // The same manifest under another tag: pushes after it do not expire the image.
        ["PutImage", { ...ours, imageManifest: manifest, imageManifestMediaType: mediaType, imageTag: deployedTag }],
    ]);
    expect(out).toBe(
        `Pulumi.dev.yaml: services.api.imageDigest\n  was not set\n  is  ${image}\nNext: npm run deploy -- dev up\n`,
    );
    const added = fileOf("dev").split("\n");
    const line = `      imageDigest: ${image}`;
    expect(added.filter((each) => each === line)).toHaveLength(1);
    expect(added.filter((each) => each !== line).join("\n")).toBe(before);
    // In the requested service.
    expect(added.indexOf(line)).toBeLessThan(added.indexOf("    payment:"));
});

test("the image of the migration is recorded beside the services, in a group that is a plain map", async () => {
    const before = fileOf("dev");
    const { code, out } = await images(["dev", "migration", image], good);
    expect({ code, out }).toEqual({
        code: 0,
        out: `Pulumi.dev.yaml: migration.imageDigest\n  was not set\n  is  ${image}\nNext: npm run deploy -- dev up\n`,
    });
    expect(fileOf("dev")).toBe(`${before}  payment-platform:migration:\n    imageDigest: ${image}\n`);
    expect((await images(["dev", "migration", "--from", "staging"])).err).toContain(
        "stack staging has no imageDigest for migration: record one there first",
    );
    expect((await images(["dev", "migrations", image])).err).toContain(
        'no service "migrations" in stack dev: did you mean migration?',
    );
});

test("a recorded digest is replaced; recording the same one again changes nothing", async () => {
    await images(["dev", "api", image], good);
    const once = fileOf("dev");
    expect((await images(["dev", "api", image], good)).out).toBe(`api of dev has ${image} already\n`);
    expect(fileOf("dev")).toBe(once);
    const other: Answer = ["DescribeImages", { imageDetails: [{ imageDigest: digest("d") }] }];
    const { out } = await images(["dev", "api", `${repositoryName}@${digest("d")}`], [other, ...good.slice(1)]);
    expect(out).toContain(`  was ${image}\n  is  ${digest("d")}\n`);
    expect(fileOf("dev")).toBe(once.replace(image, digest("d")));
});

test("the ARM64 image of an index is scanned, and the index recorded", async () => {
    const both = index(platform("amd64", digest("e")), platform("arm64", arm), platform("unknown", digest("f")));
    const { code, calls, out } = await images(["dev", "api", image], [found, both, ...single, scan("ACTIVE"), tagged]);
    expect(code).toBe(0);
    expect(calls[2]?.[1]).toMatchObject({ imageIds: [{ imageDigest: arm }] });
    expect(calls.at(-2)?.[1]).toMatchObject({ imageId: { imageDigest: arm } });
    expect(calls.at(-1)?.[1]).toMatchObject({ imageManifest: both[1].images[0]?.imageManifest, imageTag: deployedTag });
    expect(out).toContain(`is  ${image}`);
});

test("an image that has its tag is not tagged again, so recording it again changes nothing in AWS", async () => {
    const again: Answer = [
        "DescribeImages",
        { imageDetails: [{ imageDigest: image, imageTags: ["1.0.0", deployedTag] }] },
    ];
    const { code, calls } = await images(["dev", "api", image], [again, ...single, scan("COMPLETE")]);
    expect(code).toBe(0);
    expect(calls.map(([call]) => call)).not.toContain("PutImage");
});

test.each([
    ["declares no volume", { architecture: "arm64", os: "linux", config: {} }],
    ["has an empty list of volumes", { architecture: "arm64", os: "linux", config: { Volumes: null } }],
    ["declares another volume", { architecture: "arm64", os: "linux", config: { Volumes: { "/var/tmp": {} } } }],
    ["has no configuration", { architecture: "arm64", os: "linux" }],
])("an image that %s is refused: its user could not write to /tmp, which Fargate mounts as root's", async (_, blob) => {
    const before = fileOf("dev");
    const line = `${image} must declare VOLUME /tmp in its Dockerfile, owned by 1000:1000: the service could not write there (docs/images.md)\n`;
    const alone = await images(["dev", "api", image], [found, ...single], blob);
    expect({ code: alone.code, err: alone.err }).toEqual({ code: 1, err: line });
    const ofIndex = await images(["dev", "api", image], [found, index(platform("arm64", arm)), ...single], blob);
    expect({ code: ofIndex.code, err: ofIndex.err }).toEqual({ code: 1, err: line });
    expect(fileOf("dev")).toBe(before);
});

test("a promotion reads the digest of the other stack, and checks it in this one", async () => {
    await images(["dev", "api", image], good);
    const { code, calls } = await images(["staging", "api", "--from", "dev"], good);
    expect(code).toBe(0);
    expect(calls[0]).toEqual([
        "DescribeImages",
        { repositoryName: "payment-api-staging", registryId: undefined, imageIds: [{ imageDigest: image }] },
    ]);
    expect(fileOf("staging")).toContain(image);
});

test("a scan in progress is waited for", async () => {
    const answers = [found, ...single, scan("PENDING"), scan("IN_PROGRESS"), scan("COMPLETE"), tagged];
    const { code, waited } = await images(["dev", "api", image], answers);
    expect({ code, waited }).toEqual({ code: 0, waited: [10, 10] });
});

const severe = {
    findings: [
        { name: "CVE-1", severity: "HIGH" },
        { name: "CVE-2", severity: "LOW" },
    ],
    findingSeverityCounts: { HIGH: 1, LOW: 1 },
};
const inspected = {
    enhancedFindings: [
        { severity: "CRITICAL", packageVulnerabilityDetails: { vulnerabilityId: "CVE-3" } },
        { severity: "HIGH", title: "a title" },
        { severity: "LOW", title: "another title" },
    ],
};
const refusals: Record<string, [Answer[], string]> = {
    "a repository that is not there": [
        [["DescribeImages", failure("RepositoryNotFoundException")]],
        "there is no repository payment-api-dev: deploy the stack once, it makes it",
    ],
    "an image that is not there": [
        [["DescribeImages", failure("ImageNotFoundException")]],
        `payment-api-dev holds no image ${image}: push it there first`,
    ],
    "an answer without images": [[["DescribeImages", {}]], `payment-api-dev holds no image ${image}`],
    "an image without a manifest": [[found, ["BatchGetImage", { images: [] }]], `${image} has no manifest of an image`],
    "an index of indexes": [
        [found, index(platform("arm64", arm)), index(platform("arm64", arm))],
        `${arm} has no manifest of an image: push it again`,
    ],
    "a repository in which it may not be tagged": [
        [found, ...single, scan("COMPLETE"), ["PutImage", failure("AccessDeniedException", "no")]],
        "AWS: AccessDeniedException: no",
    ],
    "an index without ARM64": [
        [found, index(platform("amd64", arm), platform("386", arm), platform("unknown", arm), { digest: arm })],
        `${image} must be built for linux/arm64, as tasks run on ARM64, got amd64, 386\n`,
    ],
    "an index for Windows": [
        [found, index({ digest: arm, platform: { architecture: "arm64", os: "windows" } })],
        `${image} must be built for linux/arm64`,
    ],
    "an image that was never scanned": [
        [found, ...single, ["DescribeImageScanFindings", failure("ScanNotFoundException")]],
        `${image} was never scanned: run aws ecr start-image-scan --repository-name payment-api-dev`,
    ],
    "a scan that failed": [
        [found, ...single, scan("FAILED")],
        `the scan of ${image} is FAILED, not COMPLETE: as ECR says`,
    ],
    "a scan of which ECR says nothing": [
        [found, ...single, ["DescribeImageScanFindings", {}]],
        `the scan of ${image} is unknown, not COMPLETE: ECR gives no reason`,
    ],
    "a scan that does not end": [
        [found, ...single, ...Array<Answer>(30).fill(scan("IN_PROGRESS"))],
        `the scan of ${image} is still IN_PROGRESS after 5 minutes: try again later`,
    ],
    "severe findings, on any page": [
        [found, ...single, scan("COMPLETE", {}, "more"), scan("COMPLETE", severe)],
        `the scan of ${image} found CVE-1 (HIGH): build the image with the fixed packages`,
    ],
    "severe findings of Amazon Inspector": [
        [found, ...single, scan("ACTIVE", inspected)],
        `the scan of ${image} found CVE-3 (CRITICAL), a title (HIGH): build the image`,
    ],
    "findings that are counted and not listed": [
        [found, ...single, scan("COMPLETE", { findingSeverityCounts: { CRITICAL: 1, HIGH: 1 } })],
        `the scan of ${image} found 1 CRITICAL and 1 HIGH, and lists 0 of them: build the image`,
    ],
    "an expired session": [
        [["DescribeImages", failure("ExpiredTokenException", "the token has expired")]],
        "AWS: ExpiredTokenException: the token has expired",
    ],
    "a scan that may not be read": [
        [found, ...single, ["DescribeImageScanFindings", failure("AccessDeniedException", "no")]],
        "AWS: AccessDeniedException: no",
    ],
};

test.each(Object.entries(refusals))(
    "%s is refused in one line, and nothing is recorded",
    async (_, [answers, line]) => {
        const before = fileOf("dev");
        const { code, out, err } = await images(["dev", "api", image], answers);
        expect({ code, out, lines: err.split("\n").length }).toEqual({ code: 1, out: "", lines: 2 });
        expect(err).toContain(line);
        expect(fileOf("dev")).toBe(before);
    },
);

/** Writes an exception for a finding in the images of dev; with other fields where they are given. */
function acceptFinding(resource: string, fields: object = {}): void {
    const exception = {
        ...{ rule: "image-findings", stack: "dev", resource, owner: "payments-security", expires: "2027-04-30" },
        ...{ reason: "Debian does not mend it, and no service calls the function.", ...fields },
    };
    mkdirSync(join(root, "checks"), { recursive: true });
    writeFileSync(join(root, "checks", "exceptions.yaml"), JSON.stringify([exception]));
}
const withFinding = (findings: object): Answer[] => [found, ...single, scan("COMPLETE", findings)];

test.each([
    ["of ECR", "CVE-1", severe, "CVE-1 (HIGH)"],
    ["of Amazon Inspector", "CVE-3", { enhancedFindings: inspected.enhancedFindings.slice(0, 1) }, "CVE-3 (CRITICAL)"],
])("a finding %s that the stack accepts does not stop the image, and is said", async (_, name, findings, said) => {
    acceptFinding(name);
    const { code, err } = await images(["dev", "api", image], [...withFinding(findings), tagged]);
    expect({ code, err }).toEqual({
        code: 0,
        err: `${said} is accepted until 2027-04-30, payments-security answers for it\n`,
    });
    expect(fileOf("dev")).toContain(image);
});

test.each<[string, string, object, string]>([
    ["another finding", "CVE-2", {}, "found CVE-1 (HIGH): build the image"],
    ["another stack", "CVE-1", { stack: "staging" }, "found CVE-1 (HIGH): build the image"],
    ["a rule of the plan", "CVE-1", { rule: "repositories-scanned" }, "found CVE-1 (HIGH): build the image"],
    [
        "a day that is past",
        "CVE-1",
        { expires: "2027-01-30" },
        'checks/exceptions.yaml[0].expires must be 2027-01-31 or later: the exception has expired, got "2027-01-30"',
    ],
    [
        "more than a year",
        "CVE-1",
        { expires: "2028-02-02" },
        'checks/exceptions.yaml[0].expires must be 2028-02-01 or earlier: an exception is decided again every year, got "2028-02-02"',
    ],
    ["no reason", "CVE-1", { reason: "" }, "checks/exceptions.yaml[0].reason must have at least 20 characters"],
])("an exception for %s accepts nothing", async (_, name, fields, line) => {
    acceptFinding(name, fields);
    const { code, out, err } = await images(["dev", "api", image], "reason" in fields ? [] : withFinding(severe));
    expect({ code, out, err }).toEqual({ code: 1, out: "", err: expect.stringContaining(line) });
});

test("what ECR counts and does not list has no name, so no exception accepts it", async () => {
    acceptFinding("CVE-1");
    const { code, err } = await images(
        ["dev", "api", image],
        withFinding({ ...severe, findingSeverityCounts: { HIGH: 2 } }),
    );
    expect({ code, err }).toEqual({
        code: 1,
        err: expect.stringContaining("found 0 CRITICAL and 2 HIGH, and lists 1 of them: build"),
    });
});

test("an image for x86 is refused, and so is one whose configuration cannot be read", async () => {
    const answers = [found, ...single];
    const { code, err } = await images(["dev", "api", image], answers, { architecture: "amd64", os: "linux" });
    expect({ code, err }).toEqual({
        code: 1,
        err: `${image} must be built for linux/arm64, as tasks run on ARM64, got linux/amd64\n`,
    });
    const windows = await images(["dev", "api", image], answers, { architecture: "arm64", os: "windows" });
    expect(windows.err).toContain("as tasks run on ARM64, got windows/arm64");
    const gone: Answer = ["GetDownloadUrlForLayer", { downloadUrl: "https://gone" }];
    expect((await images(["dev", "api", image], [found, ...single.slice(0, 1), gone])).err).toBe(
        "the configuration of the image cannot be read: ECR answered 404\n",
    );
});

test.each([
    [["dev", "api", "--from", "staging"], "stack staging has no imageDigest for api: record one there first"],
    [["dev", "api", `x${image}`], 'got "xsha256": push it there'],
    [["dev", "api", `mirror/${repository}:1`], "payment-api-dev in us-east-1, got"],
    [["dev", "api", "payment-payment-dev:1"], "must be in the service's own repository payment-api-dev in us-east-1"],
    [
        ["dev", "api", `${repository.replace("api", "payment")}:1`],
        "the service's own repository payment-api-dev in us-east-1",
    ],
    [["dev", "api", "docker.io/payment-api-dev:1"], 'got "docker.io/payment-api-dev": push it there'],
    [["dev", "api", `${repository.replace("us-east-1", "eu-west-1")}:1`], "payment-api-dev in us-east-1"],
    [["dev", "api", `${repository.replace("/", "/team/")}:1`], "payment-api-dev in us-east-1"],
])("%j is refused before any call to AWS", async (argv, message) => {
    const { code, err, calls } = await images(argv);
    expect({ code, calls }).toEqual({ code: 1, calls: [] });
    expect(err).toContain(message);
});

test.each([
    "foo",
    "payment-api-dev",
    `${image}0`,
    "sha256:12ab",
    "payment-api-dev@sha256:12ab",
    "payment-api-dev:1.4.0!",
])("%s names no image: the arguments are wrong", async (text) => {
    const { code, err, calls } = await images(["dev", "api", text]);
    expect({ code, calls }).toEqual({ code: 2, calls: [] });
    expect(err).toContain(`or sha256:<64 hexadecimal digits>, got "${text}"`);
});

test.each([
    [["nowhere", "api", image], 'no stack "nowhere": there are dev, staging'],
    [["api", "dev", image], "<stack> and [service] are swapped: npm run images -- dev api"],
    [["api"], "<stack> is missing before api: which stack? There are dev, staging"],
    [["api", image], "<stack> is missing before api: which stack? There are dev, staging"],
    [["apo", image], 'no stack "apo": there are dev, staging'],
    [["dev", "apo", image], 'no service "apo" in stack dev: did you mean api?'],
    [["dev", "api", "--from", "nowhere"], 'no stack "nowhere": there are dev, staging'],
])("%j is a usage error that suggests a name", async (argv, message) => {
    const { code, err, calls } = await images(argv);
    expect({ code, calls }).toEqual({ code: 2, calls: [] });
    expect(err).toContain(message);
});

test("a missing tag is named", async () => {
    const { err } = await images(["dev", "api", `${repositoryName}:1.4.0`], [["DescribeImages", { imageDetails: [] }]]);
    expect(err).toContain("payment-api-dev holds no image tag 1.4.0");
});

test("nothing is promoted from a stack that lacks the service", async () => {
    writeFileSync(join(root, "Pulumi.staging.yaml"), fileOf("staging").replace("    api:\n", "    front:\n"));
    const { err } = await images(["dev", "api", "--from", "staging"]);
    expect(err).toContain('no service "api" in stack staging: valid names: front, payment, notification, migration');
});

test("only the account that the stack sets is accepted", async () => {
    const file = join(root, "Pulumi.dev.yaml");
    const text = fileOf("dev").replace("  # payment-platform:accountId", "  payment-platform:accountId");
    expect(text).not.toBe(fileOf("dev"));
    writeFileSync(file, text);
    const { calls } = await images(["dev", "api", `${repository}:1`], good);
    expect(calls[0]?.[1]).toMatchObject({ registryId: "123456789012" });
    const { err } = await images(["dev", "api", `${repository.replace("123456789012", "210987654321")}:1`]);
    expect(err).toContain("payment-api-dev in us-east-1 of account 123456789012, got");
});

test.each([
    [[], "which stack? There are dev, staging"],
    [["dev", "api"], "give either an image or --from <stack>"],
    [["dev", "api", image, "--from", "staging"], "give either an image or --from <stack>"],
    [["dev", "api", image, "--force"], "unknown option '--force'"],
])("invalid arguments %j exit with 2", async (argv, message) => {
    const { code, err } = await images(argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
});

test("--help exits with 0", async () => {
    const { code, out } = await images(["--help"]);
    expect(code).toBe(0);
    expect(out).toContain("Usage: npm run images -- <stack> [service] [image] [options]");
});

test("a stack without a region is refused", async () => {
    writeFileSync(join(root, "Pulumi.dev.yaml"), fileOf("dev").replace(/^ *aws:region.*\n/m, ""));
    const { code, err } = await images(["dev", "api", image]);
    expect({ code, err }).toEqual({
        code: 1,
        err: "Pulumi.dev.yaml must set environmentSuffix and aws:region\n",
    });
});

test("a service of a stack without services is refused", async () => {
    writeFileSync(
        join(root, "Pulumi.dev.yaml"),
        fileOf("dev").replace("payment-platform:services", "payment-platform:other"),
    );
    const { code, err } = await images(["dev", "api", image]);
    expect(code).toBe(2);
    expect(err).toMatch(/^error: no service "api" in stack dev: valid names: migration \(see /);
});

test("a file that is no YAML is refused", async () => {
    writeFileSync(join(root, "Pulumi.dev.yaml"), "config: [");
    const { code, err } = await images(["dev", "api", image]);
    expect(code).toBe(1);
    expect(err).toContain("Pulumi.dev.yaml:");
});

const labelled = (version: string, oldestServed = "0001") => ({
    ...armConfig,
    config: {
        ...armConfig.config,
        Labels: { [schemaLabels.version]: version, [schemaLabels.oldestServed]: oldestServed },
    },
});
const recordIn = (owner: string, recorded: string) => new StackServices(root, "dev").recordDigest(owner, recorded);

test("an image of a service that needs a newer migration than the recorded one is refused", async () => {
    recordIn("migration", digest("d"));
    const before = fileOf("dev");
    const blobs = [labelled("0005"), labelled("0004")];
    const { code, err } = await images(["dev", "api", image], [...good.slice(0, -1), ...single], () => blobs.shift());
    expect({ code, err }).toEqual({
        code: 1,
        err: "api: it was built with schema 0005, and the recorded migration makes 0004: record the image of its migration first\n",
    });
    expect(fileOf("dev")).toBe(before);
});

test("a migration that takes away what a recorded image uses is refused until the service is deployed", async () => {
    recordIn("payment", digest("d"));
    const blobs = [labelled("0006", "0005"), labelled("0004")];
    const { code, err } = await images(["dev", "migration", image], [...good.slice(0, -1), ...single], () =>
        blobs.shift(),
    );
    expect({ code, err }).toEqual({
        code: 1,
        err:
            "payment: its recorded image still runs when the database is migrated: it was built with schema 0004, and a migration takes " +
            "away what services built before 0005 use. Deploy the services first\n",
    });
    const served = [labelled("0006", "0005"), labelled("0005")];
    const answers: Answer[] = [...good.slice(0, -1), ...single, tagged];
    expect((await images(["dev", "migration", image], answers, () => served.shift())).code).toBe(0);
});

test.each<[string, object, string]>([
    [
        "an older migration than the recorded one",
        labelled("0004"),
        "it makes schema 0004, and the recorded one 0005. No migration is undone: leave the recorded one, which serves older services. If it failed, see docs/migrations.md",
    ],
    [
        "a migration without labels, where the recorded one has them,",
        armConfig,
        `the image has no label ${schemaLabels.version}, and the recorded one has: build it with the label (docs/images.md)`,
    ],
])("%s is refused, so that what is recorded says what the database has", async (_, next, problem) => {
    recordIn("migration", digest("d"));
    const blobs = [next, labelled("0005")];
    const { code, err } = await images(["dev", "migration", image], [...good.slice(0, -1), ...single], () =>
        blobs.shift(),
    );
    expect({ code, err }).toEqual({ code: 1, err: `migration: ${problem}\n` });
});

test("a recorded image that its repository has no more is not compared", async () => {
    recordIn("migration", digest("d"));
    const gone: Answer = ["BatchGetImage", { images: [] }];
    expect((await images(["dev", "api", image], [...good.slice(0, -1), gone, tagged], labelled("0009"))).code).toBe(0);
});

test("an image whose labels are not numbers of migrations is refused, with all of them, as they could not be compared", async () => {
    const before = fileOf("dev");
    const { code, err } = await images(["dev", "api", image], good.slice(0, -1), labelled("5", ""));
    expect({ code, err }).toEqual({
        code: 1,
        err:
            `its label ${schemaLabels.version} must be the number of a migration, four digits such as 0004, got "5"; ` +
            `its label ${schemaLabels.oldestServed} must be the number of a migration, four digits such as 0004, got "": ` +
            "build the image again with it (docs/images.md)\n",
    });
    expect(fileOf("dev")).toBe(before);
});

test("a recorded image whose labels cannot be read now is no reason to record without comparing", async () => {
    recordIn("migration", digest("d"));
    const before = fileOf("dev");
    const unreadable: Answer[] = [requireItem(single, 0), ["GetDownloadUrlForLayer", { downloadUrl: "https://gone" }]];
    const { code, err } = await images(["dev", "api", image], [...good.slice(0, -1), ...unreadable], labelled("0009"));
    expect({ code, err }).toEqual({
        code: 1,
        err: "migration: its recorded image is not compared: the configuration of the image cannot be read: ECR answered 404. Run it again\n",
    });
    expect(fileOf("dev")).toBe(before);
});
