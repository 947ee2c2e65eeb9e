import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { schemaLabels } from "../../../contract/schema.ts";
import { exitCodeFor } from "../../../tools/frame/exit.ts";
import { StackServices } from "../../../tools/images/stack-services.ts";
import { copyProject } from "../../project.ts";
import { awsError, clientsWith, terminalWith, type FakeResponses } from "./deploy/fakes.ts";
import { runTool } from "./run-tool.ts";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const [first, second, third] = [digest("1"), digest("2"), digest("3")];
const family = "payment-api-dev";

let root = "";
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "rollback-"));
    copyProject(root, ["dev"]);
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

const record = (image: string) => new StackServices(root, "dev").recordDigest("api", image);
const recorded = () => new StackServices(root, "dev").getDigest("api");
const file = () => readFileSync(join(root, "Pulumi.dev.yaml"), "utf8");

const revision = (number: number, image: string | undefined) => ({
    taskDefinition: {
        revision: number,
        registeredAt: new Date(Date.UTC(2027, 0, number)),
        containerDefinitions: [
            { name: "aws-guardduty-agent", image: `agent@${digest("f")}` },
            {
                name: "api",
                image: image === undefined ? `${family}:awaiting-first-image` : `registry/${family}@${image}`,
            },
        ],
    },
});

/** ECS with these revisions, the first one 1; an undefined one has no image, and a null one was deleted. */
const ecsWith = (images: readonly (string | undefined | null)[], runningRevision = images.length): FakeResponses => ({
    GetCallerIdentity: { Account: "123456789012" },
    DescribeServices: {
        services: [{ status: "ACTIVE", taskDefinition: `arn:task-definition/${family}:${runningRevision}` }],
    },
    DescribeTaskDefinition: (input) => {
        const { taskDefinition } = input as { taskDefinition: string };
        const number = taskDefinition === family ? images.length : Number(taskDefinition.split(":").at(-1));
        const image = images[number - 1];
        return number === 0 || image === null
            ? awsError("ClientException", "Unable to describe task definition.")
            : revision(number, image);
    },
    DescribeImages: (input) => {
        const { imageIds } = input as { imageIds: { imageDigest: string }[] };
        return { imageDetails: [{ imageDigest: imageIds[0]?.imageDigest, imageTags: [] }] };
    },
    // The configuration of an image has its digest here, so that its labels can be told from those of others.
    BatchGetImage: (input) => {
        const { imageIds } = input as { imageIds: { imageDigest: string }[] };
        return { images: [{ imageManifest: JSON.stringify({ config: { digest: imageIds[0]?.imageDigest } }) }] };
    },
    GetDownloadUrlForLayer: (input) => ({
        downloadUrl: `https://blob/${(input as { layerDigest: string }).layerDigest}`,
    }),
    PutImage: {},
});

/** Labels of images, by their digests. */
type Labels = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Options {
    readonly argv?: readonly string[];
    /** What is typed at the question. */
    readonly answer?: string;
    readonly labels?: Labels;
}

async function rollback(
    answers: FakeResponses,
    { argv = ["dev", "api", "--yes"], answer = "", labels = {} }: Options = {},
) {
    const { clients, calls } = clientsWith(answers);
    const result = await runTool("rollback", argv, {
        root,
        terminal: answer === "" ? undefined : terminalWith(answer),
        createClients: () => Promise.resolve(clients),
        fetch: (url) =>
            Promise.resolve({
                ok: true,
                status: 200,
                json: () =>
                    Promise.resolve({
                        architecture: "arm64",
                        os: "linux",
                        config: { Labels: labels[url.replace("https://blob/", "")] },
                    }),
            }),
    });
    return { ...result, calls, names: calls.map(([name]) => name) };
}

test("the image before the present one is shown with its time, recorded and tagged, and nothing else changes", async () => {
    record(second);
    const before = file();
    const { code, out, err, calls } = await rollback(ecsWith([first, second]));
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toBe(
        [
            "api of dev:",
            `  now      ${second}  deployed 2027-01-02T00:00:00.000Z (revision 2)`,
            `  back to  ${first}  deployed 2027-01-01T00:00:00.000Z (revision 1)`,
            "Pulumi.dev.yaml: services.api.imageDigest",
            `  was ${second}`,
            `  is  ${first}`,
            "Next: npm run deploy -- dev up",
            "",
        ].join("\n"),
    );
    expect(file()).toBe(before.replace(second, first));
    expect(calls.at(-1)).toEqual(["PutImage", expect.objectContaining({ imageTag: `deployed-${"1".repeat(64)}` })]);
});

test.each([
    ["of several images it is the one before", third, [first, second, third], 3, second],
    ["the same image twice is one step", second, [first, second, second], 3, first],
    [
        "revisions without an image, and deleted ones, are passed over",
        second,
        [undefined, first, null, second],
        4,
        first,
    ],
    ["after a rollback the next one goes further back", second, [first, second, third, second], 4, first],
    ["an image after a rollback goes back to the one that worked", third, [first, second, first, third], 4, first],
    ["where ECS rolled a deployment back, what runs is recorded", third, [first, second, third], 1, first],
    ["where the recorded image was never deployed, what runs is recorded", third, [first, second], 2, second],
])("%s", async (_, now, images, running, expected) => {
    record(now);
    expect((await rollback(ecsWith(images, running))).code).toBe(0);
    expect(recorded()).toBe(expected);
});

const sameImageGivenUp =
    "api of dev runs revision 2 of its task definition, and not revision 3, which has the same image. " +
    "If ECS gave up that revision for its other settings, a rollback of the image does not change them: revert the commit that changed them, then: npm run deploy -- dev up\n";

test("where ECS gave up a revision with the same image, --yes leaves the image", async () => {
    record(second);
    const before = file();
    const { code, err, names } = await rollback(ecsWith([first, second, second], 2));
    expect({ code, err }).toEqual({
        code: exitCodeFor("refused"),
        err: `${sameImageGivenUp}If the image is to blame, run this command without --yes: a person decides\n`,
    });
    expect(names).not.toContain("PutImage");
    expect(file()).toBe(before);
});

test("where ECS gave up a revision with the same image, a person is told before the question, and decides", async () => {
    record(second);
    const given = ecsWith([first, second, second, second], 2);
    const declined = await rollback(given, { argv: ["dev", "api"], answer: "no" });
    const warning = sameImageGivenUp.replace("revision 3", "revision 4");
    expect(declined).toMatchObject({ code: 5, err: `${warning}Not confirmed; nothing was changed\n` });
    expect(recorded()).toBe(second);
    const confirmed = await rollback(given, { argv: ["dev", "api"], answer: "yes" });
    expect(confirmed).toMatchObject({ code: 0, err: warning });
    expect(recorded()).toBe(first);
});

test("before the update, the same command changes nothing more", async () => {
    record(second);
    await rollback(ecsWith([first, second, third], 3));
    expect(recorded()).toBe(second);
    const { code, out, names } = await rollback(ecsWith([first, second, third], 3));
    expect({ code, out }).toEqual({
        code: 0,
        out: `api of dev has ${second} already, and still runs ${third}\nNext: npm run deploy -- dev up\n`,
    });
    expect(names).not.toContain("PutImage");
    expect(recorded()).toBe(second);
});

const noPredecessor = "api of dev had no other image before this one in the last 50 revisions of its task definition\n";

test("only the last 50 revisions are read", async () => {
    record(second);
    const images = [first, ...Array<string>(60).fill(second)];
    const { code, err, names } = await rollback(ecsWith(images));
    expect({ code, err }).toEqual({ code: 12, err: noPredecessor });
    // The one that runs, the latest one, and the last 50.
    expect(names.filter((name) => name === "DescribeTaskDefinition")).toHaveLength(52);
});

test.each([
    ["one image", [first]],
    ["no image at all", [undefined]],
    ["no revision", []],
])("a service with %s has no predecessor, which is an exit code and one line", async (_, images) => {
    record(first);
    const before = file();
    const { code, out, err } = await rollback(ecsWith(images));
    expect({ code, out, err }).toEqual({ code: 12, out: "", err: noPredecessor });
    expect(file()).toBe(before);
});

const failure = (name: string, message: string): Error => Object.assign(awsError(name, message), { $metadata: {} });

test.each<[string, FakeResponses, number, string]>([
    [
        "an image that ECR no longer has",
        { DescribeImages: failure("ImageNotFoundException", "gone") },
        1,
        `payment-api-dev holds no image ${first}: push it there first`,
    ],
    [
        "a service that was never deployed",
        { DescribeServices: { services: [], failures: [{ reason: "MISSING" }] } },
        11,
        "ECS has no service payment-api-dev: deploy the stack first",
    ],
    [
        "a stack without a cluster",
        { DescribeServices: failure("ClusterNotFoundException", "Cluster not found.") },
        11,
        "ECS has no service payment-api-dev: deploy the stack first",
    ],
    [
        "a call that AWS throttles",
        { DescribeTaskDefinition: failure("ThrottlingException", "Rate exceeded") },
        1,
        "AWS: ThrottlingException: Rate exceeded",
    ],
    [
        "an expired session",
        { GetCallerIdentity: failure("ExpiredToken", "expired") },
        1,
        "credentials: AWS does not accept them: expired",
    ],
])("%s is one line, and nothing is recorded", async (_, answers, exitCode, line) => {
    record(second);
    const { code, err, names } = await rollback({ ...ecsWith([first, second]), ...answers });
    expect(code).toBe(exitCode);
    expect(err).toContain(line);
    expect(err.trimEnd()).not.toContain("\n");
    expect(recorded()).toBe(second);
    expect(names).not.toContain("PutImage");
});

test("without --yes it asks, and without a terminal it refuses", async () => {
    record(second);
    const asked = await rollback(ecsWith([first, second]), { argv: ["dev", "api"], answer: "no" });
    expect(asked).toMatchObject({ code: 5, err: "Not confirmed; nothing was changed\n" });
    const silent = await rollback(ecsWith([first, second]), { argv: ["dev", "api"] });
    expect(silent.code).toBe(5);
    expect(silent.err).toContain("pass --yes");
    expect(recorded()).toBe(second);
    expect(silent.names).not.toContain("PutImage");
    expect((await rollback(ecsWith([first, second]), { argv: ["dev", "api"], answer: "yes" })).code).toBe(0);
    expect(recorded()).toBe(first);
});

test("an unknown service is answered with the nearest one, before any call to AWS", async () => {
    const { code, err, names } = await rollback({}, { argv: ["dev", "apii", "--yes"] });
    expect({ code, names }).toEqual({ code: 2, names: [] });
    expect(err).toContain('no service "apii" in stack dev: did you mean api?');
});

const schema = (version: string, oldestServed = "0001") => ({
    [schemaLabels.version]: version,
    [schemaLabels.oldestServed]: oldestServed,
});
const recordMigration = () => new StackServices(root, "dev").recordDigest("migration", third);

test("an image that the migrated database no longer serves is refused, with the reason and what to do", async () => {
    record(second);
    recordMigration();
    const before = file();
    const labels = { [first]: schema("0002"), [third]: schema("0005", "0003") };
    const { code, err, out, names } = await rollback(ecsWith([first, second]), { labels });
    expect({ code, out, err }).toEqual({
        code: exitCodeFor("refused"),
        out: "",
        err:
            `api of dev cannot go back to ${first}: it was built with schema 0002, and a migration takes away what ` +
            "services built before 0003 use. No migration is undone: build a new image of the service, and record it (docs/migrations.md)\n",
    });
    expect(names).not.toContain("PutImage");
    expect(file()).toBe(before);
});

test("an image that the migrated database serves is recorded without a word on it", async () => {
    record(second);
    recordMigration();
    const labels = { [first]: schema("0003"), [third]: schema("0005", "0003") };
    expect(await rollback(ecsWith([first, second]), { labels })).toMatchObject({ code: 0, err: "" });
    expect(recorded()).toBe(first);
});

test("where the schema of an image is not known, the operator is told why, and decides", async () => {
    record(second);
    recordMigration();
    const line = (owner: string) =>
        `the image of ${owner} has no label ${schemaLabels.version}: whether the database serves the former image is not known\n`;
    const unreadable = (owner: string, why: string) =>
        `the labels of the image of ${owner} cannot be read (${why}): whether the database serves the former image is not known\n`;
    const unlabelled = await rollback(ecsWith([first, second]));
    expect({ code: unlabelled.code, err: unlabelled.err }).toEqual({ code: 0, err: line("api") + line("migration") });
    record(second);
    const { BatchGetImage: imageOf, ...others } = ecsWith([first, second]);
    const expired = await rollback(
        {
            ...others,
            BatchGetImage: (input) =>
                JSON.stringify(input).includes(third) ? { images: [] } : (imageOf as (asked: object) => object)(input),
        },
        { labels: { [first]: schema("0001") } },
    );
    expect({ code: expired.code, err: expired.err }).toEqual({
        code: 0,
        err: unreadable("migration", `${third} has no manifest of an image: push it again`),
    });
    record(second);
    const notAllowed = await rollback({
        ...ecsWith([first, second]),
        GetDownloadUrlForLayer: failure("AccessDeniedException", "not authorized"),
    });
    expect([notAllowed.code, notAllowed.err.split("\n").length]).toEqual([0, 3]);
    expect(notAllowed.err).toContain("the labels of the image of api cannot be read (");
    expect(recorded()).toBe(first);
});
