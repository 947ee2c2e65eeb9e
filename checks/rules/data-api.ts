import { breakGlassRole } from "../../lib/settings/break-glass.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import type { Plan } from "../../plan/plan.ts";
import { inputText, itemsOf, toText } from "../../plan/query.ts";
import { hasEventReport } from "../event-reports.ts";
import { requireInputs } from "../required-inputs.ts";
import type { Rule } from "../rule.ts";

/** Whether a rule reports that the role is assumed: one that also receives calls that change nothing. */
const reportsBreakGlass = (plan: Plan, { environmentSuffix }: PlatformSettings): boolean =>
    hasEventReport(
        plan,
        { source: "aws.sts", names: ["AssumeRole"], by: "detail.requestParameters.roleArn" },
        (named, rule) => {
            const roles = itemsOf(named).map(toText);
            return (
                inputText(rule, "state") === "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" &&
                roles.some((role) => role.endsWith(`:role/${breakGlassRole(environmentSuffix)}`))
            );
        },
    );

export const dataApiRules: readonly Rule[] = [
    {
        name: "data-api-watched",
        description:
            "The database has the RDS Data API only where the stack sets it, and then each use of it is reported",
        fix: "Set enableHttpEndpoint to database.breakGlass, and report `AssumeRole` of the role to a topic.",
        check: requireInputs({
            types: ["rds/cluster:Cluster"],
            inputs: [
                {
                    path: "enableHttpEndpoint",
                    expected: (value, _node, _plan, { database }) => (value === true) === database.breakGlass,
                    requirement: "have the Data API only where the stack sets database.breakGlass",
                },
                {
                    path: "enableHttpEndpoint",
                    expected: (_value, _node, plan, settings) =>
                        !settings.database.breakGlass || reportsBreakGlass(plan, settings),
                    requirement:
                        "have an EventBridge rule with a topic as its target for the role that may use the Data API",
                },
            ],
        }),
    },
];
