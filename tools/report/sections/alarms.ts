import { alarmSummaryOf, type AlarmSummary } from "../../../analysis/alarms/summary.ts";
import { notifyingAlarmsOf } from "../../../checks/alarms/notifying-alarms.ts";
import { compareText } from "../../../plan/query.ts";
import { markup, type Html } from "../html.ts";
import type { ReportModel } from "../model.ts";
import { resourceAnchor, searchRow, table, type Section } from "./section.ts";

/** Every alarm that notifies a person. */
export function alarmsSection({ plan, docs }: ReportModel): Section {
    const alarms = notifyingAlarmsOf(plan)
        .map((node) => alarmSummaryOf(plan, node))
        .toSorted((a, b) => compareText(a.node.name, b.node.name));
    return {
        id: "alarms",
        title: "Alarms",
        body: markup`<p>Each alarm with its threshold, the first action of the person on call and the section of the runbook.
Alarms that only scale a service are left out.</p>
${table(
    "Alarms",
    ["Alarm", "Watches", "Threshold", "First action", "Notifies"],
    alarms.map((alarm) => alarmRow(alarm, docs)),
)}`,
    };
}

const alarmRow = (
    { node, watches, threshold, firstAction, runbookSection, topics }: AlarmSummary,
    docs: string,
): Html =>
    searchRow([
        markup`<a href="#${resourceAnchor(node)}">${node.name}</a>`,
        watches,
        threshold,
        runbookSection === ""
            ? firstAction
            : markup`${firstAction} <a href="${docs}/runbook.md#${runbookSection}">Runbook: ${runbookSection}</a>`,
        topics.join(", "),
    ]);
