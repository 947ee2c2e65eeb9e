import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { arnOf, getPath, inputText, inputTexts, itemsOf, resourcesOfType, textAtPath } from "../../../plan/query.ts";
import type { AccountPolicies } from "../policies.ts";
import { logWriteActions, requirePermissions, type RequiredPermission } from "./permission.ts";

/** A type whose service has its logs delivered by `delivery.logs.amazonaws.com`, and ARNs or names of the log groups. */
interface LogSource {
    readonly type: string;
    readonly groups: (node: PlanNode) => readonly string[];
    /** Page of AWS that documents the principal and the context keys. */
    readonly source: string;
}

/** Not API Gateway's REST APIs, flow logs and trails: they write with a role. */
const logSources: readonly LogSource[] = [
    {
        type: "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        groups: (node) => inputTexts(node, "logDestinationConfigs"),
        source: "https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html",
    },
    {
        type: "elasticache/replicationGroup:ReplicationGroup",
        groups: (node) =>
            itemsOf(getPath(node.inputs, "logDeliveryConfigurations")).map((each) => textAtPath(each, "destination")),
        source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html",
    },
];

export const deliveredLogTypes: readonly string[] = logSources.map(({ type }) => type);

/** Permissions to deliver logs to the log groups of the stack. */
export const logDeliveryPermissions = (
    plan: Plan,
    { account, region, partition }: AccountPolicies,
): RequiredPermission[] =>
    logSources.flatMap(({ type, groups }) =>
        resourcesOfType(plan, type).flatMap((node) =>
            resourcesOfType(plan, "cloudwatch/logGroup:LogGroup")
                .filter((group) => groups(node).some((each) => [arnOf(group), inputText(group, "name")].includes(each)))
                .flatMap((group) =>
                    requirePermissions(node, "delivery.logs.amazonaws.com", logWriteActions, {
                        resource: `${arnOf(group)}:log-stream:*`,
                        context: { "aws:SourceArn": `arn:${partition}:logs:${region}:${account}:delivery-source` },
                    }),
                ),
        ),
    );
