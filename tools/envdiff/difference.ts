import { kindsOf } from "../../policies/parity/kinds.ts";
import { explains, matches, parts, type Difference, type Records } from "../../policies/parity/records.ts";
import { leavesOf } from "./leaves.ts";
import { normalResources } from "./normal.ts";
import type { Planned } from "./planned.ts";
import { settingBehind, settingDifferences, type PropertyDifference, type SettingDifference } from "./settings.ts";

/** A kind of resource that one of the stacks has, and the other has not. */
export interface KindDifference {
    readonly line: string;
    /** Stack that has it. */
    readonly only: string;
    /** Nothing where nobody has recorded it. */
    readonly reason?: string;
}

/** What two stacks do not have in common. */
export interface EnvironmentDifference {
    readonly stacks: readonly [string, string];
    readonly structure: readonly KindDifference[];
    readonly settings: readonly SettingDifference[];
    /** Properties that the settings explain. */
    readonly explained: readonly (PropertyDifference & { readonly setting: string })[];
    /** Properties that they do not; without a reason where nobody has recorded it. */
    readonly properties: readonly (PropertyDifference & { readonly reason?: string })[];
    /** Recorded lines that say that these stacks differ where they do not. */
    readonly unused: readonly string[];
}

/** Compares two planned stacks, and says which differences are recorded. */
export function differenceOf(one: Planned, other: Planned, records: Records): EnvironmentDifference {
    const stacks = [one.plan.stack, other.plan.stack] as const;
    const known = (all: readonly Difference[]) => all.filter((record) => parts(record, ...stacks));
    const structure = structureOf(one, other, known(records.structure));
    const settings = settingDifferences(one.settings, other.settings);
    const found = propertiesOf(one, other).map((difference) => ({
        ...difference,
        setting: settingBehind(difference, settings),
    }));
    const properties = found
        .filter(({ setting }) => setting === undefined)
        .map(({ line, values }) => ({ line, values, reason: reasonFor(line, known(records.properties)) }));
    return {
        stacks,
        structure,
        settings,
        explained: found.flatMap(({ line, values, setting }) =>
            setting === undefined ? [] : [{ line, values, setting }],
        ),
        properties,
        unused: [...unused(known(records.structure), structure), ...unused(known(records.properties), properties)],
    };
}

/** Whether every difference is recorded, and every record tells of one. */
export const isAsRecorded = ({ structure, properties, unused: idle }: EnvironmentDifference): boolean =>
    [...structure, ...properties].every(({ reason }) => reason !== undefined) && idle.length === 0;

const reasonFor = (line: string, records: readonly Difference[]) =>
    records.find((record) => explains(record, line))?.reason;

const unused = (records: readonly Difference[], found: readonly { line: string }[]): string[] =>
    records.flatMap(({ lines }) => lines).filter((pattern) => !found.some(({ line }) => matches(pattern, line)));

function structureOf(one: Planned, other: Planned, records: readonly Difference[]): KindDifference[] {
    const kinds = [one, other].map(({ plan, settings }) => kindsOf(plan, settings.environmentSuffix));
    const [left = [], right = []] = kinds;
    const only = (here: string[], there: string[], { plan }: Planned): KindDifference[] =>
        here
            .filter((line) => !there.includes(line))
            .map((line) => ({ line, only: plan.stack, reason: reasonFor(line, records) }));
    return [...only(left, right, one), ...only(right, left, other)];
}

/** Each difference once, however many copies of the resource have it. */
function propertiesOf(one: Planned, other: Planned): PropertyDifference[] {
    const right = normalResources(other.plan, other.settings);
    const found = new Map<string, PropertyDifference>();
    for (const [name, { kind, inputs }] of normalResources(one.plan, one.settings)) {
        const twin = right.get(name);
        for (const { path, values } of twin === undefined ? [] : leavesOf(inputs, twin.inputs)) {
            const line = `${kind} ${path}`;
            found.set(JSON.stringify([line, values]), { line, values });
        }
    }
    return [...found.values()];
}
