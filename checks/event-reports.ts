import type { Plan, PlanNode } from "../plan/plan.ts";
import { inputJson, inputText, resourcesOfType } from "../plan/query.ts";

/** Whether an EventBridge rule that has a target is such a one, by its own inputs and its event pattern. */
export const hasEventReport = (plan: Plan, isReport: (rule: PlanNode, pattern: unknown) => boolean): boolean =>
    resourcesOfType(plan, "cloudwatch/eventRule:EventRule").some(
        (rule) =>
            isReport(rule, inputJson(rule, "eventPattern")) &&
            resourcesOfType(plan, "cloudwatch/eventTarget:EventTarget").some(
                (target) => inputText(target, "rule") === inputText(rule, "name"),
            ),
    );
