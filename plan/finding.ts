import type { PlanNode } from "./plan.ts";

/** A violation in a plan: of a resource, or, as text alone, of the whole stack. */
export type Finding = string | { readonly node: PlanNode; readonly reason: string };
