import * as pulumi from "@pulumi/pulumi";
import {
    listVariableName,
    listVariables,
    servicePort,
    serviceProtocol,
    stopSeconds,
    user,
    variables,
    writablePath,
    type VariableReason,
} from "../../contract/container.ts";
import type { Cache } from "../cache.ts";
import type { Database } from "../database.ts";
import type { Gateway } from "../gateway.ts";
import { requireItem } from "../list.ts";
import type { Messaging } from "../messaging.ts";
import type { Scope } from "../scope.ts";
import { databaseUserOf } from "../settings/database-names.ts";
import type { ServiceSettings, Settings } from "../settings/schema.ts";
import { defaultHealthCommand } from "../settings/service.ts";
import { isWorker } from "../settings/service-path.ts";

/** The components that services use. */
export interface Backends {
    readonly database: Database;
    readonly cache: Cache;
    readonly gateway: Pick<Gateway, "secretArn" | "readSecretStatements">;
    readonly messaging: Messaging;
}

export interface ContainerContext {
    readonly scope: Scope;
    readonly service: string;
    readonly settings: ServiceSettings;
    readonly logLevel: Settings["logs"]["level"];
    readonly maxAmountMinor: Settings["validation"]["maxAmountMinor"];
    readonly backends: Backends;
    /** Secret with the credential for the acquirer, of a service that has one. */
    readonly acquirerSecretArn?: pulumi.Output<string>;
}

export interface EnvironmentVariable {
    readonly name: string;
    readonly value: pulumi.Input<string>;
}

/** The variables of a task that is no service, by name. */
export const variablesOf = (values: Readonly<Record<string, pulumi.Input<string>>>): EnvironmentVariable[] =>
    Object.entries(values).map(([name, value]) => ({ name, value }));

/** Whether a service has a variable, by the reason in the container contract. */
const isNeeded: Readonly<Record<VariableReason, (settings: ServiceSettings) => boolean>> = {
    always: () => true,
    path: (settings) => !isWorker(settings),
    "stores: database": ({ stores }) => stores.includes("database"),
    "stores: cache": ({ stores }) => stores.includes("cache"),
    consumes: ({ consumes }) => consumes !== undefined,
    sends: ({ sends }) => sends.length > 0,
    publishes: ({ publishes }) => publishes.length > 0,
    acquirer: ({ acquirer }) => acquirer !== undefined,
};

/** @throws Error for a service without an acquirer */
function requireAcquirer<T>(value: T | undefined, { service }: Pick<ContainerContext, "service">): T {
    if (value === undefined) {
        throw new Error(`${service} has no acquirer, or no secret for it`);
    }
    return value;
}

const values: Readonly<Record<keyof typeof variables, (context: ContainerContext) => pulumi.Input<string>>> = {
    ACQUIRER_SECRET_ARN: (context) => requireAcquirer(context.acquirerSecretArn, context),
    ACQUIRER_URL: (context) => requireAcquirer(context.settings.acquirer, context).url,
    AWS_REGION: ({ scope }) => scope.region,
    CACHE_HOST: ({ backends }) => backends.cache.endpoint,
    CACHE_PORT: ({ backends }) => `${backends.cache.port}`,
    CACHE_TOKEN_SECRET_ARN: ({ backends }) => backends.cache.tokenSecretArn,
    CONSUME_QUEUE_URL: ({ settings, backends }) =>
        requireItem(backends.messaging.queues, String(settings.consumes)).url,
    DATABASE_HOST: ({ backends }) => backends.database.endpoint,
    DATABASE_NAME: ({ backends }) => backends.database.databaseName,
    DATABASE_PORT: ({ backends }) => `${backends.database.port}`,
    DATABASE_READER_HOST: ({ backends }) => backends.database.readerEndpoint,
    DATABASE_USER: ({ service }) => databaseUserOf(service),
    ENVIRONMENT: ({ scope }) => scope.suffix,
    GATEWAY_SECRET_ARN: ({ backends }) => backends.gateway.secretArn,
    LOG_LEVEL: ({ logLevel }) => logLevel,
    MAX_AMOUNT_MINOR: ({ maxAmountMinor }) => `${maxAmountMinor}`,
    PORT: () => `${servicePort}`,
    PROTOCOL: () => serviceProtocol,
    SERVICE: ({ service }) => service,
};

/** Values of the variables of lists: each entry in the settings, with its value. */
const listValues: Readonly<
    Record<
        keyof typeof listVariables,
        (context: ContainerContext) => readonly (readonly [entry: string, value: pulumi.Input<string>])[]
    >
> = {
    "*_QUEUE_URL": ({ settings, backends }) =>
        settings.sends.map((queue) => [queue, requireItem(backends.messaging.queues, queue).url]),
    "*_TOPIC_ARN": ({ settings, backends }) =>
        settings.publishes.map((topic) => [topic, requireItem(backends.messaging.topicArns, topic)]),
};

const keysOf = <Key extends string>(table: Readonly<Record<Key, unknown>>): Key[] => Object.keys(table) as Key[];

/** Variables of a service, sorted by name: another order would create a new task definition revision and deploy it. */
export const environmentOf = (context: ContainerContext): EnvironmentVariable[] => {
    const single = keysOf(variables)
        .filter((name) => isNeeded[variables[name].when](context.settings))
        .map((name) => ({ name, value: values[name](context) }));
    const listed = keysOf(listVariables).flatMap((pattern) =>
        listValues[pattern](context).map(([entry, value]) => ({ name: listVariableName(pattern, entry), value })),
    );
    return [...single, ...listed].toSorted((a, b) => (a.name < b.name ? -1 : 1));
};

/**
 * Writable directories of a container, whose root file system is read-only. ECS Exec needs three more: its agent runs as root,
 * so the image does not declare them
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-considerations).
 */
export const writablePaths = (execCommand: boolean): Record<string, string> => ({
    tmp: writablePath,
    ...(execCommand && {
        "managed-agents": "/managed-agents",
        "ssm-lib": "/var/lib/amazon/ssm",
        "ssm-log": "/var/log/amazon/ssm",
    }),
});

export interface ContainerArgs {
    readonly name: string;
    readonly region: string;
    readonly image: pulumi.Input<string>;
    /** Program of the container, run without a shell. Left out where it is that of the image. */
    readonly command?: readonly string[];
    readonly environment: readonly EnvironmentVariable[];
    readonly logGroupName: pulumi.Input<string>;
    readonly execCommand: boolean;
    /** Left out where the load balancer checks, or nothing does. */
    readonly healthCheck?: ReturnType<typeof healthCheck>;
    /** Port that it listens on. Left out where nothing connects to it. */
    readonly port?: number;
}

/** Seconds after its start in which a task's failed health checks are ignored. */
export const startPeriodSeconds = 60;

/** With the load balancer's intervals: a check every 10 s, and three failures make a task unhealthy. */
const healthCheck = ({ healthCommand }: ServiceSettings) => ({
    command: ["CMD", ...(healthCommand ?? defaultHealthCommand)],
    interval: 10,
    timeout: 5,
    retries: 3,
    startPeriod: startPeriodSeconds,
});

/** What differs between the containers of tasks. */
export type TaskContainer = Pick<ContainerArgs, "command" | "environment" | "execCommand" | "healthCheck" | "port">;

/** The load balancer checks a container with a path, and ECS that of a worker. */
export const serviceContainer = (context: ContainerContext, execCommand: boolean): TaskContainer => ({
    environment: environmentOf(context),
    execCommand,
    ...(isWorker(context.settings) ? { healthCheck: healthCheck(context.settings) } : { port: servicePort }),
});

/** The container of a task. Defaults of ECS are left out, because every change creates a new revision. */
export function containerDefinition(args: ContainerArgs): pulumi.Output<string> {
    const { name, port } = args;
    const definition: ContainerDefinition = {
        name,
        image: args.image,
        ...(args.command && { command: args.command }),
        essential: true,
        user,
        readonlyRootFilesystem: true,
        linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["ALL"] } },
        ...(args.healthCheck && { healthCheck: args.healthCheck }),
        ...(port !== undefined && { portMappings: [{ containerPort: port, protocol: "tcp" }] }),
        environment: args.environment,
        mountPoints: Object.entries(writablePaths(args.execCommand)).map(([sourceVolume, containerPath]) => ({
            sourceVolume,
            containerPath,
        })),
        stopTimeout: stopSeconds,
        logConfiguration: {
            logDriver: "awslogs",
            options: {
                "awslogs-group": args.logGroupName,
                "awslogs-region": args.region,
                "awslogs-stream-prefix": name,
                // If the buffer is full, log lines are lost instead of the container waiting.
                mode: "non-blocking",
                "max-buffer-size": "25m",
            },
        },
    };
    return pulumi.jsonStringify([definition]);
}

/** The properties of ECS's container definition that we use. */
interface ContainerDefinition {
    name: string;
    image: pulumi.Input<string>;
    command?: readonly string[];
    essential: boolean;
    user: string;
    readonlyRootFilesystem: boolean;
    linuxParameters: { initProcessEnabled: boolean; capabilities: { drop: string[] } };
    portMappings?: { containerPort: number; protocol: "tcp" }[];
    healthCheck?: ReturnType<typeof healthCheck>;
    environment: readonly EnvironmentVariable[];
    mountPoints: { sourceVolume: string; containerPath: string }[];
    stopTimeout: number;
    logConfiguration: { logDriver: "awslogs"; options: Record<string, pulumi.Input<string>> };
}
