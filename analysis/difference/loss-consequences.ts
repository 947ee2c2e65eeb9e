import { statefulTypes, type StatefulType } from "../replacement/force-new.ts";
import { splitPart } from "../../plan/query.ts";
import type { Consequence } from "./consequence.ts";
import type { PropertyChange } from "./property-changes.ts";
import { valueText } from "./value-text.ts";

/** What an update does to one resource, from a comparison of plans or from Pulumi's engine. */
export interface ResourceChange {
    readonly name: string;
    readonly type: string;
    /** Only `replace` and `delete` lose data or an address. */
    readonly operation: string;
    readonly changes: readonly PropertyChange[];
}

interface Loss extends ResourceChange {
    readonly operation: "replace" | "delete";
    readonly lostType: StatefulType;
}

/** Resources with data, or with an address that others use, that an update replaces or deletes. */
export function lossConsequencesOf(resources: readonly ResourceChange[]): Consequence[] {
    const found = resources.flatMap((resource): Loss[] => {
        const { operation, type } = resource;
        const row = statefulTypes[type];
        return row !== undefined && (operation === "replace" || operation === "delete")
            ? [{ ...resource, operation, lostType: row }]
            : [];
    });
    const types = new Set(found.map(({ type }) => type));
    return found
        .filter(({ lostType }) => lostType.partOf?.some((whole) => types.has(whole)) !== true)
        .map((loss) => ({
            kind: loss.operation,
            resource: loss.name,
            text: lossText(loss),
            losesData: loss.lostType.losesData,
        }));
}

function lossText(loss: Loss): string {
    const { operation, type, changes, lostType } = loss;
    const reasons = changes.filter(({ forcesReplacement }) => forcesReplacement);
    const why =
        operation === "replace" && reasons.length > 0
            ? ` because of ${reasons.map(({ path, before, after }) => `${path}: ${valueText(before)} -> ${valueText(after)}`).join(", ")}`
            : "";
    const lost = lostType.losesData ? "the data in it is deleted" : "others lose";
    return `${operation}s the ${splitPart(type, ":", -1)}${why}; ${lost}: ${lostType.content}`;
}
