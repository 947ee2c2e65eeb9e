import { architectureOf, type Architecture } from "../../analysis/architecture/architecture.ts";
import type { PlanNode, Plan } from "../../plan/plan.ts";
import type { PlannedStack } from "../../plan/planned-stacks.ts";
import { compareText } from "../../plan/query.ts";
import type { TypesByRule } from "../../checks/resource-types.ts";
import type { CheckReport } from "../check/report.ts";
import type { Comparison } from "./comparison.ts";
import { drawingOf } from "./drawing.ts";
import { layoutOf, openSets, type Layout } from "./layout.ts";

/** Everything that the page shows, as `analysis/` and `checks/` found it. */
export interface ReportModel extends PlannedStack {
    readonly architecture: Architecture;
    /** One for each of `openSets`. */
    readonly layouts: readonly Layout[];
    readonly check: CheckReport;
    /** Types of resources that each rule reads. */
    readonly typesByRule: TypesByRule;
    readonly comparison?: Comparison;
    /** Relative address of the folder `docs`, from the page. */
    readonly docs: string;
}

/**
 * The plan with its resources by URN, behind the stack itself: Pulumi registers them in an order that varies, and the page
 * must be the same for the same plan.
 */
export const sortedPlan = (plan: Plan): Plan => {
    const [stack, ...nodes] = plan.nodes;
    const byUrn = (a: PlanNode, b: PlanNode) => compareText(a.urn, b.urn);
    return { ...plan, nodes: stack === undefined ? [] : [stack, ...nodes.toSorted(byUrn)] };
};

/** What the command finds out besides the plan. */
type Findings = Pick<ReportModel, "check" | "typesByRule" | "comparison" | "docs">;

/** @param planned with a sorted plan */
export async function buildModel(planned: PlannedStack, findings: Findings): Promise<ReportModel> {
    const architecture = architectureOf(planned.plan);
    // It takes a tenth of a second and a megabyte, which no other command needs.
    const { instance } = await import("@viz-js/viz");
    const viz = await instance();
    return {
        ...planned,
        ...findings,
        architecture,
        layouts: openSets.map((open) => layoutOf(viz, drawingOf(architecture, open))),
    };
}
