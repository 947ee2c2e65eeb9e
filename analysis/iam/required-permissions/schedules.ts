import type { Plan } from "../../../plan/plan.ts";
import { resourcesOfType, arnOf, getPath, inputJson, splitPart, inputText } from "../../../plan/query.ts";
import { requirePermissions, type RequiredPermission } from "./permission.ts";

/** `cloudwatch:PutMetricData` for a target `...:aws-sdk:cloudwatch:putMetricData`; nothing for any other kind of target. */
function actionOfTarget(target: string): string[] {
    const [service, operation] = [splitPart(target, ":", -2), splitPart(target, ":", -1)];
    return target.includes(":aws-sdk:") ? [`${service}:${operation.charAt(0).toUpperCase()}${operation.slice(1)}`] : [];
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
        return [
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
