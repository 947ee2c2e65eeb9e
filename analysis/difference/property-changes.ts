import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";

/** One value of a resource that an update changes. */
export interface PropertyChange {
    /** As Pulumi writes it: `rules[2].statement.rateBasedStatement.limit`. Steps inside JSON text follow without a mark. */
    readonly path: string;
    /** `undefined`: it was not there. */
    readonly before: unknown;
    /** `undefined`: it goes. */
    readonly after: unknown;
    /** The provider cannot change it in place: the resource is replaced. */
    readonly forcesReplacement: boolean;
}

/** What of a step is compared; the rest of the engine's event does not matter. */
export interface ComparedStep extends Pick<StepEventMetadata, "keys" | "diffs" | "detailedDiff"> {
    readonly old?: Side;
    readonly new?: Side;
}

/** A resource before or after a step. The CLI leaves out what is empty. */
interface Side {
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
}

/**
 * The changed values of a step. The engine tells which properties differ, but counts places in lists as AWS has them; so
 * the inputs before and after are compared leaf by leaf. Where they are equal, AWS has it otherwise: then the outputs are.
 */
export function propertyChanges({
    keys = [],
    diffs = [],
    detailedDiff,
    old,
    new: next,
}: ComparedStep): PropertyChange[] {
    const forcing = new Set(keys);
    const told = new Set([...keys, ...diffs]);
    for (const [path, { diffKind }] of Object.entries(detailedDiff ?? {})) {
        const [property = path] = stepsOf(path);
        told.add(property);
        if (diffKind.endsWith("-replace")) {
            forcing.add(property);
        }
    }
    return [...told].sort().flatMap((property) => {
        const found = sidesOf(old, next, property)
            .map(([before, after]) => differences(property, before, after))
            .find((each) => each.length > 0);
        // Secrets look alike before and after: that they change is told all the same.
        const [[before, after] = [undefined, undefined]] = sidesOf(old, next, property);
        return (found ?? [{ path: property, before, after }]).map((each) => ({
            ...each,
            forcesReplacement: forcing.has(property),
        }));
    });
}

/** The values of a property before and after, where they may differ: the first pair that does counts. */
const sidesOf = (
    old: Side | undefined,
    next: Side | undefined,
    property: string,
): (readonly [before: unknown, after: unknown])[] => [
    [old?.inputs?.[property], next?.inputs?.[property]],
    [old?.outputs?.[property], next?.outputs?.[property]],
    [old?.outputs?.[property], next?.inputs?.[property]],
];

type Difference = Omit<PropertyChange, "forcesReplacement">;

/** Compares two values leaf by leaf, and JSON text as what it says. */
export function differences(path: string, before: unknown, after: unknown): Difference[] {
    const [from, to] = [parsed(before), parsed(after)];
    if (Array.isArray(from) && Array.isArray(to)) {
        const places = Array.from({ length: Math.max(from.length, to.length) }, (_, i) => i);
        return places.flatMap((i) => differences(`${path}[${i}]`, from[i], to[i]));
    }
    if (isTree(from) && isTree(to)) {
        const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
        return names.flatMap((name) => differences(path === "" ? name : `${path}.${name}`, from[name], to[name]));
    }
    return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, before: from, after: to }];
}

const isTree = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/** Policies, container definitions and dashboards are JSON text in the inputs. */
function parsed(value: unknown): unknown {
    if (typeof value !== "string" || !/^\s*[[{]/.test(value)) {
        return value;
    }
    try {
        return JSON.parse(value) as unknown;
    } catch {
        return value;
    }
}

/** Steps of a path of Pulumi's: `a.b`, `a[0]` and `a["b.c"]`. */
export const stepsOf = (path: string): string[] =>
    [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
        ([, quoted, index, name]) => quoted?.replace(/\\(.)/g, "$1") ?? index ?? name ?? "",
    );
