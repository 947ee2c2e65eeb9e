import { DescribeNetworkInterfacesCommand } from "@aws-sdk/client-ec2";
import {
    DescribeTasksCommand,
    DescribeTaskDefinitionCommand,
    ListTasksCommand,
    StopTaskCommand,
    UpdateServiceCommand,
    type Task,
} from "@aws-sdk/client-ecs";
import { DeleteRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { nameOf } from "../../../lib/scope.ts";
import { hasErrorName } from "../../../tools/frame/aws-errors.ts";
import { clusterName, waitUntilSteady, reasonNotSteady } from "./service.ts";
import {
    DrillError,
    withRollback,
    secondsSince,
    requireValue,
    waitUntil,
    type DrillContext,
    type Skipped,
} from "../../../tools/drill/context.ts";

export interface QuarantineResult {
    /** What an investigator needs and what disappears with the task. */
    readonly evidence: {
        readonly taskArn: string;
        /** One for each container; undefined for a container that never started. */
        readonly imageDigests: readonly (string | undefined)[];
        readonly startedAt: string | undefined;
        readonly networkInterfaceId: string;
        readonly address: string | undefined;
    };
    /** Until the task had no network and its credentials were revoked. */
    readonly containedSeconds: number;
    /** Until the service ran in full, with new credentials. */
    readonly recoveredSeconds: number;
}

/** Name of the policy that revokes sessions, as the console's _Revoke active sessions_ calls it. */
const revocationPolicyName = "AWSRevokeOlderSessions";

/** Denies everything to sessions of the role that began before a time (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html). */
const revocationPolicy = (time: number): string =>
    JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Deny",
                Action: "*",
                Resource: "*",
                Condition: { DateLessThan: { "aws:TokenIssueTime": new Date(time).toISOString() } },
            },
        ],
    });

const getNetworkInterfaceId = ({ attachments }: Task): string =>
    requireValue(
        attachments?.flatMap(({ details }) => details).find((detail) => detail?.name === "networkInterfaceId")?.value,
        "DescribeTasks",
        "networkInterfaceId",
    );

/** The first running task, and the name of its role. */
async function findRunningTask(
    { clients: { ecs }, suffix }: DrillContext,
    service: string,
): Promise<{ task: Task; role: string }> {
    const cluster = clusterName({ suffix });
    const { taskArns = [] } = await ecs.send(
        new ListTasksCommand({ cluster, serviceName: nameOf({ suffix }, service), desiredStatus: "RUNNING" }),
    );
    const { tasks: [task] = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns.slice(0, 1) }));
    if (task === undefined) {
        throw new DrillError(`${service} has no running task`);
    }
    const { taskDefinition } = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: task.taskDefinitionArn }),
    );
    const role = taskDefinition?.taskRoleArn?.split("/").at(-1);
    if (role === undefined) {
        throw new DrillError(`${service} has no task role`);
    }
    return { task, role };
}

/**
 * Treats a task as compromised: records it, revokes the sessions of its role, stops it, and replaces the service's other
 * tasks, because their sessions were revoked, too. A Fargate task cannot get other security groups: ECS manages its
 * interface, and refuses changes (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html).
 */
export async function quarantine(context: DrillContext, service: string): Promise<QuarantineResult | Skipped> {
    const { clients, clock, suffix, say } = context;
    const { ec2, ecs, iam } = clients;
    const skipped = await reasonNotSteady(context, service);
    if (skipped !== undefined) {
        return { skipped };
    }
    return withRollback(context, async (addRollback) => {
        const { task, role } = await findRunningTask(context, service);
        const cluster = clusterName(context);
        const networkInterfaceId = getNetworkInterfaceId(task);
        const describe = () =>
            ec2.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [networkInterfaceId] }));
        const { NetworkInterfaces: [captured] = [] } = await describe();
        const evidence = {
            taskArn: requireValue(task.taskArn, "DescribeTasks", "taskArn"),
            imageDigests: requireValue(task.containers, "DescribeTasks", "containers").map(
                ({ imageDigest }) => imageDigest,
            ),
            startedAt: task.startedAt?.toISOString(),
            networkInterfaceId,
            address: captured?.PrivateIpAddress,
        };

        const start = clock.now();
        say(`revoking the sessions of ${role}, stopping ${evidence.taskArn}, replacing the other tasks of ${service}`);
        // In an incident the policy stays until the last stolen session has expired; here nothing was stolen.
        addRollback(`the policy ${revocationPolicyName} of the role ${role}`, async () => {
            try {
                await iam.send(new DeleteRolePolicyCommand({ RoleName: role, PolicyName: revocationPolicyName }));
            } catch (error) {
                if (!hasErrorName(error, "NoSuchEntityException")) {
                    throw error;
                }
            }
        });
        await iam.send(
            new PutRolePolicyCommand({
                RoleName: role,
                PolicyName: revocationPolicyName,
                PolicyDocument: revocationPolicy(start),
            }),
        );
        await ecs.send(new StopTaskCommand({ cluster, task: evidence.taskArn, reason: "Quarantined by a drill" }));
        await waitUntil(
            context,
            { condition: `${networkInterfaceId} is gone`, withinMinutes: 10, everySeconds: 5 },
            async () => {
                try {
                    await describe();
                    return false;
                } catch (error) {
                    if (hasErrorName(error, "InvalidNetworkInterfaceID.NotFound")) {
                        return true;
                    }
                    throw error;
                }
            },
        );
        const containedSeconds = secondsSince(context, start);
        await ecs.send(
            new UpdateServiceCommand({ cluster, service: nameOf({ suffix }, service), forceNewDeployment: true }),
        );
        await waitUntilSteady(context, service);
        return { evidence, containedSeconds, recoveredSeconds: secondsSince(context, start) };
    });
}
