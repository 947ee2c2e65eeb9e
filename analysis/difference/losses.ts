import { stateful, type Stateful } from "../replacement/force-new.ts";
import { part } from "../../plan/query.ts";
import type { Consequence } from "./consequence.ts";
import type { PropertyChange } from "./property-changes.ts";
import { valueText } from "./value-text.ts";

/** What an update does to one resource, as a comparison of plans or Pulumi's engine found it. */
export interface ResourceChange {
    readonly name: string;
    readonly type: string;
    /** Only `replace` and `delete` lose something. */
    readonly operation: string;
    readonly changes: readonly PropertyChange[];
}

interface Loss extends ResourceChange {
    readonly operation: "replace" | "delete";
    readonly row: Stateful;
}

/** Resources that hold data, or an address that others know, and that an update replaces or deletes. */
export function lossesOf(resources: readonly ResourceChange[]): Consequence[] {
    const found = resources.flatMap((resource): Loss[] => {
        const { operation, type } = resource;
        const row = stateful[type];
        return row !== undefined && (operation === "replace" || operation === "delete")
            ? [{ ...resource, operation, row }]
            : [];
    });
    const types = new Set(found.map(({ type }) => type));
    return found
        .filter(({ row }) => row.partOf?.some((whole) => types.has(whole)) !== true)
        .map((loss) => ({
            kind: loss.operation,
            resource: loss.name,
            text: textOf(loss),
            losesData: loss.row.losesData,
        }));
}

function textOf(loss: Loss): string {
    const { operation, type, changes, row } = loss;
    const reasons = changes.filter(({ forcesReplacement }) => forcesReplacement);
    const why =
        operation === "replace" && reasons.length > 0
            ? ` because of ${reasons.map(({ path, before, after }) => `${path}: ${valueText(before)} -> ${valueText(after)}`).join(", ")}`
            : "";
    const lost = row.losesData ? "the data in it is deleted" : "others lose";
    return `${operation}s the ${part(type, ":", -1)}${why}; ${lost}: ${row.holds}`;
}
