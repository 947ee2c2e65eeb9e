import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTrailsCommand, GetTrailStatusCommand, type GetTrailStatusResponse } from "@aws-sdk/client-cloudtrail";
import { trailLogGroup } from "../../../lib/logs.ts";
import { nameOf } from "../../../lib/scope.ts";
import { getPath, textAtPath } from "../../../plan/query.ts";
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

/** An item whose rows are events of the trail. Where the trail did not log, no row is no proof: the gaps say so. */
export const trailItem = (
    item: Pick<EvidenceItem, "id" | "title" | "requirements" | "source">,
    read: (context: EvidenceContext) => Promise<readonly unknown[]>,
    rows: (events: readonly unknown[], context: EvidenceContext) => readonly EvidenceRow[],
): EvidenceItem => ({
    ...item,
    read: async (context) => ({
        rows: rows(await read(context), context),
        gaps: [...retentionGaps(context), ...(await trailGaps(context))],
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

/** Whether a call that AWS did not refuse stopped the events of the period, or deleted them. */
function losesEvents(event: unknown, context: EvidenceContext): boolean {
    if (getPath(event, "errorCode") !== undefined) {
        return false;
    }
    switch (textAtPath(event, "eventName")) {
        case "StopLogging":
        case "DeleteTrail":
            return isBeforeEnd(event, context);
        case "DeleteLogGroup":
        case "DeleteLogStream":
            return true;
        case "PutRetentionPolicy":
            return (
                Number(getPath(event, "requestParameters.retentionInDays")) < context.settings.logs.auditRetentionDays
            );
        default:
            return false;
    }
}

/** CloudTrail takes minutes, and AWS's own calls in an account are events, too: after an hour without any, it is no delay. */
const longestDelivery = 3_600_000;

/** What the trail's log group lacks of the period, as far as AWS says it. */
const trailGaps = readOnce(async (context): Promise<readonly string[]> => {
    const { clients, from } = context;
    const name = trailNameOf(context);
    const groupName = trailLogGroup(name);
    const losses = (await trailChanges(context)).filter((event) => losesEvents(event, context));
    const { trailList: [trail] = [] } = await clients.cloudTrail.send(
        new DescribeTrailsCommand({ trailNameList: [name] }),
    );
    const { logGroups = [] } = await clients.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: groupName }));
    const created = logGroups.find(({ logGroupName }) => logGroupName === groupName)?.creationTime ?? 0;
    return [
        ...losses.map((event) => {
            const [call, at] = ["eventName", "eventTime"].map((field) => textAtPath(event, field));
            return `${call} at ${at} by ${callerOf(event)}: events were not logged, or deleted`;
        }),
        ...(created > from ? [`the log group was created at ${isoTime(created)}: it has no earlier events`] : []),
        ...(trail === undefined
            ? [`there is no trail ${name} any more`]
            : [
                  ...(trail.CloudWatchLogsLogGroupArn?.includes(`:log-group:${groupName}:`) === true
                      ? []
                      : [`the trail does not deliver to ${groupName}`]),
                  ...statusGaps(await clients.cloudTrail.send(new GetTrailStatusCommand({ Name: name })), context),
              ]),
    ];
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
