import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { Cache } from "../../lib/cache.ts";
import type { Backends, ContainerContext } from "../../lib/compute/container.ts";
import { Database } from "../../lib/database.ts";
import type { SecurityGroups, SecurityGroupName } from "../../lib/flows.ts";
import { policyJson, type Statement } from "../../lib/iam.ts";
import { requireItem } from "../../lib/list.ts";
import type { LogStorage } from "../../lib/logs.ts";
import { Messaging } from "../../lib/messaging.ts";
import type { Scope } from "../../lib/scope.ts";
import { readSecretStatements } from "../../lib/secret.ts";
import { acquirer, type AcquirerSettings } from "../../lib/settings/acquirer.ts";
import { settingsSchema, type ServiceSettings, type Settings } from "../../lib/settings/schema.ts";
import { Secret, type Plan, type PlanNode, type Value } from "../../plan/plan.ts";
import { nodesOf } from "../recorder.ts";
import { readStackConfig, withSettings } from "./settings/stack-config.ts";

export const accountId = "123456789012";

/** Region, account and names of the parts under test; nothing is protected unless a test says so. */
export const testScope = (changes: Partial<Scope> = {}): Scope => ({
    suffix: "test",
    region: "eu-west-1",
    accountId: pulumi.output(accountId),
    partition: pulumi.output("aws"),
    deletionProtection: false,
    applyImmediately: true,
    ...changes,
});

const keyArnOf = (name: string) => `arn:aws:kms:eu-west-1:${accountId}:key/${name}`;
export const keyArns = {
    data: keyArnOf("data"),
    messaging: keyArnOf("messaging"),
    logs: keyArnOf("logs"),
    alerts: keyArnOf("alerts"),
};

/** What a role that reads a secret may do, and nothing more: with the data key, decrypt this secret. */
export const readSecretGrants = (secretArn: unknown) => [
    { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secretArn },
    {
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: keyArns.data,
        Condition: {
            StringEquals: {
                "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com",
                "kms:EncryptionContext:SecretARN": secretArn,
            },
        },
    },
];

/** How log groups keep what they get, as each of them must pass it on. */
export const logs: LogStorage = { kmsKeyId: keyArns.logs, retentionInDays: 30 };

export const alertTopicArns = {
    critical: `arn:aws:sns:eu-west-1:${accountId}:critical`,
    warning: `arn:aws:sns:eu-west-1:${accountId}:warning`,
};
export const alertTargets = {
    topicArns: alertTopicArns,
    deadLetterName: "payment-alerts-dlq-test",
    deadLetterArn: `arn:aws:sqs:eu-west-1:${accountId}:payment-alerts-dlq-test`,
};

const { shape } = settingsSchema;

export const databaseSettings = (changes: Partial<Settings["database"]> = {}): Settings["database"] =>
    shape.database.parse({
        minAcu: 0.5,
        maxAcu: 4,
        readers: 1,
        backupRetentionDays: 7,
        monitoringIntervalSeconds: 60,
        insights: "standard",
        ...changes,
    });

export const cacheSettings = (changes: Partial<Settings["cache"]> = {}): Settings["cache"] =>
    shape.cache.parse({ nodeType: "cache.t4g.small", nodes: 2, ...changes });

export const wafSettings = (changes: Partial<Settings["waf"]> = {}): Settings["waf"] =>
    shape.waf.parse({ requestsPer5Minutes: 2000, ...changes });

export const edgeSettings = (changes: Partial<Settings["edge"]> = {}): Settings["edge"] => shape.edge.parse(changes);

export const computeSettings = (changes: Partial<Settings["compute"]> = {}): Settings["compute"] =>
    shape.compute.parse({ spot: "none", containerInsights: "enabled", ...changes });

export const accountSettings = (changes: Partial<Settings["accountServices"]> = {}): Settings["accountServices"] =>
    shape.accountServices.parse(changes);

export const validationSettings = (changes: Partial<Settings["validation"]> = {}): Settings["validation"] =>
    shape.validation.parse({ memoryMib: 512, ...changes });

export const logSettings = (changes: Partial<Settings["logs"]> = {}): Settings["logs"] =>
    shape.logs.parse({ applicationRetentionDays: 30, auditRetentionDays: 365, ...changes });

type MessagingInput = z.input<typeof shape.queues>;

/** Two queues, one of which subscribes to the only topic. */
export const messagingSettings = (
    queues: MessagingInput = {
        processing: { visibilityTimeoutSeconds: 120 },
        notifications: { subscribesTo: ["events"] },
    },
    topics: z.input<typeof shape.topics> = { events: {} },
): Pick<Settings, "queues" | "topics"> => ({ queues: shape.queues.parse(queues), topics: shape.topics.parse(topics) });

/** Services by name, each with what it does not share with the plainest one. */
export const servicesFromDefaults = (services: Record<string, Partial<ServiceSettings>>): Settings["services"] =>
    shape.services.parse(
        Object.fromEntries(
            Object.entries(services).map(([service, changes], i) => [
                service,
                {
                    path: `/${service}/*`,
                    priority: 10 * (i + 1),
                    cpuUnits: 256,
                    memoryMib: 512,
                    minTasks: 2,
                    maxTasks: 20,
                    ...changes,
                },
            ]),
        ),
    );

/** An acquirer, with the default reconciliation or this one. */
export const acquirerSettings = (reconciliation: Partial<AcquirerSettings["reconciliation"]> = {}): AcquirerSettings =>
    acquirer.parse({ url: "https://api.acquirer.example/v1", reconciliation });

/** The stack dev of the tests with a service that calls an acquirer, which needs a way to the internet. */
export const configWithAcquirer = (changes: Readonly<Record<string, unknown>> = {}) =>
    withSettings(readStackConfig("dev"), {
        "network.egress": "nat",
        "network.natGateways": "single",
        "services.payment.acquirer": { url: "https://api.acquirer.example/v1" },
        ...changes,
    });

/** The same with an image, so that the comparison with the acquirer's report runs, at another hour than the default. */
export const configWithReconciliation = () =>
    configWithAcquirer({
        "services.payment.imageDigest": imageDigest,
        "services.payment.acquirer.reconciliation.hour": 4,
    });

/** Repository of GuardDuty's agent in the region of the parts under test. */
export const guardDutyAgentRepositoryArn = "arn:aws:ecr:eu-west-1:694911143906:repository/aws-guardduty-agent-fargate";

export const imageDigest = `sha256:${"ab".repeat(32)}`;

export const databaseArgs = (scope: Scope, settings = databaseSettings()) => ({
    scope,
    settings,
    subnetIds: ["subnet-1", "subnet-2"],
    securityGroupId: "sg-database",
    keyArn: keyArns.data,
    logs,
    alertTopicArn: alertTopicArns.warning,
});

export const cacheArgs = (scope: Scope, settings = cacheSettings()) => ({
    scope,
    settings,
    subnetIds: ["subnet-1", "subnet-2"],
    securityGroupId: "sg-cache",
    keyArn: keyArns.data,
    logs,
});

/** Secret by which services recognize the merchants' API. */
export const gatewaySecretArn = `arn:aws:secretsmanager:eu-west-1:${accountId}:secret:payment-gateway-token-test-AbCdEf`;

/** The stores and queues that services use, and the API that calls them. */
export const createBackends = (scope: Scope): Backends => ({
    database: new Database("payment-database-test", databaseArgs(scope)),
    cache: new Cache("payment-cache-test", cacheArgs(scope)),
    gateway: {
        secretArn: pulumi.output(gatewaySecretArn),
        readSecretStatements: () => readSecretStatements(scope, pulumi.output(gatewaySecretArn), keyArns.data),
    },
    messaging: new Messaging("payment-messaging-test", {
        scope,
        settings: messagingSettings(),
        keyArn: keyArns.messaging,
    }),
});

export const securityGroupIds = (): SecurityGroups["ids"] => {
    const id = (group: SecurityGroupName) => pulumi.output(`sg-${group}`);
    return {
        alb: id("alb"),
        gateway: id("gateway"),
        tasks: id("tasks"),
        workers: id("workers"),
        migration: id("migration"),
        validator: id("validator"),
        "database-clients": id("database-clients"),
        "cache-clients": id("cache-clients"),
        database: id("database"),
        cache: id("cache"),
        endpoints: id("endpoints"),
    };
};

/** A service's surroundings, as its container sees them. */
export const containerContext = (
    scope: Scope,
    service: string,
    changes: Partial<ServiceSettings> = {},
    others: Partial<Pick<ContainerContext, "logLevel" | "maxAmountMinor" | "acquirerSecretArn">> = {},
): ContainerContext => ({
    scope,
    service,
    settings: requireItem(servicesFromDefaults({ [service]: changes }), service),
    logLevel: "info",
    maxAmountMinor: 100_000_000,
    backends: createBackends(scope),
    ...others,
});

/** Puts statements where a plan shows them; it waits for what they wait for. */
export const exposeStatements = (name: string, statements: Statement[]) =>
    new aws.iam.RolePolicy(name, { role: "shown", policy: policyJson(statements) });

/** Puts a value where a plan shows it, and what it waits for. */
export const exposeValue = (name: string, value: pulumi.Input<string>) =>
    new aws.ec2.Tag(name, { resourceId: "shown", key: "Shown", value });

export interface PolicyStatementInPlan {
    Sid?: string;
    Effect: string;
    Principal?: Record<string, string>;
    Action: string | string[];
    Resource: string | string[];
    Condition?: Record<string, Record<string, unknown>>;
}

/** Text that a plan shows in the open. */
export function plainTextOf(value: Value | undefined): string {
    if (typeof value !== "string") {
        throw new Error(`no text, but ${value instanceof Secret ? "a secret" : JSON.stringify(value)}`);
    }
    return value;
}

/** The content of a JSON document that a plan shows in the open. */
export const parseJsonValue = (document: Value | undefined): unknown => JSON.parse(plainTextOf(document));

export const policyStatements = ({ inputs }: PlanNode, input = "policy"): PolicyStatementInPlan[] =>
    (parseJsonValue(inputs[input]) as { Statement: PolicyStatementInPlan[] }).Statement;

/** The only resource of a type. */
export function onlyNode(plan: Plan, type: string): PlanNode {
    const [node, ...others] = nodesOf(plan, type);
    if (node === undefined || others.length > 0) {
        throw new Error(`${nodesOf(plan, type).length} resources of type ${type}`);
    }
    return node;
}

/** Logical names of all resources of a type, sorted: they are registered in the order in which their inputs come. */
export const logicalNamesOf = (plan: Plan, type: string): string[] =>
    nodesOf(plan, type)
        .map(({ name }) => name)
        .sort();

/** Types of which a plan holds many, by a short word. */
export const typeTokens = {
    alarm: "aws:cloudwatch/metricAlarm:MetricAlarm",
    certificate: "aws:acm/certificate:Certificate",
    composite: "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    dashboard: "aws:cloudwatch/dashboard:Dashboard",
    ecsService: "aws:ecs/service:Service",
    listener: "aws:lb/listener:Listener",
    loadBalancer: "aws:lb/loadBalancer:LoadBalancer",
    logGroup: "aws:cloudwatch/logGroup:LogGroup",
    policy: "aws:iam/rolePolicy:RolePolicy",
    queue: "aws:sqs/queue:Queue",
    record: "aws:route53/record:Record",
    replicationGroup: "aws:elasticache/replicationGroup:ReplicationGroup",
    repository: "aws:ecr/repository:Repository",
    role: "aws:iam/role:Role",
    rule: "aws:lb/listenerRule:ListenerRule",
    scalingPolicy: "aws:appautoscaling/policy:Policy",
    scalingTarget: "aws:appautoscaling/target:Target",
    secret: "aws:secretsmanager/secret:Secret",
    subscription: "aws:sns/topicSubscription:TopicSubscription",
    targetGroup: "aws:lb/targetGroup:TargetGroup",
    taskDefinition: "aws:ecs/taskDefinition:TaskDefinition",
} as const;
