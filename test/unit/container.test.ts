import * as pulumi from "@pulumi/pulumi";
import { listVariables, variables } from "../../contract/container.ts";
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import {
    containerDefinition,
    environmentOf,
    serviceContainer,
    type ContainerContext,
} from "../../lib/compute/container.ts";
import type { ServiceSettings } from "../../lib/settings/schema.ts";
import type { Plan } from "../../plan/plan.ts";
import { findNode, planComponent, componentPlanner } from "../recorder.ts";
import {
    accountId,
    acquirerSettings,
    containerContext,
    gatewaySecretArn,
    onlyNode,
    parseJsonValue,
    testScope,
    exposeValue,
    typeTokens,
} from "./fixtures.ts";

interface Container {
    name: string;
    environment: { name: string; value: string }[];
    secrets?: unknown;
    mountPoints: { sourceVolume: string; containerPath: string }[];
}

interface Changes {
    settings?: Partial<ServiceSettings>;
    execCommand?: boolean;
    others?: Partial<Pick<ContainerContext, "logLevel" | "maxAmountMinor">>;
}

const acquirerSecretArn = `arn:aws:secretsmanager:eu-west-1:${accountId}:secret:payment-risk-check-acquirer-test-a1b2c3`;

const planned = componentPlanner(({ settings, execCommand = false, others }: Changes = {}) => {
    const context = containerContext(testScope(), "risk-check", settings, {
        ...others,
        ...(settings?.acquirer && { acquirerSecretArn: pulumi.output(acquirerSecretArn) }),
    });
    const definition = containerDefinition({
        ...serviceContainer(context, execCommand),
        name: "risk-check",
        region: "eu-west-1",
        image: "image",
        logGroupName: "log-group",
    });
    exposeValue("shown", definition);
});

/** All containers of a task must be one: a sidecar would need the same hardening. */
function containerIn(plan: Plan): Container {
    const [container, ...sidecars] = parseJsonValue(findNode(plan, "shown").inputs.value) as Container[];
    expect(sidecars).toEqual([]);
    return container ?? { name: "", environment: [], mountPoints: [] };
}

const variablesIn = (plan: Plan) =>
    Object.fromEntries(containerIn(plan).environment.map(({ name, value }) => [name, value]));

test("a container runs as an unprivileged user, without capabilities, and writes to /tmp only", async () => {
    expect(containerIn(await planned())).toMatchObject({
        name: "risk-check",
        image: "image",
        essential: true,
        user: "1000:1000",
        readonlyRootFilesystem: true,
        linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["ALL"] } },
        mountPoints: [{ sourceVolume: "tmp", containerPath: "/tmp" }],
    });
});

test("a container has no other option that could weaken it", async () => {
    expect(Object.keys(containerIn(await planned())).sort()).toEqual([
        "environment",
        "essential",
        "image",
        "linuxParameters",
        "logConfiguration",
        "mountPoints",
        "name",
        "portMappings",
        "readonlyRootFilesystem",
        "stopTimeout",
        "user",
    ]);
});

test("with shells on, their agent may write to its own three directories, too", async () => {
    expect(containerIn(await planned({ execCommand: true })).mountPoints).toEqual([
        { sourceVolume: "tmp", containerPath: "/tmp" },
        { sourceVolume: "managed-agents", containerPath: "/managed-agents" },
        { sourceVolume: "ssm-lib", containerPath: "/var/lib/amazon/ssm" },
        { sourceVolume: "ssm-log", containerPath: "/var/log/amazon/ssm" },
    ]);
});

test("a container writes to its own log, and a full buffer does not stop payments", async () => {
    expect(containerIn(await planned())).toMatchObject({
        logConfiguration: {
            logDriver: "awslogs",
            options: {
                "awslogs-group": "log-group",
                "awslogs-region": "eu-west-1",
                "awslogs-stream-prefix": "risk-check",
                mode: "non-blocking",
                "max-buffer-size": "25m",
            },
        },
    });
});

test("a container has longer to stop than the load balancer takes to drain it", async () => {
    expect(containerIn(await planned())).toMatchObject({
        stopTimeout: 60,
        portMappings: [{ containerPort: 8080, protocol: "tcp" }],
    });
});

/** Takes no requests. */
const worker: Partial<ServiceSettings> = { path: undefined, priority: undefined };

test("a worker has no port; ECS runs the image's own health check, and gives it a minute to start", async () => {
    const container = containerIn(await planned({ settings: worker }));
    expect(container).toMatchObject({
        healthCheck: { command: ["CMD", "healthcheck"], interval: 10, timeout: 5, retries: 3, startPeriod: 60 },
    });
    expect(container).not.toHaveProperty("portMappings");
    expect(Object.keys(variablesIn(await planned({ settings: worker })))).toEqual(
        always.filter((name) => !["GATEWAY_SECRET_ARN", "MAX_AMOUNT_MINOR", "PORT", "PROTOCOL"].includes(name)),
    );
});

test("a worker may have its own health command, which runs without a shell", async () => {
    const settings = { ...worker, healthCommand: ["node", "health.js"] };
    expect(containerIn(await planned({ settings }))).toMatchObject({
        healthCheck: { command: ["CMD", "node", "health.js"] },
    });
});

const acquirer = acquirerSettings();
const always = [
    "AWS_REGION",
    "ENVIRONMENT",
    "GATEWAY_SECRET_ARN",
    "LOG_LEVEL",
    "MAX_AMOUNT_MINOR",
    "PORT",
    "PROTOCOL",
    "SERVICE",
];
const withCache = ["CACHE_HOST", "CACHE_PORT", "CACHE_TOKEN_SECRET_ARN"];
const withDatabase = ["DATABASE_HOST", "DATABASE_NAME", "DATABASE_PORT", "DATABASE_READER_HOST", "DATABASE_USER"];
const cases: [what: string, settings: Partial<ServiceSettings>, more: string[]][] = [
    ["nothing", {}, []],
    ["the cache", { stores: ["cache"] }, withCache],
    ["the database", { stores: ["database"] }, withDatabase],
    ["a queue to read", { consumes: "processing" }, ["CONSUME_QUEUE_URL"]],
    ["the other queue to read", { consumes: "notifications" }, ["CONSUME_QUEUE_URL"]],
    ["payments to send", { sends: ["processing"] }, ["PROCESSING_QUEUE_URL"]],
    ["notifications to send", { sends: ["notifications"] }, ["NOTIFICATIONS_QUEUE_URL"]],
    ["events to publish", { publishes: ["events"] }, ["EVENTS_TOPIC_ARN"]],
    ["an acquirer", { acquirer }, ["ACQUIRER_SECRET_ARN", "ACQUIRER_URL"]],
];
const everything: Partial<ServiceSettings> = {
    stores: ["database", "cache"],
    consumes: "notifications",
    sends: ["notifications", "processing"],
    publishes: ["events"],
    acquirer,
};

test.each(cases)("a service with the store %s gets its variables, and no others", async (_, settings, more) => {
    const names = containerIn(await planned({ settings })).environment.map(({ name }) => name);
    expect(names).toEqual([...always, ...more].sort());
});

test("a service with all stores gets all variables of the contract, always in the same order", async () => {
    const { environment } = containerIn(await planned({ settings: everything }));
    const names = environment.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(variables)));
    expect(names).toEqual([...names].sort());
    expect(names.sort()).toEqual([...always, ...cases.flatMap(([, , more]) => more)].filter(first).sort());
});

const first = (item: string, i: number, all: string[]) => all.indexOf(item) === i;

test("every variable has the address of the part that it names", async () => {
    const plan = await planned({
        settings: everything,
        others: { logLevel: "debug", maxAmountMinor: 5000 },
    });
    const database = onlyNode(plan, "aws:rds/cluster:Cluster").outputs;
    const cache = onlyNode(plan, typeTokens.replicationGroup).outputs;
    expect(variablesIn(plan)).toEqual({
        ACQUIRER_SECRET_ARN: acquirerSecretArn,
        ACQUIRER_URL: acquirer.url,
        AWS_REGION: "eu-west-1",
        CACHE_HOST: cache.primaryEndpointAddress,
        CACHE_PORT: "6379",
        CACHE_TOKEN_SECRET_ARN: onlyNode(plan, typeTokens.secret).outputs.arn,
        CONSUME_QUEUE_URL: `https://sqs.us-east-1.amazonaws.com/${accountId}/payment-notifications-test`,
        DATABASE_HOST: database.endpoint,
        DATABASE_NAME: "payments",
        DATABASE_PORT: "5432",
        DATABASE_READER_HOST: database.readerEndpoint,
        DATABASE_USER: "payment_risk_check",
        ENVIRONMENT: "test",
        GATEWAY_SECRET_ARN: gatewaySecretArn,
        EVENTS_TOPIC_ARN: `arn:aws:sns:us-east-1:${accountId}:payment-events-test`,
        LOG_LEVEL: "debug",
        MAX_AMOUNT_MINOR: "5000",
        NOTIFICATIONS_QUEUE_URL: `https://sqs.us-east-1.amazonaws.com/${accountId}/payment-notifications-test`,
        PORT: "8080",
        PROCESSING_QUEUE_URL: `https://sqs.us-east-1.amazonaws.com/${accountId}/payment-processing-test`,
        PROTOCOL: "HTTPS",
        SERVICE: "risk-check",
    });
});

test("no secret is in a container's environment, and none is injected", async () => {
    const plan = await planned({ settings: everything });
    // The definition is in the open as a whole: one secret in it would make a secret of it.
    const { environment, secrets } = containerIn(plan);
    expect(secrets).toBeUndefined();
    const names = environment.map(({ name }) => name).filter((name) => /SECRET|TOKEN|PASSWORD|KEY/.test(name));
    expect(names).toEqual(["ACQUIRER_SECRET_ARN", "CACHE_TOKEN_SECRET_ARN", "GATEWAY_SECRET_ARN"]);
    for (const name of names) {
        expect(variablesIn(plan)[name]).toMatch(/^arn:aws:secretsmanager:/);
    }
});

test("an acquirer without a secret is a mistake of the program", async () => {
    const settings = { acquirer };
    await expect(
        planComponent(() => {
            environmentOf(containerContext(testScope(), "risk-check", settings));
        }),
    ).rejects.toThrow("risk-check has no acquirer, or no secret for it");
});

test("docs/containers.md lists exactly the variables of the contract", () => {
    const [, section = ""] = readFileSync("docs/containers.md", "utf8").split("## Environment variables");
    const [table = ""] = section.split("\n## ");
    const promised = [...table.matchAll(/^\| *`([A-Z_*]+)`/gm)].map(([, name]) => name);
    expect(promised).toEqual(Object.keys({ ...variables, ...listVariables }));
});
