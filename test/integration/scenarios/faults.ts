import { randomBytes, randomUUID } from "node:crypto";
import { DescribeVpcEndpointsCommand, ModifyVpcEndpointCommand } from "@aws-sdk/client-ec2";
import { DescribeTaskDefinitionCommand, ListTasksCommand, StopTaskCommand } from "@aws-sdk/client-ecs";
import {
    ListSecretVersionIdsCommand,
    PutSecretValueCommand,
    UpdateSecretVersionStageCommand,
    type ListSecretVersionIdsResponse,
} from "@aws-sdk/client-secrets-manager";
import {
    ChangeMessageVisibilityCommand,
    DeleteMessageCommand,
    GetQueueAttributesCommand,
    ReceiveMessageCommand,
    SendMessageCommand,
    SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { nameOf } from "../../../lib/scope.ts";
import type { FaultInjection } from "./fault-injection.ts";
import { clusterName, describeService } from "./service.ts";
import {
    DrillError,
    requireValue,
    waitUntil,
    type AddRollback,
    type DrillContext,
} from "../../../tools/drill/context.ts";

/** A queue, and the service that consumes it. */
export interface QueueUnderTest {
    /** Such as `processing`; part of the alarm's name. */
    readonly queue: string;
    readonly queueUrl: string;
    readonly consumer: string;
}

/**
 * Sends a message to a queue that its consumer cannot read, so that the alarm on the oldest message fires. The rollback
 * deletes the message before the consumer can read again, and returns other messages to the queue at once.
 */
async function sendMarkedMessage(
    { clients: { sqs } }: DrillContext,
    addRollback: AddRollback,
    { queueUrl }: QueueUnderTest,
): Promise<void> {
    const QueueUrl = queueUrl;
    const mark = `drill-${randomUUID()}`;
    addRollback(`the message ${mark} in ${queueUrl}`, (rollbackContext) =>
        waitUntil(
            rollbackContext,
            { condition: `the message ${mark} is found`, withinMinutes: 5, everySeconds: 1 },
            async () => {
                const { Messages = [] } = await sqs.send(
                    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
                );
                for (const { Body, ReceiptHandle } of Messages) {
                    await (Body === mark
                        ? sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
                        : sqs.send(
                              new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
                          ));
                }
                return Messages.some(({ Body }) => Body === mark);
            },
        ),
    );
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: mark }));
}

const oldestMessageAlarm = (context: Pick<DrillContext, "suffix">, { queue }: QueueUnderTest): string =>
    nameOf(context, `${queue}-oldest-message`);

/** Makes the SQS endpoint deny everything: no service in the VPC can call the queues. */
export const denyEndpointAccess = (
    context: Pick<DrillContext, "suffix">,
    vpcId: string,
    line: QueueUnderTest,
): FaultInjection => ({
    description: "the endpoint of SQS refuses all calls",
    services: [line.consumer],
    alarms: [oldestMessageAlarm(context, line)],
    inject: async (drillContext, addRollback) => {
        const { ec2 } = drillContext.clients;
        const name = nameOf(drillContext, "sqs");
        const { VpcEndpoints: [endpoint] = [] } = await ec2.send(
            new DescribeVpcEndpointsCommand({
                Filters: [
                    { Name: "vpc-id", Values: [vpcId] },
                    { Name: "tag:Name", Values: [name] },
                ],
            }),
        );
        const { VpcEndpointId, PolicyDocument } = endpoint ?? {};
        if (VpcEndpointId === undefined || PolicyDocument === undefined) {
            throw new DrillError(`there is no endpoint ${name} in ${vpcId}`);
        }
        addRollback(`the policy of ${VpcEndpointId}: ${PolicyDocument}`, () =>
            ec2.send(new ModifyVpcEndpointCommand({ VpcEndpointId, PolicyDocument })),
        );
        const denyAll = { Effect: "Deny", Principal: "*", Action: "*", Resource: "*" };
        await ec2.send(
            new ModifyVpcEndpointCommand({
                VpcEndpointId,
                PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [denyAll] }),
            }),
        );
        await sendMarkedMessage(drillContext, addRollback, line);
    },
});

async function getTaskRoleArn(context: DrillContext, service: string): Promise<string> {
    const { taskDefinition } = await describeService(context, service);
    const { taskDefinition: definition } = await context.clients.ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition }),
    );
    if (definition?.taskRoleArn === undefined) {
        throw new DrillError(`${service} has no task role`);
    }
    return definition.taskRoleArn;
}

/** Makes a queue deny its consumer. SQS has no throttle that could be set, so the policy denies what a throttle would reject. */
export const denyQueueAccess = (context: Pick<DrillContext, "suffix">, line: QueueUnderTest): FaultInjection => ({
    description: `the queue ${line.queue} refuses ${line.consumer}`,
    services: [line.consumer],
    alarms: [oldestMessageAlarm(context, line)],
    inject: async (drillContext, addRollback) => {
        const { sqs } = drillContext.clients;
        const QueueUrl = line.queueUrl;
        const role = await getTaskRoleArn(drillContext, line.consumer);
        const { Attributes = {} } = await sqs.send(
            new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["Policy", "QueueArn"] }),
        );
        const { Policy = "", QueueArn } = Attributes;
        if (Policy === "") {
            throw new DrillError(`the queue ${line.queue} has no policy`);
        }
        addRollback(`the policy of ${line.queueUrl}: ${Policy}`, () =>
            sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } })),
        );
        const document = JSON.parse(Policy) as { Statement: unknown[] };
        const denyStatement = {
            Sid: "Drill",
            Effect: "Deny",
            Principal: { AWS: role },
            // The policy itself stays writable, so that the drill can restore it.
            Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"],
            Resource: QueueArn,
        };
        await sqs.send(
            new SetQueueAttributesCommand({
                QueueUrl,
                Attributes: {
                    Policy: JSON.stringify({ ...document, Statement: [...document.Statement, denyStatement] }),
                },
            }),
        );
        await sendMarkedMessage(drillContext, addRollback, line);
    },
});

const versionWithStage = ({ Versions }: ListSecretVersionIdsResponse, stage: string): string | undefined =>
    Versions?.find(({ VersionStages }) => VersionStages?.includes(stage))?.VersionId;

/**
 * Makes a wrong token current in Secrets Manager, and stops one task, so that its replacement reads it. The cache keeps its
 * own token: existing connections stay open, and moving one label back restores the right token.
 *
 * @param nodes names of the cache's nodes in the alarms: `cache-1`
 */
export const replaceCacheToken = (
    context: Pick<DrillContext, "suffix">,
    { service, secretArn, nodes }: { service: string; secretArn: string; nodes: readonly string[] },
): FaultInjection => ({
    description: `the token of the cache that ${service} reads is not the cache's`,
    services: [service],
    alarms: [
        ...nodes.map((node) => nameOf(context, `${node}-authentication-failures`)),
        nameOf(context, `${service}-application-errors`),
        nameOf(context, `${service}-tasks-missing`),
    ],
    inject: async (drillContext, addRollback) => {
        const { ecs, secrets } = drillContext.clients;
        const SecretId = secretArn;
        const list = () => secrets.send(new ListSecretVersionIdsCommand({ SecretId }));
        const before = await list();
        const current = requireValue(versionWithStage(before, "AWSCURRENT"), "ListSecretVersionIds", "AWSCURRENT");
        const previous = versionWithStage(before, "AWSPREVIOUS");
        const wrong = randomUUID();
        const move = (VersionStage: string, to: string | undefined, from: string) =>
            secrets.send(
                new UpdateSecretVersionStageCommand({
                    SecretId,
                    VersionStage,
                    MoveToVersionId: to,
                    RemoveFromVersionId: from,
                }),
            );
        addRollback(`AWSCURRENT of ${secretArn} on the version ${current}`, async () => {
            if (
                requireValue(versionWithStage(await list(), "AWSCURRENT"), "ListSecretVersionIds", "AWSCURRENT") ===
                wrong
            ) {
                await move("AWSCURRENT", current, wrong);
                // Secrets Manager gives AWSPREVIOUS to the version that lost AWSCURRENT.
                await move("AWSPREVIOUS", previous, wrong);
            }
        });
        await secrets.send(
            new PutSecretValueCommand({
                SecretId,
                ClientRequestToken: wrong,
                SecretString: randomBytes(32).toString("hex"),
                VersionStages: ["AWSCURRENT"],
            }),
        );
        const cluster = clusterName(drillContext);
        const { taskArns } = await ecs.send(
            new ListTasksCommand({ cluster, serviceName: nameOf(drillContext, service), desiredStatus: "RUNNING" }),
        );
        const task = requireValue(taskArns?.[0], "ListTasks", `a running task of ${service}`);
        await ecs.send(new StopTaskCommand({ cluster, task, reason: "A drill makes it read its secret again" }));
    },
});
