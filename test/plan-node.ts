import { defaultNodeOptions } from "../plan/plan-node.ts";
import type { PlanNode } from "../plan/plan.ts";

/** A resource of a plan that has nothing but these values. Its URN is its name unless another is given. */
export const planNode = (values: Pick<PlanNode, "type" | "name"> & Partial<PlanNode>): PlanNode => ({
    urn: values.name,
    custom: true,
    external: false,
    id: "",
    inputs: {},
    unknown: [],
    outputs: {},
    unknownOutputs: [],
    dependencies: [],
    propertyDependencies: {},
    options: defaultNodeOptions(),
    ...values,
});
