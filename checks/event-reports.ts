import type { Plan, PlanNode } from "../plan/plan.ts";
import { arnOf, getPath, inputJson, inputText, itemsOf, resourcesOfType } from "../plan/query.ts";
import { unjudgedPaths } from "./required-inputs.ts";

/** Events of an AWS service. */
export interface ReportedEvents {
    /** Such as `aws.kms`. */
    readonly source: string;
    /** @default what EventBridge receives by way of CloudTrail */
    readonly detailType?: string;
    /**
     * Path in the event pattern of what tells the events of one type apart.
     * @default the call
     */
    readonly namedBy?: string;
    /** Calls, or what else is at `namedBy`. */
    readonly names: readonly string[];
    /** Path in the event pattern of what `isReport` judges, with all that is below. Any other part of the pattern would let some events pass. */
    readonly by: string;
}

/** AWS services send their events to the default bus. */
const isOnDefaultBus = (node: PlanNode): boolean => ["", "default"].includes(inputText(node, "eventBusName"));

/**
 * Whether an EventBridge rule reports the events to a topic of the stack, and has what else is asked of it.
 *
 * @param isReport by what the pattern has at `by`, and by the rule
 */
export function hasEventReport(
    plan: Plan,
    { source, detailType = "AWS API Call via CloudTrail", namedBy = "detail.eventName", names, by }: ReportedEvents,
    isReport: (judged: unknown, rule: PlanNode) => boolean,
): boolean {
    const topics = resourcesOfType(plan, "sns/topic:Topic").map(arnOf);
    const targets = resourcesOfType(plan, "cloudwatch/eventTarget:EventTarget");
    const receives = (pattern: unknown, path: string, value: string): boolean =>
        itemsOf(getPath(pattern, path)).includes(value);
    return resourcesOfType(plan, "cloudwatch/eventRule:EventRule").some((rule) => {
        const pattern = inputJson(rule, "eventPattern");
        return (
            inputText(rule, "state") !== "DISABLED" &&
            isOnDefaultBus(rule) &&
            unjudgedPaths(pattern, ["source", "detail-type", namedBy, by]).length === 0 &&
            receives(pattern, "source", source) &&
            receives(pattern, "detail-type", detailType) &&
            names.every((name) => receives(pattern, namedBy, name)) &&
            isReport(getPath(pattern, by), rule) &&
            targets.some(
                (target) =>
                    isOnDefaultBus(target) &&
                    inputText(target, "rule") === inputText(rule, "name") &&
                    topics.includes(inputText(target, "arn")),
            )
        );
    });
}
