import type { Plan } from "../../plan/plan.ts";
import { pathKey, pathsOf, pathText } from "../records/paths.ts";
import { rightTexts, rightKey, rightsOf, type Right } from "../records/rights.ts";
import type { PlanDifference, ResourceDifference } from "./compare.ts";

/** What only one of two plans has, as lines for a reader. */
export interface AddedAndRemoved {
    readonly added: readonly string[];
    readonly removed: readonly string[];
}

/** Permissions that a change adds and removes: one line for each role and resource. */
export function rightsDifference(before: Plan, after: Plan): AddedAndRemoved {
    const [old, now] = [rightsOf(before), rightsOf(after)];
    return { added: rightLines(itemsNotIn(now, old, rightKey)), removed: rightLines(itemsNotIn(old, now, rightKey)) };
}

/** Network paths that a change opens and closes. */
export function pathsDifference(before: Plan, after: Plan): AddedAndRemoved {
    const [old, now] = [pathsOf(before), pathsOf(after)];
    return {
        added: itemsNotIn(now, old, pathKey).map(pathText),
        removed: itemsNotIn(old, now, pathKey).map(pathText),
    };
}

const alarmTypes: readonly string[] = [
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm",
];

/** Alarms that a change adds, removes or modifies; changes of tags do not count. */
export const changedAlarms = ({ resources }: PlanDifference): ResourceDifference[] =>
    resources
        .filter(({ type }) => alarmTypes.includes(type))
        .map((alarm) => ({ ...alarm, changes: alarm.changes.filter(({ path }) => !/^tags(All)?[.]/.test(path)) }))
        .filter(({ operation, changes }) => operation !== "update" || changes.length > 0);

function itemsNotIn<T>(all: readonly T[], others: readonly T[], keyOf: (each: T) => string): T[] {
    const otherKeys = new Set(others.map(keyOf));
    return all.filter((each) => !otherKeys.has(keyOf(each)));
}

/** `payment-api-task-dev may sqs:SendMessage on payment-processing-dev` */
function rightLines(rights: readonly Right[]): string[] {
    const same = Map.groupBy(rights, ({ principal, resource, part, condition }) =>
        JSON.stringify([principal, resource, part, condition]),
    );
    return [...same.values()].flatMap((group) =>
        rightTexts(group).map((grant) => `${group[0]?.principal ?? ""} may ${grant}`),
    );
}
