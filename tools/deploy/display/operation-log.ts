import type { DiagnosticEvent, EngineEvent, OpMap, OpType } from "@pulumi/pulumi/automation/index.js";
import { logicalNameOf } from "../../../plan/state.ts";
import { formatStep, isShown, displayRank, type ShownStep } from "./change-lines.ts";
import { formatDuration } from "./duration.ts";

/** Resources that a line about waiting names; the others are counted. */
const maxNamedResources = 5;

const resultByOperation: Readonly<Record<string, string>> = {
    create: "created",
    update: "updated",
    replace: "replaced",
    delete: "deleted",
    import: "imported",
    same: "unchanged",
};

/**
 * An operation of Pulumi's in a log: a line for each resource that changes, warnings and errors, what is still under way,
 * and the end. Nothing of what stays as it is.
 */
export class OperationLog {
    readonly #out: (line: string) => void;
    readonly #now: () => number;
    readonly #hidesUpdates: boolean;
    readonly #started: number;
    /** Steps that run, with when they began, in milliseconds. */
    readonly #running = new Map<string, number>();
    readonly #planned: ShownStep[] = [];
    #done = 0;
    #ended = false;

    /** @param hidesUpdates whether resources that are only updated get no line */
    constructor(out: (line: string) => void, now: () => number, hidesUpdates = false) {
        this.#out = out;
        this.#now = now;
        this.#hidesUpdates = hidesUpdates;
        this.#started = now();
    }

    readonly onEvent = (event: EngineEvent): void => {
        const { resourcePreEvent: begun, resOutputsEvent: done, resOpFailedEvent: failed } = event;
        if (begun !== undefined && begun.planning !== true && isResourceOperation(begun.metadata)) {
            this.#running.set(begun.metadata.urn, this.#now());
        }
        if (done !== undefined) {
            this.#running.delete(done.metadata.urn);
            this.#done += 1;
            this.#show(done.metadata, done.planning === true);
        }
        if (failed !== undefined) {
            this.#running.delete(failed.metadata.urn);
            this.#out(`failed: ${formatStep(failed.metadata)}`);
        }
        if (event.diagnosticEvent !== undefined) {
            formatDiagnostic(event.diagnosticEvent).forEach(this.#out);
        }
        if (event.policyEvent !== undefined) {
            const { enforcementLevel, policyName, message } = event.policyEvent;
            this.#out(`policy (${enforcementLevel}): ${policyName}: ${removeColorTags(message)}`);
        }
        if (event.summaryEvent !== undefined) {
            this.#end(event.summaryEvent.resourceChanges);
        }
    };

    /** Prints what is still running: a line for each minute without any other line. */
    printRunning(): void {
        if (this.#ended) {
            return;
        }
        const running = [...this.#running].toSorted(([, a], [, b]) => a - b);
        const named = running
            .slice(0, maxNamedResources)
            .map(([urn, since]) => `${logicalNameOf({ urn })} (${formatDuration(this.#now() - since)})`);
        const more = running.length > maxNamedResources ? [`${running.length - maxNamedResources} more`] : [];
        const waiting = running.length === 0 ? "" : `; under way: ${[...named, ...more].join(", ")}`;
        this.#out(`${formatDuration(this.#now() - this.#started)}: ${this.#done} resources done${waiting}`);
    }

    #show(step: ShownStep, planning: boolean): void {
        if (!isShown(step) || (this.#hidesUpdates && step.op === "update")) {
            return;
        }
        if (planning) {
            this.#planned.push(step);
        } else {
            this.#out(formatStep(step));
        }
    }

    /** A plan is complete only now, and what is lost must be read first. */
    #end(changes: OpMap): void {
        formatPlannedSteps(this.#planned).forEach(this.#out);
        const counts = (Object.keys(resultByOperation) as OpType[]).flatMap((op) =>
            changes[op] === undefined || changes[op] === 0 ? [] : [`${changes[op]} ${resultByOperation[op]}`],
        );
        this.#ended = true;
        this.#out(`${counts.join(", ") || "nothing to do"}, in ${formatDuration(this.#now() - this.#started)}`);
    }
}

/** Components and what stays as it is take no time of their own. */
const isResourceOperation = ({ op, old, new: next }: ShownStep): boolean =>
    op !== "same" && (next ?? old)?.custom === true;

/** The lines of planned steps: replacements and deletions first. */
const formatPlannedSteps = (steps: readonly ShownStep[]): string[] =>
    steps.toSorted((a, b) => displayRank(a) - displayRank(b)).map(formatStep);

/** The lines that follow Pulumi's own tree: creations have no values before and after, and the tree has named them. */
export const formatStepsBelowTree = (steps: readonly ShownStep[]): string[] =>
    formatPlannedSteps(steps.filter(({ op }) => op !== "create"));

/** The steps that the events of a preview plan, or that a refresh found. */
export const shownSteps = (events: readonly EngineEvent[]): ShownStep[] =>
    events.flatMap(({ resOutputsEvent }) => resOutputsEvent?.metadata ?? []).filter(isShown);

/** Pulumi marks colours in its texts: `<{%fg 1%}>`. */
export const removeColorTags = (text: string): string => text.replace(/<\{%.*?%\}>/g, "").trim();

function formatDiagnostic({ severity, message, urn, ephemeral }: DiagnosticEvent): string[] {
    const text = removeColorTags(message);
    if (ephemeral === true || text === "" || (severity !== "warning" && severity !== "error")) {
        return [];
    }
    const of = urn === undefined || urn === "" ? "" : `${logicalNameOf({ urn })}: `;
    return [`${severity}: ${of}${text}`];
}
