import { DescribeTasksCommand, RunTaskCommand, type Task } from "@aws-sdk/client-ecs";
import { GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { SecurityGroupName } from "../../lib/flows.ts";
import { nameOf } from "../../lib/scope.ts";
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

/** Looks in a row that may fail, five minutes: ECS may not know a new task yet, a network may be away, and a session can be renewed. */
const maxFailedLooks = 60;

/** Looks after the end of the task: the last lines of its log arrive some seconds later. */
const lateLooks = 2;

export type OneOffContext = Pick<CommandContext, "out" | "say" | "clock">;
export type OneOffClients = Pick<AwsClients, "ecs" | "logs">;

/** A task of the stack that runs once, and is no service's. */
export interface OneOffTaskPlan {
    /** In the names of its task definition, its container, its log group and its log streams. */
    readonly noun: string;
    readonly securityGroups: readonly SecurityGroupName[];
}

/** Where a deployed stack runs the task. */
export interface OneOffTask {
    readonly noun: string;
    readonly cluster: string;
    /** ARN of the deployed task definition. */
    readonly taskDefinition: string;
    readonly logGroupName: string;
    readonly subnets: readonly string[];
    readonly securityGroups: readonly string[];
}

/** How one task is run. */
export interface OneOffRun {
    /** In messages, such as `migration`. */
    readonly what: string;
    /** Up to 128 letters, digits, hyphens, underscores and slashes; CloudTrail has it, and hides values of variables. */
    readonly startedBy: string;
    /** Variables of the container in addition to those of the task definition. */
    readonly environment?: Readonly<Record<string, string>>;
    /** @default that of the task definition or of the image */
    readonly command?: readonly string[];
    /**
     * Exit codes of the container that are no failure.
     *
     * @default 0
     */
    readonly expectedExitCodes?: readonly number[];
}

/** @throws ExitError `failed` where the state has none */
export function requireStateResource(state: State, type: string, name: string): StateResource {
    const found = stateResourceNamed(state, type, name);
    if (found === undefined) {
        throw new ExitError("failed", `the state has no ${type} ${name}: \`refresh\` and \`up\` repair it`);
    }
    return found;
}

/**
 * The task of a deployed stack; nothing before the update that creates it.
 *
 * @throws ExitError `failed` where the state has only a part of it
 */
export function oneOffTaskOf(
    state: State,
    { environmentSuffix: suffix }: Pick<PlatformSettings, "environmentSuffix">,
    { noun, securityGroups }: OneOffTaskPlan,
): OneOffTask | undefined {
    const name = nameOf({ suffix }, noun);
    const definition = stateResourceNamed(state, "ecs/taskDefinition:TaskDefinition", name);
    if (definition === undefined) {
        return undefined;
    }
    const required = (type: string, resourceName: string) => requireStateResource(state, type, resourceName);
    const [service] = stateResourcesOfType(state, "ecs/service:Service");
    return {
        noun,
        cluster: outputText(required("ecs/cluster:Cluster", nameOf({ suffix }, "cluster")), "name"),
        taskDefinition: outputText(definition, "arn"),
        logGroupName: outputText(required("cloudwatch/logGroup:LogGroup", name), "name"),
        // The private subnets, as every service has them.
        subnets: itemsOf(getPath(service?.outputs, "networkConfiguration.subnets")).map(toText),
        securityGroups: securityGroups.map((group) =>
            toText(required("ec2/securityGroup:SecurityGroup", nameOf({ suffix }, group)).id),
        ),
    };
}

/**
 * Runs the task once, shows its log as it goes, and waits for its end, however long it takes. The end decides: a log that cannot be
 * read is a warning.
 *
 * @returns the exit code of its container, one of those that are expected
 * @throws ExitError `failed` when the task does not start, ends otherwise, or is lost from sight and may still run
 */
export async function runToItsEnd(
    context: OneOffContext,
    clients: OneOffClients,
    task: OneOffTask,
    run: OneOffRun,
): Promise<number> {
    const { clock, say } = context;
    const taskArn = await startTask(clients, task, run);
    const stream = `${task.noun}/${task.noun}/${taskIdOf(taskArn)}`;
    const where = `its log is the stream ${stream} of ${task.logGroupName}`;
    say(`task ${taskIdOf(taskArn)} of ${task.cluster} has started: ${where}`);
    const showLog = createLogReader(context, clients, task.logGroupName, stream);
    for (let failedLooks = 0; ;) {
        await clock.sleep(pollIntervalMs);
        await showLog();
        const seen = await describeTask(clients, task, taskArn).catch(firstLineOfError);
        if (typeof seen === "string") {
            failedLooks += 1;
            if (failedLooks === maxFailedLooks) {
                throw new ExitError(
                    "failed",
                    `The ${run.what} may still run: its task ${taskArn} could not be seen for five minutes: ${seen}. ` +
                        `Wait for its end before you run this again; ${where}`,
                );
            }
            continue;
        }
        failedLooks = 0;
        if (seen.lastStatus === "STOPPED") {
            for (let look = 0; look < lateLooks; look++) {
                await clock.sleep(pollIntervalMs);
                await showLog();
            }
            return requireExpectedEnd(seen, task, run, taskArn);
        }
    }
}

const taskIdOf = (taskArn: string): string => taskArn.slice(taskArn.lastIndexOf("/") + 1);

/** @returns ARN of the task */
async function startTask(
    { ecs }: OneOffClients,
    { noun, cluster, taskDefinition, subnets, securityGroups }: OneOffTask,
    { what, startedBy, environment = {}, command }: OneOffRun,
): Promise<string> {
    const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
    const override = {
        ...(variables.length > 0 && { environment: variables }),
        ...(command !== undefined && { command: [...command] }),
    };
    const { tasks: [started] = [], failures: [failure] = [] } = await ecs.send(
        new RunTaskCommand({
            cluster,
            taskDefinition,
            launchType: "FARGATE",
            startedBy,
            propagateTags: "TASK_DEFINITION",
            networkConfiguration: {
                awsvpcConfiguration: {
                    subnets: [...subnets],
                    securityGroups: [...securityGroups],
                    assignPublicIp: "DISABLED",
                },
            },
            ...(Object.keys(override).length > 0 && {
                overrides: { containerOverrides: [{ name: noun, ...override }] },
            }),
        }),
    );
    if (started?.taskArn === undefined) {
        const reason = failure?.detail ?? failure?.reason ?? "ECS gives no reason";
        throw new ExitError("failed", `The ${what} did not start: ${reason}`);
    }
    return started.taskArn;
}

/** @throws Error where ECS does not know it, and what AWS refuses */
async function describeTask({ ecs }: OneOffClients, { cluster }: OneOffTask, taskArn: string): Promise<Task> {
    const { tasks: [task] = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: [taskArn] }));
    if (task === undefined) {
        throw new Error("ECS does not know it");
    }
    return task;
}

/** @throws ExitError `failed` for another exit code than the expected ones, or none */
function requireExpectedEnd(
    { containers = [], stoppedReason }: Task,
    { noun }: OneOffTask,
    { what, expectedExitCodes = [0] }: OneOffRun,
    taskArn: string,
): number {
    const container = containers.find(({ name }) => name === noun);
    const exitCode = container?.exitCode;
    if (exitCode === undefined || !expectedExitCodes.includes(exitCode)) {
        const how = exitCode === undefined ? "did not run" : `ended with exit code ${exitCode}`;
        const reason = container?.reason ?? stoppedReason ?? "ECS gives no reason";
        throw new ExitError("failed", `The ${what} ${how}: ${reason} (task ${taskIdOf(taskArn)})`);
    }
    return exitCode;
}

/**
 * Prints the lines of a log stream that it has not printed yet. The stream exists once the container has written a line. Another
 * error of CloudWatch Logs is said once, and the next look tries again.
 */
function createLogReader(
    { out, say }: OneOffContext,
    { logs }: OneOffClients,
    logGroupName: string,
    logStreamName: string,
): () => Promise<void> {
    let nextToken: string | undefined;
    let isUnreadable = false;
    const printNewLines = async (): Promise<void> => {
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
    return () =>
        printNewLines().catch((error: unknown) => {
            if (!isUnreadable) {
                isUnreadable = true;
                say(`warning: its log cannot be read: ${firstLineOfError(error)}`);
            }
        });
}
