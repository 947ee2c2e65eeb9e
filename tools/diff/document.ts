import type { ResourceDifference, Operation } from "../../analysis/difference/compare.ts";
import { isOnlyLeftOut } from "../../analysis/difference/kept-inputs.ts";
import type { AddedAndRemoved } from "../../analysis/difference/access-differences.ts";
import { orderSuffix, type ValueChange, type PropertyChange } from "../../analysis/difference/property-changes.ts";
import { conflictLine } from "../../analysis/difference/update-conflicts.ts";
import { shortTypeName } from "../../plan/fake-provider/outputs.ts";
import type { DiffReport } from "./report.ts";
import { formatValueChange, splitLongAddition } from "./values.ts";

/**
 * Kind of a line, which decides its sign and its colour. `danger`: a consequence that loses data, or a change that one update
 * cannot make. `question`: another consequence that the operator must accept. `detail`: a line below another one.
 */
export type LineMark = Operation | "detail" | "danger" | "question";

export interface ReportLine {
    readonly mark: LineMark;
    readonly text: string;
}

export interface ReportSection {
    readonly title: string;
    readonly lines: readonly ReportLine[];
}

/** Number of resources from which on a change that all have is printed once, with the number. */
const minCommonResources = 5;

/** The sections of a report: consequences first, then replaced and deleted resources. */
export function reportSections(report: DiffReport): ReportSection[] {
    const { common, rest } = separateCommonChanges(report.resources);
    const isLoss = ({ operation }: ResourceDifference) => operation === "replace" || operation === "delete";
    const [lost, others] = [rest.filter(isLoss), rest.filter((resource) => !isLoss(resource))];
    const consequences = report.consequences.map(({ kind, resource, text, losesData }): ReportLine => ({
        mark: losesData ? "danger" : "question",
        text: `${resource}: ${kind}: ${text}`,
    }));
    const all: ReportSection[] = [
        {
            title: "Not possible in one update",
            lines: report.conflicts.map((conflict) => ({ mark: "danger", text: conflictLine(conflict) })),
        },
        { title: "Only a person may accept", lines: consequences },
        ...byComponent(lost).map(([component, lines]) => ({ title: `Replaced and deleted in ${component}`, lines })),
        ...byComponent(others).map(([component, lines]) => ({ title: component, lines })),
        { title: "Same change in many resources", lines: common },
        { title: "Outputs of the stack", lines: report.outputs.flatMap((change) => changeLines(change, "update")) },
        { title: "How Pulumi handles resources (nothing changes in AWS)", lines: optionLines(report) },
        {
            title: "Generated values (IDs, ARNs)",
            lines: report.derived.flatMap((change) => changeLines(change, "update")),
        },
        { title: "IAM permissions", lines: effectLines(report.rights) },
        { title: "Network paths", lines: effectLines(report.paths) },
        { title: "Alarms", lines: alarmLines(report.alarms) },
        { title: "Monthly cost at rest", lines: costLines(report) },
    ];
    return all.filter(({ lines }) => lines.length > 0);
}

/** What is to be said where there is no section. */
export const noDifferenceText = ({ isSame }: DiffReport): string =>
    isSame
        ? "Nothing changes: both plans are the same, byte by byte."
        : "Both plans have the same resources, properties, options and outputs, in another order.";

/** `12 resources: 1 replaced, 2 deleted, 4 updated, 5 created` */
export function summaryText({ resources }: DiffReport): string {
    const done: Readonly<Record<Operation, string>> = {
        replace: "replaced",
        delete: "deleted",
        update: "updated",
        create: "created",
    };
    const counts = Object.entries(done).flatMap(([operation, word]) => {
        const count = resources.filter((resource) => resource.operation === operation).length;
        return count === 0 ? [] : [`${count} ${word}`];
    });
    const total = `${resources.length} ${resources.length === 1 ? "resource" : "resources"}`;
    return counts.length === 0 ? "no AWS resource changes" : `${total}: ${counts.join(", ")}`;
}

function byComponent(resources: readonly ResourceDifference[]): [string, ReportLine[]][] {
    return [...Map.groupBy(resources, ({ component }) => component)].map(([component, own]) => [
        component,
        own.flatMap(resourceLines),
    ]);
}

const resourceText = ({ type, name }: { type: string; name: string }): string => `${shortTypeName(type)} ${name}`;

function resourceLines({ operation, changes, ...resource }: ResourceDifference): ReportLine[] {
    const noteOn = (change: PropertyChange): string =>
        change.forcesReplacement
            ? " (forces replacement)"
            : operation === "update" && isOnlyLeftOut(resource.type, change)
              ? " (AWS keeps the former value)"
              : "";
    // Properties that force the replacement are first: they are the reason for it.
    const sorted = changes.toSorted((a, b) => Number(b.forcesReplacement) - Number(a.forcesReplacement));
    return [
        { mark: operation, text: resourceText(resource) },
        ...sorted.flatMap((change) => changeLines(change, "detail", noteOn(change))),
    ];
}

const changeLines = (change: ValueChange, mark: LineMark, note = ""): ReportLine[] =>
    splitLongAddition(change).map(({ path, before, after }) => ({
        mark,
        text: `${changedValueText(path, before, after)}${note}`,
    }));

function changedValueText(path: string, before: unknown, after: unknown): string {
    const list = path.endsWith(orderSuffix) ? path.slice(0, -orderSuffix.length) : undefined;
    return list === undefined
        ? `${path}: ${formatValueChange(before, after)}`
        : `${list}: the same members in another order`;
}

const changeKey = ({ path, before, after }: PropertyChange): string => JSON.stringify([path, before, after]);

/** Updates that many resources have in common, such as a tag, once each; and the resources without these. */
function separateCommonChanges(resources: readonly ResourceDifference[]): {
    common: ReportLine[];
    rest: ResourceDifference[];
} {
    const updates = resources.filter(({ operation }) => operation === "update");
    const shared = [
        ...Map.groupBy(
            updates.flatMap(({ changes }) => changes),
            changeKey,
        ),
    ].filter(([, { length }]) => length >= minCommonResources);
    const keys = new Set(shared.map(([key]) => key));
    return {
        common: shared.flatMap(([, same]) => {
            const [change] = same;
            return change === undefined
                ? []
                : changeLines(change, "update").map(({ mark, text }) => ({
                      mark,
                      text: `${text}, on ${same.length} resources`,
                  }));
        }),
        rest: resources
            .map((resource) =>
                resource.operation === "update"
                    ? { ...resource, changes: resource.changes.filter((change) => !keys.has(changeKey(change))) }
                    : resource,
            )
            .filter(({ operation, changes }) => operation !== "update" || changes.length > 0),
    };
}

const optionLines = ({ options }: DiffReport): ReportLine[] =>
    options.flatMap((resource) => [
        { mark: "update", text: resourceText(resource) },
        ...resource.changes.flatMap((change) => changeLines(change, "detail")),
    ]);

const effectLines = ({ added, removed }: AddedAndRemoved): ReportLine[] => [
    ...removed.map((text): ReportLine => ({ mark: "delete", text })),
    ...added.map((text): ReportLine => ({ mark: "create", text })),
];

const alarmLines = (alarms: readonly ResourceDifference[]): ReportLine[] =>
    alarms.map(({ operation, name, changes }) => ({
        mark: operation,
        text: [name, ...changes.flatMap((change) => changeLines(change, "detail")).map(({ text }) => text)].join("; "),
    }));

const formatDollars = (amount: number): string => `$${amount.toFixed(2)}`;

function costLines({ cost, resources }: DiffReport): ReportLine[] {
    if ("unknown" in cost) {
        return [{ mark: "detail", text: `not known: ${cost.unknown}` }];
    }
    const { before, after, changes, missing } = cost;
    const sum = after - before;
    const gaps: ReportLine[] =
        missing.length === 0 || resources.length === 0
            ? []
            : [{ mark: "detail", text: `not included, without a price in the region: ${missing.join(", ")}` }];
    return changes.length === 0
        ? gaps
        : [
              {
                  mark: "update",
                  text: `${formatDollars(before)} -> ${formatDollars(after)} (${sum < 0 ? "-" : "+"}${formatDollars(Math.abs(sum))})`,
              },
              ...changes.map((row): ReportLine => ({
                  mark: "detail",
                  text: `${row.item}: ${formatDollars(row.before)} -> ${formatDollars(row.after)}`,
              })),
              ...gaps,
          ];
}
