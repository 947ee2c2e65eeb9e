import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { evidenceItems } from "../../../tools/evidence/command.ts";
import { requirementTitle } from "../../../tools/evidence/requirements.ts";
import type { Evidence, EvidenceSection } from "../../../tools/evidence/report.ts";
import { copyProject } from "../../project.ts";
import { planTestStack } from "../../stacks.ts";
import { awsError, clientsWith, fakeStack, pulumiWith, simulation, type FakeResponses } from "./deploy/fakes.ts";
import { matchesPattern } from "./filter-pattern.ts";
import { runTool } from "./run-tool.ts";

const now = Date.parse("2027-01-31T10:15:00.000Z");
const at = (day: number, hour = 12, minute = 0) => new Date(Date.UTC(2027, 0, day, hour, minute));
const digest = `sha256:${"1".repeat(64)}`;
const operator = "arn:aws:sts::123456789012:assumed-role/on-call/alex";
/** What AWS also answers, and no evidence may contain. */
const secret = "never-in-evidence";

let root = "";
beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "evidence-"));
    copyProject(root, ["dev"]);
    changeStackFile("eu", (text) => text.replace("environmentSuffix: dev", "environmentSuffix: eu-dev"));
});
afterEach(() => {
    rmSync(root, { recursive: true });
});

/** Writes the file of a stack, made from that of dev. */
function changeStackFile(stack: string, change: (text: string) => string): void {
    writeFileSync(join(root, `Pulumi.${stack}.yaml`), change(readFileSync(join(root, "Pulumi.dev.yaml"), "utf8")));
}

function commit(subject: string, day: number): void {
    const date = at(day).toISOString();
    const git = (...args: string[]) =>
        execFileSync("git", args, {
            cwd: root,
            env: {
                ...process.env,
                ...{ GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
                ...{ GIT_AUTHOR_NAME: "Alex", GIT_AUTHOR_EMAIL: `${secret}@example.com` },
                ...{ GIT_COMMITTER_NAME: "Kim", GIT_COMMITTER_EMAIL: `${secret}@example.com` },
            },
        });
    git("init", "--quiet");
    git("add", "--all");
    git("commit", "--quiet", "--message", subject, "--message", `Reviewed-by: Sam <${secret}@example.com>`);
}

/** A call of a session of a role of the account, at a minute of 20 January. */
function callOf(role: string, session: string, minute: number, event: Readonly<Record<string, unknown>>) {
    const account = "123456789012";
    return {
        ...{ eventTime: `2027-01-20T09:${String(minute).padStart(2, "0")}:00Z`, eventType: "AwsApiCall" },
        ...{ managementEvent: true, readOnly: false },
        userIdentity: {
            ...{ type: "AssumedRole", principalId: `AROA:${session}` },
            arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
            sessionContext: {
                sessionIssuer: { type: "Role", arn: `arn:aws:iam::${account}:role/${role}`, userName: role },
            },
        },
        ...event,
    };
}

const byUser = {
    userIdentity: { type: "IAMUser", arn: "arn:aws:iam::123456789012:user/sam", userName: "sam" },
};
const ecs = { eventSource: "ecs.amazonaws.com" };
const lambda = { eventSource: "lambda.amazonaws.com" };
const sts = { eventSource: "sts.amazonaws.com", readOnly: true };
const emergencyRole = "arn:aws:iam::123456789012:role/break-glass-dev";

/** What the trail has of 20 January: of each item what belongs to it, and what is like it and does not. */
const trail: readonly object[] = [
    callOf("none", "none", 0, {
        ...{ ...sts, eventName: "AssumeRoleWithWebIdentity" },
        userIdentity: { type: "WebIdentityUser", userName: "repo:owner/name:environment:dev" },
        requestParameters: {
            ...{ roleArn: "arn:aws:iam::123456789012:role/pulumi-deploy-dev", roleSessionName: "deploy-17" },
            token: secret,
        },
    }),
    ...["UpdateService", "UpdateService"].map((eventName, i) =>
        callOf("pulumi-deploy-dev", "deploy-17", i, { ...ecs, eventName, requestParameters: { value: secret } }),
    ),
    callOf("pulumi-deploy-dev", "deploy-17", 2, {
        ...{ eventSource: "iam.amazonaws.com", eventName: "PutRolePolicy", errorCode: "AccessDenied" },
    }),
    callOf("pulumi-deploy-dev", "deploy-17", 3, { ...ecs, eventName: "DescribeServices", readOnly: true }),
    callOf("pulumi-deploy-dev", "deploy-17", 4, {
        ...{ ...lambda, eventName: "UpdateFunctionCode20150331v2" },
        requestParameters: { functionName: "payment-validator-dev" },
        responseElements: { codeSha256: "c2hhMjU2", environment: { value: secret } },
    }),
    callOf("pulumi-deploy-dev", "deploy-17", 5, {
        ...{ ...lambda, eventName: "UpdateFunctionCode20150331v2" },
        requestParameters: { functionName: "payment-validator-eu-dev" },
    }),
    // Two tasks of a service, and a person whose role has a name that begins like the stack's.
    ...["1a2b", "3c4d"].map((task, i) =>
        callOf("payment-api-execution-dev-0b79541", task, 10 + i, {
            ...{ eventSource: "logs.amazonaws.com", eventName: "CreateLogStream" },
        }),
    ),
    callOf("payment-admins", "kim", 20, { ...ecs, eventName: "DeleteService" }),
    callOf("payment-admins", "kim", 21, {
        ...{ ...ecs, eventName: "RunTask" },
        requestParameters: {
            ...{ cluster: "payment-cluster-dev", startedBy: "npm-run-migrate" },
            taskDefinition: "arn:aws:ecs:us-east-1:123456789012:task-definition/payment-migration-dev:3",
            overrides: { containerOverrides: [{ environment: [{ value: secret }] }] },
        },
    }),
    callOf("payment-admins", "kim", 22, {
        ...{ ...ecs, eventName: "RunTask" },
        requestParameters: { cluster: "payment-cluster-eu-dev", taskDefinition: "payment-migration-eu-dev" },
    }),
    callOf("payment-admins", "kim", 23, {
        ...{ ...ecs, eventName: "RunTask" },
        requestParameters: { cluster: "kims", taskDefinition: "payment-migration-dev:3" },
    }),
    // CloudFormation calls with the rights of who called it.
    {
        ...callOf("payment-admins", "kim", 24, {}),
        ...{ eventSource: "iam.amazonaws.com", eventName: "AttachRolePolicy" },
        userIdentity: {
            ...callOf("payment-admins", "kim", 24, {}).userIdentity,
            invokedBy: "cloudformation.amazonaws.com",
        },
    },
    // Of another account there is no ARN. What AWS does itself is nobody's call.
    callOf("none", "none", 30, {
        ...{ eventSource: "s3.amazonaws.com", eventName: "PutBucketPolicy" },
        userIdentity: { type: "AWSAccount", principalId: "AIDAOTHER", accountId: "210987654321" },
    }),
    callOf("none", "none", 31, {
        ...{ eventSource: "kms.amazonaws.com", eventName: "RotateKey" },
        userIdentity: { type: "AWSService", invokedBy: "kms.amazonaws.com" },
    }),
    {
        ...callOf("AWSServiceRoleForECS", "ecs", 32, { ...ecs, eventName: "RegisterTargets" }),
        userIdentity: {
            arn: "arn:aws:sts::123456789012:assumed-role/AWSServiceRoleForECS/ecs",
            sessionContext: {
                sessionIssuer: {
                    arn: "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
                    userName: "AWSServiceRoleForECS",
                },
            },
        },
    },
    callOf("none", "none", 40, {
        ...{ ...sts, ...byUser, eventName: "AssumeRole" },
        requestParameters: {
            ...{ roleArn: emergencyRole, roleSessionName: "sam", serialNumber: secret },
            tags: [{ key: "Reason", value: "Session 4711 blocks all payments" }],
        },
    }),
    callOf("none", "none", 41, {
        ...{ ...sts, ...byUser, eventName: "AssumeRole", errorCode: "AccessDenied" },
        requestParameters: { roleArn: emergencyRole, roleSessionName: "sam" },
    }),
    callOf("none", "none", 42, {
        ...{ ...sts, ...byUser, eventName: "AssumeRole" },
        requestParameters: { roleArn: emergencyRole.replace("-dev", "-eu-dev"), roleSessionName: "sam" },
    }),
    callOf("break-glass-dev", "sam", 43, {
        ...{ eventSource: "rdsdata.amazonaws.com", eventName: "ExecuteStatement", managementEvent: false },
        requestParameters: { sql: "**********", secretArn: secret },
    }),
];

const record = {
    ...{ version: 1, event: "redrive.done", stack: "dev", at: at(25, 12, 5).toISOString(), by: operator },
    ...{ reason: "payments 17 is deployed", details: { sent: 2 } },
};

/** As `recordOperation` makes it. */
const recordKey = `audit/operations/2027/01/25/${record.at}-redrive.done-1b4e28ba.json`;

const history = (name: string, time: Date, HistoryItemType: string, HistorySummary: string) => ({
    ...{ AlarmName: name, Timestamp: time, HistoryItemType, HistorySummary, HistoryData: secret },
});

const answers: FakeResponses = {
    GetCallerIdentity: { Account: "123456789012", Arn: operator },
    FilterLogEvents: (input) => {
        const { filterPattern = "" } = input as { filterPattern?: string };
        const events = trail.filter((event) => matchesPattern(filterPattern, event));
        return { events: events.map((event) => ({ timestamp: now, message: JSON.stringify(event) })) };
    },
    DescribeTaskDefinition: (input) => {
        const { taskDefinition } = input as { taskDefinition: string };
        const task = /^payment-(api|migration)-dev\b/.exec(taskDefinition)?.[1];
        return task === undefined
            ? awsError("ClientException")
            : {
                  taskDefinition: {
                      ...{ revision: 1, registeredAt: at(20), registeredBy: operator },
                      containerDefinitions: [
                          { name: task, image: `payment-${task}-dev@${digest}`, environment: [{ value: secret }] },
                      ],
                  },
              };
    },
    ListRoles: {
        Roles: [
            { Path: "/", RoleName: "on-call", Arn: "arn:on-call", CreateDate: at(1) },
            { Path: "/", RoleName: "other", Arn: "arn:other", CreateDate: at(1) },
            { Path: "/aws-service-role/x/", RoleName: "AWSServiceRoleForECS", Arn: "arn:linked" },
        ],
    },
    GetRole: { Role: { RoleLastUsed: { LastUsedDate: at(30) } } },
    ListUsers: { Users: [{ UserName: "old-user", Arn: "arn:old-user", CreateDate: at(2) }] },
    ListAccessKeys: { AccessKeyMetadata: [{ AccessKeyId: secret, Status: "Active", CreateDate: at(2, 0) }] },
    SimulatePrincipalPolicy: simulation(
        (principal, action) => principal === "arn:on-call" && action === "dynamodb:GetItem",
    ),
    DescribeDBClusters: { DBClusters: [{ DbClusterResourceId: "cluster-1", MasterUsername: "payment_admin" }] },
    ListSecrets: {
        SecretList: [
            {
                ...{
                    Name: "payment-cache-token-dev-1a2b3c4",
                    ARN: "arn:secret:1",
                    CreatedDate: at(1),
                    LastChangedDate: at(10),
                },
                ...{ Description: secret, Tags: [{ Key: "EnvironmentSuffix", Value: "dev" }] },
            },
            {
                ...{ Name: "rds!cluster-1", ARN: "arn:secret:2", LastRotatedDate: at(15), RotationEnabled: true },
                Tags: [
                    {
                        Key: "aws:rds:primaryDBClusterArn",
                        Value: "arn:aws:rds:us-east-1:123456789012:cluster:payment-database-dev",
                    },
                ],
            },
            { Name: "payment-cache-token-prod-1a2b3c4", Tags: [{ Key: "EnvironmentSuffix", Value: "prod" }] },
        ],
    },
    ListAliases: {
        Aliases: [
            { AliasName: "alias/payment-data-dev", TargetKeyId: "key-1" },
            { AliasName: "alias/payment-data-prod", TargetKeyId: "key-2" },
            { AliasName: "alias/payment-data-eu-dev", TargetKeyId: "key-3" },
        ],
    },
    GetKeyRotationStatus: { KeyRotationEnabled: true, RotationPeriodInDays: 365 },
    ListKeyRotations: { Rotations: [{ RotationDate: at(12) }, { RotationDate: new Date("2026-01-12") }] },
    GetApiKeys: {
        items: [{ name: "payment-gateway-merchant-shop-dev", enabled: true, createdDate: at(3), value: secret }],
    },
    DescribeAlarmHistory: {
        AlarmHistoryItems: [
            history("payment-processing-dead-letters-dev", at(25), "StateUpdate", "Alarm updated from OK to ALARM"),
            history(
                "payment-processing-dead-letters-dev",
                at(25),
                "Action",
                "Successfully executed action arn:aws:sns:us-east-1:123456789012:alerts",
            ),
            history(
                "payment-processing-dead-letters-dev",
                at(25, 12, 30),
                "StateUpdate",
                "Alarm updated from ALARM to OK",
            ),
            history("payment-api-cpu-high-dev", at(26), "StateUpdate", "Alarm updated from OK to ALARM"),
            history("payment-api-cpu-high-prod", at(26), "StateUpdate", "Alarm updated from OK to ALARM"),
            history("payment-api-cpu-high-eu-dev", at(26), "StateUpdate", "Alarm updated from OK to ALARM"),
        ],
    },
    ListObjectVersions: {
        Versions: [{ Key: recordKey, VersionId: "first", IsLatest: true, LastModified: at(25, 12, 5) }],
        IsTruncated: false,
    },
    DescribeTrails: {
        trailList: [
            {
                ...{ Name: "payment-trail-dev", IsMultiRegionTrail: true, IncludeGlobalServiceEvents: true },
                CloudWatchLogsLogGroupArn:
                    "arn:aws:logs:us-east-1:123456789012:log-group:/cloudtrail/payment-trail-dev:*",
            },
        ],
    },
    GetEventSelectors: {
        AdvancedEventSelectors: [
            { FieldSelectors: [{ Field: "eventCategory", Equals: ["Management"] }] },
            {
                FieldSelectors: [
                    { Field: "eventCategory", Equals: ["Data"] },
                    { Field: "resources.type", Equals: ["AWS::S3::Object"] },
                    { Field: "resources.ARN", StartsWith: ["arn:aws:s3:::payment-audit-dev-123456789012/audit/"] },
                ],
            },
        ],
    },
    GetTrailStatus: {
        ...{ IsLogging: true, StartLoggingTime: new Date("2019-12-01") },
        LatestCloudWatchLogsDeliveryTime: new Date(now - 300_000),
    },
    DescribeLogGroups: {
        logGroups: [{ logGroupName: "/cloudtrail/payment-trail-dev", creationTime: Date.parse("2019-12-01") }],
    },
    GetObject: { Body: { transformToString: () => Promise.resolve(JSON.stringify(record)) } },
    GetMetricStatistics: { Datapoints: [{ Timestamp: at(18, 0), Sum: 1 }] },
};

interface Collected {
    readonly code: number;
    readonly err: string;
    readonly out: string;
    readonly json: Evidence;
    readonly markdown: string;
    readonly calls: [string, Readonly<Record<string, unknown>>][];
}

async function collect(given: FakeResponses = {}, argv: string[] = [], isPulumiThere = true): Promise<Collected> {
    const { clients, calls } = clientsWith({ ...answers, ...given });
    const { stack } = fakeStack([], {
        previewRefresh: (options: never) => {
            const { onEvent } = options as { onEvent: (event: object) => void };
            const metadata = {
                ...{ urn: "urn::edited", type: "aws:sqs/queue:Queue", op: "update", diffs: ["policy"] },
                ...{ old: { custom: true, inputs: {} }, new: { custom: true, inputs: { policy: secret } } },
            };
            onEvent({ resOutputsEvent: { metadata } });
            return Promise.resolve({});
        },
    });
    const result = await runTool("evidence", ["dev", "--out", "found", ...argv], {
        root,
        env: { PULUMI_CONFIG_PASSPHRASE: secret, PULUMI_BACKEND_URL: "file:///state" },
        planStack: () => planTestStack("dev"),
        createClients: () => Promise.resolve(clients),
        ...(isPulumiThere ? { pulumi: () => Promise.resolve(pulumiWith(() => Promise.resolve(stack))) } : {}),
        clock: { now: () => now, sleep: () => Promise.resolve() },
    });
    const read = (name: string) => readFileSync(join(root, "found", name), "utf8");
    return { ...result, calls, json: JSON.parse(read("evidence.json")) as Evidence, markdown: read("evidence.md") };
}

const section = ({ json }: Collected, id: string): EvidenceSection => {
    const found = json.sections.find((each) => each.id === id);
    if (found === undefined) {
        throw new Error(`no section ${id}`);
    }
    return found;
};

test("everything that can be read is written with its dates and requirements, and the exit code is 0", async () => {
    commit("Record api 1.4.0", 19);
    const collected = await collect();
    expect(collected).toMatchObject({ code: 0, out: "found/evidence.json\nfound/evidence.md\n" });
    const rows = (id: string) => section(collected, id).rows;
    expect(rows("commits")).toEqual([
        {
            ...{
                at: at(19).toISOString(),
                commit: expect.stringMatching(/^[0-9a-f]{40}$/),
                author: "Alex",
                committer: "Kim",
            },
            ...{ reviewedBy: "Sam", subject: "Record api 1.4.0", changes: "settings, code, other stacks" },
        },
    ]);
    expect(rows("approvals")).toEqual([
        { at: "2027-01-20T09:00:00Z", identity: "repo:owner/name:environment:dev", session: "deploy-17", refused: "" },
    ]);
    const image = { at: at(20).toISOString(), revision: 1, digest, by: operator };
    expect(rows("images")).toEqual([
        { ...image, task: "api" },
        { ...image, task: "migration" },
    ]);
    expect(rows("validator-code")).toEqual([
        {
            ...{ at: "2027-01-20T09:04:00Z", by: "arn:aws:sts::123456789012:assumed-role/pulumi-deploy-dev/deploy-17" },
            ...{ call: "UpdateFunctionCode20150331v2", sha256: "c2hhMjU2", refused: "" },
        },
    ]);
    expect(rows("principals")).toEqual([
        {
            ...{ kind: "role", name: "on-call", created: at(1).toISOString(), lastUsed: at(30).toISOString() },
            may: "dynamodb:GetItem on table/payment-transactions-dev",
        },
    ]);
    expect(rows("access-keys")).toEqual([
        { user: "old-user", status: "Active", created: at(2, 0).toISOString(), days: 29 },
    ]);
    expect(rows("secrets").map(({ secret: name, rotated }) => [name, rotated])).toEqual([
        ["payment-cache-token-dev-1a2b3c4", null],
        ["rds!cluster-1", at(15).toISOString()],
    ]);
    expect(rows("kms-keys")).toMatchObject([
        { key: "payment-data-dev", rotated: at(12).toISOString(), everyDays: 365 },
    ]);
    expect(rows("merchant-keys")).toMatchObject([
        { key: "payment-gateway-merchant-shop-dev", created: at(3).toISOString() },
    ]);
    expect(rows("redrives")).toMatchObject([{ event: "redrive.done", by: operator, details: '{"sent":2}' }]);
    expect(rows("drills")).toEqual([{ day: at(18, 0).toISOString(), succeeded: 1 }]);
    expect(rows("drift")).toEqual([{ resource: "edited", type: "aws:sqs/queue:Queue", difference: "update: policy" }]);
    expect(rows("planned-access").length).toBeGreaterThan(20);
});

test("who changed the account is shown by session, the stack's own roles and people of other accounts, too", async () => {
    commit("x", 19);
    const session = (by: string, first: number, last: number) => ({
        ...{ by, first: `2027-01-20T09:${first}:00Z`, last: `2027-01-20T09:${last}:00Z` },
    });
    expect(section(await collect(), "updates").rows).toEqual([
        {
            by: "arn:aws:sts::123456789012:assumed-role/pulumi-deploy-dev/deploy-17",
            ...{ first: "2027-01-20T09:00:00Z", last: "2027-01-20T09:05:00Z", calls: 5, refused: 1 },
            through: "",
            actions: "ecs:UpdateService 2, lambda:UpdateFunctionCode20150331v2 2, iam:PutRolePolicy 1",
        },
        {
            ...session("arn:aws:iam::123456789012:role/payment-api-execution-dev-0b79541", 10, 11),
            ...{ calls: 2, refused: 0, through: "", actions: "logs:CreateLogStream 2" },
        },
        {
            ...session("arn:aws:sts::123456789012:assumed-role/payment-admins/kim", 20, 24),
            ...{ calls: 5, refused: 0, through: "cloudformation.amazonaws.com" },
            actions: "ecs:RunTask 3, ecs:DeleteService 1, iam:AttachRolePolicy 1",
        },
        {
            ...session("AWSAccount AIDAOTHER", 30, 30),
            ...{ calls: 1, refused: 0, through: "", actions: "s3:PutBucketPolicy 1" },
        },
    ]);
});

test("the role for emergencies is shown with each use of it, the refused ones too, its reason and its statements", async () => {
    commit("x", 19);
    const by = "arn:aws:iam::123456789012:user/sam";
    expect(section(await collect(), "break-glass").rows).toEqual([
        {
            ...{ at: "2027-01-20T09:40:00Z", by, call: "AssumeRole" },
            ...{ reason: "Session 4711 blocks all payments", refused: "" },
        },
        { at: "2027-01-20T09:41:00Z", by, call: "AssumeRole", reason: "", refused: "AccessDenied" },
        {
            ...{ at: "2027-01-20T09:43:00Z", by: "arn:aws:sts::123456789012:assumed-role/break-glass-dev/sam" },
            ...{ call: "ExecuteStatement", reason: "", refused: "" },
        },
    ]);
});

test("a task that somebody started is shown with what has started it, also in a cluster of another name", async () => {
    commit("x", 19);
    const task = {
        ...{ by: "arn:aws:sts::123456789012:assumed-role/payment-admins/kim", task: "payment-migration-dev:3" },
        ...{ refused: "" },
    };
    expect(section(await collect(), "tasks").rows).toEqual([
        { ...task, at: "2027-01-20T09:21:00Z", cluster: "payment-cluster-dev", startedBy: "npm-run-migrate" },
        { ...task, at: "2027-01-20T09:23:00Z", cluster: "kims", startedBy: "" },
    ]);
});

test("an alarm is shown with its length, its notification and the commands that were run meanwhile", async () => {
    commit("x", 19);
    expect(section(await collect(), "alarms").rows).toEqual([
        {
            ...{
                alarm: "payment-processing-dead-letters-dev",
                fired: at(25).toISOString(),
                ended: at(25, 12, 30).toISOString(),
            },
            ...{ minutes: 30, notified: true, answer: `redrive.done by ${operator}: payments 17 is deployed` },
        },
        {
            ...{ alarm: "payment-api-cpu-high-dev", fired: at(26).toISOString(), ended: null },
            ...{ minutes: null, notified: false, answer: "" },
        },
    ]);
});

test("no secret, address or key is written, and the files are for their owner alone", async () => {
    commit("x", 19);
    const collected = await collect();
    expect(JSON.stringify(collected.json)).not.toContain(secret);
    expect(collected.markdown).not.toContain(secret);
    expect(`${collected.out}${collected.err}`).not.toContain(secret);
    expect(statSync(join(root, "found", "evidence.json")).mode & 0o077).toBe(0);
    expect(collected.calls.find(([name]) => name === "GetApiKeys")?.[1]).toMatchObject({ includeValues: false });
    expect(collected.calls.map(([name]) => name)).not.toContain("GetSecretValue");
});

test("it only reads", async () => {
    commit("x", 19);
    const { calls } = await collect();
    const names = [...new Set(calls.map(([name]) => name))];
    expect(names.filter((name) => !/^(Get|List|Describe|Filter|Simulate)/.test(name))).toEqual([]);
});

/** Calls that need no right, or one of the managed policy `SecurityAudit` (its version 91). */
const auditorsCalls = [
    ...[
        "DescribeAlarmHistory",
        "DescribeDBClusters",
        "DescribeLogGroups",
        "DescribeTaskDefinition",
        "DescribeTrails",
        "GetCallerIdentity",
        "GetEventSelectors",
        "GetKeyRotationStatus",
    ],
    ...["GetRole", "GetTrailStatus", "ListAccessKeys", "ListAliases", "ListKeyRotations", "ListRoles", "ListSecrets"],
    ...["ListUsers", "SimulatePrincipalPolicy"],
];

/** Other rights, by the call that needs them, as docs/operations.md lists them. */
const furtherRights: Readonly<Record<string, readonly string[]>> = {
    FilterLogEvents: ["`logs:FilterLogEvents` on the trail's log group"],
    GetApiKeys: ["`apigateway:GET` on `/apikeys`"],
    GetMetricStatistics: ["`cloudwatch:GetMetricStatistics`"],
    GetObject: ["`s3:GetObjectVersion` on `audit/operations/*`", "`kms:Decrypt`"],
    ListObjectVersions: ["`s3:ListBucketVersions` on the audit bucket"],
};

test("docs/operations.md lists the rights that an auditor lacks for a call", async () => {
    commit("x", 19);
    const { calls } = await collect();
    const called = new Set(calls.map(([name]) => name));
    expect([...called].toSorted()).toEqual([...auditorsCalls, ...Object.keys(furtherRights)].toSorted());
    const page = readFileSync("docs/operations.md", "utf8");
    const [, rights = ""] = page.replace(/\s+/g, " ").split("The managed policy `SecurityAudit` allows");
    expect(Object.values(furtherRights).flatMap((each) => each.filter((right) => !rights.includes(right)))).toEqual([]);
});

test("what could not be read is listed as missing with the reason, and the exit code says so", async () => {
    const denied = Object.assign(awsError("AccessDeniedException", "not authorized to perform iam:ListRoles"), {
        $metadata: {},
    });
    const collected = await collect(
        {
            ListRoles: denied,
            ListSecrets: awsError("ThrottlingException", "Rate exceeded"),
            FilterLogEvents: awsError("ResourceNotFoundException"),
        },
        [],
        false,
    );
    expect(collected.code).toBe(13);
    const missing = Object.fromEntries(
        collected.json.sections.filter((each) => each.missing.length > 0).map((each) => [each.id, each.missing.join()]),
    );
    expect(missing).toEqual({
        commits: expect.stringContaining("not a git repository"),
        "other-commits": expect.stringContaining("not a git repository"),
        trail: "there is no log group /cloudtrail/payment-trail-dev",
        redrives:
            "whether a record is gone with all its versions is unknown: there is no log group /cloudtrail/payment-trail-dev",
        alarms: "answers may be missing: see what is missing of the redrives",
        approvals: "there is no log group /cloudtrail/payment-trail-dev",
        updates: "there is no log group /cloudtrail/payment-trail-dev",
        "break-glass": "there is no log group /cloudtrail/payment-trail-dev",
        tasks: "there is no log group /cloudtrail/payment-trail-dev",
        "validator-code": "there is no log group /cloudtrail/payment-trail-dev",
        principals: expect.stringMatching(/^(AccessDenied|Throttling)Exception: /),
        secrets: "ThrottlingException: Rate exceeded",
        drift: "no Pulumi in this test",
    });
    // Each reason stands once, with all that it is missing from.
    expect(collected.err).toMatch(/\bsecrets: ThrottlingException: Rate exceeded/);
    expect(collected.err).toContain(
        "approvals; updates; trail; break-glass; tasks; validator-code: there is no log group /cloudtrail/payment-trail-dev",
    );
    expect(collected.markdown).toMatch(/^- .*Rotation of secrets: ThrottlingException: Rate exceeded$/m);
    expect(collected.markdown).toContain("of commit unknown.");
    // The others are there.
    expect(section(collected, "drills").rows).toHaveLength(1);
});

test("access to every cluster of the stack is evidence, by each of its users and by the Data API", async () => {
    commit("x", 19);
    changeStackFile("dev", (text) =>
        text.replace(
            "payment-platform:database:\n",
            "$&    breakGlass: true\n    generation: 2\n    otherGenerations: [1]\n    restoreFrom: { source: snapshot, generation: 2, snapshot: before }\n",
        ),
    );
    const master = (cluster: string) => ({
        ...{ Name: `rds!${cluster}`, ARN: `arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!${cluster}` },
        Tags: [{ Key: "aws:rds:primaryDBClusterArn", Value: `arn:aws:rds:us-east-1:123456789012:cluster:${cluster}` }],
    });
    const collected = await collect({
        DescribeDBClusters: (input) => {
            const { DBClusterIdentifier: name } = input as { DBClusterIdentifier: string };
            return {
                DBClusters: [
                    {
                        ...{ DbClusterResourceId: `id-of-${name}`, MasterUsername: "payment_admin" },
                        DBClusterArn: `arn:aws:rds:us-east-1:123456789012:cluster:${name}`,
                    },
                ],
            };
        },
        ListSecrets: {
            SecretList: ["payment-database-dev", "payment-database2-dev", "payment-database-prod"].map(master),
        },
        SimulatePrincipalPolicy: simulation((principal) => principal === "arn:on-call"),
    });
    const may = String(section(collected, "principals").rows[0]?.may);
    const clusters = ["payment-database-dev", "payment-database2-dev"];
    expect(may.split(", ").filter((call) => /^(rds|secrets)/.test(call))).toEqual([
        "rds:StartExportTask on *",
        ...clusters.flatMap((cluster) =>
            ["payment_admin", "payment_api", "payment_notification", "payment_payment"].map(
                (user) => `rds-db:connect on dbuser:id-of-${cluster}/${user}`,
            ),
        ),
        ...["rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement", "rds:RestoreDBClusterToPointInTime"].flatMap(
            (call) => clusters.map((cluster) => `${call} on cluster:${cluster}`),
        ),
        ...["rds:RestoreDBClusterFromSnapshot", "rds:CopyDBClusterSnapshot"].flatMap((call) =>
            clusters.flatMap((cluster) =>
                ["", "rds:"].map((prefix) => `${call} on cluster-snapshot:${prefix}${cluster}-any`),
            ),
        ),
        ...clusters.map((cluster) => `rds:ModifyDBClusterSnapshotAttribute on cluster-snapshot:${cluster}-any`),
        ...clusters.map((cluster) => `secretsmanager:GetSecretValue on secret:rds!${cluster}`),
    ]);
    expect(section(collected, "secrets").rows).toHaveLength(2);
});

test.each(["no JSON", "{}", JSON.stringify({ ...record, at: at(26).toISOString() })])(
    "an object that is no record of its name, such as %s, is a gap",
    async (text) => {
        commit("x", 19);
        const collected = await collect({ GetObject: { Body: { transformToString: () => Promise.resolve(text) } } });
        expect(section(collected, "redrives").missing).toEqual([
            `${recordKey} is no record of a command: written at ${record.at} by somebody whom CloudTrail does not name`,
        ]);
        expect(section(collected, "alarms").rows).toHaveLength(2);
    },
);

test("revisions before those that are read are a gap, also where one of them is deleted", async () => {
    commit("x", 19);
    const collected = await collect({
        DescribeTaskDefinition: (input) => {
            const [family = "", revision = "60"] = (input as { taskDefinition: string }).taskDefinition.split(":");
            return family === "payment-api-dev" && revision !== "30"
                ? { taskDefinition: { revision: Number(revision), registeredAt: at(20), containerDefinitions: [] } }
                : awsError("ClientException");
        },
    });
    expect(section(collected, "images").missing).toEqual([
        `api: revisions before ${at(20).toISOString()} were not read`,
    ]);
});

test("what the trail and the audit bucket keep no longer is a gap, not nothing", async () => {
    commit("x", 19);
    const collected = await collect({}, ["--from", "2020-01-01"]);
    for (const id of ["approvals", "updates", "trail", "break-glass", "tasks", "validator-code", "redrives"]) {
        expect(section(collected, id).missing).toEqual([
            expect.stringMatching(/^logs\.auditRetentionDays is \d+: nothing is kept from before 20\d\d-/),
        ]);
    }
});

test("alarms before CloudWatch's history are a gap, not nothing", async () => {
    commit("x", 19);
    const collected = await collect({}, ["--from", "2026-12-01"]);
    expect(collected.code).toBe(13);
    const { rows, missing } = section(collected, "alarms");
    expect(rows).toHaveLength(2);
    expect(missing).toEqual([
        "CloudWatch keeps the history of alarms for 30 days: none before 2027-01-01T10:15:00.000Z",
    ]);
});

test("the period is the one that was given, with its last day", async () => {
    commit("in January", 19);
    const collected = await collect({}, ["--from", "2027-01-21", "--to", "2027-01-25"]);
    expect([collected.json.from, collected.json.to]).toEqual(["2027-01-21T00:00:00.000Z", "2027-01-25T23:59:59.999Z"]);
    expect(section(collected, "commits").rows).toEqual([]);
    expect(section(collected, "images").rows).toEqual([]);
    expect(section(collected, "redrives").rows).toHaveLength(1);
    expect(collected.markdown).toContain("None in the period.");
});

test("an expired session ends before anything is written", async () => {
    await expect(collect({ GetCallerIdentity: awsError("ExpiredToken", "expired") })).rejects.toThrow("ENOENT");
});

test.each([
    [["--from", "2027-02-30"], "It must be a date such as 2027-01-31."],
    [["--to", "31.1.2027"], "It must be a date such as 2027-01-31."],
    [["--from", "2027-02-01"], "--from must be before --to, and in the past"],
    [["--from", "2027-01-20", "--to", "2027-01-10"], "--from must be before --to, and in the past"],
])("%j is refused before any call to AWS", async (argv, message) => {
    const { code, err } = await runTool("evidence", ["dev", ...argv], {
        clock: { now: () => now, sleep: () => Promise.resolve() },
    });
    expect(code).toBe(2);
    expect(err).toContain(message);
});

test("each item has an ID of its own, and requirements with a title", () => {
    const ids = evidenceItems.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { requirements } of evidenceItems) {
        expect(requirements.map(requirementTitle)).toHaveLength(requirements.length);
        expect(requirements.length).toBeGreaterThan(0);
    }
    expect(() => requirementTitle("PCI-0.0")).toThrow("no requirement PCI-0.0");
});

test("the report names the commit that collected it, and changes that no commit has are a gap", async () => {
    commit("x", 19);
    const head = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
    const clean = await collect();
    expect(clean.json.commit).toBe(head);
    expect(clean.markdown).toContain(`of commit ${head}.`);
    expect(section(clean, "commits").missing).toEqual([]);
    writeFileSync(join(root, ".gitignore"), "found/\n");
    changeStackFile("dev", (text) => text.replace("database:", "database: # larger"));
    const changed = await collect();
    expect(changed.code).toBe(13);
    expect(section(changed, "commits").missing).toEqual([
        "the working tree has changes that no commit has, and this report was read with them: Pulumi.dev.yaml, .gitignore",
    ]);
});

test("without --out the report is in the outputs of the stack", async () => {
    commit("x", 19);
    const { clients } = clientsWith(answers);
    const { out } = await runTool("evidence", ["dev"], {
        root,
        planStack: () => planTestStack("dev"),
        createClients: () => Promise.resolve(clients),
        clock: { now: () => now, sleep: () => Promise.resolve() },
    });
    expect(out).toBe("outputs/dev.evidence/evidence.json\noutputs/dev.evidence/evidence.md\n");
});
