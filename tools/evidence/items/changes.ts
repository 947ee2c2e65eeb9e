import { requireItem } from "../../../lib/list.ts";
import { nameOf } from "../../../lib/scope.ts";
import { serviceTaskNouns } from "../../../lib/settings/acquirer.ts";
import { breakGlassReasonTag, breakGlassRole } from "../../../lib/settings/break-glass.ts";
import { migrationNoun } from "../../../lib/settings/migration.ts";
import { automaticEnding } from "../../../plan/physical-names.ts";
import { getPath, itemsOf, textAtPath } from "../../../plan/query.ts";
import { digestOf, latestTaskDefinitions, maxRevisions } from "../../rollback/history.ts";
import { isInPeriod, isoTime, ownNames, type EvidenceItem, type EvidenceRows } from "../item.ts";
import { callerOf, dataApiEvents, eachEvent, trail, trailEvents, trailItem } from "./trail.ts";

/** GitHub gives a token for an environment only after its protection rules are met, which are not set up by bootstrap/github.yaml. */
const approvals = trailItem(
    {
        id: "approvals",
        title: "Sessions of GitHub's jobs that may deploy",
        requirements: ["PCI-6.5.1"],
        source: "CloudTrail: who assumed the role of bootstrap/github.yaml that deploys. A reviewer has approved each if the environment requires reviewers and nobody has bypassed them: GitHub's audit log and the deployment say so.",
    },
    (context) =>
        trailEvents(
            context,
            `{ $.eventName = "AssumeRoleWithWebIdentity" && $.requestParameters.roleArn = "*:role/pulumi-deploy-${context.stack}" }`,
        ),
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
        source: "CloudTrail: management events that change something, of all regions, without what AWS services do on their own. What a service such as CloudFormation does for somebody is that person's, with the service in `through`. The sessions of each role of the stack are together.",
    },
    (context) => trailEvents(context, "{ $.managementEvent IS TRUE && $.readOnly IS FALSE }"),
    (events, context) => {
        const isOwn = ownNames(context);
        const callerIn = (event: unknown): string =>
            isOwn(logicalName(issuerOf(event, "userName"))) ? issuerOf(event, "arn") : callerOf(event);
        const groups = Map.groupBy(
            events.filter((event) => !isOfAws(event)),
            (event) => `${callerIn(event)} ${textAtPath(event, "eventTime").slice(0, 10)}`,
        );
        return [...groups.values()].map((group) => sessionRow(callerIn(group[0]), group));
    },
);

const endOfAutomaticName = new RegExp(`${automaticEnding}$`);

/** Of a role: Pulumi adds digits to it in AWS. */
const logicalName = (name: string): string => name.replace(endOfAutomaticName, "");

/** A service of AWS's, by itself or by its own role in the account. */
const isOfAws = (event: unknown): boolean =>
    textAtPath(event, "userIdentity.type") === "AWSService" ||
    issuerOf(event, "arn").includes(":role/aws-service-role/");

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
        through: [...new Set(events.map((event) => textAtPath(event, "userIdentity.invokedBy")))]
            .filter((service) => service !== "")
            .join(", "),
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
    (context) => {
        const role = breakGlassRole(context.settings.environmentSuffix);
        return trailEvents(
            context,
            `{ ($.eventName = "AssumeRole" && $.requestParameters.roleArn = "*:role/${role}") || ($.eventSource = "rdsdata.amazonaws.com" && $.userIdentity.sessionContext.sessionIssuer.userName = "${role}") }`,
        );
    },
    eachEvent((event) => ({
        call: textAtPath(event, "eventName"),
        reason: itemsOf(getPath(event, "requestParameters.tags"))
            .filter((tag) => textAtPath(tag, "key") === breakGlassReasonTag)
            .map((tag) => textAtPath(tag, "value"))
            .join(),
    })),
    [dataApiEvents],
);

/** A migration has the rights of the database's master user, and a person can settle a difference by a reconciliation. */
const tasks = trailItem(
    {
        id: "tasks",
        title: "Tasks that were started outside a service: migrations and reconciliations",
        requirements: ["PCI-10.2.1.2", "PCI-6.5.1"],
        source: "CloudTrail: `RunTask` and `StartTask` in the stack's cluster, or with its task definitions in another one. What a command starts has its name in startedBy; the daily reconciliation is started by its own role.",
    },
    async (context) => {
        const isOwn = ownNames(context);
        const events = await trailEvents(context, '{ $.eventName = "RunTask" || $.eventName = "StartTask" }');
        return events.filter((event) => isOwn(clusterOf(event)) || isOwn(taskOf(event).replace(/:\d+$/, "")));
    },
    eachEvent((event) => ({
        ...{ task: taskOf(event), cluster: clusterOf(event) },
        startedBy: textAtPath(event, "requestParameters.startedBy"),
    })),
);

/** Of an ARN: the name alone. */
const lastPart = (arn: string): string => arn.replace(/^.*\//, "");
const taskOf = (event: unknown): string => lastPart(textAtPath(event, "requestParameters.taskDefinition"));
const clusterOf = (event: unknown): string => lastPart(textAtPath(event, "requestParameters.cluster"));

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
    (context) => {
        const name = nameOf({ suffix: context.settings.environmentSuffix }, "validator");
        return trailEvents(
            context,
            `{ ($.eventName = "CreateFunction*" || $.eventName = "UpdateFunctionCode*") && $.requestParameters.functionName = "*${name}" }`,
        );
    },
    eachEvent((event) => ({
        call: textAtPath(event, "eventName"),
        sha256: textAtPath(event, "responseElements.codeSha256"),
    })),
);

export const changeItems: readonly EvidenceItem[] = [
    ...[approvals, updates, trail],
    ...[breakGlass, tasks, images, validatorCode],
];
