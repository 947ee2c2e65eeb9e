import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { textAtPath } from "../../../plan/query.ts";
import { evidenceItems } from "../../../tools/evidence/command.ts";
import type { EvidenceContext, EvidenceRows } from "../../../tools/evidence/item.ts";
import { maxRevisions } from "../../../tools/rollback/history.ts";
import { settingsFromConfig } from "../checks/config-plans.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";
import { copyProject } from "../../project.ts";
import { clientsWith, simulation, type FakeResponses } from "./deploy/fakes.ts";
import { matchesPattern } from "./filter-pattern.ts";
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
function read(
    id: string,
    responses: FakeResponses,
    changes: Readonly<Record<string, unknown>> = {},
    given: Partial<EvidenceContext> = {},
) {
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
        ...{ from, to: now, command, ...given },
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
            FilterLogEvents: {},
            ListObjectVersions: {},
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
            ...["ExportTableToPointInTime", "RestoreTableToPointInTime", "RestoreTableFromBackup"].map(
                (call) => `dynamodb:${call}`,
            ),
            ...["s3:GetObject", "s3:GetObjectVersion", "sqs:ReceiveMessage", "apigateway:GET"],
            ...["rds:StartExportTask", "rds-db:connect", "rds:RestoreDBClusterToPointInTime"],
            ...["RestoreDBClusterFromSnapshot", "CopyDBClusterSnapshot", "ModifyDBClusterSnapshotAttribute"].map(
                (call) => `rds:${call}`,
            ),
            "secretsmanager:GetSecretValue",
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

test.each([
    [
        "restore a backup of the transaction log",
        "dynamodb:RestoreTableFromBackup",
        "arn:aws:dynamodb:us-east-1:123456789012:table/payment-transactions-dev/backup/",
        "dynamodb:RestoreTableFromBackup on table/payment-transactions-dev/backup/any",
    ],
    [
        "restore an automated snapshot of the database",
        "rds:RestoreDBClusterFromSnapshot",
        "arn:aws:rds:us-east-1:123456789012:cluster-snapshot:rds:",
        "rds:RestoreDBClusterFromSnapshot on cluster-snapshot:rds:payment-database-dev-any",
    ],
    [
        "copy another snapshot of the database",
        "rds:CopyDBClusterSnapshot",
        "arn:aws:rds:us-east-1:123456789012:cluster-snapshot:payment-database-dev-",
        "rds:CopyDBClusterSnapshot on cluster-snapshot:payment-database-dev-any",
    ],
])("who may only %s is shown", async (_, allowed, resources, may) => {
    const SimulatePrincipalPolicy = simulation(
        (_principal, action, resource) => action === allowed && resource.startsWith(resources),
    );
    const { rows } = await read("principals", { ...account, ListUsers: {}, SimulatePrincipalPolicy });
    expect(rows).toEqual([expect.objectContaining({ may })]);
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

const recordAt = (day: number) => ({
    ...{ version: 1, event: "redrive.done", stack: "dev", at: at(day).toISOString(), by: "alex" },
    ...{ reason: "a fix is deployed", details: { sent: 2 } },
});
const keyAt = (day: number) =>
    `audit/operations/${at(day).toISOString().slice(0, 10).replaceAll("-", "/")}/${at(day).toISOString()}-redrive.done-1b4e28ba.json`;
/** A version as S3 lists it. */
const versionAt = (day: number, LastModified = at(day), VersionId = "first") => ({
    ...{ Key: keyAt(day), VersionId, IsLatest: true, LastModified },
});

/** S3 with these versions and markers, of which `first` is what a command wrote; and the trail's events. */
const bucketWith = (
    Versions: readonly object[],
    DeleteMarkers: readonly object[] = [],
    trail: readonly object[] = [],
): FakeResponses => ({
    ...trailWith({ events: trail }),
    ListObjectVersions: { Versions, DeleteMarkers, IsTruncated: false },
    GetObject: (input) => {
        const { Key, VersionId } = input as { Key: string; VersionId: string };
        const day = Number(/-(\d\d)T/.exec(Key)?.[1]);
        const text = VersionId === "first" && day > 0 ? JSON.stringify(recordAt(day)) : "no record";
        return { Body: { transformToString: () => Promise.resolve(text) } };
    },
});

const eventsMatching = (
    { filterPattern, startTime, endTime }: Readonly<Record<string, unknown>>,
    trail: readonly object[],
) =>
    trail
        .filter((event) => matchesPattern(String(filterPattern), event))
        .map((event) => ({ message: JSON.stringify(event), timestamp: Date.parse(textAtPath(event, "eventTime")) }))
        .filter(({ timestamp }) => timestamp >= Number(startTime) && timestamp <= Number(endTime));

const kim = "arn:aws:iam::123456789012:user/kim";
const s3Call = (eventName: string, day: number, time = at(day), rest: object = {}) => ({
    ...{ eventName, eventSource: "s3.amazonaws.com", eventTime: time.toISOString(), readOnly: false },
    ...{ userIdentity: { type: "IAMUser", arn: kim }, eventID: `${eventName} ${time.toISOString()}`, ...rest },
    requestParameters: { bucketName: "payment-audit-dev-123456789012", key: keyAt(day) },
});

test("records of commands are in the order of their times, of the period that their names say", async () => {
    const days = [25, 21, 5, 23];
    const { rows, gaps } = await read("redrives", bucketWith(days.map((day) => versionAt(day))));
    expect(rows.map((row) => row.at)).toEqual([21, 23, 25].map((day) => at(day).toISOString()));
    expect(gaps).toEqual([]);
});

test("a record that was overwritten or deleted after the period is shown as it was first written, with who changed it", async () => {
    const [overwritten, deleted] = [new Date(now - 7_200_000), new Date(now - 3_600_000)];
    const { rows, gaps } = await read(
        "redrives",
        bucketWith(
            [versionAt(25, overwritten, "second"), versionAt(25)],
            [{ Key: keyAt(25), VersionId: "marker", IsLatest: true, LastModified: deleted }],
            [
                s3Call("PutObject", 25),
                s3Call("PutObject", 25, overwritten),
                s3Call("DeleteObject", 25, deleted),
                s3Call("DeleteObject", 25, new Date(now), { errorCode: "AccessDenied" }),
            ],
        ),
        {},
        { to: at(26).getTime() },
    );
    expect(rows).toEqual([expect.objectContaining({ at: at(25).toISOString(), by: "alex" })]);
    expect(gaps).toEqual([
        `${keyAt(25)} was deleted at ${deleted.toISOString()} by ${kim}`,
        `${keyAt(25)} was written again at ${overwritten.toISOString()} by ${kim}: the first version counts`,
    ]);
});

test("a record that only CloudTrail still has is a gap, each event counted once", async () => {
    const written = s3Call("PutObject", 25);
    const trail = [written, written, s3Call("PutObject", 23), s3Call("PutObject", 5)];
    const { rows, gaps } = await read("redrives", bucketWith([versionAt(23)], [], trail));
    expect(rows).toHaveLength(1);
    expect(gaps).toEqual([
        `${keyAt(25)}: CloudTrail has 1 uploads (at ${at(25).toISOString()} by ${kim}), the bucket has 0`,
    ]);
});

test("a record that was written later than its name says, or under a name that no command gives, is a gap", async () => {
    const other = "audit/operations/note.txt";
    const { rows, gaps } = await read(
        "redrives",
        bucketWith([versionAt(25, at(28)), { Key: other, VersionId: "first", LastModified: at(27) }]),
    );
    expect(rows).toHaveLength(1);
    const nobody = "somebody whom CloudTrail does not name";
    expect(gaps).toEqual([
        `${keyAt(25)} was written later than its name says, at ${at(28).toISOString()} by ${nobody}`,
        `${other} is no record of a command: written at ${at(27).toISOString()} by ${nobody}`,
    ]);
});

test("an object without content is a gap, and the other records are there", async () => {
    const { GetObject, ...bucket } = bucketWith([versionAt(21), versionAt(25)]);
    const { rows, gaps } = await read("redrives", {
        ...bucket,
        GetObject: (input) =>
            String(input.Key) === keyAt(21) ? {} : (GetObject as (given: typeof input) => object)(input),
    });
    expect(rows).toHaveLength(1);
    expect(gaps).toEqual([expect.stringContaining(`${keyAt(21)} is no record of a command`)]);
});

test("whether records are gone is unknown without a trail, and the records are there", async () => {
    const { rows, gaps } = await read("redrives", bucketWith([versionAt(25)]), { "audit.cloudTrail": false });
    expect(rows).toHaveLength(1);
    expect(gaps).toEqual([expect.stringMatching(/^whether a record is gone .* is unknown: the stack has no trail/)]);
});

const groupName = "/cloudtrail/payment-trail-dev";
const selector = (...fields: readonly object[]) => ({ Name: "name", FieldSelectors: fields });
const management = selector({ Field: "eventCategory", Equals: ["Management"] });
const data = (type: string, resources: object) =>
    selector(
        { Field: "eventCategory", Equals: ["Data"] },
        { Field: "resources.type", Equals: [type] },
        { Field: "resources.ARN", ...resources },
    );
const recordsArn = "arn:aws:s3:::payment-audit-dev-123456789012/audit/";
const records = data("AWS::S3::Object", { StartsWith: [recordsArn] });
const clusterArn = "arn:aws:rds:us-east-1:123456789012:cluster:payment-database-dev";
const ownTrail = {
    ...{ Name: "payment-trail-dev", IsMultiRegionTrail: true, IncludeGlobalServiceEvents: true },
    CloudWatchLogsLogGroupArn: `arn:aws:logs:us-east-1:123456789012:log-group:${groupName}:*`,
};
/** A trail that has always logged. */
const logging = {
    trailList: [ownTrail],
    status: {
        ...{ IsLogging: true, StartLoggingTime: new Date("2026-01-01") },
        LatestCloudWatchLogsDeliveryTime: new Date(now - 300_000),
    },
    logGroups: [
        { logGroupName: groupName, creationTime: Date.parse("2026-01-01") },
        { logGroupName: `${groupName}-other`, creationTime: now },
    ],
    events: [] as readonly object[],
    /** As lib/audit.ts makes them; AWS returns no other kind beside them. */
    selectors: { AdvancedEventSelectors: [management, records] } as object,
};

const trailWith = (given: Partial<Record<keyof typeof logging, unknown>>): FakeResponses => {
    const { trailList, status, logGroups, events, selectors } = { ...logging, ...given };
    return {
        DescribeTrails: { trailList },
        GetEventSelectors: selectors as object,
        GetTrailStatus: status as object,
        DescribeLogGroups: { logGroups },
        FilterLogEvents: (input) => ({ events: eventsMatching(input, events as object[]) }),
    };
};

const stopped = { ...logging.status, IsLogging: false };
const trailCall = (eventName: string, time: Date, rest: object = {}) => ({
    ...{ eventName, eventSource: "cloudtrail.amazonaws.com", eventTime: time.toISOString(), readOnly: false },
    ...{ userIdentity: { type: "IAMUser", arn: kim }, requestParameters: { name: "payment-trail-dev" }, ...rest },
});
const groupCall = (eventName: string, time: Date, parameters: object = {}) =>
    trailCall(eventName, time, {
        ...{ eventSource: "logs.amazonaws.com", requestParameters: { logGroupName: groupName, ...parameters } },
    });
const selectorsCall = (time: Date, rest: object = {}) =>
    trailCall("PutEventSelectors", time, { requestParameters: { trailName: "payment-trail-dev" }, ...rest });
const unsure = "events before or after it may not have been logged";
const noSelector = (name: string) => `the trail has no advanced event selector for all ${name}`;
const end = at(26);

/** What happened to the trail, and why the items from it are then not complete, for a period until 26 January. */
const trailStates: readonly (readonly [
    state: string,
    given: Parameters<typeof trailWith>[0],
    gaps: readonly string[],
])[] = [
    ["logs", {}, []],
    ["is gone", { trailList: [] }, ["there is no trail payment-trail-dev any more"]],
    [
        "delivers elsewhere",
        { trailList: [{ ...ownTrail, CloudWatchLogsLogGroupArn: undefined }] },
        [`the trail does not deliver to ${groupName}`],
    ],
    [
        "is of one region",
        { trailList: [{ ...ownTrail, IsMultiRegionTrail: false }] },
        ["the trail does not log events of other regions"],
    ],
    [
        "is without global services",
        { trailList: [{ ...ownTrail, IncludeGlobalServiceEvents: false }] },
        ["the trail does not log events of IAM and STS"],
    ],
    [
        "is stopped",
        { status: { ...stopped, StopLoggingTime: at(20) } },
        [`the trail did not log from ${at(20).toISOString()}`],
    ],
    ["never started", { status: { ...stopped, StartLoggingTime: undefined } }, ["the trail did not log at all"]],
    ["was stopped after the period", { status: { ...stopped, StopLoggingTime: at(27) } }, []],
    [
        "was stopped for a day",
        { status: { ...logging.status, StopLoggingTime: at(20), StartLoggingTime: at(21) } },
        [`the trail did not log from ${at(20).toISOString()} until ${at(21).toISOString()}`],
    ],
    [
        "was stopped before the period",
        { status: { ...logging.status, StopLoggingTime: at(2), StartLoggingTime: at(3) } },
        [],
    ],
    [
        "began in the period",
        { status: { ...logging.status, StartLoggingTime: at(20) } },
        [`the trail did not log until ${at(20).toISOString()}`],
    ],
    [
        "cannot deliver",
        { status: { ...logging.status, LatestCloudWatchLogsDeliveryError: "AccessDenied" } },
        ["CloudTrail could not deliver to the log group: AccessDenied"],
    ],
    [
        "has delivered nothing for days",
        { status: { ...logging.status, LatestCloudWatchLogsDeliveryTime: at(24) } },
        [`CloudTrail delivered to the log group last at ${at(24).toISOString()}: it has no later events`],
    ],
    [
        "has never delivered",
        { status: { ...logging.status, LatestCloudWatchLogsDeliveryTime: undefined } },
        ["CloudTrail delivered to the log group last at no time: it has no later events"],
    ],
    [
        "has a new log group",
        { logGroups: [{ logGroupName: groupName, creationTime: at(20).getTime() }] },
        [`the log group was created at ${at(20).toISOString()}: it has no earlier events`],
    ],
    [
        "was stopped and started, and lost a stream after the period",
        {
            events: [
                trailCall("StopLogging", at(20)),
                trailCall("StopLogging", at(21), { errorCode: "AccessDenied" }),
                trailCall("StartLogging", at(22)),
                trailCall("StopLogging", at(27)),
                groupCall("DeleteLogStream", at(28)),
                groupCall("PutRetentionPolicy", at(28), { retentionInDays: 1 }),
                groupCall("PutRetentionPolicy", at(28, 13), { retentionInDays: 3653 }),
            ],
        },
        [
            `StopLogging at ${at(20).toISOString()} by ${kim}: events were not logged, or deleted`,
            `DeleteLogStream at ${at(28).toISOString()} by ${kim}: events were not logged, or deleted`,
            `PutRetentionPolicy at ${at(28).toISOString()} by ${kim}: events were not logged, or deleted`,
        ],
    ],
    [
        "selected nothing for a week",
        {
            events: [
                selectorsCall(at(17)),
                selectorsCall(at(18), { errorCode: "AccessDenied" }),
                selectorsCall(at(24)),
            ],
        },
        [17, 24].map((day) => `PutEventSelectors at ${at(day).toISOString()} by ${kim}: ${unsure}`),
    ],
    [
        "delivered to another log group until after the period",
        { events: [trailCall("UpdateTrail", at(27))] },
        [`UpdateTrail at ${at(27).toISOString()} by ${kim}: ${unsure}`],
    ],
    [
        "was stopped before the period, started in it, and was stopped and started once more",
        {
            events: [
                trailCall("StopLogging", at(28)),
                trailCall("StartLogging", at(29)),
                trailCall("StartLogging", at(15)),
            ],
            status: { ...logging.status, StopLoggingTime: at(28), StartLoggingTime: at(29) },
        },
        [
            `StartLogging at ${at(15).toISOString()} by ${kim}, after no stop in the period: events before it may not have been logged`,
        ],
    ],
    [
        "excludes events of KMS",
        {
            selectors: {
                AdvancedEventSelectors: [
                    selector(
                        { Field: "eventCategory", Equals: ["Management"] },
                        { Field: "eventSource", NotEquals: ["kms.amazonaws.com"] },
                    ),
                    records,
                ],
            },
        },
        [noSelector("management events")],
    ],
    [
        "has only selectors of the older kind",
        { selectors: { EventSelectors: [{ ReadWriteType: "WriteOnly", IncludeManagementEvents: true }] } },
        [noSelector("management events")],
    ],
];

test.each(trailStates)("no row is no proof where the trail %s", async (_, given, gaps) => {
    for (const id of ["approvals", "updates", "trail", "break-glass", "tasks", "validator-code"]) {
        expect((await read(id, trailWith(given), {}, { to: end.getTime() })).gaps).toEqual(gaps);
    }
});

test.each([
    ["no selector for records", []],
    ["one for other objects alone", [data("AWS::S3::Object", { StartsWith: [`${recordsArn}2027/`] })]],
    [
        "one that excludes some records",
        [data("AWS::S3::Object", { StartsWith: [recordsArn], NotEndsWith: ["1b4e28ba.json"] })],
    ],
    ["one for other resources alone", [data("AWS::Lambda::Function", { StartsWith: ["arn:"] })]],
])("whether a record is gone is unknown where the trail has %s", async (_, others) => {
    const given = trailWith({ selectors: { AdvancedEventSelectors: [management, ...others] } });
    const gaps = async (id: string) => (await read(id, { ...bucketWith([versionAt(25)]), ...given })).gaps;
    expect(await gaps("redrives")).toEqual([noSelector("access to the audit records")]);
    expect(await gaps("updates")).toEqual([]);
});

test("a trail that was stopped after the period may lack the deletion of a record", async () => {
    const events = [trailCall("StopLogging", at(28)), trailCall("StartLogging", at(29))];
    const given = { ...bucketWith([versionAt(25)]), ...trailWith({ events }) };
    expect((await read("redrives", given, {}, { to: end.getTime() })).gaps).toEqual([
        `StopLogging at ${at(28).toISOString()} by ${kim}: events were not logged, or deleted`,
    ]);
});

test.each([
    ["all clusters", data("AWS::RDS::DBCluster", { Equals: [clusterArn] }), []],
    ["another cluster", data("AWS::RDS::DBCluster", { Equals: [`${clusterArn}2`] }), ["statements of the Data API"]],
])("with statements of %s selected, only the item of emergencies says what is missing", async (_, chosen, missing) => {
    const given = trailWith({ selectors: { AdvancedEventSelectors: [management, chosen] } });
    const gaps = async (id: string) => (await read(id, given, { "database.breakGlass": true })).gaps;
    expect(await gaps("break-glass")).toEqual(missing.map(noSelector));
    expect(await gaps("updates")).toEqual([]);
});

test("changes of the trail and deletions from its log group are shown, without those of other trails", async () => {
    const events = [
        trailCall("StopLogging", at(20)),
        trailCall("PutEventSelectors", at(21), { requestParameters: { trailName: "payment-trail-dev" } }),
        trailCall("UpdateTrail", at(21), { requestParameters: { name: "payment-trail-eu" } }),
        groupCall("DeleteLogStream", at(22), { logStreamName: "123456789012_CloudTrail_us-east-1" }),
        groupCall("CreateLogStream", at(22)),
        trailCall("StopLogging", at(27)),
    ];
    expect((await read("trail", trailWith({ events }), {}, { to: end.getTime() })).rows).toEqual(
        [
            { at: at(20), call: "StopLogging", of: "payment-trail-dev" },
            { at: at(21), call: "PutEventSelectors", of: "payment-trail-dev" },
            { at: at(22), call: "DeleteLogStream", of: "123456789012_CloudTrail_us-east-1" },
        ].map((row) => ({ ...row, at: row.at.toISOString(), by: kim, refused: "" })),
    );
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

const gitAt = (time: Date, cwd: string, ...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Alex", "-c", "user.email=alex@example.com", ...args], {
        cwd,
        env: { ...process.env, GIT_AUTHOR_DATE: time.toISOString(), GIT_COMMITTER_DATE: time.toISOString() },
        stdio: "pipe",
        encoding: "utf8",
    });
const git = (cwd: string, ...args: string[]) => gitAt(at(20), cwd, ...args);

/** Commits a change of these files, in the root of the project. */
function commitFiles(...paths: readonly string[]): void {
    for (const path of paths) {
        mkdirSync(join(root, dirname(path)), { recursive: true });
        appendFileSync(join(root, path), "# changed\n");
    }
    git(root, "add", "--all");
    git(root, "commit", "--quiet", "--message", paths.join(" "));
}

test("every commit is in one of two items: what changed settings and controls first, the rest at the end", async () => {
    git(root, "init", "--quiet", "--initial-branch", "main");
    commitFiles("Pulumi.yaml");
    commitFiles("lib/audit.ts", "test/audit.test.ts");
    commitFiles("bootstrap/github.yaml");
    commitFiles("checks/rules/access.ts", "docs/checks.md");
    commitFiles("analysis/iam/statements.ts");
    commitFiles("checks/rules/clés.ts");
    commitFiles("lib/settings/guardrails.ts");
    git(root, "mv", "checks/rules/access.ts", "docs/access.ts");
    git(root, "commit", "--quiet", "--message", "move");
    commitFiles("checks/exceptions.yaml");
    commitFiles("approvals/dev.json");
    commitFiles("golden/dev.rights.md");
    commitFiles("Pulumi.dev.yaml", "services/api/main.ts");
    commitFiles("golden/prod.rights.md", "Pulumi.prod.yaml");
    git(root, "checkout", "--quiet", "-b", "branch");
    commitFiles(".github/workflows/deploy.yml");
    git(root, "checkout", "--quiet", "main");
    commitFiles("docs/design.md");
    git(root, "merge", "--quiet", "--no-ff", "branch", "--message", "merge");
    const found = async (id: string) =>
        (await read(id, {})).rows.map(({ changes, subject }) => `${String(changes)} <- ${String(subject)}`).toSorted();
    const first = (await read("commits", {})).rows.map(({ changes }) => String(changes).split(", ")[0]);
    expect(first).toEqual([
        ...[
            "settings",
            "settings",
            "settings",
            "settings",
            "exceptions",
            "checks",
            "checks",
            "checks",
            "checks",
            "checks",
        ],
        ...["workflows", "workflows", "workflows"],
    ]);
    expect(await found("commits")).toEqual(
        [
            // The stack file is in the first commit, too.
            "settings, code <- Pulumi.yaml",
            "settings, code <- Pulumi.dev.yaml services/api/main.ts",
            "settings <- golden/dev.rights.md",
            "settings <- approvals/dev.json",
            "exceptions <- checks/exceptions.yaml",
            "checks <- analysis/iam/statements.ts",
            "checks <- checks/rules/clés.ts",
            "checks <- lib/settings/guardrails.ts",
            "checks, pages <- move",
            "checks, pages <- checks/rules/access.ts docs/checks.md",
            "workflows <- bootstrap/github.yaml",
            "workflows <- .github/workflows/deploy.yml",
            "workflows <- merge",
        ].toSorted(),
    );
    expect(await found("other-commits")).toEqual(
        [
            "code, tests <- lib/audit.ts test/audit.test.ts",
            "other stacks <- golden/prod.rights.md Pulumi.prod.yaml",
            "pages <- docs/design.md",
        ].toSorted(),
    );
});

/** Dates of commits, each the parent of the next one, of which `wrong` is older than its parent. */
const wrongDates: readonly (readonly [order: string, days: readonly number[], wrong: number | undefined])[] = [
    ["a commit of the period with a date before it", [20, 2, 22], 1],
    ["a commit of the period with a date after it", [20, 30, 22], 2],
    ["one after the period with a date before it", [20, 22, 30, 2], 3],
    ["commits of the period in the order of other clocks", [20, 19, 22], undefined],
    ["commits before the period in the order of other clocks", [5, 4, 20, 22], undefined],
    ["commits after the period in the order of other clocks", [20, 22, 30, 29], undefined],
];
test.each(wrongDates)(
    "%s: no other commit is hidden, and the date is a gap where it may hide one",
    async (_, days, wrong) => {
        git(root, "init", "--quiet", "--initial-branch", "main");
        git(root, "add", "--all");
        for (const day of days) {
            gitAt(at(day), root, "commit", "--quiet", "--allow-empty", "--message", `day ${day}`);
        }
        const commits = git(root, "log", "--reverse", "--format=%H").trim().split("\n");
        const period = { to: end.getTime() };
        const { gaps } = await read("commits", {}, {}, period);
        const found = [
            ...(await read("commits", {}, {}, period)).rows,
            ...(await read("other-commits", {}, {}, period)).rows,
        ];
        expect(found.map(({ commit }) => commit).toSorted()).toEqual(
            commits.filter((_commit, i) => (days[i] ?? 0) > 11 && (days[i] ?? 0) < 26).toSorted(),
        );
        expect(gaps).toEqual(
            wrong === undefined
                ? []
                : [
                      expect.stringMatching(
                          `^commit ${commits[wrong]} of .* is older than its parent ${commits[wrong - 1]} of `,
                      ),
                  ],
        );
    },
);

test("exceptions and waivers of the stack are shown with owner, reason and end, without what expired before", async () => {
    mkdirSync(join(root, "checks"));
    const entry = (stack: string, resource: string, expires: string) =>
        `- { rule: alarms-notify-topics, stack: ${stack}, resource: ${resource}, reason: The topic moves to another account., owner: payments-operations, expires: ${expires} }`;
    copyProject(root, ["dev", "prod"]);
    writeFileSync(
        join(root, "checks/exceptions.yaml"),
        [
            entry("dev", "one", "2027-03-31"),
            entry("dev", "two", "2027-01-11"),
            entry("dev", "old", "2027-01-10"),
            entry("prod", "one", "2027-03-31"),
        ].join("\n"),
    );
    const waiver = { rule: "no-spot", reason: "The load test of spring runs on it.", expires: "2027-02-28" };
    const { rows } = await read(
        "exceptions",
        {},
        {},
        { settings: { ...settingsFromConfig(readStackConfig("dev")), waivers: [waiver] } },
    );
    const exception = {
        ...{ kind: "exception", rule: "alarms-notify-topics", owner: "payments-operations" },
        reason: "The topic moves to another account.",
    };
    expect(rows).toEqual([
        { ...exception, resource: "one", expires: "2027-03-31" },
        { ...exception, resource: "two", expires: "2027-01-11" },
        { ...waiver, kind: "waiver", resource: "the stack", owner: "" },
    ]);
});

test("a clone without its history is a gap", async () => {
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

test("alarms that notify nobody by design are left out, and no others", async () => {
    const fired = (noun: string) => ({
        ...{ AlarmName: `payment-${noun}-dev`, HistoryItemType: "StateUpdate", Timestamp: at(25) },
        HistorySummary: "Alarm updated from OK to ALARM",
    });
    const notifying = ["budget-burns-fast", "api-target-5xx", "api-made-by-hand"];
    const silent = ["budget-burns-fast-60m", "budget-burns-slowly-30m", "api-surge"];
    const { rows } = await read("alarms", {
        DescribeAlarmHistory: { AlarmHistoryItems: [...notifying, ...silent].map(fired) },
        FilterLogEvents: {},
        ListObjectVersions: {},
    });
    expect(rows.map(({ alarm }) => alarm)).toEqual(notifying.map((noun) => `payment-${noun}-dev`));
});
