import type { Plan } from "./plan.ts";

interface Recording {
    readonly original: Plan;
    readonly record: (type: string) => void;
}

const recordings = new WeakMap<Plan, Recording>();

/** Represents all types: the code read the list of all resources. */
const allTypes = "*";

/** The result of a function of a plan, with what it was computed from. */
export interface RecordedValue<T> {
    readonly result: T;
    /** Types of resources that the function read, such as `rds/cluster:Cluster`, sorted; only `*` where it read all. */
    readonly types: readonly string[];
}

/**
 * Runs a function of a plan and records the types of resources that it reads.
 *
 * @throws once the result reads a further type of the plan, which nothing would record any more
 */
export function recordTypesOf<T>(plan: Plan, run: (plan: Plan) => T): RecordedValue<T> {
    const original = originalOf(plan);
    const types = new Set<string>();
    let hasEnded = false;
    const record = (type: string): void => {
        if (hasEnded && !types.has(type) && !types.has(allTypes)) {
            throw new Error(`what was computed from a plan must not read its ${type} later`);
        }
        types.add(type);
    };
    const recorded = {
        ...original,
        get nodes() {
            record(allTypes);
            return original.nodes;
        },
    };
    recordings.set(recorded, { original, record });
    const result = run(recorded);
    hasEnded = true;
    return { result, types: types.has(allTypes) ? [allTypes] : [...types].toSorted() };
}

/** Records that types are read of a plan; returns the plan to read, without a record of all types. */
export function recordTypes(plan: Plan, types: readonly string[]): Plan {
    const recording = recordings.get(plan);
    types.forEach((type) => recording?.record(type));
    return recording?.original ?? plan;
}

/** The plan from which a recorded one was made, or the plan itself. */
export const originalOf = (plan: Plan): Plan => recordings.get(plan)?.original ?? plan;
