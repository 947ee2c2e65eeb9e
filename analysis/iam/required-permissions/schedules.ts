import type { Plan } from "../../../plan/plan.ts";
import { all, arnOf, look, parsed, part, text } from "../../../plan/query.ts";
import { needs, type Need } from "./permission.ts";

/** `cloudwatch:PutMetricData` for a target `...:aws-sdk:cloudwatch:putMetricData`; nothing for any other kind of target. */
function callOf(target: string): string[] {
    const [service, operation] = [part(target, ":", -2), part(target, ":", -1)];
    return target.includes(":aws-sdk:") ? [`${service}:${operation.charAt(0).toUpperCase()}${operation.slice(1)}`] : [];
}

/**
 * A schedule must be able to make the call that it is there for, with the input that it gives. Where a key of ours encrypts
 * the input, the scheduler decrypts it with the schedule's role: in AWS's example of such a request stands the schedule's ARN,
 * and no service that would ask on behalf of the role
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html#key-management-cloud-trail).
 */
export const scheduleNeeds = (plan: Plan): Need[] =>
    all(plan, "scheduler/schedule:Schedule").flatMap((node) => {
        const namespace = look(parsed(node, "target.input"), "Namespace");
        const [role, key] = [text(node, "target.roleArn"), text(node, "kmsKeyArn")];
        return [
            ...needs(node, role, callOf(text(node, "target.arn")), {
                resource: "*",
                context: typeof namespace === "string" ? { "cloudwatch:namespace": namespace } : {},
            }),
            ...needs(node, role, ["kms:Decrypt"], {
                resource: key,
                context: {
                    "kms:EncryptionContext:aws:scheduler:schedule:arn": arnOf(node),
                    "kms:ViaService": undefined,
                },
            }),
        ];
    });
