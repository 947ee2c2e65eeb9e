import { containersOf } from "../../plan/ecs-services.ts";
import { isObjectOrArray, getPath, itemsOf, textAtPath } from "../../plan/query.ts";
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

/** Inputs with custom keys, whose values AWS returns when the resource is described. */
const variableAndTagInputs = ["environment.variables", "variables", "tags", "defaultTags.tags"];

/** Every environment variable, stage variable and tag of a resource. */
export const namedValues = (node: PlanNode): NamedValue[] => [
    ...variableAndTagInputs.flatMap((location) => {
        const map = getPath(node.inputs, location);
        return isObjectOrArray(map) ? Object.entries(map).map(([name, value]) => ({ name, value, location })) : [];
    }),
    ...containersOf(node).flatMap((container) =>
        itemsOf(container.environment).map((variable) => ({
            name: textAtPath(variable, "name"),
            value: getPath(variable, "value"),
            location: `environment of ${textAtPath(container, "name")}`,
        })),
    ),
];

/** Secrets that ECS reads from Secrets Manager when a task starts. */
export const containerSecrets = (node: PlanNode): ContainerSecret[] =>
    containersOf(node).flatMap((container) =>
        itemsOf(container.secrets).map((secret) => ({
            container: textAtPath(container, "name"),
            name: textAtPath(secret, "name"),
            valueFrom: textAtPath(secret, "valueFrom"),
        })),
    );
