import type { ResourceDifference, Operation } from "../../analysis/difference/compare.ts";
import type { Effect } from "../../analysis/difference/effects.ts";
import { orderMark, type Difference, type PropertyChange } from "../../analysis/difference/property-changes.ts";
import { grouped } from "../../analysis/iam/group-actions.ts";
import { shortType } from "../../plan/fake-provider/outputs.ts";
import type { CostDifference } from "./cost.ts";
import type { Report } from "./report.ts";
import { changeText, leavesOf } from "./values.ts";

/** What a line tells of: it decides the sign, and the colour. */
export type Mark = Operation | "detail" | "danger" | "question";

export interface Line {
    readonly mark: Mark;
    readonly text: string;
}

export interface Section {
    readonly title: string;
    readonly lines: readonly Line[];
}

/** From how many resources on a change that they have in common is told once, with their number. */
const many = 5;

/** A report in the order in which a reviewer should read it: what is lost first. */
export function sectionsOf(report: Report): Section[] {
    const { common, rest } = withoutCommon(report.resources);
    const isLoss = ({ operation }: ResourceDifference) => operation === "replace" || operation === "delete";
    const [lost, others] = [rest.filter(isLoss), rest.filter((resource) => !isLoss(resource))];
    const consequences = report.consequences.map(({ kind, resource, text, losesData }): Line => ({
        mark: losesData ? "danger" : "question",
        text: `${resource}: ${kind}: ${text}`,
    }));
    const all: Section[] = [
        { title: "Only a person may accept", lines: consequences },
        ...byComponent(lost).map(([component, lines]) => ({ title: `Replaced and deleted in ${component}`, lines })),
        ...byComponent(others).map(([component, lines]) => ({ title: component, lines })),
        { title: "Alike in many resources", lines: common },
        { title: "Outputs of the stack", lines: report.outputs.flatMap((change) => changeLines(change, "update")) },
        { title: "How Pulumi handles resources (nothing changes in AWS)", lines: optionLines(report) },
        { title: "What the plan makes up", lines: report.derived.flatMap((change) => changeLines(change, "update")) },
        { title: "Rights", lines: effectLines(report.rights) },
        { title: "Network paths", lines: effectLines(report.paths) },
        { title: "Alarms", lines: alarmLines(report.alarms) },
        { title: "Monthly cost at rest", lines: costLines(report.cost) },
    ];
    return all.filter(({ lines }) => lines.length > 0);
}

/** What is to be said where there is no section. */
export const sameText = ({ isSame }: Report): string =>
    isSame
        ? "Nothing changes: both plans are the same, byte by byte."
        : "Both plans have the same resources, properties, options and outputs, in another order.";

/** `12 resources: 1 replaced, 2 deleted, 4 updated, 5 created` */
export function summaryOf({ resources }: Report): string {
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
    return counts.length === 0 ? "no resource in AWS" : `${total}: ${counts.join(", ")}`;
}

function byComponent(resources: readonly ResourceDifference[]): [string, Line[]][] {
    return [...grouped(resources, ({ component }) => component)].map(([component, own]) => [
        component,
        own.flatMap(resourceLines),
    ]);
}

const resourceText = ({ type, name }: { type: string; name: string }): string => `${shortType(type)} ${name}`;

function resourceLines({ operation, changes, ...resource }: ResourceDifference): Line[] {
    // What forces the replacement comes first: it is the reason for the others.
    const sorted = changes.toSorted((a, b) => Number(b.forcesReplacement) - Number(a.forcesReplacement));
    return [
        { mark: operation, text: resourceText(resource) },
        ...sorted.flatMap((change) => changeLines(change, "detail", change.forcesReplacement)),
    ];
}

const changeLines = (change: Difference, mark: Mark, forces = false): Line[] =>
    leavesOf(change).map(({ path, before, after }) => ({
        mark,
        text: `${leafText(path, before, after)}${forces ? " (forces replacement)" : ""}`,
    }));

function leafText(path: string, before: unknown, after: unknown): string {
    const list = path.endsWith(orderMark) ? path.slice(0, -orderMark.length) : undefined;
    return list === undefined ? `${path}: ${changeText(before, after)}` : `${list}: the same members in another order`;
}

const keyOf = ({ path, before, after }: PropertyChange): string => JSON.stringify([path, before, after]);

/** Updates that many resources have in common, such as a tag, once each; and the resources without these. */
function withoutCommon(resources: readonly ResourceDifference[]): { common: Line[]; rest: ResourceDifference[] } {
    const updates = resources.filter(({ operation }) => operation === "update");
    const shared = [
        ...grouped(
            updates.flatMap(({ changes }) => changes),
            keyOf,
        ),
    ].filter(([, { length }]) => length >= many);
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
                    ? { ...resource, changes: resource.changes.filter((change) => !keys.has(keyOf(change))) }
                    : resource,
            )
            .filter(({ operation, changes }) => operation !== "update" || changes.length > 0),
    };
}

const optionLines = ({ options }: Report): Line[] =>
    options.flatMap((resource) => [
        { mark: "update", text: resourceText(resource) },
        ...resource.changes.flatMap((change) => changeLines(change, "detail")),
    ]);

const effectLines = ({ added, removed }: Effect): Line[] => [
    ...removed.map((text): Line => ({ mark: "delete", text })),
    ...added.map((text): Line => ({ mark: "create", text })),
];

const alarmLines = (alarms: readonly ResourceDifference[]): Line[] =>
    alarms.map(({ operation, name, changes }) => ({
        mark: operation,
        text: [name, ...changes.flatMap((change) => changeLines(change, "detail")).map(({ text }) => text)].join("; "),
    }));

const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

function costLines(cost: CostDifference): Line[] {
    if ("unknown" in cost) {
        return [{ mark: "detail", text: `not known: ${cost.unknown}` }];
    }
    const { before, after, changes } = cost;
    const sum = after - before;
    return changes.length === 0
        ? []
        : [
              {
                  mark: "update",
                  text: `${dollars(before)} -> ${dollars(after)} (${sum < 0 ? "-" : "+"}${dollars(Math.abs(sum))})`,
              },
              ...changes.map((row): Line => ({
                  mark: "detail",
                  text: `${row.item}: ${dollars(row.before)} -> ${dollars(row.after)}`,
              })),
          ];
}
