import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { isPlainObject } from "../../plan/query.ts";
import { jsonIn, Secret } from "../../plan/value.ts";
import { pairListMembers } from "./lists.ts";

/** One value of a resource that an update changes. */
export interface PropertyChange {
    /** In Pulumi's notation: `rules[2].statement.rateBasedStatement.limit`. A path into JSON text continues it. */
    readonly path: string;
    /** `undefined`: the property is added. */
    readonly before: unknown;
    /** `undefined`: the property is removed. */
    readonly after: unknown;
    /** The provider cannot change it in place: the resource is replaced. */
    readonly forcesReplacement: boolean;
}

/** The fields of an engine event's step that are compared. */
export interface ComparedStep extends Pick<StepEventMetadata, "keys" | "diffs" | "detailedDiff"> {
    readonly old?: StepState;
    readonly new?: StepState;
}

/** A resource before or after a step. The CLI leaves out what is empty. */
interface StepState {
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
}

/**
 * The changed values of a step. The engine names the properties that differ, but its list indexes are those in AWS. So the
 * inputs before and after are compared leaf by leaf; where they are equal, AWS differs from the state, and the outputs are
 * compared.
 */
export function propertyChanges({
    keys = [],
    diffs = [],
    detailedDiff,
    old,
    new: next,
}: ComparedStep): PropertyChange[] {
    const forcing = new Set(keys);
    const changedProperties = new Set([...keys, ...diffs]);
    for (const [path, { diffKind }] of Object.entries(detailedDiff ?? {})) {
        const [property = path] = parsePropertyPath(path);
        changedProperties.add(property);
        if (diffKind.endsWith("-replace")) {
            forcing.add(property);
        }
    }
    return [...changedProperties].sort().flatMap((property) => {
        const found = valuesBeforeAndAfter(old, next, property)
            .map(([before, after]) => valueChanges(property, before, after))
            .find((each) => each.length > 0);
        // Secrets look the same before and after; the change is reported nevertheless.
        const [[before, after] = [undefined, undefined]] = valuesBeforeAndAfter(old, next, property);
        return (found ?? [{ path: property, before, after }]).map((each) => ({
            ...each,
            forcesReplacement: forcing.has(property),
        }));
    });
}

/** Pairs of a property's values before and after a step, in the order in which a difference is looked for. */
const valuesBeforeAndAfter = (
    old: StepState | undefined,
    next: StepState | undefined,
    property: string,
): (readonly [before: unknown, after: unknown])[] => [
    [old?.inputs?.[property], next?.inputs?.[property]],
    [old?.outputs?.[property], next?.outputs?.[property]],
    [old?.outputs?.[property], next?.inputs?.[property]],
];

export type ValueChange = Omit<PropertyChange, "forcesReplacement">;

/** A secret value, which is compared but never shown. */
const secretText = "[secret]";

/** Compares two values leaf by leaf, and JSON text as the value that it encodes. */
export function valueChanges(path: string, before: unknown, after: unknown): ValueChange[] {
    // Most values: they need not be read as JSON.
    if (before === after) {
        return [];
    }
    if (before instanceof Secret || after instanceof Secret) {
        const side = (value: unknown) => (value === undefined ? undefined : secretText);
        return JSON.stringify(before) === JSON.stringify(after)
            ? []
            : [{ path, before: side(before), after: side(after) }];
    }
    const [from, to] = [before, after].map((value) => (typeof value === "string" ? (jsonIn(value) ?? value) : value));
    if (Array.isArray(from) && Array.isArray(to)) {
        return listDifferences(path, from, to);
    }
    if (isPlainObject(from) && isPlainObject(to)) {
        const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
        return names.flatMap((name) => valueChanges(path === "" ? name : `${path}.${name}`, from[name], to[name]));
    }
    return JSON.stringify(from) === JSON.stringify(to)
        ? []
        : [{ path, before: redactSecrets(from), after: redactSecrets(to) }];
}

/** Suffix of the path of a list with the same members in another order. */
export const orderSuffix = " (order)";

function listDifferences(path: string, before: readonly unknown[], after: readonly unknown[]): ValueChange[] {
    const changed = pairListMembers(before, after).flatMap((member) =>
        valueChanges(`${path}[${String(member.position)}]`, member.before, member.after),
    );
    if (changed.length > 0 || JSON.stringify(before) === JSON.stringify(after)) {
        return changed;
    }
    return [{ path: `${path}${orderSuffix}`, before, after }];
}

/** The value with each secret in it replaced by `[secret]`. */
function redactSecrets(value: unknown): unknown {
    if (value instanceof Secret) {
        return secretText;
    }
    if (Array.isArray(value)) {
        return value.map(redactSecrets);
    }
    return isPlainObject(value)
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redactSecrets(inner)]))
        : value;
}

/** Steps of a property path of Pulumi: `a.b`, `a[0]` and `a["b.c"]`. */
export const parsePropertyPath = (path: string): string[] =>
    [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
        ([, quoted, index, name]) => quoted?.replace(/\\(.)/g, "$1") ?? index ?? name ?? "",
    );

/** A property path without the steps in brackets. */
export const withoutIndexes = (path: string): string => path.replace(/\[[^\]]*\]/g, "");
