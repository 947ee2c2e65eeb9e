import type { Plan, PlanNode } from "../../plan/plan.ts";
import { containsSecret } from "../../plan/value.ts";

export interface FoundSecret {
    readonly node: PlanNode;
    /** Input or output that contains the secret. */
    readonly property: string;
}

/** Inputs and outputs of a plan that are or contain secrets. */
export const findSecrets = ({ nodes }: Plan): FoundSecret[] =>
    nodes.flatMap((node) =>
        [...new Set([...Object.entries(node.inputs), ...Object.entries(node.outputs)])]
            .filter(([, value]) => containsSecret(value))
            .map(([property]) => ({ node, property })),
    );
