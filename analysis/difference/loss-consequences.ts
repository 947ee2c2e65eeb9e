import { catalogue } from "../../plan/catalogue/catalogue.ts";
import type { Loss } from "../../plan/catalogue/row.ts";
import { splitPart } from "../../plan/query.ts";
import type { Consequence } from "./consequence.ts";
import type { PropertyChange } from "./property-changes.ts";
import { valueText } from "../../plan/value-text.ts";

/** What an update does to one resource, from a comparison of plans or from Pulumi's engine. */
export interface ResourceChange {
    readonly name: string;
    readonly type: string;
    /** Only `replace` and `delete` lose data or an address. */
    readonly operation: string;
    readonly changes: readonly PropertyChange[];
}

interface LossyChange extends ResourceChange {
    readonly operation: "replace" | "delete";
    readonly loss: Loss;
}

/** Resources with data, or with an address that others use, that an update replaces or deletes. */
export function lossConsequencesOf(resources: readonly ResourceChange[]): Consequence[] {
    const found = resources.flatMap((resource): LossyChange[] => {
        const { operation, type } = resource;
        const loss = catalogue[type]?.loss;
        return loss !== undefined && (operation === "replace" || operation === "delete")
            ? [{ ...resource, operation, loss }]
            : [];
    });
    const types = new Set(found.map(({ type }) => type));
    return found
        .filter(({ loss }) => loss.partOf?.some((whole) => types.has(whole)) !== true)
        .map((change) => ({
            kind: change.operation,
            resource: change.name,
            text: lossText(change),
            losesData: change.loss.losesData,
        }));
}

function lossText({ operation, type, changes, loss }: LossyChange): string {
    const reasons = changes.filter(({ forcesReplacement }) => forcesReplacement);
    const why =
        operation === "replace" && reasons.length > 0
            ? ` because of ${reasons.map(({ path, before, after }) => `${path}: ${valueText(before)} -> ${valueText(after)}`).join(", ")}`
            : "";
    const lost = loss.losesData ? "the data in it is deleted" : "others lose";
    return `${operation}s the ${splitPart(type, ":", -1)}${why}; ${lost}: ${loss.content}`;
}
