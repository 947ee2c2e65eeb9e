import {
    GetAccessKeyLastUsedCommand,
    GetRoleCommand,
    paginateListAccessKeys,
    paginateListRoles,
    paginateListUsers,
    paginateSimulatePrincipalPolicy,
    type AccessKeyMetadata,
    type EvaluationResult,
    type User,
} from "@aws-sdk/client-iam";
import { DescribeDBClustersCommand } from "@aws-sdk/client-rds";
import { rightsOf } from "../../../analysis/records/rights.ts";
import { accessLogPrefixes, auditPrefixes } from "../../../lib/audit.ts";
import { requireItem } from "../../../lib/list.ts";
import { partitionOfRegion } from "../../../lib/partitions.ts";
import { nameOf } from "../../../lib/scope.ts";
import { databaseClusterName, generationsOf } from "../../../lib/settings/database-generations.ts";
import { databaseUserOf } from "../../../lib/settings/database-names.ts";
import { customerIndex } from "../../../lib/transactions.ts";
import { mapConcurrently } from "../../frame/aws-calls.ts";
import { collectPages } from "../../frame/aws-clients.ts";
import { dayMilliseconds } from "../../frame/clock.ts";
import { auditBucketName, dayFolder, operationsPrefix } from "../../frame/operation-record.ts";
import { deadLetterQueues } from "../../redrive/queues.ts";
import { secretsOfStack } from "./rotation.ts";
import { isoTime, readOnce, type EvidenceContext, type EvidenceItem } from "../item.ts";

/** What the stack's own roles, AWS services and other accounts may do, by its policies. */
const plannedAccess: EvidenceItem = {
    id: "planned-access",
    title: "Access to the stack's resources by its own policies",
    requirements: ["PCI-7.2.2", "PCI-7.2.5", "PCI-7.2.5.1"],
    source: "The offline plan of the commit that this report names: every permission that the stack's policies give, as in its golden file of rights.",
    read: async ({ stack, command: { root, planStack } }) => {
        const groups = Map.groupBy(rightsOf(await planStack(root, stack)), ({ kind, resource, principal, condition }) =>
            JSON.stringify([kind, resource, principal, condition]),
        );
        const rows = [...groups.values()].map((rights) => {
            const { kind, resource, principal, condition } = requireItem(rights, 0);
            const actions = [...new Set(rights.map(({ action }) => action))].toSorted().join(", ");
            return { kind, resource, principal, actions, condition };
        });
        return { rows };
    },
};

interface Principal {
    readonly arn: string;
    readonly name: string;
    readonly kind: "role" | "user";
    readonly created: string | null;
    /** Asked only of a principal that the report shows. */
    readonly lastUsed: () => Promise<string | null>;
}

type DataCall = readonly [action: string, arn: string];

/** Calls that read the stack's data or copy it to where the caller may read it, each on its resource. */
async function dataCalls(context: EvidenceContext): Promise<DataCall[]> {
    const { settings, caller } = context;
    const { environmentSuffix: suffix, region } = settings;
    const { name: partition } = partitionOfRegion(region);
    const name = (noun: string) => nameOf({ suffix }, noun);
    const arn = (service: string, rest: string) => `arn:${partition}:${service}:${region}:${caller.account}:${rest}`;
    const table = arn("dynamodb", `table/${name("transactions")}`);
    const deadLetterNames = [...deadLetterQueues(settings).values()].map((queue) => queue.name);
    const queues = [...Object.keys(settings.queues).map(name), ...deadLetterNames];
    const objects = objectsOf(context).map((object) => `arn:${partition}:s3:::${object}`);
    return [
        ...callsOn([table], "dynamodb", ["GetItem", "BatchGetItem", "Query", "Scan", "PartiQLSelect"]),
        ...callsOn([`${table}/index/${customerIndex}`], "dynamodb", ["Query", "Scan", "PartiQLSelect"]),
        ...callsOn([table], "dynamodb", ["ExportTableToPointInTime", "RestoreTableToPointInTime"]),
        ...callsOn([`${table}/backup/any`], "dynamodb", ["RestoreTableFromBackup"]),
        ...callsOn(objects, "s3", ["GetObject", "GetObjectVersion"]),
        ...callsOn(
            queues.map((queue) => arn("sqs", queue)),
            "sqs",
            ["ReceiveMessage"],
        ),
        ...callsOn(
            ["", "/any"].map((key) => `arn:${partition}:apigateway:${region}::/apikeys${key}`),
            "apigateway",
            ["GET"],
        ),
        ...(await databaseCalls(context, arn)),
        ...callsOn(
            (await secretsOfStack(context)).map(({ ARN = "" }) => ARN),
            "secretsmanager",
            ["GetSecretValue"],
        ),
    ];
}

const callsOn = (arns: readonly string[], service: string, actions: readonly string[]): DataCall[] =>
    actions.flatMap((action) => arns.map((arn): DataCall => [`${service}:${action}`, arn]));

/** One object of each kind that the buckets have, for policies that name a prefix: its key is as the writer makes it. */
function objectsOf({ settings: { environmentSuffix: suffix, region }, caller: { account }, to }: EvidenceContext) {
    const day = dayFolder(to);
    const audit = auditBucketName(suffix, account);
    const accessLogs = `${nameOf({ suffix }, "access-logs")}-${account}`;
    return [
        `${audit}/${auditPrefixes.records}${day}/any`,
        `${audit}/${operationsPrefix}${day}/any`,
        `${audit}/${auditPrefixes.trail}/AWSLogs/${account}/CloudTrail/${region}/${day}/any`,
        `${accessLogs}/${accessLogPrefixes.loadBalancer}/AWSLogs/${account}/elasticloadbalancing/${region}/${day}/any`,
        `${accessLogs}/${accessLogPrefixes.buckets}/any`,
    ];
}

/** Of each cluster: logins as the master user and as the user of each service, statements of the Data API, and copies. */
async function databaseCalls(
    { clients, settings: { database, services, environmentSuffix: suffix } }: EvidenceContext,
    arn: (service: string, rest: string) => string,
): Promise<DataCall[]> {
    const users = Object.entries(services)
        .filter(([, { stores }]) => stores.includes("database"))
        .map(([service]) => databaseUserOf(service));
    // An export names no resource (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html).
    const calls: DataCall[] = [["rds:StartExportTask", "*"]];
    for (const generation of generationsOf(database)) {
        const DBClusterIdentifier = databaseClusterName({ suffix }, generation);
        const { DBClusters: clusters = [] } = await clients.rds.send(
            new DescribeDBClustersCommand({ DBClusterIdentifier }),
        );
        for (const {
            DbClusterResourceId: id = "",
            DBClusterArn: cluster = "",
            MasterUsername: master = "",
        } of clusters) {
            calls.push(
                ...callsOn(
                    [master, ...users].map((user) => arn("rds-db", `dbuser:${id}/${user}`)),
                    "rds-db",
                    ["connect"],
                ),
                ...callsOn(database.breakGlass ? [cluster] : [], "rds-data", [
                    "ExecuteStatement",
                    "BatchExecuteStatement",
                ]),
                ...callsOn([cluster], "rds", ["RestoreDBClusterToPointInTime"]),
                // The names of automated snapshots begin with `rds:`.
                ...callsOn(
                    ["", "rds:"].map((prefix) => arn("rds", `cluster-snapshot:${prefix}${DBClusterIdentifier}-any`)),
                    "rds",
                    ["RestoreDBClusterFromSnapshot", "CopyDBClusterSnapshot"],
                ),
                // Shares a snapshot with another account, which RDS refuses of an automated one.
                ...callsOn([arn("rds", `cluster-snapshot:${DBClusterIdentifier}-any`)], "rds", [
                    "ModifyDBClusterSnapshotAttribute",
                ]),
            );
        }
    }
    return calls;
}

/** Roles and users of the account that IAM allows to read the stack's data. */
const principals: EvidenceItem = {
    id: "principals",
    title: "IAM users and roles of the account that can read the stack's data, or copy it",
    requirements: ["PCI-7.2.4", "PCI-7.2.5.1"],
    source: "IAM: its own simulation of each principal's policies and boundary. Policies of keys, queues, buckets and secrets are not in it: they may forbid more, or allow more. Those of the organization may forbid more. To read a copy may take a further right. A right under a condition that the simulation cannot meet, such as MFA, is not listed. Roles for AWS services are left out.",
    read: async (context) => {
        const calls = await dataCalls(context);
        const found = await mapConcurrently(await principalsOfAccount(context), async (principal) => {
            const allowed = await allowedCalls(context, principal, calls);
            const { name, kind, created, lastUsed } = principal;
            return allowed.length === 0
                ? []
                : [{ kind, name, created, lastUsed: await lastUsed(), may: allowed.join(", ") }];
        });
        return { rows: found.flat() };
    },
};

const usersOfAccount = readOnce(({ clients: { iam: client } }) =>
    collectPages(paginateListUsers({ client }, {}), (page) => page.Users),
);

/** Access keys by the name of their user. */
const keysOfUsers = readOnce(async (context): Promise<ReadonlyMap<string, readonly AccessKeyMetadata[]>> => {
    const { iam: client } = context.clients;
    const found = await mapConcurrently(await usersOfAccount(context), async ({ UserName = "" }) => {
        const pages = paginateListAccessKeys({ client }, { UserName });
        return [UserName, await collectPages(pages, (page) => page.AccessKeyMetadata)] as const;
    });
    return new Map(found);
});

async function principalsOfAccount(context: EvidenceContext): Promise<Principal[]> {
    const { iam: client } = context.clients;
    const roles = (await collectPages(paginateListRoles({ client }, {}), (page) => page.Roles)).filter(
        ({ Path = "" }) => !Path.startsWith("/aws-service-role/"),
    );
    const users = await usersOfAccount(context);
    return [
        ...roles.map(({ RoleName: name = "", Arn: arn = "", CreateDate }) => ({
            ...{ arn, name, kind: "role" as const },
            created: isoTime(CreateDate),
            lastUsed: async () => {
                // ListRoles does not return when a role was last used.
                const { Role: role } = await client.send(new GetRoleCommand({ RoleName: name }));
                return isoTime(role?.RoleLastUsed?.LastUsedDate);
            },
        })),
        ...users.map((user) => ({
            ...{ arn: user.Arn ?? "", name: user.UserName ?? "", kind: "user" as const },
            created: isoTime(user.CreateDate),
            lastUsed: () => lastUseOf(context, user),
        })),
    ];
}

/** When a user last signed in with the password, or one of the user's access keys was last used, whichever is later. */
async function lastUseOf(context: EvidenceContext, { UserName = "", PasswordLastUsed }: User): Promise<string | null> {
    const keys = (await keysOfUsers(context)).get(UserName) ?? [];
    const times = PasswordLastUsed === undefined ? [] : [PasswordLastUsed];
    for (const { AccessKeyId } of keys) {
        const { AccessKeyLastUsed: key } = await context.clients.iam.send(
            new GetAccessKeyLastUsedCommand({ AccessKeyId }),
        );
        times.push(...(key?.LastUsedDate === undefined ? [] : [key.LastUsedDate]));
    }
    return times.length === 0 ? null : isoTime(Math.max(...times.map((time) => time.getTime())));
}

/** One simulation for each action, with all its resources: IAM refuses some actions together, and throttles many calls. */
async function allowedCalls(
    { clients: { iam: client } }: EvidenceContext,
    { arn: PolicySourceArn }: Principal,
    calls: readonly DataCall[],
): Promise<string[]> {
    const allowed: string[] = [];
    for (const [action, sameAction] of Map.groupBy(calls, ([name]) => name)) {
        const ResourceArns = sameAction.map(([, resource]) => resource);
        const input = { PolicySourceArn, ActionNames: [action], ResourceArns };
        const pages = paginateSimulatePrincipalPolicy({ client }, input);
        const results = await collectPages(pages, (page) => page.EvaluationResults);
        const found = new Set(results.flatMap(allowedResources));
        allowed.push(
            ...ResourceArns.filter((resource) => found.has(resource)).map(
                (resource) => `${action} on ${resource.split(":").slice(5).join(":") || resource}`,
            ),
        );
    }
    return allowed;
}

/** Where IAM answers about each resource, the decision on the whole says nothing of one. */
const allowedResources = ({
    EvalDecision,
    EvalResourceName,
    ResourceSpecificResults: results = [],
}: EvaluationResult): (string | undefined)[] =>
    (results.length > 0 ? results : [{ EvalResourceName, EvalResourceDecision: EvalDecision }])
        .filter(({ EvalResourceDecision }) => EvalResourceDecision === "allowed")
        .map((each) => each.EvalResourceName);

/** Access keys of IAM users, which have no end of their own. */
const accessKeys: EvidenceItem = {
    id: "access-keys",
    title: "Access keys of IAM users",
    requirements: ["PCI-8.6.3"],
    source: "IAM: every user of the account. IDs of keys are left out.",
    read: async (context) => ({
        rows: [...(await keysOfUsers(context))].flatMap(([user, keys]) =>
            keys.map(({ CreateDate, Status: status = "unknown" }) => ({
                user,
                status,
                created: isoTime(CreateDate),
                days:
                    CreateDate === undefined ? null : Math.floor((context.to - CreateDate.getTime()) / dayMilliseconds),
            })),
        ),
    }),
};

export const accessItems: readonly EvidenceItem[] = [plannedAccess, principals, accessKeys];
