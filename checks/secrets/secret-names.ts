import { isObjectOrArray, getPath, inputText } from "../../plan/query.ts";
import type { PlanNode } from "../../plan/plan.ts";

export interface NamedValue {
    readonly name: string;
    readonly value: unknown;
    /** Location, such as `tags` or `environment of api`. */
    readonly location: string;
}

export interface ContainerSecret {
    readonly container: string;
    readonly name: string;
    readonly valueFrom: string;
}

interface Container {
    readonly name?: string;
    readonly environment?: readonly { readonly name: string; readonly value: unknown }[];
    readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
}

const containersOf = (node: PlanNode): Container[] =>
    JSON.parse(inputText(node, "containerDefinitions") || "[]") as Container[];

/** Inputs with custom keys, whose values AWS returns when the resource is described. */
const variableAndTagInputs = ["environment.variables", "variables", "tags", "defaultTags.tags"];

/** Every environment variable, stage variable and tag of a resource. */
export const namedValues = (node: PlanNode): NamedValue[] => [
    ...variableAndTagInputs.flatMap((location) => {
        const map = getPath(node.inputs, location);
        return isObjectOrArray(map) ? Object.entries(map).map(([name, value]) => ({ name, value, location })) : [];
    }),
    ...containersOf(node).flatMap(({ name: container = "", environment = [] }) =>
        environment.map(({ name, value }) => ({ name, value, location: `environment of ${container}` })),
    ),
];

/** Secrets that ECS reads from Secrets Manager when a task starts. */
export const containerSecrets = (node: PlanNode): ContainerSecret[] =>
    containersOf(node).flatMap(({ name: container = "", secrets = [] }) =>
        secrets.map(({ name, valueFrom }) => ({ container, name, valueFrom })),
    );
