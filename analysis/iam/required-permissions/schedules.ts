import { scheduledTasksOf } from "../../../plan/ecs-services.ts";
import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { resourcesOfType, arnOf, getPath, inputJson, splitPart, inputText } from "../../../plan/query.ts";
import { requirePermissions, type RequiredPermission } from "./permission.ts";

/** `cloudwatch:PutMetricData` for a target `...:aws-sdk:cloudwatch:putMetricData`; nothing for any other kind of target. */
function actionOfTarget(target: string): string[] {
    const [service, operation] = [splitPart(target, ":", -2), splitPart(target, ":", -1)];
    return target.includes(":aws-sdk:") ? [`${service}:${operation.charAt(0).toUpperCase()}${operation.slice(1)}`] : [];
}

/**
 * Permissions to run a task with its tags, and to pass its roles on
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html).
 */
function runTaskPermissions(node: PlanNode, role: string, cluster: string, task: PlanNode | undefined) {
    // Of every revision: an update changes the policy and the schedule one after the other.
    const family = inputText(node, "target.ecsParameters.taskDefinitionArn").replace(/:\d+$/, ":*");
    return [
        ...requirePermissions(node, role, ["ecs:RunTask"], {
            resource: family,
            context: { "ecs:cluster": cluster },
        }),
        ...requirePermissions(node, role, ["ecs:TagResource"], {
            resource: `${cluster.replace(":cluster/", ":task/")}/*`,
            context: { "ecs:CreateAction": "RunTask" },
        }),
        ...["taskRoleArn", "executionRoleArn"].flatMap((input) =>
            requirePermissions(node, role, ["iam:PassRole"], {
                resource: inputText(task, input),
                context: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
            }),
        ),
    ];
}

/**
 * A schedule needs permission for the call of its target. Where a key of the stack encrypts its input, EventBridge Scheduler
 * decrypts it with the schedule's role: AWS's example of that request has the schedule's ARN in the encryption context, and no
 * `kms:ViaService`
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html#key-management-cloud-trail).
 */
export const schedulePermissions = (plan: Plan): RequiredPermission[] =>
    resourcesOfType(plan, "scheduler/schedule:Schedule").flatMap((node) => {
        const namespace = getPath(inputJson(node, "target.input"), "Namespace");
        const [role, key] = [inputText(node, "target.roleArn"), inputText(node, "kmsKeyArn")];
        const tasks = scheduledTasksOf(plan).filter(({ schedule }) => schedule === node);
        return [
            ...tasks.flatMap(({ taskDefinition }) =>
                runTaskPermissions(node, role, inputText(node, "target.arn"), taskDefinition),
            ),
            ...requirePermissions(node, role, actionOfTarget(inputText(node, "target.arn")), {
                resource: "*",
                context: typeof namespace === "string" ? { "cloudwatch:namespace": namespace } : {},
            }),
            ...requirePermissions(node, role, ["kms:Decrypt"], {
                resource: key,
                context: {
                    "kms:EncryptionContext:aws:scheduler:schedule:arn": arnOf(node),
                    "kms:ViaService": undefined,
                },
            }),
        ];
    });
