import { catalogue } from "../../plan/catalogue/catalogue.ts";
import type { PlanNode } from "../../plan/plan-node.ts";
import { Secret, type Value } from "../../plan/value.ts";

/** Comparison operators of alarms, shorter than AWS writes them. */
const operatorSymbols: Readonly<Record<string, string>> = {
    GreaterThanOrEqualToThreshold: ">=",
    GreaterThanThreshold: ">",
    LessThanOrEqualToThreshold: "<=",
    LessThanThreshold: "<",
};

/** Texts in place of a value that only exists after `up`, and of a secret. */
export const knownAfterUpText = "(after up)";
export const secretText = "[secret]";

/** The telling properties of a resource, then how Pulumi treats it, in few words. */
export function nodeDetails(node: PlanNode): string {
    const properties = (catalogue[node.type]?.summary ?? []).map((piece) => fillTemplate(piece, node));
    const { protect, retainOnDelete, ignoreChanges, import: adopted } = node.options;
    return [
        // A name that repeats the logical one is no information.
        ...properties.filter((text) => text !== undefined && text !== node.name),
        node.external ? "looked up" : undefined,
        protect ? "protected" : undefined,
        retainOnDelete ? "retained" : undefined,
        ignoreChanges.length > 0 ? `ignores changes of ${ignoreChanges.join(", ")}` : undefined,
        adopted === undefined ? undefined : `adopts ${adopted}`,
    ]
        .filter((text) => text !== undefined)
        .join(", ");
}

/** The piece with its values, or nothing when one is not there or `false`. */
function fillTemplate(piece: string, node: PlanNode): string | undefined {
    const absent = [...piece.matchAll(/\{([^}?]+)/g)].some(([, path = ""]) => {
        const value = valueAtPath(node.inputs, path);
        return value === undefined || value === false;
    });
    return absent
        ? undefined
        : piece.replace(/\{([^}?]+)(\?)?\}/g, (_, path: string, isHidden?: string) =>
              isHidden === undefined ? formatValue(valueAtPath(node.inputs, path), path, node.unknown) : "",
          );
}

function valueAtPath(value: Value, path: string): Value | undefined {
    let found: Value | undefined = value;
    for (const step of path.split(".")) {
        if (Array.isArray(found) && step === "length") {
            return found.length;
        }
        if (typeof found !== "object" || found === null || found instanceof Secret) {
            return found instanceof Secret ? found : undefined;
        }
        found = Object.entries(found).find(([key]) => key === step)?.[1];
    }
    return found;
}

/** A value in one line: secrets masked, and what is made of placeholders left out. */
export function formatValue(value: Value | undefined, path: string, unknown: string[]): string {
    if (value instanceof Secret) {
        return secretText;
    }
    if (unknown.some((known) => path === known || path.startsWith(`${known}.`))) {
        return knownAfterUpText;
    }
    return typeof value === "string" ? (operatorSymbols[value] ?? value) : JSON.stringify(value);
}
