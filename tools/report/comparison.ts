import { resourceKind } from "../../analysis/consistency/resource-kinds.ts";
import { compareStacks, type EnvironmentDifference } from "../../analysis/consistency/stack-differences.ts";
import type { Operation } from "../../analysis/difference/compare.ts";
import type { PlannedStack } from "../../plan/planned-stacks.ts";
import type { PlanNode } from "../../plan/plan.ts";
import { reportSections, summaryText, noDifferenceText, type ReportSection } from "../diff/document.ts";
import type { DiffReport } from "../diff/report.ts";

/** How a resource differs from what the stack is compared with. */
export type DifferenceMark = Operation | "differs" | "only here";

/** What differs from another stack, or from another version of the same. */
export interface Comparison {
    /** For people: `commit 0123abc`, `stack staging`. */
    readonly with: string;
    readonly summary: string;
    readonly notes: readonly string[];
    readonly sections: readonly ReportSection[];
    readonly markOf: (node: PlanNode) => DifferenceMark | undefined;
}

/** With another version of the stack: a commit, a file, or what is deployed. */
export function compareVersions(report: DiffReport): Comparison {
    const operations = new Map(report.resources.map(({ urn, operation }) => [urn, operation]));
    const sections = reportSections(report);
    return {
        with: report.base,
        summary: sections.length === 0 ? noDifferenceText(report) : summaryText(report),
        notes: report.notes,
        sections,
        markOf: ({ urn }) => operations.get(urn),
    };
}

/** With another stack, without what its name, account and addresses make of it. */
export function compareWithStack(own: PlannedStack, other: PlannedStack): Comparison {
    const difference = compareStacks(other, own);
    const { settings, properties, structure } = difference;
    const here = structure.filter(({ only }) => only === own.plan.stack).map(({ line }) => line);
    return {
        with: `stack ${other.plan.stack}`,
        summary: `${settings.length} settings and ${properties.length} properties differ, and ${structure.length} kinds of resources are in one stack only`,
        notes: [`the values of ${other.plan.stack} are before the arrow, those of ${own.plan.stack} after it`],
        sections: stackSections(difference),
        markOf: (node) => {
            const kind = resourceKind(node, own.settings.environmentSuffix);
            if (kind === undefined) {
                return undefined;
            }
            const isDifferent = properties.some(({ line }) => line.startsWith(`${kind} `));
            return here.includes(kind) ? "only here" : isDifferent ? "differs" : undefined;
        },
    };
}

const valueText = (value: string | undefined): string => value ?? "(none)";

const stackSections = ({ stacks: [, own], structure, settings, properties }: EnvironmentDifference): ReportSection[] =>
    [
        {
            title: "Kinds of resources in one stack only",
            lines: structure.map(({ line, only }) => ({
                mark: only === own ? ("create" as const) : ("delete" as const),
                text: `only ${only}: ${line}`,
            })),
        },
        {
            title: "Settings",
            lines: settings.map(({ field, values: [before, after] }) => ({
                mark: "update" as const,
                text: `${field}: ${valueText(before)} -> ${valueText(after)}`,
            })),
        },
        {
            title: "Properties",
            lines: properties.map(({ line, values: [before, after], setting }) => ({
                mark: "update" as const,
                text: `${line}: ${valueText(before)} -> ${valueText(after)}${setting === undefined ? "" : ` (setting ${setting})`}`,
            })),
        },
    ].filter(({ lines }) => lines.length > 0);
