import type { ShownStep } from "../deploy/display/change-lines.ts";
import { propertyChanges } from "../../analysis/difference/property-changes.ts";
import { nameOf } from "../../plan/state.ts";
import type { Found } from "./find.ts";
import type { Unplanned } from "./listing.ts";

/** A resource of the state that AWS has otherwise, or no longer. */
interface ChangedResource {
    /** Name in the program. */
    readonly resource: string;
    /** Of Pulumi, such as `aws:sqs/queue:Queue`. */
    readonly type: string;
    /** `update`: AWS has other values; `delete`: AWS no longer has it. */
    readonly operation: string;
    /** Values in the state and in AWS; left out where there is none. Secrets are `[secret]`, as the engine tells them. */
    readonly changes: readonly { readonly path: string; readonly before?: unknown; readonly after?: unknown }[];
}

/** Something in AWS that nobody planned. */
interface UnplannedItem extends Pick<Unplanned, "item" | "key" | "opens" | "remove"> {
    /** Name in the program of the resource that it stands under. */
    readonly resource: string;
    /** Type of that resource. */
    readonly type: string;
    /** Type by which the program could make it; left out where there is none. */
    readonly planAs?: string;
}

/** What `drift --json` writes (docs/drift.md). */
export interface DriftReport extends Omit<Found, "unplanned"> {
    readonly stack: string;
    readonly changed: readonly ChangedResource[];
    readonly unplanned: readonly UnplannedItem[];
}

const changedResource = (step: ShownStep): ChangedResource => ({
    resource: nameOf(step),
    type: step.type,
    operation: step.op,
    // One that is gone has no values to compare.
    changes:
        step.op === "delete" ? [] : propertyChanges(step).map(({ path, before, after }) => ({ path, before, after })),
});

const unplannedItem = ({ parent, item, key, opens, remove, type }: Unplanned): UnplannedItem => ({
    resource: parent.name,
    type: `aws:${parent.type}`,
    item,
    key,
    opens,
    remove,
    ...(type !== undefined && { planAs: `aws:${type}` }),
});

/** @param changed steps of the refresh preview */
export const driftReport = (stack: string, changed: readonly ShownStep[], found: Found): DriftReport => ({
    ...found,
    stack,
    changed: changed.map(changedResource),
    unplanned: found.unplanned.map(unplannedItem),
});

/** `aws.vpc.SecurityGroupIngressRule` for `vpc/securityGroupIngressRule:SecurityGroupIngressRule`. */
const classOf = (type: string): string => `aws.${type.replace(/\/.*:/, ".")}`;

/** What an operator must know of an addition: what it opens, and how it goes or comes into the program. */
export const unplannedInWords = ({ parent, item, key, opens, remove, type }: Unplanned): string =>
    [
        `not planned: ${parent.name} (${parent.type}) has the ${item} ${key}`,
        `opens: ${opens}`,
        `remove: ${remove}`,
        ...(type === undefined ? [] : [`or keep: plan it as ${classOf(type)} and import it`]),
    ].join("\n    ");

/** `1 list`, `2 lists` */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
