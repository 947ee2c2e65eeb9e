import type { PlanNode } from "../../plan/plan.ts";

const internetId = "internet";

/** ID of the part that a resource is: type and logical name; without a resource that of the internet. */
export const partIdOf = (node: PlanNode | undefined): string =>
    node === undefined ? internetId : `${node.type} ${node.name}`;
