import type { Plan } from "../../../tools/plan/plan.ts";
import { all, look, parsed, part, text } from "../../look.ts";
import { needs, type Need } from "./need.ts";

/** `cloudwatch:PutMetricData` for a target `...:aws-sdk:cloudwatch:putMetricData`; nothing for any other kind of target. */
function callOf(target: string): string[] {
    const [service, operation] = [part(target, ":", -2), part(target, ":", -1)];
    return target.includes(":aws-sdk:") ? [`${service}:${operation.charAt(0).toUpperCase()}${operation.slice(1)}`] : [];
}

/** A schedule must be able to make the call that it is there for, with the input that it gives. */
export const scheduleNeeds = (plan: Plan): Need[] =>
    all(plan, "scheduler/schedule:Schedule").flatMap((node) => {
        const namespace = look(parsed(node, "target.input"), "Namespace");
        return needs(node, text(node, "target.roleArn"), callOf(text(node, "target.arn")), {
            resource: "*",
            context: typeof namespace === "string" ? { "cloudwatch:namespace": namespace } : {},
        });
    });
