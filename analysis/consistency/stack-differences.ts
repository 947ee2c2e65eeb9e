import { resourceKinds } from "./resource-kinds.ts";
import { leavesOf } from "./leaves.ts";
import { normalResources } from "./normalize.ts";
import type { Planned } from "../../plan/planned-stacks.ts";
import {
    settingBehind,
    settingDifferences,
    type PropertyDifference,
    type SettingDifference,
} from "./setting-differences.ts";

/** A kind of resource that one of the stacks has, and the other has not. */
export interface KindDifference {
    readonly line: string;
    /** Stack that has it. */
    readonly only: string;
}

/** A property that differs, and the setting whose two values are its own or stand in them. */
export interface ExplainedDifference extends PropertyDifference {
    /** Missing where a setting changes the property in another form. */
    readonly setting?: string;
}

/** What two stacks do not have in common, but for their names, accounts, regions and addresses. */
export interface EnvironmentDifference {
    readonly stacks: readonly [string, string];
    readonly structure: readonly KindDifference[];
    readonly settings: readonly SettingDifference[];
    readonly properties: readonly ExplainedDifference[];
}

/** Compares two planned stacks. */
export function differenceOf(one: Planned, other: Planned): EnvironmentDifference {
    const settings = settingDifferences(one.settings, other.settings);
    return {
        stacks: [one.plan.stack, other.plan.stack],
        structure: structureOf(one, other),
        settings,
        properties: propertiesOf(one, other).map((difference) => ({
            ...difference,
            setting: settingBehind(difference, settings),
        })),
    };
}

function structureOf(one: Planned, other: Planned): KindDifference[] {
    const [left, right] = [kindsOfStack(one), kindsOfStack(other)];
    const only = (here: string[], there: string[], { plan }: Planned): KindDifference[] =>
        here.filter((line) => !there.includes(line)).map((line) => ({ line, only: plan.stack }));
    return [...only(left, right, one), ...only(right, left, other)];
}

const kindsOfStack = ({ plan, settings }: Planned): string[] => resourceKinds(plan, settings.environmentSuffix);

/** What a stack is called: words that stand alone in tags and environment variables. */
const wordsOf = ({ plan, settings }: Planned): string[] => [
    plan.stack,
    settings.environment,
    settings.environmentSuffix,
];

/** Each difference once, however many copies of the resource have it. */
function propertiesOf(one: Planned, other: Planned): PropertyDifference[] {
    const right = normalResources(other.plan, other.settings);
    const [here, there] = [wordsOf(one), wordsOf(other)];
    const isName = ([left, value]: PropertyDifference["values"]) =>
        here.some((word, i) => word === left && there[i] === value);
    const found = new Map<string, PropertyDifference>();
    for (const [name, { kind, inputs }] of normalResources(one.plan, one.settings)) {
        const twin = right.get(name);
        for (const { path, values } of twin === undefined ? [] : leavesOf(inputs, twin.inputs)) {
            const line = `${kind} ${path}`;
            if (!isName(values)) {
                found.set(JSON.stringify([line, values]), { line, values });
            }
        }
    }
    return [...found.values()];
}
