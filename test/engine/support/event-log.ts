import type { EngineEvent, OpType, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { removeColorTags } from "../../../tools/deploy/display/operation-log.ts";
import { logicalNameOf } from "../../../plan/state.ts";

/** What the engine does to one resource. */
export interface EngineStep {
    readonly op: OpType;
    readonly urn: string;
    /** Pulumi's type token, such as `aws:sqs/queue:Queue`. */
    readonly type: string;
    /** Name in the program. */
    readonly name: string;
    /** Paths of the changed inputs, sorted. */
    readonly changedInputs: readonly string[];
    /** What the engine needed to replace it for, sorted. */
    readonly replacementInputs: readonly string[];
}

/** What the engine reported of one operation. */
export interface EngineReport {
    /** Steps in their order, without resources that stay the same or are only read. */
    readonly steps: readonly EngineStep[];
    /** Number of resources by operation, without those that stay the same or are only read. */
    readonly changes: Readonly<Partial<Record<OpType, number>>>;
    /** Mandatory violations of the policy pack, a line each: `policy: message`. */
    readonly violations: readonly string[];
    /** Errors that the engine, a provider or the program reported. */
    readonly errors: readonly string[];
}

/** Reads the events that the CLI wrote with `--event-log`, a JSON document a line. */
export function readEventLog(log: string): EngineReport {
    const events = log
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => JSON.parse(line) as EngineEvent);
    return {
        steps: events
            .flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? [])
            .filter(({ op }) => op !== "same" && op !== "read")
            .map(toEngineStep),
        changes: Object.fromEntries(
            events
                .flatMap(({ summaryEvent }) => Object.entries(summaryEvent?.resourceChanges ?? {}))
                .filter(([op]) => op !== "same" && op !== "read"),
        ),
        violations: events.flatMap(({ policyEvent }) =>
            policyEvent?.enforcementLevel === "mandatory"
                ? [`${policyEvent.policyName}: ${removeColorTags(policyEvent.message)}`]
                : [],
        ),
        errors: events.flatMap(({ diagnosticEvent }) =>
            diagnosticEvent?.severity === "error" ? [removeColorTags(diagnosticEvent.message)] : [],
        ),
    };
}

const toEngineStep = ({ op, urn, type, diffs, detailedDiff, keys }: StepEventMetadata): EngineStep => ({
    op,
    urn,
    type,
    name: logicalNameOf({ urn }),
    changedInputs: [...new Set([...Object.keys(detailedDiff ?? {}), ...(diffs ?? [])])].sort(),
    replacementInputs: [...(keys ?? [])].sort(),
});
