import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { capacityRules } from "../../../checks/rules/capacity.ts";
import { containerRules } from "../../../checks/rules/containers.ts";
import { keepAliveSeconds } from "../../../contract/container.ts";
import { timeoutRules } from "../../../checks/rules/timeouts.ts";
import { findViolations, type Violation } from "../../../checks/rule.ts";
import type { PlatformSettings } from "../../../lib/settings.ts";
import type { Plan, Value } from "../../../plan/plan.ts";
import { planTestStack } from "../../stacks.ts";
import { describeViolations, planOfConfig, settingsFromConfig } from "./config-plans.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";
import { withValueAt, changeInputs, replaceText, removeResources, type PlanChange } from "./fault.ts";

const service = "aws:ecs/service:Service";
const task = "aws:ecs/taskDefinition:TaskDefinition";
const group = "aws:lb/targetGroup:TargetGroup";
const balancer = "aws:lb/loadBalancer:LoadBalancer";
const target = "aws:appautoscaling/target:Target";
const policy = "aws:appautoscaling/policy:Policy";
const trackingConfiguration = "targetTrackingScalingPolicyConfiguration";
const integration = "aws:apigateway/integration:Integration";

const digest = `sha256:${"a".repeat(64)}`;
const container = (from: string | RegExp, to: string): PlanChange =>
    changeInputs(task, "api", replaceText("containerDefinitions", from, to));
const health = (key: string, value: Value): PlanChange =>
    changeInputs(group, "api", withValueAt(`healthCheck.${key}`, value));
const both =
    (...changes: PlanChange[]): PlanChange =>
    (plan) =>
        changes.reduce((changed, change) => change(changed), plan);
const awake = changeInputs(service, "api", { desiredCount: 5 });

/** Faults by rule, each with the resource and the reason of its finding. */
const faults: Readonly<Record<string, Readonly<Record<string, [PlanChange, string, string]>>>> = {
    "fargate-tasks-valid": {
        "a size that Fargate does not offer": [
            changeInputs(task, "api", { memory: "9216" }),
            "payment-api-prod",
            "must have a size that Fargate offers, not 1024 CPU units with 9216 MiB",
        ],
        "an x86 processor": [
            changeInputs(task, "api", withValueAt("runtimePlatform.cpuArchitecture", "X86_64")),
            "payment-api-prod",
            "must run on Fargate in awsvpc mode, on Linux and ARM64",
        ],
        "EC2 instances": [
            changeInputs(task, "api", { requiresCompatibilities: ["EC2"] }),
            "payment-api-prod",
            "must run on Fargate in awsvpc mode, on Linux and ARM64",
        ],
        "the host's network interface": [
            changeInputs(task, "api", { networkMode: "host" }),
            "payment-api-prod",
            "must run on Fargate in awsvpc mode, on Linux and ARM64",
        ],
        Windows: [
            changeInputs(task, "api", withValueAt("runtimePlatform.operatingSystemFamily", "WINDOWS_SERVER_2022_CORE")),
            "payment-api-prod",
            "must run on Fargate in awsvpc mode, on Linux and ARM64",
        ],
        "no task definition": [removeResources(task), "the stack", "there are no services"],
    },
    "images-by-digest": {
        "an image by its tag": [
            awake,
            "payment-api-prod",
            "must run an image by its digest, or no tasks, not 123456789012.dkr.ecr.us-east-1.amazonaws.com/payment-api-prod:awaiting-first-image",
        ],
        "an image by its tag that autoscaling may start": [
            changeInputs(target, "api", { minCapacity: 1 }),
            "payment-api-prod",
            "must run an image by its digest, or no tasks, not 123456789012.dkr.ecr.us-east-1.amazonaws.com/payment-api-prod:awaiting-first-image",
        ],
        "an image by its tag that a backlog may start": [
            changeInputs(target, "api", { maxCapacity: 20 }),
            "payment-api-prod",
            "must run an image by its digest, or no tasks, not 123456789012.dkr.ecr.us-east-1.amazonaws.com/payment-api-prod:awaiting-first-image",
        ],
        "an incomplete digest": [
            both(awake, container(":awaiting-first-image", "@sha256:0123")),
            "payment-api-prod",
            "must run an image by its digest, or no tasks, not 123456789012.dkr.ecr.us-east-1.amazonaws.com/payment-api-prod@sha256:0123",
        ],
        "an image from another repository": [
            container("payment-api-prod:", "nginx:"),
            "payment-api-prod",
            "must use an image from a repository of the stack",
        ],
        "no service": [removeResources(service), "the stack", "there are no services"],
    },
    "health-checks-add-up": {
        "no grace period": [
            changeInputs(service, "api", { healthCheckGracePeriodSeconds: 0 }),
            "payment-api-prod",
            "must have a grace period of 50 s: the load balancer's check fails, then passes in that time",
        ],
        "a grace period that is too short": [
            changeInputs(service, "api", { healthCheckGracePeriodSeconds: 49 }),
            "payment-api-prod",
            "must have a grace period of 50 s: the load balancer's check fails, then passes in that time",
        ],
        "a timeout as long as the interval": [
            health("timeout", 10),
            "payment-api-prod",
            "must have a health check timeout that is shorter than its interval",
        ],
        "an unhealthy threshold that is too high": [
            health("unhealthyThreshold", 7),
            "payment-api-prod",
            "must replace an unhealthy task within 60 s",
        ],
        "a container health check that takes longer": [
            container('"essential":true', '"essential":true,"healthCheck":{"command":["CMD","true"],"startPeriod":1}'),
            "payment-api-prod",
            "must have a grace period of 91 s: the container's check can fail in that time",
        ],
        "no target group": [
            removeResources(group, "api"),
            "payment-api-prod",
            "must have a health check timeout that is shorter than its interval",
        ],
        "no service": [removeResources(service), "the stack", "there are no services"],
    },
    "timeouts-nest": {
        "a load balancer idle timeout as long as the keep-alive": [
            changeInputs(balancer, "", { idleTimeout: 75 }),
            "payment-prod",
            "must have an idle timeout below 75 s, after which its targets close idle connections",
        ],
        "a load balancer idle timeout as short as API Gateway's timeout": [
            changeInputs(balancer, "", { idleTimeout: 29 }),
            "payment-prod",
            "must have an idle timeout above API Gateway's timeout of 29 s",
        ],
        "an API Gateway timeout above the quota": [
            changeInputs(integration, "gateway-validate", { timeoutMilliseconds: 30_000 }),
            "payment-gateway-validate-prod",
            "must have a timeout of 29 s at most: more requires a quota increase",
        ],
        "a deregistration delay that is too short": [
            changeInputs(group, "api", { deregistrationDelay: 28 }),
            "payment-api-prod",
            "must have a deregistration delay of at least 29 s, the timeout of API Gateway",
        ],
        "the default deregistration delay": [
            changeInputs(group, "api", { deregistrationDelay: null }),
            "payment-api-prod",
            "must have a stop timeout above the deregistration delay of 300 s",
        ],
        "a stop timeout as short as the deregistration delay": [
            container('"stopTimeout":60', '"stopTimeout":30'),
            "payment-api-prod",
            "must have a stop timeout above the deregistration delay of 30 s",
        ],
        "the default stop timeout": [
            container('"stopTimeout":60,', ""),
            "payment-api-prod",
            "must have a stop timeout above the deregistration delay of 30 s",
        ],
        "a stop timeout above the maximum of Fargate": [
            container('"stopTimeout":60', '"stopTimeout":121'),
            "payment-api-prod",
            "must have a stop timeout of at most 120 s, the maximum of Fargate",
        ],
        "no load balancer": [removeResources(balancer), "the stack", "there is no load balancer"],
    },
    "deployments-keep-capacity": {
        "a minimum healthy percent of 50": [
            changeInputs(service, "api", { deploymentMinimumHealthyPercent: 50 }),
            "payment-api-prod",
            "must keep 100 % of its tasks healthy during a deployment",
        ],
        "a maximum percent that allows no new task": [
            changeInputs(service, "api", { deploymentMaximumPercent: 119 }),
            "payment-api-prod",
            "must allow one task more than the desired count during a deployment",
        ],
        "no service": [removeResources(service), "the stack", "there are no services"],
    },
    "tenfold-spike-fits": {
        "a maximum of nine times the minimum": [
            changeInputs(target, "payment-api", { maxCapacity: 49 }),
            "payment-api-prod",
            "must scale to 10 times its minimum tasks, not from 5 to 49 tasks",
        ],
        "autoscaling that is suspended": [
            changeInputs(target, "payment-api", { suspendedState: { dynamicScalingOutSuspended: true } }),
            "payment-api-prod",
            "must have autoscaling that the program does not suspend",
        ],
        "no autoscaling": [
            removeResources(target, "payment-api"),
            "payment-api-prod",
            "must have an autoscaling target with a scaling policy",
        ],
        "no scaling policy": [
            removeResources("aws:appautoscaling/policy:Policy", "-api-"),
            "payment-api-prod",
            "must have an autoscaling target with a scaling policy",
        ],
        "no service": [removeResources(service), "the stack", "there are no services"],
    },
    "spikes-absorbed": {
        "scaling on CPU alone": [
            both(removeResources(policy, "payment-api-surge"), removeResources(policy, "payment-api-requests")),
            "payment-api-prod",
            "must refuse at most 5 % of its requests in the first 15 minutes, not 12.4 %",
        ],
        "health checks that delay new tasks by five minutes": [
            both(health("healthyThreshold", 10), health("interval", 30)),
            "payment-api-prod",
            "must have recovered within 180 s, and has recovered after 371 s",
        ],
    },
    "scale-in-follows-load": {
        "a policy on memory that scales in": [
            changeInputs(policy, "payment-api-memory", withValueAt(`${trackingConfiguration}.disableScaleIn`, false)),
            "payment-api-memory-prod",
            "must not scale in: memory stays allocated after a spike, and AWS scales in only when all policies agree",
        ],
        "no policy that scales in": [
            (plan) =>
                ["cpu", "requests"].reduce(
                    (changed, noun) =>
                        changeInputs(
                            policy,
                            `payment-api-${noun}`,
                            withValueAt(`${trackingConfiguration}.disableScaleIn`, true),
                        )(changed),
                    plan,
                ),
            "payment-api-prod",
            "must have a policy that scales in",
        ],
    },
    "messages-outlast-consumers": {
        "a visibility timeout that is too short": [
            changeInputs("aws:sqs/queue:Queue", "notifications-prod", { visibilityTimeoutSeconds: 59 }),
            "payment-notifications-prod",
            "must have a visibility timeout of at least 60 s, the stop timeout of payment-notification-prod, not 59 s",
        ],
        "the default visibility timeout": [
            changeInputs("aws:sqs/queue:Queue", "processing-prod", { visibilityTimeoutSeconds: null }),
            "payment-processing-prod",
            "must have a visibility timeout of at least 60 s, the stop timeout of payment-payment-prod, not 30 s",
        ],
        "a consumer with a longer stop timeout": [
            changeInputs(
                task,
                "notification",
                replaceText("containerDefinitions", '"stopTimeout":60', '"stopTimeout":90'),
            ),
            "payment-notifications-prod",
            "must have a visibility timeout of at least 90 s, the stop timeout of payment-notification-prod, not 60 s",
        ],
    },
};

const rules = [...containerRules, ...timeoutRules, ...capacityRules];
const prod = settingsFromConfig(readStackConfig("prod"));
function found(name: string, plan: Plan, settings: PlatformSettings = prod): Violation[] {
    const rule = rules.find((each) => each.name === name);
    if (rule === undefined) {
        throw new Error(`no rule ${name}`);
    }
    return findViolations(rule, plan, settings);
}

test("every rule has a fault that it reports", () => {
    expect(Object.keys(faults).toSorted()).toEqual(rules.map(({ name }) => name).toSorted());
});

const trials = Object.entries(faults).flatMap(([name, changes]) =>
    Object.entries(changes).map(([fault, [change, resource, reason]]) => ({ name, fault, change, resource, reason })),
);

test.each(trials)("$name reports $fault", async ({ name, change, resource, reason }) => {
    const violations = found(name, change(await planTestStack("prod")));
    expect(new Set(violations.map((each) => each.resource))).toEqual(new Set([resource]));
    expect(violations.map((each) => each.reason)).toContain(reason);
});

test.each(["dev", "staging", "prod"])("%s passes every rule", async (stack) => {
    const settings = settingsFromConfig(readStackConfig(stack));
    const plan = await planTestStack(stack);
    expect(rules.flatMap((rule) => findViolations(rule, plan, settings))).toEqual([]);
});

test("a worker passes every rule, with a container health check that detects an unhealthy task in time", async () => {
    const [plan, settings] = [await planTestStack("dev"), settingsFromConfig(readStackConfig("dev"))];
    expect(describeViolations(plan, settings)).toEqual([]);
    const wrong = [
        [/"healthCheck":\{[^}]*\},/, ""],
        ['"startPeriod":60', '"startPeriod":10'],
        ['"interval":10', '"interval":30'],
    ] as const;
    for (const [from, to] of wrong) {
        const changed = changeInputs(task, "notification", replaceText("containerDefinitions", from, to))(plan);
        expect(found("health-checks-add-up", changed, settings)).toMatchObject([
            { resource: "payment-notification-dev" },
        ]);
    }
});

test("a service runs an image by its digest", async () => {
    const config = withSettings(readStackConfig("prod"), { "services.api.imageDigest": digest });
    const plan = await planOfConfig(config, "prod");
    expect(found("images-by-digest", plan, settingsFromConfig(config))).toEqual([]);
    const [violation] = found("images-by-digest", container(`@${digest}`, ":latest")(plan));
    expect(violation).toMatchObject({
        resource: "payment-api-prod",
        reason: expect.stringContaining("run an image by its digest, or no tasks") as unknown,
    });
});

test("a stack without compliance may be small, and a waiver allows it for PCI-DSS", async () => {
    const small = changeInputs(target, "payment-api", { maxCapacity: 6 })(await planTestStack("prod"));
    expect(found("tenfold-spike-fits", small, { ...prod, compliance: "none" })).toEqual([]);
    const waiver = { rule: "tenfold-spike", reason: "the launch is in May", expires: "2099-01-01" };
    expect(found("tenfold-spike-fits", small, { ...prod, waivers: [waiver] })).toEqual([]);
    expect(found("tenfold-spike-fits", small)[0]?.reason).toBe(
        "must scale to 10 times its minimum tasks, not from 5 to 6 tasks",
    );
});

test("in a stack with compliance PCI-DSS a service without reserve refuses too many requests in a spike", async () => {
    const config = withSettings(readStackConfig("prod"), { "services.api.reservePercent": 0 });
    const [plan, settings] = [await planOfConfig(config, "prod"), settingsFromConfig(config)];
    expect(found("spikes-absorbed", plan, settings).map(({ resource, reason }) => `${resource} ${reason}`)).toEqual([
        "payment-api-prod must refuse at most 5 % of its requests in the first 15 minutes, not 7.4 %",
        "payment-api-prod must have recovered within 180 s, and has recovered after 202 s",
    ]);
    expect(found("spikes-absorbed", plan, { ...settings, compliance: "none" })).toEqual([]);
});

test("a service without room for a tenfold spike needs no second waiver for what the spike does", async () => {
    const config = withSettings(readStackConfig("prod"), {
        "services.api.reservePercent": 0,
        "services.api.maxTasks": 49,
        waivers: [{ rule: "tenfold-spike", reason: "the launch is in May", expires: "2099-01-01" }],
    });
    const [plan, settings] = [await planOfConfig(config, "prod"), settingsFromConfig(config)];
    expect(found("spikes-absorbed", plan, settings)).toEqual([]);
    expect(found("spikes-absorbed", plan, { ...settings, waivers: [] })).not.toEqual([]);
});

test("a running service must be able to scale by its plan, whatever its settings say", async () => {
    const config = withSettings(readStackConfig("prod"), { "services.api.imageDigest": digest });
    const plan = changeInputs(target, "payment-api", { maxCapacity: 20 })(await planOfConfig(config, "prod"));
    const settings = settingsFromConfig(config);
    expect(found("tenfold-spike-fits", plan, settings)[0]?.reason).toContain("not from 5 to 20 tasks");
    expect(found("spikes-absorbed", plan, settings)[0]?.resource).toBe("payment-api-prod");
});

test("evidence has the minimum and maximum tasks of each service", async () => {
    const rule = rules.find(({ name }) => name === "tenfold-spike-fits");
    expect(rule?.evidence?.(await planTestStack("prod"), prod)).toEqual([
        "payment-api-prod: 5 to 50 tasks",
        "payment-notification-prod: 3 to 30 tasks",
        "payment-payment-prod: 5 to 50 tasks",
    ]);
});

test("docs/containers.md has the keep-alive time", () => {
    expect(readFileSync("docs/containers.md", "utf8").replaceAll("\n", " ")).toContain(
        `keep connections open for ${keepAliveSeconds} s`,
    );
});
