import type { PlanNode } from "../../plan/plan.ts";
import { nameInUrn } from "../../plan/query.ts";
import { jsonIn, Secret, type Value } from "../../plan/value.ts";

/** A planned input of a resource, as a reader sees it. */
export interface PlannedProperty {
    /** Such as `serverlessv2ScalingConfiguration.maxCapacity`. */
    readonly path: string;
    /** JSON over several lines where the input is JSON. */
    readonly text: string;
    /** AWS determines the value, or a part of it, during the update. */
    readonly isKnownLater: boolean;
}

/** Every planned input of a resource by its path, without secrets. Lists of plain values are one property. */
export const plannedPropertiesOf = (node: PlanNode): PlannedProperty[] =>
    Object.entries(node.inputs).flatMap(([name, value]) => propertiesIn(node, name, value));

function propertiesIn(node: PlanNode, path: string, value: Value): PlannedProperty[] {
    const isKnownLater = node.unknown.some((each) => each === path || each.startsWith(`${path}.`));
    if (value instanceof Secret) {
        return [{ path, text: "[secret]", isKnownLater: false }];
    }
    if (Array.isArray(value) && value.every(isPlain)) {
        return [{ path, text: isKnownLater ? sourceText(node, path) : value.map(String).join(", "), isKnownLater }];
    }
    if (typeof value === "object" && value !== null) {
        return Object.entries(value).flatMap(([key, inner]) => propertiesIn(node, `${path}.${key}`, inner));
    }
    const json = typeof value === "string" ? jsonIn(value) : undefined;
    if (json !== undefined) {
        return [{ path, text: JSON.stringify(json, null, 1), isKnownLater }];
    }
    return [{ path, text: isKnownLater ? sourceText(node, path) : String(value), isKnownLater }];
}

const isPlain = (value: Value): boolean => typeof value !== "object" || value === null;

/** `from payment-network-prod`: the resources whose outputs make the value. */
function sourceText({ propertyDependencies }: PlanNode, path: string): string {
    const [input = ""] = path.split(".");
    const names = [...new Set((propertyDependencies[input] ?? []).map(nameInUrn))];
    return names.length === 0 ? "(after up)" : `(after up) from ${names.join(", ")}`;
}
