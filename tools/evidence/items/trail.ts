import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
    DescribeTrailsCommand,
    GetEventSelectorsCommand,
    GetTrailStatusCommand,
    type AdvancedEventSelector,
    type GetTrailStatusResponse,
} from "@aws-sdk/client-cloudtrail";
import { trailLogGroup } from "../../../lib/logs.ts";
import { partitionOfRegion } from "../../../lib/partitions.ts";
import { nameOf } from "../../../lib/scope.ts";
import { databaseClusterName, generationsOf } from "../../../lib/settings/database-generations.ts";
import { getPath, textAtPath } from "../../../plan/query.ts";
import { auditBucketName, operationsPrefix } from "../../frame/operation-record.ts";
import { parseMessage } from "../../logs/correlation.ts";
import { readRecords } from "../../logs/read.ts";
import {
    isoTime,
    readOnce,
    retentionGaps,
    type EvidenceContext,
    type EvidenceItem,
    type EvidenceRow,
} from "../item.ts";

const trailNameOf = ({ settings: { environmentSuffix: suffix } }: EvidenceContext): string =>
    nameOf({ suffix }, "trail");

/** Events of the trail that match a pattern, each once. @throws Error for a stack without a trail */
export async function trailEvents(context: EvidenceContext, filterPattern: string): Promise<readonly unknown[]> {
    const { clients, settings, from, to } = context;
    const groupName = trailLogGroup(trailNameOf(context));
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
    // CloudTrail may deliver an event more than once.
    const events = records.map(({ message }) => parseMessage(message));
    return [...new Map(events.map((event) => [getPath(event, "eventID") ?? event, event])).values()];
}

/** Who is not of this account, or is no user or role, has no ARN here. */
export const callerOf = (event: unknown): string =>
    textAtPath(event, "userIdentity.arn") ||
    ["type", "principalId", "invokedBy"]
        .map((field) => textAtPath(event, `userIdentity.${field}`))
        .filter((text) => text !== "")
        .join(" ");

/** Every event has who called and when, and why AWS refused the call. */
export const eachEvent = (columns: (event: unknown) => EvidenceRow) => (events: readonly unknown[]) =>
    events.map((event) => ({
        at: textAtPath(event, "eventTime"),
        by: callerOf(event),
        ...columns(event),
        refused: textAtPath(event, "errorCode"),
    }));

/** Events that a trail logs only where it selects them (lib/audit.ts). */
export interface EventKind {
    readonly name: string;
    /** What such events have, by the fields of a selector; none where the stack has no such events. */
    readonly fields: (context: EvidenceContext) => readonly Readonly<Record<string, string>>[];
}

const managementEvents: EventKind = { name: "management events", fields: () => [{ eventCategory: "Management" }] };

const dataEventsOf = (type: string, resource: string) => ({
    ...{ eventCategory: "Data", "resources.type": type, "resources.ARN": resource },
});

/** What is done to the records of commands. */
export const recordEvents: EventKind = {
    name: "access to the audit records",
    fields: ({ settings: { environmentSuffix: suffix, region }, caller: { account } }) => [
        dataEventsOf(
            "AWS::S3::Object",
            `arn:${partitionOfRegion(region).name}:s3:::${auditBucketName(suffix, account)}/${operationsPrefix}`,
        ),
    ],
};

export const dataApiEvents: EventKind = {
    name: "statements of the Data API",
    fields: ({ settings: { database, environmentSuffix: suffix, region }, caller: { account } }) =>
        (database.breakGlass ? generationsOf(database) : []).map((generation) =>
            dataEventsOf(
                "AWS::RDS::DBCluster",
                `arn:${partitionOfRegion(region).name}:rds:${region}:${account}:cluster:${databaseClusterName({ suffix }, generation)}`,
            ),
        ),
};

/** An item whose rows are events of the trail. Where the trail did not log, no row is no proof: the gaps say so. */
export const trailItem = (
    item: Pick<EvidenceItem, "id" | "title" | "requirements" | "source">,
    read: (context: EvidenceContext) => Promise<readonly unknown[]>,
    rows: (events: readonly unknown[], context: EvidenceContext) => readonly EvidenceRow[],
    dataEvents: readonly EventKind[] = [],
): EvidenceItem => ({
    ...item,
    read: async (context) => ({
        rows: rows(await read(context), context),
        gaps: [...retentionGaps(context), ...(await trailGaps(context, [managementEvents, ...dataEvents]))],
    }),
});

/** Calls on the trail and its log group, until now: events of the period may have been deleted after it. */
const trailChanges = readOnce((context) => {
    const name = trailNameOf(context);
    const ofTrail = `$.eventSource = "cloudtrail.amazonaws.com" && ($.requestParameters.name = "*${name}" || $.requestParameters.trailName = "*${name}")`;
    const ofGroup = `$.requestParameters.logGroupName = "${trailLogGroup(name)}" && ($.eventName = "Delete*" || $.eventName = "PutRetentionPolicy")`;
    return trailEvents(
        { ...context, to: context.command.clock.now() },
        `{ $.readOnly IS FALSE && ((${ofTrail}) || (${ofGroup})) }`,
    );
});

const isBeforeEnd = (event: unknown, { to }: EvidenceContext): boolean =>
    Date.parse(textAtPath(event, "eventTime")) <= to;

const stopCalls = ["StopLogging", "DeleteTrail"];

/** What the period lacks because of a call that AWS did not refuse; undefined if nothing. */
function lossOf(event: unknown, context: EvidenceContext): string | undefined {
    const lost = "events were not logged, or deleted";
    const name = textAtPath(event, "eventName");
    switch (name) {
        case "DeleteLogGroup":
        case "DeleteLogStream":
            return lost;
        case "PutRetentionPolicy":
            return Number(getPath(event, "requestParameters.retentionInDays")) <
                context.settings.logs.auditRetentionDays
                ? lost
                : undefined;
        // What was set before is not in the call: after the period, it may have ended what was wrong in it.
        case "PutEventSelectors":
        case "UpdateTrail":
            return "events before or after it may not have been logged";
        default:
            return stopCalls.includes(name) && isBeforeEnd(event, context) ? lost : undefined;
    }
}

const callText = (event: unknown): string =>
    `${textAtPath(event, "eventName")} at ${textAtPath(event, "eventTime")} by ${callerOf(event)}`;

/** What the calls on the trail and its log group cost the period. */
function lossGaps(changes: readonly unknown[], context: EvidenceContext): string[] {
    const done = changes.filter((event) => getPath(event, "errorCode") === undefined);
    const firstSwitch = done.find((event) => ["StartLogging", ...stopCalls].includes(textAtPath(event, "eventName")));
    return [
        ...(textAtPath(firstSwitch, "eventName") === "StartLogging"
            ? [`${callText(firstSwitch)}, after no stop in the period: events before it may not have been logged`]
            : []),
        ...done.flatMap((event) => {
            const loss = lossOf(event, context);
            return loss === undefined ? [] : [`${callText(event)}: ${loss}`];
        }),
    ];
}

/** CloudTrail takes minutes, and AWS's own calls in an account are events, too: after an hour without any, it is no delay. */
const longestDelivery = 3_600_000;

/** What the trail's log group lacks of the period, of events of these kinds, as far as AWS says it. */
export async function trailGaps(context: EvidenceContext, kinds: readonly EventKind[]): Promise<readonly string[]> {
    const { gaps, selectors } = await trailState(context);
    const missing = kinds.filter(
        ({ fields }) =>
            selectors !== undefined &&
            !fields(context).every((event) => selectors.some((selector) => selectsAll(selector, event))),
    );
    return [...gaps, ...missing.map(({ name }) => `the trail has no advanced event selector for all ${name}`)];
}

/** Whether events with these fields are logged, whatever else they have. */
const selectsAll = (
    { FieldSelectors: fields = [] }: AdvancedEventSelector,
    event: Readonly<Record<string, string>>,
): boolean =>
    fields.every(({ Field = "", Equals = [], StartsWith = [], ...others }) => {
        const { [Field]: value = "" } = event;
        return (
            (Equals.includes(value) || StartsWith.some((start) => value.startsWith(start))) &&
            // Such as `NotEquals`, which excludes some.
            Object.keys(others).length === 0
        );
    });

const trailState = readOnce(async (context) => {
    const { clients, from } = context;
    const name = trailNameOf(context);
    const groupName = trailLogGroup(name);
    const { trailList: [trail] = [] } = await clients.cloudTrail.send(
        new DescribeTrailsCommand({ trailNameList: [name] }),
    );
    const { logGroups = [] } = await clients.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: groupName }));
    const created = logGroups.find(({ logGroupName }) => logGroupName === groupName)?.creationTime ?? 0;
    const gaps = [
        ...lossGaps(await trailChanges(context), context),
        ...(created > from ? [`the log group was created at ${isoTime(created)}: it has no earlier events`] : []),
    ];
    if (trail === undefined) {
        return { gaps: [...gaps, `there is no trail ${name} any more`] };
    }
    const { AdvancedEventSelectors: selectors = [] } = await clients.cloudTrail.send(
        new GetEventSelectorsCommand({ TrailName: name }),
    );
    return {
        gaps: [
            ...gaps,
            ...(trail.CloudWatchLogsLogGroupArn?.includes(`:log-group:${groupName}:`) === true
                ? []
                : [`the trail does not deliver to ${groupName}`]),
            ...(trail.IsMultiRegionTrail === true ? [] : ["the trail does not log events of other regions"]),
            ...(trail.IncludeGlobalServiceEvents === true ? [] : ["the trail does not log events of IAM and STS"]),
            ...statusGaps(await clients.cloudTrail.send(new GetTrailStatusCommand({ Name: name })), context),
        ],
        selectors,
    };
});

function statusGaps(status: GetTrailStatusResponse, { from, to }: EvidenceContext): string[] {
    const {
        IsLogging: isLogging,
        StartLoggingTime: start,
        StopLoggingTime: stop,
        LatestCloudWatchLogsDeliveryError: error = "",
        LatestCloudWatchLogsDeliveryTime: delivered,
    } = status;
    const wasStopped = (stop?.getTime() ?? 0) < to && (isLogging !== true || (start?.getTime() ?? 0) > from);
    const isLate = (delivered?.getTime() ?? 0) < to - longestDelivery;
    return [
        ...(wasStopped ? [`the trail did not log ${stopText(stop, isLogging === true ? start : undefined)}`] : []),
        ...(error === "" ? [] : [`CloudTrail could not deliver to the log group: ${error}`]),
        ...(isLate
            ? [
                  `CloudTrail delivered to the log group last at ${isoTime(delivered) ?? "no time"}: it has no later events`,
              ]
            : []),
    ];
}

const stopText = (stop: Date | undefined, start: Date | undefined): string =>
    [stop && `from ${isoTime(stop)}`, start && `until ${isoTime(start)}`].filter(Boolean).join(" ") || "at all";

/** Who changed the trail, or what it has delivered. */
export const trail = trailItem(
    {
        id: "trail",
        title: "Changes of the audit trail and of its log group",
        requirements: ["PCI-10.2.1.6", "PCI-10.3.4"],
        source: "CloudTrail: calls that started, stopped or changed the trail, or deleted from its log group. All items from CloudTrail are read from this log group; `aws cloudtrail validate-logs` proves the files in the audit bucket (docs/operations.md).",
    },
    async (context) => (await trailChanges(context)).filter((event) => isBeforeEnd(event, context)),
    eachEvent((event) => ({
        call: textAtPath(event, "eventName"),
        of:
            ["name", "trailName", "logStreamName", "logGroupName"]
                .map((field) => textAtPath(event, `requestParameters.${field}`))
                .find((text) => text !== "") ?? "",
    })),
);
