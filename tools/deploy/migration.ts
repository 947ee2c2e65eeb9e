import {
    DeregisterTaskDefinitionCommand,
    DescribeTaskDefinitionCommand,
    DescribeTasksCommand,
    RegisterTaskDefinitionCommand,
    RunTaskCommand,
    type Task,
} from "@aws-sdk/client-ecs";
import { GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { migrationGroups } from "../../lib/flows.ts";
import { nameOf } from "../../lib/scope.ts";
import { migrationNoun } from "../../lib/settings/migration.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import { getPath, itemsOf, toText } from "../../plan/query.ts";
import {
    outputText,
    stateResourceNamed,
    stateResourcesOfType,
    type State,
    type StateResource,
} from "../../plan/state.ts";
import type { AwsClients } from "../frame/aws-clients.ts";
import { undefinedIfNamed } from "../frame/aws-errors.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError, firstLineOfError } from "../frame/exit.ts";
import { escapeControls } from "../frame/text.ts";

/** Milliseconds between two looks at the task. */
const pollIntervalMs = 5000;

/** Looks after the end of the task: the last lines of its log arrive some seconds later. */
const lateLooks = 2;

type MigrationContext = Pick<CommandContext, "out" | "say" | "clock" | "interrupt" | "progress">;
type MigrationClients = Pick<AwsClients, "ecs" | "logs">;

/** Where a deployed stack runs the task. */
interface MigrationTask {
    readonly cluster: string;
    /** ARN of the deployed task definition. */
    readonly taskDefinition: string;
    readonly repositoryUrl: string;
    readonly logGroupName: string;
    readonly subnets: readonly string[];
    readonly securityGroups: readonly string[];
}

/**
 * The task of a deployed stack; nothing before the update that creates it.
 *
 * @throws ExitError `failed` where the state has only a part of it
 */
export function migrationTaskOf(
    state: State,
    { environmentSuffix: suffix }: PlatformSettings,
): MigrationTask | undefined {
    const name = nameOf({ suffix }, migrationNoun);
    const definition = stateResourceNamed(state, "ecs/taskDefinition:TaskDefinition", name);
    const required = (type: string, resourceName: string): StateResource => {
        const found = stateResourceNamed(state, type, resourceName);
        if (found === undefined) {
            throw new ExitError("failed", `the state has no ${type} ${resourceName}: \`refresh\` and \`up\` repair it`);
        }
        return found;
    };
    if (definition === undefined) {
        return undefined;
    }
    const [service] = stateResourcesOfType(state, "ecs/service:Service");
    return {
        cluster: outputText(required("ecs/cluster:Cluster", nameOf({ suffix }, "cluster")), "name"),
        taskDefinition: outputText(definition, "arn"),
        repositoryUrl: outputText(required("ecr/repository:Repository", name), "repositoryUrl"),
        logGroupName: outputText(required("cloudwatch/logGroup:LogGroup", name), "name"),
        // The private subnets, as every service has them.
        subnets: itemsOf(getPath(service?.outputs, "networkConfiguration.subnets")).map(toText),
        securityGroups: migrationGroups.map((group) =>
            toText(required("ec2/securityGroup:SecurityGroup", nameOf({ suffix }, group)).id),
        ),
    };
}

/**
 * Runs an image of the migration once, shows its log, and waits for its end. Where another image is deployed, the task runs a
 * copy of the deployed task definition with this image, which is deregistered afterwards: so the schema is migrated before an
 * update starts services that need it.
 *
 * @throws ExitError `failed` when the task does not start, or ends with another exit code than 0
 */
export async function migrate(
    context: MigrationContext,
    clients: MigrationClients,
    task: MigrationTask,
    digest: string,
): Promise<void> {
    const { say, interrupt, progress } = context;
    say(`migrating the database with ${digest}`);
    progress.step("migrating the database");
    await interrupt.waitFor(async () => {
        const { taskDefinition, isCopy } = await taskDefinitionWith(clients, task, `${task.repositoryUrl}@${digest}`);
        try {
            await runToItsEnd(context, clients, { ...task, taskDefinition });
        } finally {
            if (isCopy) {
                await clients.ecs
                    .send(new DeregisterTaskDefinitionCommand({ taskDefinition }))
                    .catch((error: unknown) => {
                        say(`warning: ${taskDefinition} was not deregistered: ${firstLineOfError(error)}`);
                    });
            }
        }
    }, "the migration was not stopped");
}

/** The deployed task definition, or a copy of it with another image. */
async function taskDefinitionWith(
    { ecs }: MigrationClients,
    { taskDefinition: deployed }: MigrationTask,
    image: string,
) {
    const { taskDefinition: found, tags } = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: deployed, include: ["TAGS"] }),
    );
    const containers = found?.containerDefinitions ?? [];
    const isCopy = containers.some((container) => container.name === migrationNoun && container.image !== image);
    if (!isCopy) {
        return { taskDefinition: deployed, isCopy };
    }
    const { taskDefinition: copy } = await ecs.send(
        new RegisterTaskDefinitionCommand({
            family: found?.family,
            taskRoleArn: found?.taskRoleArn,
            executionRoleArn: found?.executionRoleArn,
            networkMode: found?.networkMode,
            requiresCompatibilities: found?.requiresCompatibilities,
            runtimePlatform: found?.runtimePlatform,
            cpu: found?.cpu,
            memory: found?.memory,
            volumes: found?.volumes,
            containerDefinitions: containers.map((container) =>
                container.name === migrationNoun ? { ...container, image } : container,
            ),
            ...(tags !== undefined && tags.length > 0 && { tags }),
        }),
    );
    return { taskDefinition: copy?.taskDefinitionArn ?? deployed, isCopy };
}

async function runToItsEnd(context: MigrationContext, clients: MigrationClients, task: MigrationTask): Promise<void> {
    const { clock } = context;
    const taskArn = await startTask(clients, task);
    const stream = `${migrationNoun}/${migrationNoun}/${taskIdOf(taskArn)}`;
    const showLog = createLogReader(context, clients, task.logGroupName, stream);
    for (;;) {
        await clock.sleep(pollIntervalMs);
        await showLog();
        const ended = await describeTask(clients, task.cluster, taskArn);
        if (ended.lastStatus === "STOPPED") {
            for (let look = 0; look < lateLooks; look++) {
                await clock.sleep(pollIntervalMs);
                await showLog();
            }
            requireSuccess(ended, taskArn);
            return;
        }
    }
}

const taskIdOf = (taskArn: string): string => taskArn.slice(taskArn.lastIndexOf("/") + 1);

/** @returns ARN of the task */
async function startTask({ ecs }: MigrationClients, task: MigrationTask): Promise<string> {
    const { tasks: [started] = [], failures: [failure] = [] } = await ecs.send(
        new RunTaskCommand({
            cluster: task.cluster,
            taskDefinition: task.taskDefinition,
            launchType: "FARGATE",
            startedBy: "npm run migrate",
            propagateTags: "TASK_DEFINITION",
            networkConfiguration: {
                awsvpcConfiguration: {
                    subnets: [...task.subnets],
                    securityGroups: [...task.securityGroups],
                    assignPublicIp: "DISABLED",
                },
            },
        }),
    );
    if (started?.taskArn === undefined) {
        const reason = failure?.detail ?? failure?.reason ?? "ECS gives no reason";
        throw new ExitError("failed", `The migration did not start: ${reason}`);
    }
    return started.taskArn;
}

async function describeTask({ ecs }: MigrationClients, cluster: string, taskArn: string): Promise<Task> {
    const { tasks: [task] = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn] }));
    if (task === undefined) {
        throw new ExitError("failed", `ECS does not know the task of the migration any more: ${taskArn}`);
    }
    return task;
}

/** @throws ExitError `failed` for another exit code than 0, or none */
function requireSuccess({ containers = [], stoppedReason }: Task, taskArn: string): void {
    const container = containers.find(({ name }) => name === migrationNoun);
    if (container?.exitCode !== 0) {
        const how = container?.exitCode === undefined ? "did not run" : `ended with exit code ${container.exitCode}`;
        const reason = container?.reason ?? stoppedReason ?? "ECS gives no reason";
        throw new ExitError("failed", `The migration ${how}: ${reason} (task ${taskIdOf(taskArn)})`);
    }
}

/** Prints the lines of a log stream that it has not printed yet. The stream exists once the container has written a line. */
function createLogReader(
    { out }: MigrationContext,
    { logs }: MigrationClients,
    logGroupName: string,
    logStreamName: string,
) {
    let nextToken: string | undefined;
    return async (): Promise<void> => {
        for (;;) {
            const page = await logs
                .send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true, nextToken }))
                .catch(undefinedIfNamed("ResourceNotFoundException"));
            page?.events?.forEach(({ message = "" }) => {
                out(`${escapeControls(message)}\n`);
            });
            // CloudWatch Logs answers with the same token at the end of a stream.
            if (page?.nextForwardToken === undefined || page.nextForwardToken === nextToken) {
                return;
            }
            nextToken = page.nextForwardToken;
        }
    };
}
