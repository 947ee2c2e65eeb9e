import {
    GetMetricStatisticsCommand,
    paginateDescribeAlarmHistory,
    type AlarmHistoryItem,
} from "@aws-sdk/client-cloudwatch";
import { metricNamespace } from "../../../contract/container.ts";
import type { Plan } from "../../../plan/plan.ts";
import { inputText, inputTexts, isPlainObject, itemsOf, resourcesOfType, textAtPath } from "../../../plan/query.ts";
import { drift as runDrift } from "../../drift/drift.ts";
import { withSession } from "../../deploy/open-session.ts";
import { collectPages } from "../../frame/aws-clients.ts";
import { dayMilliseconds } from "../../frame/clock.ts";
import { ExitError } from "../../frame/exit.ts";
import type { OperationRecord } from "../../frame/operation-record.ts";
import { isoTime, ownNames, retentionGaps, type EvidenceItem } from "../item.ts";
import { operationsOf } from "./recorded-operations.ts";

/** Days for which CloudWatch keeps the history of an alarm (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html). */
const alarmHistoryDays = 30;

const redrives: EvidenceItem = {
    id: "redrives",
    title: "Dead letters that an operator sent back to their queue",
    requirements: ["PCI-10.2.1.2", "PCI-6.5.1"],
    source: "Audit bucket: the records under audit/operations/, which `npm run redrive` writes, each as it was first written. The period is that of their names; CloudTrail has who wrote, changed or deleted them.",
    read: async (context) => {
        const { records, gaps } = await operationsOf(context);
        return {
            rows: records.map(({ at, event, by, reason, details }) => ({
                ...{ at, event, by, reason },
                details: JSON.stringify(details),
            })),
            gaps: [...retentionGaps(context), ...gaps],
        };
    },
};

/** When alarms fired, for how long, and which recorded commands were run meanwhile. */
const alarms: EvidenceItem = {
    id: "alarms",
    title: "Alarms that fired, and how they were answered",
    requirements: ["PCI-10.4.1.1", "PCI-10.7.2", "PCI-10.7.3"],
    source: "CloudWatch: history of the stack's alarms. The answer is the recorded commands between the alarm and its end; CloudWatch has no acknowledgement, so the ticket of a page is not here. Left out are alarms that by the plan notify nobody: those that scale a service, and the windows of the error budget, whose alarm is here.",
    read: async (context) => {
        const { clients, from, to, command } = context;
        const oldest = command.clock.now() - alarmHistoryDays * dayMilliseconds;
        const history = await collectPages(
            paginateDescribeAlarmHistory(
                { client: clients.cloudWatch },
                {
                    AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
                    StartDate: new Date(from),
                    EndDate: new Date(to),
                    ScanBy: "TimestampAscending",
                },
            ),
            (page) => page.AlarmHistoryItems,
        );
        const isOwn = ownNames(context);
        const fired = history.filter(({ AlarmName = "" }) => isOwn(AlarmName));
        const silent = fired.length === 0 ? [] : silentAlarms(await command.planStack(command.root, context.stack));
        const ofStack = fired.filter(({ AlarmName = "" }) => !silent.includes(AlarmName));
        const answers = ofStack.length === 0 ? { records: [], gaps: [] } : await operationsOf(context);
        const byAlarm = Map.groupBy(ofStack, ({ AlarmName = "" }) => AlarmName);
        return {
            rows: [...byAlarm].flatMap(([alarm, items]) => firings(alarm, items, answers.records)),
            gaps: [
                ...(from < oldest
                    ? [
                          `CloudWatch keeps the history of alarms for ${alarmHistoryDays} days: none before ${isoTime(oldest)}`,
                      ]
                    : []),
                ...(answers.gaps.length > 0 ? ["answers may be missing: see what is missing of the redrives"] : []),
            ],
        };
    },
};

/** Names of the alarms that are planned without a topic: what is raised only by them needs no answer. */
const silentAlarms = (plan: Plan): string[] =>
    resourcesOfType(plan, "cloudwatch/metricAlarm:MetricAlarm")
        .filter((alarm) => !inputTexts(alarm, "alarmActions").some((arn) => arn.includes(":sns:")))
        .map((alarm) => inputText(alarm, "name"));

function firings(alarm: string, items: readonly AlarmHistoryItem[], answers: readonly OperationRecord[]) {
    const changes = items.filter(({ HistoryItemType }) => HistoryItemType === "StateUpdate");
    const published = items.filter(
        ({ HistoryItemType, HistorySummary = "" }) =>
            HistoryItemType === "Action" && /^Successfully executed action .*:sns:/.test(HistorySummary),
    );
    return changes.flatMap(({ Timestamp: begin, HistorySummary = "" }, i) => {
        if (begin === undefined || !/ to ALARM\b/.test(HistorySummary)) {
            return [];
        }
        const end = changes[i + 1]?.Timestamp;
        const isDuring = (time: number) => time >= begin.getTime() && time <= (end?.getTime() ?? Infinity);
        return [
            {
                alarm,
                fired: isoTime(begin),
                ended: isoTime(end),
                minutes: end === undefined ? null : Math.round((end.getTime() - begin.getTime()) / 60_000),
                notified: published.some(({ Timestamp }) => isDuring(Timestamp?.getTime() ?? 0)),
                answer: answers
                    .filter(({ at }) => isDuring(Date.parse(at)))
                    .map(({ event, by, reason }) => `${event} by ${by}: ${reason}`)
                    .join("; "),
            },
        ];
    });
}

/** Metrics that each successful drill publishes (`tools/drill/restore.ts`). */
const drills: EvidenceItem = {
    id: "drills",
    title: "Restore drills that succeeded",
    requirements: ["PCI-12.10.1", "PCI-12.10.2"],
    source: "CloudWatch: the metric that a successful drill publishes, by day. A drill that failed publishes none.",
    read: async ({ clients, settings, from, to }) => {
        const { Datapoints: points = [] } = await clients.cloudWatch.send(
            new GetMetricStatisticsCommand({
                Namespace: metricNamespace,
                MetricName: "DrillSucceeded",
                Dimensions: [{ Name: "Environment", Value: settings.environmentSuffix }],
                StartTime: new Date(from),
                EndTime: new Date(to),
                Period: dayMilliseconds / 1000,
                Statistics: ["Sum"],
            }),
        );
        return {
            rows: points
                .map(({ Timestamp, Sum: succeeded = 0 }) => ({ day: isoTime(Timestamp), succeeded }))
                .toSorted((a, b) => ((a.day ?? "") < (b.day ?? "") ? -1 : 1)),
        };
    },
};

/** Drift is not recorded anywhere, so it is looked for now. */
const drift: EvidenceItem = {
    id: "drift",
    title: "Differences between AWS and Pulumi's state, at this time",
    requirements: ["PCI-11.5.2", "PCI-6.5.1"],
    source: "`npm run deploy -- <stack> drift`, run for this report; the nightly runs are in GitHub. No value of a property is shown.",
    read: async ({ stack, command }) => {
        let json = "";
        try {
            await withSession(command, { stack, json: true }, (session) =>
                runDrift({ ...session, out: (text) => (json += text), say: () => undefined }),
            );
        } catch (error) {
            if (!(error instanceof ExitError && error.exitReason === "drift")) {
                throw error;
            }
        }
        return { rows: driftRows(JSON.parse(json)) };
    },
};

function driftRows(report: unknown) {
    const { changed = [], unplanned = [] } = isPlainObject(report) ? report : {};
    return [
        ...itemsOf(changed).map((each) => ({
            resource: textAtPath(each, "resource"),
            type: textAtPath(each, "type"),
            difference: `${textAtPath(each, "operation")}: ${itemsOf(isPlainObject(each) ? each.changes : [])
                .map((change) => textAtPath(change, "path"))
                .join(", ")}`,
        })),
        ...itemsOf(unplanned).map((each) => ({
            resource: textAtPath(each, "resource"),
            type: textAtPath(each, "type"),
            difference: `not in the state: ${textAtPath(each, "item")}`,
        })),
    ];
}

export const operationItems: readonly EvidenceItem[] = [redrives, alarms, drills, drift];
