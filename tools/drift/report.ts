import type { ShownStep } from "../deploy/display/change-lines.ts";
import { propertyChanges } from "../../analysis/difference/property-changes.ts";
import { logicalNameOf } from "../../plan/state.ts";
import type { ListingFindings } from "./find.ts";
import type { ResourceNotInState } from "./listing.ts";

/** A resource of the state that AWS has otherwise, or no longer. */
interface ChangedResource {
    /** Name in the program. */
    readonly resource: string;
    /** Of Pulumi, such as `aws:sqs/queue:Queue`. */
    readonly type: string;
    /** `update`: AWS has other values; `delete`: AWS no longer has it. */
    readonly operation: string;
    /** Values in the state and in AWS; left out where there is none. Secrets are `[secret]`, as in the engine's events. */
    readonly changes: readonly { readonly path: string; readonly before?: unknown; readonly after?: unknown }[];
}

/** A resource in AWS that is not in the state. */
interface ReportedResource extends Pick<ResourceNotInState, "item" | "key" | "opens" | "remove"> {
    /** Logical name of the resource that it is a part of. */
    readonly resource: string;
    /** Type of that resource. */
    readonly type: string;
    /** Type by which the program could make it; left out where there is none. */
    readonly planAs?: string;
}

/** What `drift --json` writes (docs/drift.md). */
export interface DriftReport extends Omit<ListingFindings, "notInState"> {
    readonly stack: string;
    readonly changed: readonly ChangedResource[];
    readonly unplanned: readonly ReportedResource[];
}

const toChangedResource = (step: ShownStep): ChangedResource => ({
    resource: logicalNameOf(step),
    type: step.type,
    operation: step.op,
    // One that is gone has no values to compare.
    changes:
        step.op === "delete" ? [] : propertyChanges(step).map(({ path, before, after }) => ({ path, before, after })),
});

const toReportedResource = ({ parent, item, key, opens, remove, type }: ResourceNotInState): ReportedResource => ({
    resource: parent.name,
    type: `aws:${parent.type}`,
    item,
    key,
    opens,
    remove,
    ...(type !== undefined && { planAs: `aws:${type}` }),
});

/** @param changed steps of the refresh preview */
export const buildDriftReport = (
    stack: string,
    changed: readonly ShownStep[],
    { notInState, ...counts }: ListingFindings,
): DriftReport => ({
    unplanned: notInState.map(toReportedResource),
    ...counts,
    stack,
    changed: changed.map(toChangedResource),
});

/** `aws.vpc.SecurityGroupIngressRule` for `vpc/securityGroupIngressRule:SecurityGroupIngressRule`. */
const pulumiClassName = (type: string): string => `aws.${type.replace(/\/.*:/, ".")}`;

/** A resource that is not in the state: what it allows, and how to remove it or add it to the program. */
export const describeResourceNotInState = ({ parent, item, key, opens, remove, type }: ResourceNotInState): string =>
    [
        `not in the state: ${parent.name} (${parent.type}) has the ${item} ${key}`,
        `opens: ${opens}`,
        `remove: ${remove}`,
        ...(type === undefined ? [] : [`or keep: plan it as ${pulumiClassName(type)} and import it`]),
    ].join("\n    ");

/** `1 list`, `2 lists` */
export const formatCount = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
