import { resourceKinds } from "./resource-kinds.ts";
import { valueDifferences } from "./value-differences.ts";
import { normalizeResources } from "./normalize.ts";
import type { PlannedStack } from "../../plan/planned-stacks.ts";
import {
    findExplainingSetting,
    settingDifferences,
    type PropertyDifference,
    type SettingDifference,
} from "./setting-differences.ts";

/** A kind of resource that only one of the stacks has. */
export interface KindDifference {
    readonly line: string;
    /** Stack that has it. */
    readonly only: string;
}

/** A property that differs, and the setting whose two values are equal to its values or part of them. */
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

export function compareStacks(one: PlannedStack, other: PlannedStack): EnvironmentDifference {
    const settings = settingDifferences(one.settings, other.settings);
    return {
        stacks: [one.plan.stack, other.plan.stack],
        structure: kindDifferences(one, other),
        settings,
        properties: propertyDifferences(one, other).map((difference) => ({
            ...difference,
            setting: findExplainingSetting(difference, settings),
        })),
    };
}

function kindDifferences(one: PlannedStack, other: PlannedStack): KindDifference[] {
    const [left, right] = [resourceKindsOfStack(one), resourceKindsOfStack(other)];
    const only = (here: string[], there: string[], { plan }: PlannedStack): KindDifference[] =>
        here.filter((line) => !there.includes(line)).map((line) => ({ line, only: plan.stack }));
    return [...only(left, right, one), ...only(right, left, other)];
}

const resourceKindsOfStack = ({ plan, settings }: PlannedStack): string[] =>
    resourceKinds(plan, settings.environmentSuffix);

/** The stack's names, which tags and environment variables contain as whole values. */
const namesOfStack = ({ plan, settings }: PlannedStack): string[] => [
    plan.stack,
    settings.environment,
    settings.environmentSuffix,
];

/** Each difference once, however many copies of the resource have it. */
function propertyDifferences(one: PlannedStack, other: PlannedStack): PropertyDifference[] {
    const right = normalizeResources(other.plan, other.settings);
    const [here, there] = [namesOfStack(one), namesOfStack(other)];
    const isName = ([left, value]: PropertyDifference["values"]) =>
        here.some((word, i) => word === left && there[i] === value);
    const found = new Map<string, PropertyDifference>();
    for (const [name, { kind, inputs }] of normalizeResources(one.plan, one.settings)) {
        const counterpart = right.get(name);
        for (const { path, values } of counterpart === undefined ? [] : valueDifferences(inputs, counterpart.inputs)) {
            const line = `${kind} ${path}`;
            if (!isName(values)) {
                found.set(JSON.stringify([line, values]), { line, values });
            }
        }
    }
    return [...found.values()];
}
