import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { evidenceItems } from "../../../tools/evidence/command.ts";
import type { EvidenceRows } from "../../../tools/evidence/item.ts";
import { maxRevisions } from "../../../tools/rollback/history.ts";
import { settingsFromConfig } from "../checks/config-plans.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";
import { copyProject } from "../../project.ts";
import { clientsWith, simulation, type FakeResponses } from "./deploy/fakes.ts";
import { toolContext } from "./run-tool.ts";

const now = Date.parse("2027-01-31T10:15:00.000Z");
const from = now - 20 * 86_400_000;
const at = (day: number, hour = 12) => new Date(Date.UTC(2027, 0, day, hour));

let root = "";
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "evidence-items-"));
    copyProject(root, ["dev"]);
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

/** What an item finds where AWS answers so. */
function read(id: string, responses: FakeResponses, changes: Readonly<Record<string, unknown>> = {}) {
    const item = evidenceItems.find((each) => each.id === id);
    if (item === undefined) {
        throw new Error(`no item ${id}`);
    }
    const { context: command } = toolContext({
        root,
        clock: { now: () => now, sleep: () => Promise.resolve() },
    });
    return item.read({
        stack: "dev",
        settings: settingsFromConfig(withSettings(readStackConfig("dev"), changes)),
        clients: clientsWith(responses).clients,
        caller: { account: "123456789012", arn: "arn:aws:iam::123456789012:user/alex" },
        ...{ from, to: now, command },
    });
}

const ofStack = [{ Key: "EnvironmentSuffix", Value: "dev" }];
const rds = { Key: "aws:rds:primaryDBClusterArn" };

/** Answers without the fields that AWS may leave out, and what the report then shows. */
const sparse: readonly (readonly [id: string, responses: FakeResponses, rows: EvidenceRows["rows"]])[] = [
    ["images", { DescribeTaskDefinition: {} }, []],
    [
        "images",
        {
            DescribeTaskDefinition: (input) => {
                const { taskDefinition } = input as { taskDefinition: string };
                const first = { registeredAt: at(20) };
                return taskDefinition.endsWith("api-dev")
                    ? { taskDefinition: { ...first, revision: 1 } }
                    : { taskDefinition: taskDefinition.includes("api-dev") ? first : {} };
            },
        },
        [{ at: at(20).toISOString(), task: "api", revision: 0, digest: "none yet", by: "unknown" }],
    ],
    [
        "access-keys",
        { ListUsers: { Users: [{}] }, ListAccessKeys: { AccessKeyMetadata: [{}] } },
        [{ user: "", status: "unknown", created: null, days: null }],
    ],
    ["access-keys", { ListUsers: {} }, []],
    [
        "secrets",
        { ListSecrets: { SecretList: [{}, { Tags: [rds] }, { Tags: ofStack }] } },
        [{ secret: "", created: null, changed: null, rotated: null, next: null, automatic: false }],
    ],
    [
        "kms-keys",
        {
            ListAliases: {
                Aliases: [
                    {},
                    { AliasName: "alias/payment-a-dev" },
                    { AliasName: "alias/payment-b-dev", TargetKeyId: "b" },
                ],
            },
            GetKeyRotationStatus: {},
            ListKeyRotations: { Rotations: [{}] },
        },
        [{ key: "payment-b-dev", automatic: false, everyDays: null, next: null, rotated: "" }],
    ],
    [
        "merchant-keys",
        { GetApiKeys: { items: [{}, { name: "payment-gateway-merchant-shop-dev" }] } },
        [{ key: "payment-gateway-merchant-shop-dev", enabled: false, created: null }],
    ],
    ["drills", { GetMetricStatistics: {} }, []],
    [
        "drills",
        { GetMetricStatistics: { Datapoints: [{ Timestamp: at(20) }, {}, { Timestamp: at(19), Sum: 1 }, {}] } },
        [
            { day: null, succeeded: 0 },
            { day: null, succeeded: 0 },
            { day: at(19).toISOString(), succeeded: 1 },
            { day: at(20).toISOString(), succeeded: 0 },
        ],
    ],
    [
        "alarms",
        {
            DescribeAlarmHistory: {
                AlarmHistoryItems: [
                    {},
                    ...[{}, { HistoryItemType: "StateUpdate" }, { HistoryItemType: "Action" }].map((each) => ({
                        ...each,
                        AlarmName: "payment-api-cpu-high-dev",
                    })),
                    {
                        ...{ AlarmName: "payment-api-cpu-high-dev", HistoryItemType: "Action" },
                        HistorySummary: "Successfully executed action arn:aws:sns:us-east-1:123456789012:alerts",
                    },
                    {
                        ...{ AlarmName: "payment-api-cpu-high-dev", HistoryItemType: "StateUpdate", Timestamp: at(25) },
                        HistorySummary: "Alarm updated from OK to ALARM",
                    },
                ],
            },
            ListObjectsV2: {},
        },
        [
            {
                ...{ alarm: "payment-api-cpu-high-dev", fired: at(25).toISOString(), ended: null, minutes: null },
                ...{ notified: false, answer: "" },
            },
        ],
    ],
    ["alarms", { DescribeAlarmHistory: { AlarmHistoryItems: [{}] } }, []],
];

test.each(sparse)("%s: what AWS leaves out of its answer %# is shown as unknown", async (id, responses, rows) => {
    expect((await read(id, responses)).rows).toEqual(rows);
});

/** An account with one role and one user, of which AWS says little. */
const account: FakeResponses = {
    ListRoles: { Roles: [{}] },
    GetRole: {},
    ListUsers: { Users: [{}] },
    ListAccessKeys: {},
    DescribeDBClusters: { DBClusters: [{}] },
    ListSecrets: { SecretList: [{ Tags: ofStack }] },
};

test("a principal of which IAM returns no simulation, or no more than its ARN, is shown by what it may do", async () => {
    expect((await read("principals", { ...account, SimulatePrincipalPolicy: {} })).rows).toEqual([]);
    const SimulatePrincipalPolicy = simulation(() => true);
    expect((await read("principals", { ...account, SimulatePrincipalPolicy })).rows).toEqual(
        ["role", "user"].map((kind) => ({
            ...{ kind, name: "", created: null, lastUsed: null },
            may: expect.stringContaining("dynamodb:GetItem on table/payment-transactions-dev"),
        })),
    );
});

test("a principal may read the resources that IAM allows, of which each action is asked in one call", async () => {
    const role = { RoleName: "on-call", Arn: "arn:on-call" };
    const readable = ["table/payment-transactions-dev/index/customer-index", "payment-processing-dlq-dev"];
    const actions: unknown[] = [];
    const isAllowed = (_: string, action: string, resource: string) =>
        ["dynamodb:Query", "sqs:ReceiveMessage"].includes(action) &&
        readable.some((name) => resource.endsWith(`:${name}`));
    const { rows } = await read("principals", {
        ...account,
        ListRoles: { Roles: [role] },
        ListUsers: {},
        SimulatePrincipalPolicy: (input) => {
            actions.push(input.ActionNames);
            return (simulation(isAllowed) as (given: typeof input) => object)(input);
        },
    });
    const may = `dynamodb:Query on ${readable[0]}, sqs:ReceiveMessage on ${readable[1]}`;
    expect(rows).toEqual([expect.objectContaining({ name: "on-call", may })]);
    expect(actions).toEqual(
        [
            ...["GetItem", "BatchGetItem", "Query", "Scan", "PartiQLSelect"].map((call) => `dynamodb:${call}`),
            ...["dynamodb:ExportTableToPointInTime", "dynamodb:RestoreTableToPointInTime"],
            ...["s3:GetObject", "s3:GetObjectVersion", "sqs:ReceiveMessage", "apigateway:GET"],
            ...["rds:StartExportTask", "rds-db:connect", "rds:RestoreDBClusterToPointInTime"],
            ...["rds:ModifyDBClusterSnapshotAttribute", "secretsmanager:GetSecretValue"],
        ].map((action) => [action]),
    );
});

test("who may read one prefix of the buckets alone, or the merchants' keys, is shown", async () => {
    const may = async (isAllowed: (resource: string) => boolean) => {
        const SimulatePrincipalPolicy = simulation(
            (_, action, resource) => action !== "s3:GetObjectVersion" && isAllowed(resource),
        );
        const { rows } = await read("principals", { ...account, ListUsers: {}, SimulatePrincipalPolicy });
        return rows.map((row) => row.may);
    };
    const account12 = "123456789012";
    const keys = {
        "payment-audit-dev-*/audit/2*": "audit/2027/01/31/any",
        "payment-audit-dev-*/audit/operations/*": "audit/operations/2027/01/31/any",
        "payment-audit-dev-*/cloudtrail/*": `cloudtrail/AWSLogs/${account12}/CloudTrail/us-east-1/2027/01/31/any`,
        "payment-access-logs-dev-*/alb/*": `alb/AWSLogs/${account12}/elasticloadbalancing/us-east-1/2027/01/31/any`,
        "payment-access-logs-dev-*/s3/*": "s3/any",
    };
    for (const [pattern, key] of Object.entries(keys)) {
        const [bucket = "", prefix = ""] = pattern.slice(0, -1).split("*/");
        expect(await may((resource) => resource.startsWith(`arn:aws:s3:::${bucket}${account12}/${prefix}`))).toEqual([
            `s3:GetObject on ${bucket}${account12}/${key}`,
        ]);
    }
    expect(await may((resource) => resource === "arn:aws:apigateway:us-east-1::/apikeys")).toEqual([
        "apigateway:GET on /apikeys",
    ]);
});

test("an answer of IAM about one resource has its decision in another place", async () => {
    const { rows } = await read("principals", {
        ...account,
        ListUsers: {},
        SimulatePrincipalPolicy: ({ ResourceArns }) => ({
            EvaluationResults: [{ EvalResourceName: (ResourceArns as string[])[0], EvalDecision: "allowed" }],
        }),
    });
    expect(rows).toEqual([
        expect.objectContaining({ may: expect.stringContaining("s3:GetObject on payment-audit-dev") }),
    ]);
});

test.each([
    ["its key alone", undefined, at(28)],
    ["its key after a password", at(3), at(28)],
    ["its password after a key", at(28), at(3)],
])("a user was last used by %s", async (_, PasswordLastUsed, LastUsedDate) => {
    const { rows } = await read("principals", {
        ...account,
        ListRoles: {},
        ListUsers: { Users: [{ UserName: "ci", PasswordLastUsed }] },
        ListAccessKeys: { AccessKeyMetadata: [{ AccessKeyId: "used" }, { AccessKeyId: "never used" }] },
        GetAccessKeyLastUsed: ({ AccessKeyId }) => ({
            AccessKeyLastUsed: AccessKeyId === "used" ? { LastUsedDate } : { ServiceName: "N/A" },
        }),
        SimulatePrincipalPolicy: simulation(() => true),
    });
    expect(rows).toEqual([expect.objectContaining({ kind: "user", name: "ci", lastUsed: at(28).toISOString() })]);
});

test("records of commands are in the order of their times, without those of other days", async () => {
    const record = (day: number) => ({
        ...{ version: 1, event: `redrive.${day}`, stack: "dev", at: at(day).toISOString(), by: "alex" },
        ...{ reason: "a fix is deployed", details: {} },
    });
    const days = [25, 21, 5, 23];
    const { rows } = await read("redrives", {
        ListObjectsV2: {
            Contents: [{ Key: "no-time" }, ...days.map((day) => ({ Key: String(day), LastModified: at(day) }))],
        },
        GetObject: (input) => {
            const { Key } = input as { Key: string };
            return { Body: { transformToString: () => Promise.resolve(JSON.stringify(record(Number(Key)))) } };
        },
    });
    expect(rows.map(({ event }) => event)).toEqual(["redrive.21", "redrive.23", "redrive.25"]);
    const isEmpty = { ListObjectsV2: { Contents: [{ Key: "21", LastModified: at(21) }] }, GetObject: {} };
    await expect(read("redrives", isEmpty)).rejects.toThrow();
});

test("revisions that were not read because there are too many are a gap", async () => {
    const { rows, gaps } = await read("images", {
        DescribeTaskDefinition: (input) => {
            const [, revision = maxRevisions + 5] = (input as { taskDefinition: string }).taskDefinition.split(":");
            return { taskDefinition: { revision: Number(revision), registeredAt: at(20) } };
        },
    });
    expect(rows).toContainEqual({
        ...{ at: at(20).toISOString(), task: "api", revision: maxRevisions + 5 },
        ...{ digest: "none yet", by: "unknown" },
    });
    expect(gaps).toContain(`api: revisions before ${at(20).toISOString()} were not read`);
});

test("a stack without a trail says whose events are missing", async () => {
    await expect(read("updates", {}, { "audit.cloudTrail": false })).rejects.toThrow(
        "the stack has no trail (audit.cloudTrail): the account's owner has its events",
    );
});

test("a clone without its history is a gap", async () => {
    const git = (cwd: string, ...args: string[]) =>
        execFileSync("git", ["-c", "user.name=Alex", "-c", "user.email=alex@example.com", ...args], {
            cwd,
            stdio: "pipe",
        });
    const origin = join(root, "origin");
    mkdirSync(origin);
    git(origin, "init", "--quiet");
    for (const text of ["one", "two"]) {
        writeFileSync(join(origin, "Pulumi.dev.yaml"), text);
        git(origin, "add", ".");
        git(origin, "commit", "--quiet", "--message", text);
    }
    const whole = root;
    root = join(whole, "clone");
    try {
        git(whole, "clone", "--quiet", "--depth", "1", `file://${origin}`, root);
        expect((await read("commits", {})).gaps).toEqual(["this clone is shallow: earlier commits are not in it"]);
    } finally {
        root = whole;
    }
});
