import type { Plan } from "./plan.ts";

interface Recording {
    readonly original: Plan;
    readonly types: Set<string>;
}

const recordings = new WeakMap<Plan, Recording>();

/** Represents all types: the code read the list of all resources. */
const allTypes = "*";

/**
 * The result of a function of a plan, and the types of resources that it read, such as `rds/cluster:Cluster`, sorted;
 * only `*` where it read the list of all resources. The function gets a plan of its own: a value that another function has
 * computed from the same plan, and that is kept, would hide the types that it was computed from.
 */
export function recordTypesOf<T>(plan: Plan, run: (plan: Plan) => T): { result: T; types: readonly string[] } {
    const { nodes } = plan;
    const types = new Set<string>();
    const recorded = {
        ...plan,
        get nodes() {
            types.add(allTypes);
            return nodes;
        },
    };
    recordings.set(recorded, { original: plan, types });
    const result = run(recorded);
    return { result, types: types.has(allTypes) ? [allTypes] : [...types].toSorted() };
}

/** Records that a query reads a type; returns the plan to read, without a record of all types. */
export function recordType(plan: Plan, type: string): Plan {
    const recording = recordings.get(plan);
    recording?.types.add(type);
    return recording?.original ?? plan;
}
