import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { propertyChanges, type PropertyChange } from "../../../analysis/difference/property-changes.ts";
import { valueText } from "../../../plan/value-text.ts";
import { logicalNameOf } from "../../../plan/state.ts";

/** How each operation of the engine is shown; the others are parts of one of these, or change nothing. */
const displayByOperation: Readonly<Record<string, { symbol: string; rank: number }>> = {
    replace: { symbol: "+-", rank: 0 },
    delete: { symbol: "-", rank: 1 },
    update: { symbol: "~", rank: 2 },
    create: { symbol: "+", rank: 3 },
    import: { symbol: "=", rank: 3 },
};

/** What a step needs to be shown. */
export type ShownStep = Pick<
    StepEventMetadata,
    "op" | "urn" | "type" | "keys" | "diffs" | "detailedDiff" | "old" | "new"
>;

/** Whether a step is shown: components hold nothing of their own, and the stack's outputs are written to a file. */
export const isShown = ({ op, old, new: next }: ShownStep): boolean =>
    op in displayByOperation && (next ?? old)?.custom === true;

/** Order in which an operator should read steps: what is lost first. */
export const displayRank = ({ op }: Pick<ShownStep, "op">): number => displayByOperation[op]?.rank ?? Infinity;

/** One line of a resource: its symbol, name, type, and the values that change. */
export function formatStep(step: ShownStep): string {
    const { op, type } = step;
    const head = `${(displayByOperation[op]?.symbol ?? op).padEnd(2)} ${logicalNameOf(step)} (${type})`;
    const changes = op === "update" || op === "replace" ? propertyChanges(step) : [];
    // Properties that force the replacement are first: they are the reason for the line.
    const sorted = changes.toSorted((a, b) => Number(b.forcesReplacement) - Number(a.forcesReplacement));
    return sorted.length === 0 ? head : `${head}: ${sorted.map(formatPropertyChange).join("; ")}`;
}

const formatPropertyChange = ({ path, before, after, forcesReplacement }: PropertyChange): string =>
    `${path}: ${valueText(before)} -> ${valueText(after)}${forcesReplacement ? " (forces replacement)" : ""}`;
