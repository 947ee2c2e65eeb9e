import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { arn, grantRole, trustPolicy, type Statement } from "./iam.ts";
import type { Scope } from "./scope.ts";

export interface ScheduleArgs {
    readonly scope: Scope;
    readonly description: string;
    /** Such as `rate(12 hours)` or `cron(0 6 * * ? *)`, in UTC. */
    readonly expression: string;
    readonly isEnabled: boolean;
    readonly target: Omit<aws.types.input.scheduler.ScheduleTarget, "roleArn">;
    readonly role: {
        readonly description: string;
        /** What the call of the target needs. */
        readonly statements: readonly Statement[];
    };
    /** KMS key that encrypts the target's input. */
    readonly keyArn: pulumi.Input<string>;
}

/** A schedule of EventBridge Scheduler, with a group and a role of its own; all have the same name. */
export function createSchedule(
    name: string,
    args: ScheduleArgs,
    opts: { readonly parent: pulumi.Resource; readonly ignoreChanges?: string[] },
): void {
    const { scope, keyArn, role } = args;
    const inside = { parent: opts.parent };
    // The trust policy of the role compares the ARN of the schedule group, not of the schedule
    // (https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html).
    const group = new aws.scheduler.ScheduleGroup(name, { name }, inside);
    const roleArn = grantRole(
        name,
        {
            scope,
            description: role.description,
            assumeRolePolicy: trustPolicy(scope, "scheduler.amazonaws.com", {
                service: "scheduler",
                resource: `schedule-group/${name}`,
            }),
            statements: [
                ...role.statements,
                {
                    // The scheduler decrypts the input with this role, without `kms:ViaService` in the request
                    // (https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html#key-management).
                    Effect: "Allow",
                    Action: "kms:Decrypt",
                    Resource: keyArn,
                    Condition: {
                        StringEquals: {
                            "kms:EncryptionContext:aws:scheduler:schedule:arn": arn(
                                scope,
                                "scheduler",
                                `schedule/${name}/${name}`,
                            ),
                        },
                    },
                },
            ],
        },
        inside,
    );
    new aws.scheduler.Schedule(
        name,
        {
            name,
            groupName: group.name,
            description: args.description,
            scheduleExpression: args.expression,
            flexibleTimeWindow: { mode: "OFF" },
            state: args.isEnabled ? "ENABLED" : "DISABLED",
            kmsKeyArn: keyArn,
            target: { ...args.target, roleArn },
        },
        opts,
    );
}
