import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { destroy } from "../../../../tools/deploy/destroy.ts";
import type { Session } from "../../../../tools/deploy/session.ts";
import type { StateResource } from "../../../../plan/state.ts";
import { findProtectedResources, previewDestroy } from "../../../../tools/deploy/destroy-preview.ts";
import { planTestStack } from "../../../stacks.ts";
import {
    awsError,
    clientsWith,
    fakeStack,
    pulumiError,
    stateResource,
    sessionWith,
    stateResourcesOf,
    stateWith,
    terminalWith,
    type FakeResponses,
} from "./fakes.ts";

let root = "";
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "deploy-"));
    writeFileSync(join(root, "Pulumi.yaml"), "name: payment-platform\n");
    setProtection(false);
    mkdirSync(join(root, "outputs"));
    writeFileSync(join(root, "outputs", "dev.json"), "{}");
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

const setProtection = (on: boolean): void => {
    const config = { "aws:region": "us-east-1", "payment-platform:deletionProtection": on };
    writeFileSync(join(root, "Pulumi.dev.yaml"), JSON.stringify({ config }));
};

const full: FakeResponses = {
    ListObjectVersions: { Versions: [{}, {}], DeleteMarkers: [{}], IsTruncated: false },
    DescribeImages: { imageDetails: [{}, {}] },
};

async function destroying(
    resources: readonly StateResource[],
    given: Partial<Session> = {},
    replies = {},
    answers: FakeResponses = {},
) {
    const { stack, asked } = fakeStack(resources, replies);
    const { clients, calls } = clientsWith({ ...full, ...answers });
    const { session, said } = sessionWith({
        root,
        openStack: () => Promise.resolve(stack),
        createClients: () => Promise.resolve(clients),
        ...given,
    });
    const stop = await destroy(session).then(
        () => undefined,
        (error: unknown) => error,
    );
    return { stop, asked, calls, said: said.join("\n") };
}

const small = [stateResource("aws:sqs/queue:Queue", "queue")];
const outputsAreThere = () => existsSync(join(root, "outputs", "dev.json"));

test("no file that describes the stack is left in outputs/, and those of other stacks are", async () => {
    const write = (file: string) => {
        writeFileSync(join(root, "outputs", file), "{}");
    };
    ["dev.manifest.json", "dev.verified.json", "dev.compliance.json", "dev.2.json", "prod.json"].forEach(write);
    await destroying(small, { confirm: "dev" });
    expect(readdirSync(join(root, "outputs"))).toEqual(["dev.2.json", "prod.json"]);
    write("dev.json");
    // It was destroyed elsewhere.
    await destroying([]);
    expect(outputsAreThere()).toBe(false);
});

test("the stack's name, typed on the terminal, destroys the stack and deletes the output files", async () => {
    const terminal = terminalWith("dev");
    const { stop, asked } = await destroying(small, { terminal });
    expect({ stop, asked }).toEqual({ stop: undefined, asked: ["exportStack", "destroy"] });
    expect(terminal.questions).toEqual(["Destroy all 1 resources of dev? Type the stack's name: "]);
    expect(outputsAreThere()).toBe(false);
});

test("--confirm with the name destroys without a terminal", async () => {
    expect((await destroying(small, { confirm: "dev" })).asked).toContain("destroy");
});

test.each<[string, Partial<Session>, string]>([
    ["another name", { terminal: terminalWith("prod") }, '"prod" is not dev; nothing was changed'],
    [
        "another name in --confirm, even at a terminal",
        { confirm: "prod", terminal: terminalWith("dev") },
        '"prod" is not dev',
    ],
    ["--yes alone", { yes: true }, "asks for the stack's name, and there is no terminal: pass --confirm dev"],
    ["nothing", {}, "pass --confirm dev"],
])("%s destroys nothing", async (_, given, message) => {
    const { stop, asked } = await destroying(small, given);
    expect(stop).toMatchObject({ exitReason: "unconfirmed", message: expect.stringContaining(message) });
    expect(asked).toEqual(["exportStack"]);
    expect(outputsAreThere()).toBe(true);
});

test("a protection in the state, or in the stack's file, refuses before any question", async () => {
    const guarded = [
        stateResource("aws:rds/cluster:Cluster", "db", { protect: true, inputs: { deletionProtection: true } }),
        stateResource("aws:lb/loadBalancer:LoadBalancer", "alb", { inputs: { enableDeletionProtection: true } }),
        stateResource("aws:dynamodb/table:Table", "table", { inputs: { deletionProtectionEnabled: false } }),
    ];
    const terminal = terminalWith("dev");
    const { stop, asked } = await destroying(guarded, { terminal });
    expect(stop).toMatchObject({
        exitReason: "protected",
        message: [
            "dev is protected; set deletionProtection: false, run `up`, then destroy:",
            "  db (aws:rds/cluster:Cluster): Pulumi's protect, deletionProtection",
            "  alb (aws:lb/loadBalancer:LoadBalancer): enableDeletionProtection",
        ].join("\n"),
    });
    expect({ asked, questions: terminal.questions }).toEqual({ asked: ["exportStack"], questions: [] });
    setProtection(true);
    expect((await destroying(small, { confirm: "dev" })).stop).toMatchObject({
        exitReason: "protected",
        message: expect.stringContaining("deletionProtection is true in Pulumi.dev.yaml"),
    });
});

test("an empty stack has nothing to destroy", async () => {
    const component = { ...stateResource("payment:index:Network", "network"), custom: false };
    const { stop, asked, said } = await destroying([component], { confirm: "dev" });
    expect({ stop, asked, said }).toEqual({
        stop: undefined,
        asked: ["exportStack"],
        said: "dev has nothing to destroy",
    });
});

test("a destruction that fails half-way keeps the output files", async () => {
    const replies = { destroy: () => Promise.reject(pulumiError("Command failed with exit code 255")) };
    const { stop } = await destroying(small, { confirm: "dev" }, replies);
    expect(stop).toMatchObject({
        exitReason: "failed",
        message: expect.stringMatching(/^Destruction failed: Command failed with exit code 255\n/),
    });
    expect(outputsAreThere()).toBe(true);
});

const logGroup = (name: string) => stateResource("aws:cloudwatch/logGroup:LogGroup", name, { outputs: { name } });
const existing = (...names: string[]): FakeResponses => ({
    DescribeLogGroups: ({ logGroupNamePrefix }) => ({
        logGroups: names
            .filter((name) => name.startsWith(String(logGroupNamePrefix)))
            .map((logGroupName) => ({ logGroupName })),
    }),
    DeleteLogGroup: {},
});
const deletedGroups = (calls: readonly [string, Readonly<Record<string, unknown>>][]) =>
    calls.flatMap(([name, input]) => (name === "DeleteLogGroup" ? [input.logGroupName] : []));

test("log groups of the stack that AWS wrote into again are deleted after it, and no others", async () => {
    const groups = [logGroup("/insights/dev"), logGroup("/rds/dev")];
    const answers = existing("/insights/dev", "/insights/dev-2", "/foreign");
    const { stop, calls, said } = await destroying(groups, { confirm: "dev" }, {}, answers);
    expect(stop).toBeUndefined();
    expect(deletedGroups(calls)).toEqual(["/insights/dev"]);
    expect(said).toContain("deleted log group /insights/dev, which AWS had created again");
    expect(outputsAreThere()).toBe(false);
});

test("a destruction that fails deletes no log group, and one that may not be deleted is a warning", async () => {
    const failing = { destroy: () => Promise.reject(pulumiError("Command failed with exit code 255")) };
    const groups = [logGroup("/insights/dev")];
    const answers = existing("/insights/dev");
    expect(deletedGroups((await destroying(groups, { confirm: "dev" }, failing, answers)).calls)).toEqual([]);
    const denied = { ...answers, DeleteLogGroup: awsError("AccessDeniedException", "no") };
    const { stop, said } = await destroying(groups, { confirm: "dev" }, {}, denied);
    expect(stop).toBeUndefined();
    expect(said).toContain("warning: log group /insights/dev may exist again: no");
});

test("the preview lists what is deleted, what is slow to delete and what AWS retains", async () => {
    const { said } = await destroying(stateResourcesOf(await planTestStack("prod")), { terminal: terminalWith("dev") });
    expect(said).toContain(
        "deleted with its data:\n  payment-access-logs-prod-123456789012: 3 objects and versions, deleted with it",
    );
    expect(said).toContain("  payment-api-prod: 2 images, deleted with it");
    expect(said).toContain(
        "  payment-audit-prod-123456789012: 3 objects and versions, deleted with it against Object Lock, which the deployer's role may not do: destroy with rights of your own (docs/deploy.md)",
    );
    expect(said).toMatch(/slow to delete:\n( {2}.+\n)* {2}payment-validator-prod: 20 to 40 minutes/);
    expect(said).toContain("retained by AWS:\n  payment-");
    expect(said).toContain("key pending deletion for 7 days");
    expect(said).toContain("the account without a role for API Gateway's logs");
    expect(said).not.toContain("secret recoverable");
    // The message must not name a snapshot that was never taken.
    expect(said).not.toContain("final snapshot");
    expect(said).toContain("payment-database-prod: backups of the last 35 days");
});

const survey = async (resources: StateResource[], answers: FakeResponses = full) =>
    previewDestroy(clientsWith(answers).clients, stateWith(resources));

test("what a protected stack keeps is listed with its retention in days", async () => {
    const { remainingResources } = await survey([
        stateResource("aws:kms/key:Key", "key", { inputs: { deletionWindowInDays: 30 } }),
        stateResource("aws:secretsmanager/secret:Secret", "token", { inputs: {} }),
        stateResource("aws:rds/cluster:Cluster", "db", {
            inputs: { skipFinalSnapshot: false, finalSnapshotIdentifier: "db-final" },
        }),
        stateResource("aws:rds/cluster:Cluster", "other", {
            inputs: {
                skipFinalSnapshot: false,
                finalSnapshotIdentifier: "other-final",
                deleteAutomatedBackups: false,
                backupRetentionPeriod: 7,
            },
        }),
        stateResource("aws:rds/clusterInstance:ClusterInstance", "db-1", { inputs: { monitoringInterval: 0 } }),
        stateResource("aws:route53/record:Record", "alias", { inputs: { name: "pay.example.com" } }),
        stateResource("aws:route53/record:Record", "validation", {
            inputs: { name: "_abc.pay.example.com", allowOverwrite: true },
        }),
    ]);
    expect(remainingResources).toEqual([
        "key: key pending deletion for 30 days; `aws kms cancel-key-deletion` saves it",
        "db: final snapshot db-final",
        "other: final snapshot other-final; backups of the last 7 days, each until it is so old, and readable until the key is deleted",
        "validation: record _abc.pay.example.com, with which ACM renews every certificate of the domain in the account",
        "token: secret recoverable for 30 days, and its name taken",
    ]);
});

const bucket = stateResource("aws:s3/bucket:Bucket", "audit", {
    inputs: { forceDestroy: false },
    outputs: { bucket: "audit-1" },
});

test("a bucket that must be empty is named with its objects; an empty one is not listed", async () => {
    expect((await survey([bucket])).deletedData).toEqual([
        "audit-1: 3 objects and versions, AWS refuses: forceDestroy is off",
    ]);
    expect((await survey([bucket], { ListObjectVersions: {} })).deletedData).toEqual([]);
});

test("objects of a large bucket are counted up to ten thousand, page after page", async () => {
    const markers: unknown[] = [];
    const endless: FakeResponses = {
        ListObjectVersions: ({ KeyMarker }) => {
            markers.push(KeyMarker);
            return {
                Versions: Array.from({ length: 1000 }, () => ({})),
                IsTruncated: true,
                NextKeyMarker: `k${markers.length}`,
            };
        },
    };
    expect((await survey([bucket], endless)).deletedData).toEqual([
        "audit-1: 10000 or more objects and versions, AWS refuses: forceDestroy is off",
    ]);
    expect(markers).toEqual([undefined, ...Array.from({ length: 9 }, (_, i) => `k${i + 1}`)]);
});

test("a count that IAM denies does not stop the others", async () => {
    const repository = stateResource("aws:ecr/repository:Repository", "api", {
        inputs: { forceDelete: true },
        outputs: { name: "api" },
    });
    const { deletedData } = await survey([bucket, repository], {
        ...full,
        ListObjectVersions: awsError("AccessDenied", "Access Denied"),
    });
    expect(deletedData).toEqual(["audit-1: could not be counted: Access Denied", "api: 2 images, deleted with it"]);
});

test("without deletionProtection a stack protects nothing", async () => {
    expect(findProtectedResources(stateWith(stateResourcesOf(await planTestStack("prod"))))).toEqual([]);
});

test("what AWS omits from its answers, and the state from its inputs, counts as none", async () => {
    const bare = [
        stateResource("aws:kms/key:Key", "key"),
        stateResource("aws:s3/bucket:Bucket", "audit"),
        stateResource("aws:ecr/repository:Repository", "api"),
        stateResource("aws:rds/clusterInstance:ClusterInstance", "db-1"),
    ];
    const { deletedData, remainingResources } = await survey(bare, { ListObjectVersions: {}, DescribeImages: {} });
    expect(deletedData).toEqual([]);
    expect(remainingResources).toEqual([
        "key: key pending deletion for 30 days; `aws kms cancel-key-deletion` saves it",
    ]);
});
