import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { grantRole, trustPolicy, type Statement } from "../iam.ts";
import { writeLogStatement } from "../logs.ts";
import { nameOf, type Scope } from "../scope.ts";
import { containerDefinition, writablePaths, type TaskContainer } from "./container.ts";
import { imageReference, type ImageSettings } from "./image.ts";
import type { Repository } from "./repository.ts";

export interface TaskArgs {
    readonly scope: Scope;
    /** Noun in the names of the roles, and name of the container. */
    readonly noun: string;
    /** What the task is, for the descriptions of the roles, such as `payment service api`. */
    readonly description: string;
    readonly size: { readonly cpuUnits: number; readonly memoryMib: number };
    readonly repository: Repository;
    readonly image: ImageSettings;
    readonly logGroup: aws.cloudwatch.LogGroup;
    /** What the container does itself. */
    readonly permissions: readonly Statement[];
    /** Permissions to pull the image of GuardDuty's agent; empty if the stack has none. */
    readonly agentPermissions: readonly Statement[];
    readonly container: TaskContainer;
}

/** What starts the task names these. */
export interface PlannedTask {
    /** ARN of the task definition, with its revision. */
    readonly arn: pulumi.Output<string>;
    /** ARNs of the task role and of the execution role, which who runs the task passes on. */
    readonly roleArns: readonly pulumi.Output<string>[];
}

/** A Fargate task definition of one container, with its two roles. */
export function createTaskDefinition(
    name: string,
    args: TaskArgs,
    inside: { readonly parent: pulumi.Resource },
): PlannedTask {
    const { scope, noun, description, size, repository, logGroup, container } = args;
    const role = (kind: "execution" | "task", purpose: string, statements: readonly Statement[]) =>
        createTaskRole(nameOf(scope, `${noun}-${kind}`), scope, `${purpose} ${description}`, statements, inside);
    const executionRoleArn = role("execution", "Pulls the image and writes the log of", [
        ...repository.pullStatements(),
        ...args.agentPermissions,
        writeLogStatement(logGroup),
    ]);
    const taskRoleArn = role("task", "What may be done by", args.permissions);
    const definition = new aws.ecs.TaskDefinition(
        name,
        {
            family: name,
            requiresCompatibilities: ["FARGATE"],
            networkMode: "awsvpc",
            runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
            cpu: `${size.cpuUnits}`,
            memory: `${size.memoryMib}`,
            executionRoleArn,
            taskRoleArn,
            volumes: Object.keys(writablePaths(container.execCommand)).map((volume) => ({ name: volume })),
            containerDefinitions: containerDefinition({
                ...container,
                name: noun,
                region: scope.region,
                image: imageReference(repository.url, args.image),
                logGroupName: logGroup.name,
            }),
        },
        inside,
    );
    return { arn: definition.arn, roleArns: [taskRoleArn, executionRoleArn] };
}

/** A role that only ECS tasks of this account may assume; its ARN, once its policy is attached. */
const createTaskRole = (
    name: string,
    scope: Scope,
    description: string,
    statements: readonly Statement[],
    inside: { readonly parent: pulumi.Resource },
): pulumi.Output<string> =>
    grantRole(
        name,
        {
            scope,
            description,
            assumeRolePolicy: trustPolicy(scope, "ecs-tasks.amazonaws.com", { service: "ecs", resource: "*" }),
            statements,
        },
        inside,
    );
