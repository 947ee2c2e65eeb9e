import * as pulumi from "@pulumi/pulumi";
import type { Cache } from "../cache.ts";
import type { Database } from "../database.ts";
import { at } from "../list.ts";
import type { Messaging } from "../messaging.ts";
import { ports } from "../ports.ts";
import type { Scope } from "../scope.ts";
import { defaultHealthCommand, type ServiceSettings, type Settings } from "../settings/schema.ts";
import { isWorker } from "../settings/worker.ts";

/** What the rest of the platform offers to a service. */
export interface Backends {
    readonly database: Database;
    readonly cache: Cache;
    readonly messaging: Messaging;
}

export interface ContainerContext {
    readonly scope: Scope;
    readonly service: string;
    readonly settings: ServiceSettings;
    readonly logLevel: Settings["logs"]["level"];
    readonly targetProtocol: Settings["edge"]["targetProtocol"];
    readonly backends: Backends;
}

/** What of a service's settings gives it a variable, in the words of the stack file. */
const conditions = {
    always: () => true,
    path: (settings: ServiceSettings) => !isWorker(settings),
    "stores: database": ({ stores }: ServiceSettings) => stores.includes("database"),
    "stores: cache": ({ stores }: ServiceSettings) => stores.includes("cache"),
    consumes: ({ consumes }: ServiceSettings) => consumes !== undefined,
    sends: ({ sends }: ServiceSettings) => sends.length > 0,
    publishes: ({ publishes }: ServiceSettings) => publishes.length > 0,
} as const;

interface Variable {
    readonly when: keyof typeof conditions;
    readonly meaning: string;
    readonly value: (context: ContainerContext) => pulumi.Input<string>;
}

/** A variable for each entry of a list in a service's settings. */
interface ListVariable extends Omit<Variable, "value"> {
    readonly values: (context: ContainerContext) => readonly (readonly [entry: string, value: pulumi.Input<string>])[];
}

/**
 * The container contract: every environment variable that a service finds, but for the lists below. No value is secret; a secret is named by its
 * ARN and read when it is needed, so that a rotated one needs no deployment.
 */
export const containerContract: Readonly<Record<string, Variable>> = {
    AWS_REGION: { when: "always", meaning: "Region of every AWS call", value: ({ scope }) => scope.region },
    CACHE_HOST: {
        when: "stores: cache",
        meaning: "Primary endpoint of Redis; TLS is required",
        value: ({ backends }) => backends.cache.endpoint,
    },
    CACHE_PORT: {
        when: "stores: cache",
        meaning: "Port of Redis",
        value: ({ backends }) => `${backends.cache.port}`,
    },
    CACHE_TOKEN_SECRET_ARN: {
        when: "stores: cache",
        meaning: "Secret whose text is the AUTH token; read it at each connect",
        value: ({ backends }) => backends.cache.tokenSecretArn,
    },
    CONSUME_QUEUE_URL: {
        when: "consumes",
        meaning: "Queue that the service reads",
        value: ({ settings, backends }) => at(backends.messaging.queues, String(settings.consumes)).url,
    },
    DATABASE_HOST: {
        when: "stores: database",
        meaning: "Writer of PostgreSQL; verify its certificate with the RDS bundle (`sslmode=verify-full`)",
        value: ({ backends }) => backends.database.endpoint,
    },
    DATABASE_NAME: {
        when: "stores: database",
        meaning: "Name of the database",
        value: ({ backends }) => backends.database.databaseName,
    },
    DATABASE_PORT: {
        when: "stores: database",
        meaning: "Port of PostgreSQL",
        value: ({ backends }) => `${backends.database.port}`,
    },
    DATABASE_READER_HOST: {
        when: "stores: database",
        meaning: "Readers of PostgreSQL; the writer where a stack has none",
        value: ({ backends }) => backends.database.readerEndpoint,
    },
    DATABASE_USER: {
        when: "stores: database",
        meaning: "User of the service; its password is an IAM token, signed locally and valid for 15 minutes",
        value: ({ backends, service }) => backends.database.userOf(service),
    },
    ENVIRONMENT: {
        when: "always",
        meaning: "Suffix of this copy of the platform",
        value: ({ scope }) => scope.suffix,
    },
    LOG_LEVEL: {
        when: "always",
        meaning: "`debug`, `info`, `warn` or `error`",
        value: ({ logLevel }) => logLevel,
    },
    PORT: { when: "path", meaning: "Port to listen on, for requests and health checks", value: () => `${ports.app}` },
    PROTOCOL: {
        when: "path",
        meaning: "What to speak on that port: `HTTPS` (a self-signed certificate will do) or `HTTP`",
        value: ({ targetProtocol }) => targetProtocol,
    },
    SERVICE: { when: "always", meaning: "Name of the service", value: ({ service }) => service },
};

/** The rest of the contract. `*` stands for the name of the entry in upper case, with `_` for each hyphen. */
export const listContract: Readonly<Record<string, ListVariable>> = {
    "*_QUEUE_URL": {
        when: "sends",
        meaning: "For each queue that the service sends to: its URL",
        values: ({ settings, backends }) =>
            settings.sends.map((queue) => [queue, at(backends.messaging.queues, queue).url]),
    },
    "*_TOPIC_ARN": {
        when: "publishes",
        meaning: "For each topic that the service publishes to: its ARN",
        values: ({ settings, backends }) =>
            settings.publishes.map((topic) => [topic, at(backends.messaging.topicArns, topic)]),
    },
};

const variableOf = (pattern: string, entry: string): string =>
    pattern.replace("*", entry.toUpperCase().replaceAll("-", "_"));

/** Variables of a service by their names: another order would be a new revision and a rollout. */
export const environmentOf = (context: ContainerContext): { name: string; value: pulumi.Input<string> }[] => {
    const single = Object.entries(containerContract)
        .filter(([, { when }]) => conditions[when](context.settings))
        .map(([name, { value }]) => ({ name, value: value(context) }));
    const listed = Object.entries(listContract).flatMap(([pattern, { values }]) =>
        values(context).map(([entry, value]) => ({ name: variableOf(pattern, entry), value })),
    );
    return [...single, ...listed].toSorted((a, b) => (a.name < b.name ? -1 : 1));
};

/** Directories that a container may write to: its root is read-only. ECS Exec keeps its own state in three more. */
export const writablePaths = (execCommand: boolean): Record<string, string> => ({
    tmp: "/tmp",
    ...(execCommand && {
        "managed-agents": "/managed-agents",
        "ssm-lib": "/var/lib/amazon/ssm",
        "ssm-log": "/var/log/amazon/ssm",
    }),
});

export interface ContainerArgs {
    readonly context: ContainerContext;
    readonly image: pulumi.Input<string>;
    readonly logGroupName: pulumi.Input<string>;
    readonly execCommand: boolean;
}

/** Seconds in which a task that starts may fail its checks: a slow start is no illness. */
export const startSeconds = 60;

/** As the load balancer checks the others: every 10 s, and a sick task leaves after three failures. */
const healthCheck = ({ healthCommand }: ServiceSettings) => ({
    command: ["CMD", ...(healthCommand ?? defaultHealthCommand)],
    interval: 10,
    timeout: 5,
    retries: 3,
    startPeriod: startSeconds,
});

/** The one container of a task. Only what differs from AWS's defaults stands here: each word is part of the revision. */
export function containerDefinition(args: ContainerArgs): pulumi.Output<string> {
    const { context, execCommand } = args;
    const definition: ContainerDefinition = {
        name: context.service,
        image: args.image,
        essential: true,
        user: "1000:1000",
        readonlyRootFilesystem: true,
        linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["ALL"] } },
        ...(isWorker(context.settings)
            ? { healthCheck: healthCheck(context.settings) }
            : { portMappings: [{ containerPort: ports.app, protocol: "tcp" }] }),
        environment: environmentOf(context),
        mountPoints: Object.entries(writablePaths(execCommand)).map(([sourceVolume, containerPath]) => ({
            sourceVolume,
            containerPath,
        })),
        // Twice the 30 s in which the load balancer drains it.
        stopTimeout: 60,
        logConfiguration: {
            logDriver: "awslogs",
            options: {
                "awslogs-group": args.logGroupName,
                "awslogs-region": context.scope.region,
                "awslogs-stream-prefix": context.service,
                // A full buffer drops lines; it must not stop payments.
                mode: "non-blocking",
                "max-buffer-size": "25m",
            },
        },
    };
    return pulumi.jsonStringify([definition]);
}

/** The part of ECS's container definition that we use. */
interface ContainerDefinition {
    name: string;
    image: pulumi.Input<string>;
    essential: boolean;
    user: string;
    readonlyRootFilesystem: boolean;
    linuxParameters: { initProcessEnabled: boolean; capabilities: { drop: string[] } };
    portMappings?: { containerPort: number; protocol: "tcp" }[];
    healthCheck?: {
        command: readonly string[];
        interval: number;
        timeout: number;
        retries: number;
        startPeriod: number;
    };
    environment: { name: string; value: pulumi.Input<string> }[];
    mountPoints: { sourceVolume: string; containerPath: string }[];
    stopTimeout: number;
    logConfiguration: { logDriver: "awslogs"; options: Record<string, pulumi.Input<string>> };
}
