import type { Plan, PlanNode } from "../../plan/plan.ts";
import { arnOf, inputTexts, resourcesOfType } from "../../plan/query.ts";

/** All alarms but those that only invoke a scaling policy: an operator has nothing to do when one of these is raised. */
export function notifyingAlarmsOf(plan: Plan): PlanNode[] {
    const policies = new Set(resourcesOfType(plan, "appautoscaling/policy:Policy").map(arnOf));
    const invokesPolicy = (alarm: PlanNode): boolean => {
        const actions = inputTexts(alarm, "alarmActions");
        return actions.length > 0 && actions.every((arn) => policies.has(arn));
    };
    return [
        ...resourcesOfType(plan, "cloudwatch/metricAlarm:MetricAlarm").filter((alarm) => !invokesPolicy(alarm)),
        ...resourcesOfType(plan, "cloudwatch/compositeAlarm:CompositeAlarm"),
    ];
}
