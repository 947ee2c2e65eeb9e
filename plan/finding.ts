import type { PlanNode } from "./plan.ts";

/** What is wrong in a plan: at a resource, or, as a line alone, in the stack as a whole. */
export type Finding = string | { readonly node: PlanNode; readonly reason: string };
