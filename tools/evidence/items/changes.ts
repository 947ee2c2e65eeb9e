import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { requireItem } from "../../../lib/list.ts";
import { trailLogGroup } from "../../../lib/logs.ts";
import { nameOf } from "../../../lib/scope.ts";
import { serviceTaskNouns } from "../../../lib/settings/acquirer.ts";
import { breakGlassReasonTag, breakGlassRole } from "../../../lib/settings/break-glass.ts";
import { migrationNoun } from "../../../lib/settings/migration.ts";
import { automaticEnding } from "../../../plan/physical-names.ts";
import { getPath, itemsOf, textAtPath } from "../../../plan/query.ts";
import { parseMessage } from "../../logs/correlation.ts";
import { readRecords } from "../../logs/read.ts";
import { digestOf, latestTaskDefinitions, maxRevisions } from "../../rollback/history.ts";
import {
    isInPeriod,
    isoTime,
    ownNames,
    retentionGaps,
    type EvidenceContext,
    type EvidenceItem,
    type EvidenceRow,
    type EvidenceRows,
} from "../item.ts";

/** Between the fields of a commit, because no name or subject contains it. */
const separator = "\u001f";
const commitFormat = ["%H", "%cI", "%an", "%cn", "%(trailers:key=Reviewed-by,valueonly,separator=%x2C)", "%s"].join(
    separator,
);

/** As in `commitFormat`. */
type CommitFields = [commit: string, at: string, author: string, committer: string, reviewers: string, subject: string];

/** Commits that changed the settings of the stack, or the records of it that a person reviews. */
const commits: EvidenceItem = {
    id: "commits",
    title: "Changes of the stack's settings and records in Git",
    requirements: ["PCI-6.5.1"],
    source: "Git: commits on the stack file and the stack's golden files. Approvals of pull requests are in GitHub.",
    read: async ({ stack, from, to, command: { root } }) => {
        const isShallow = (await git(root, "rev-parse", "--is-shallow-repository")).trim() === "true";
        const log = await git(
            root,
            ...["log", `--since=${isoTime(from)}`, `--until=${isoTime(to)}`, `--format=${commitFormat}`],
            ...["--", `Pulumi.${stack}.yaml`, `golden/${stack}.*`],
        );
        const rows = log
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => {
                const [commit, at, author, committer, reviewers, subject] = line.split(separator) as CommitFields;
                // Names alone: addresses are personal data.
                const reviewedBy = reviewers.replace(/\s*<[^>]*>/g, "");
                return { at: isoTime(Date.parse(at)), commit, author, committer, reviewedBy, subject };
            });
        return { rows, gaps: isShallow ? ["this clone is shallow: earlier commits are not in it"] : [] };
    },
};

/** @throws Error with the first line that Git writes of a failure */
async function git(cwd: string, ...args: string[]): Promise<string> {
    try {
        return (await promisify(execFile)("git", args, { cwd, maxBuffer: 64 * 1024 * 1024 })).stdout;
    } catch (error) {
        const [line = ""] = textAtPath(error, "stderr").split("\n");
        throw new Error(line === "" ? "Git cannot be run" : `Git: ${line}`, { cause: error });
    }
}

/** Events of the trail that match a pattern. @throws Error for a stack without a trail */
async function trailEvents(
    { clients, settings, from, to }: EvidenceContext,
    filterPattern: string,
): Promise<readonly unknown[]> {
    const groupName = trailLogGroup(nameOf({ suffix: settings.environmentSuffix }, "trail"));
    if (!settings.audit.cloudTrail) {
        throw new Error("the stack has no trail (audit.cloudTrail): the account's owner has its events");
    }
    const { records, missing } = await readRecords(clients, [{ source: "trail", groupName }], {
        from,
        to,
        filterPattern,
    });
    if (missing.length > 0) {
        throw new Error(`there is no log group ${groupName}`);
    }
    return records.map(({ message }) => parseMessage(message));
}

/** An item whose rows are events of the trail. */
const trailItem = (
    item: Pick<EvidenceItem, "id" | "title" | "requirements" | "source">,
    filterPattern: (context: EvidenceContext) => string,
    rows: (events: readonly unknown[], context: EvidenceContext) => readonly EvidenceRow[],
): EvidenceItem => ({
    ...item,
    read: async (context) => ({
        rows: rows(await trailEvents(context, filterPattern(context)), context),
        gaps: retentionGaps(context),
    }),
});

/** Every event has who called and when, and why AWS refused the call. */
const eachEvent = (columns: (event: unknown) => EvidenceRow) => (events: readonly unknown[]) =>
    events.map((event) => ({
        at: textAtPath(event, "eventTime"),
        by: callerOf(event),
        ...columns(event),
        refused: textAtPath(event, "errorCode"),
    }));

/** Who is not of this account, or is no user or role, has no ARN here. */
const callerOf = (event: unknown): string =>
    textAtPath(event, "userIdentity.arn") ||
    ["type", "principalId"].map((field) => textAtPath(event, `userIdentity.${field}`)).join(" ");

/** GitHub gives a token for an environment only after its reviewers have approved the job. */
const approvals = trailItem(
    {
        id: "approvals",
        title: "Sessions of GitHub's jobs that may deploy",
        requirements: ["PCI-6.5.1"],
        source: "CloudTrail: who assumed the role of bootstrap/github.yaml that deploys. GitHub gives a job the identity of its environment once the environment's reviewers have approved it.",
    },
    ({ stack }) =>
        `{ $.eventName = "AssumeRoleWithWebIdentity" && $.requestParameters.roleArn = "*:role/pulumi-deploy-${stack}" }`,
    (events) =>
        events.map((event) => ({
            at: textAtPath(event, "eventTime"),
            identity: textAtPath(event, "userIdentity.userName"),
            session: textAtPath(event, "requestParameters.roleSessionName"),
            refused: textAtPath(event, "errorCode"),
        })),
);

/**
 * Calls that changed the account, by session and day. A role of the stack has a session for each task, so that its calls are
 * together: they are listed, for somebody else may use its credentials.
 */
const updates = trailItem(
    {
        id: "updates",
        title: "Who changed the account, by session and day",
        requirements: ["PCI-6.5.1", "PCI-10.2.1.2"],
        source: "CloudTrail: management events that change something, of all regions, without those of AWS services. The sessions of each role of the stack are together.",
    },
    () => "{ $.managementEvent IS TRUE && $.readOnly IS FALSE && $.userIdentity.invokedBy NOT EXISTS }",
    (events, context) => {
        const isOwn = ownNames(context);
        const callerIn = (event: unknown): string =>
            isOwn(logicalName(issuerOf(event, "userName"))) ? issuerOf(event, "arn") : callerOf(event);
        const groups = Map.groupBy(
            events.filter((event) => !issuerOf(event, "arn").includes(":role/aws-service-role/")),
            (event) => `${callerIn(event)} ${textAtPath(event, "eventTime").slice(0, 10)}`,
        );
        return [...groups.values()].map((group) => sessionRow(callerIn(group[0]), group));
    },
);

const endOfAutomaticName = new RegExp(`${automaticEnding}$`);

/** Of a role: Pulumi adds digits to it in AWS. */
const logicalName = (name: string): string => name.replace(endOfAutomaticName, "");

/** Of the role whose session made the call. */
const issuerOf = (event: unknown, field: "arn" | "userName"): string =>
    textAtPath(event, `userIdentity.sessionContext.sessionIssuer.${field}`);

function sessionRow(by: string, events: readonly unknown[]) {
    const times = events.map((event) => textAtPath(event, "eventTime")).toSorted();
    const names = Map.groupBy(
        events,
        (event) =>
            `${textAtPath(event, "eventSource").replace(".amazonaws.com", "")}:${textAtPath(event, "eventName")}`,
    );
    return {
        by,
        first: requireItem(times, 0),
        last: requireItem(times, times.length - 1),
        calls: events.length,
        refused: events.filter((event) => getPath(event, "errorCode") !== undefined).length,
        actions: [...names]
            .toSorted(([, a], [, b]) => b.length - a.length)
            .map(([name, { length }]) => `${name} ${length}`)
            .join(", "),
    };
}

/** To assume a role changes nothing, and a statement is a data event: `updates` has neither. */
const breakGlass = trailItem(
    {
        id: "break-glass",
        title: "Access to the database by the role for emergencies",
        requirements: ["PCI-10.2.1.2", "PCI-7.2.4"],
        source: "CloudTrail: who assumed the role of bootstrap/break-glass.yaml, with the reason, and each statement of its sessions. CloudTrail has no text of a statement.",
    },
    ({ settings }) => {
        const role = breakGlassRole(settings.environmentSuffix);
        return `{ ($.eventName = "AssumeRole" && $.requestParameters.roleArn = "*:role/${role}") || ($.eventSource = "rdsdata.amazonaws.com" && $.userIdentity.sessionContext.sessionIssuer.userName = "${role}") }`;
    },
    eachEvent((event) => ({
        call: textAtPath(event, "eventName"),
        reason: itemsOf(getPath(event, "requestParameters.tags"))
            .filter((tag) => textAtPath(tag, "key") === breakGlassReasonTag)
            .map((tag) => textAtPath(tag, "value"))
            .join(),
    })),
);

/** A migration has the rights of the database's master user, and a person can settle a difference by a reconciliation. */
const tasks = trailItem(
    {
        id: "tasks",
        title: "Tasks that were started outside a service: migrations and reconciliations",
        requirements: ["PCI-10.2.1.2", "PCI-6.5.1"],
        source: "CloudTrail: `RunTask` in the stack's cluster. What a command starts has its name in startedBy; the daily reconciliation is started by its own role.",
    },
    ({ settings }) =>
        `{ $.eventName = "RunTask" && $.requestParameters.cluster = "*${nameOf({ suffix: settings.environmentSuffix }, "cluster")}" }`,
    eachEvent((event) => ({
        task: textAtPath(event, "requestParameters.taskDefinition").replace(/^.*\//, ""),
        startedBy: textAtPath(event, "requestParameters.startedBy"),
    })),
);

/** Revisions of the task definitions that were registered in the period. */
const images: EvidenceItem = {
    id: "images",
    title: "Revisions of the services, the reconciliations and the migration, with their images",
    requirements: ["PCI-6.5.1"],
    source: `ECS: task definitions, the last ${maxRevisions} of each.`,
    read: async (context): Promise<EvidenceRows> => {
        const { clients, settings, from } = context;
        const rows = [];
        const gaps = [];
        for (const task of [...serviceTaskNouns(settings.services), migrationNoun]) {
            const definitions = await latestTaskDefinitions({
                ...{ ecs: clients.ecs, service: task, suffix: settings.environmentSuffix },
            });
            const [oldest] = definitions;
            if ((oldest?.revision ?? 1) > 1 && (oldest?.registeredAt?.getTime() ?? 0) > from) {
                gaps.push(`${task}: revisions before ${isoTime(oldest?.registeredAt)} were not read`);
            }
            rows.push(
                ...definitions
                    .filter(({ registeredAt }) => isInPeriod(registeredAt, context))
                    .map((definition) => ({
                        at: isoTime(definition.registeredAt),
                        task,
                        revision: definition.revision ?? 0,
                        digest: digestOf(definition, task) ?? "none yet",
                        by: definition.registeredBy ?? "unknown",
                    })),
            );
        }
        return { rows, gaps };
    },
};

/** Lambda itself knows the present code alone. */
const validatorCode = trailItem(
    {
        id: "validator-code",
        title: "Code of the validator that was deployed",
        requirements: ["PCI-6.5.1"],
        source: "CloudTrail: calls that created the function or changed its code, with the SHA-256 of the code.",
    },
    ({ settings }) =>
        `{ ($.eventName = "CreateFunction*" || $.eventName = "UpdateFunctionCode*") && $.requestParameters.functionName = "*${nameOf({ suffix: settings.environmentSuffix }, "validator")}" }`,
    eachEvent((event) => ({
        call: textAtPath(event, "eventName"),
        sha256: textAtPath(event, "responseElements.codeSha256"),
    })),
);

export const changeItems: readonly EvidenceItem[] = [
    ...[commits, approvals, updates],
    ...[breakGlass, tasks, images, validatorCode],
];
