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

/** By rule, what may be built wrongly, and whose fault it is then. */
const faults: Readonly<Record<string, Readonly<Record<string, [PlanChange, string]>>>> = {
    "fargate-tasks-valid": {
        "a size that Fargate does not offer": [changeInputs(task, "api", { memory: "9216" }), "payment-api-prod"],
        "Intel's processors": [
            changeInputs(task, "api", withValueAt("runtimePlatform.cpuArchitecture", "X86_64")),
            "payment-api-prod",
        ],
        "machines of our own": [changeInputs(task, "api", { requiresCompatibilities: ["EC2"] }), "payment-api-prod"],
        "a shared interface": [changeInputs(task, "api", { networkMode: "host" }), "payment-api-prod"],
        Windows: [
            changeInputs(task, "api", withValueAt("runtimePlatform.operatingSystemFamily", "WINDOWS_SERVER_2022_CORE")),
            "payment-api-prod",
        ],
        "no task": [removeResources(task), "the stack"],
    },
    "images-by-digest": {
        "an image by its tag": [awake, "payment-api-prod"],
        "an image by its tag that scaling may start": [
            changeInputs(target, "api", { minCapacity: 1 }),
            "payment-api-prod",
        ],
        "a digest cut short": [both(awake, container(":awaiting-first-image", "@sha256:0123")), "payment-api-prod"],
        "somebody else's image": [container("payment-api-prod:", "nginx:"), "payment-api-prod"],
        "no service": [removeResources(service), "the stack"],
    },
    "health-checks-add-up": {
        "no grace": [changeInputs(service, "api", { healthCheckGracePeriodSeconds: 0 }), "payment-api-prod"],
        "grace for half a start": [
            changeInputs(service, "api", { healthCheckGracePeriodSeconds: 49 }),
            "payment-api-prod",
        ],
        "checks that overlap": [health("timeout", 10), "payment-api-prod"],
        "patience with the sick": [health("unhealthyThreshold", 7), "payment-api-prod"],
        "a check of the container's own that takes longer": [
            container('"essential":true', '"essential":true,"healthCheck":{"command":["CMD","true"],"startPeriod":1}'),
            "payment-api-prod",
        ],
        "no check": [removeResources(group, "api"), "payment-api-prod"],
        "no service": [removeResources(service), "the stack"],
    },
    "timeouts-nest": {
        "a balancer that outlasts its targets": [changeInputs(balancer, "", { idleTimeout: 75 }), "payment-prod"],
        "a balancer that API Gateway outlasts": [changeInputs(balancer, "", { idleTimeout: 29 }), "payment-prod"],
        "a gateway that waits for longer than AWS lets it": [
            changeInputs(integration, "gateway-validate", { timeoutMilliseconds: 30_000 }),
            "payment-gateway-validate-prod",
        ],
        "requests cut off by a deployment": [
            changeInputs(group, "api", { deregistrationDelay: 28 }),
            "payment-api-prod",
        ],
        "a drain that AWS sets": [changeInputs(group, "api", { deregistrationDelay: null }), "payment-api-prod"],
        "a task killed while it drains": [container('"stopTimeout":60', '"stopTimeout":30'), "payment-api-prod"],
        "a stop that AWS sets": [container('"stopTimeout":60,', ""), "payment-api-prod"],
        "a stop that Fargate refuses": [container('"stopTimeout":60', '"stopTimeout":121'), "payment-api-prod"],
        "no balancer": [removeResources(balancer), "the stack"],
    },
    "deployments-keep-capacity": {
        "half of the tasks gone": [
            changeInputs(service, "api", { deploymentMinimumHealthyPercent: 50 }),
            "payment-api-prod",
        ],
        "no room for a new task": [changeInputs(service, "api", { deploymentMaximumPercent: 119 }), "payment-api-prod"],
        "no service": [removeResources(service), "the stack"],
    },
    "tenfold-spike-fits": {
        "ninefold at most": [changeInputs(target, "payment-api", { maxCapacity: 49 }), "payment-api-prod"],
        "a fixed count": [removeResources(target, "payment-api"), "payment-api-prod"],
        "bounds without a policy": [removeResources("aws:appautoscaling/policy:Policy", "-api-"), "payment-api-prod"],
        "no service": [removeResources(service), "the stack"],
    },
    "messages-outlast-consumers": {
        "a message that comes back too soon": [
            changeInputs("aws:sqs/queue:Queue", "notifications-prod", { visibilityTimeoutSeconds: 59 }),
            "payment-notifications-prod",
        ],
        "a time that AWS sets": [
            changeInputs("aws:sqs/queue:Queue", "processing-prod", { visibilityTimeoutSeconds: null }),
            "payment-processing-prod",
        ],
        "a consumer that stops slowly": [
            changeInputs(
                task,
                "notification",
                replaceText("containerDefinitions", '"stopTimeout":60', '"stopTimeout":90'),
            ),
            "payment-notifications-prod",
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

test("every rule is tried by a fault", () => {
    expect(Object.keys(faults).toSorted()).toEqual(rules.map(({ name }) => name).toSorted());
});

const trials = Object.entries(faults).flatMap(([name, changes]) =>
    Object.entries(changes).map(([fault, [change, resource]]) => ({ name, fault, change, resource })),
);

test.each(trials)("$name notices $fault", async ({ name, change, resource }) => {
    const violations = found(name, change(await planTestStack("prod")));
    expect(new Set(violations.map((each) => each.resource))).toEqual(new Set([resource]));
});

test.each(["dev", "staging", "prod"])("%s keeps every promise", async (stack) => {
    const settings = settingsFromConfig(readStackConfig(stack));
    const plan = await planTestStack(stack);
    expect(rules.flatMap((rule) => findViolations(rule, plan, settings))).toEqual([]);
});

test("a worker keeps every rule, by a check of its own that finds a sick task in time", async () => {
    const config = withSettings(readStackConfig("dev"), {
        "services.notification.path": undefined,
        "services.notification.priority": undefined,
    });
    const [plan, settings] = [await planOfConfig(config, "dev"), settingsFromConfig(config)];
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

test("a service runs the image of its digest", async () => {
    const config = withSettings(readStackConfig("prod"), { "services.api.imageDigest": digest });
    const plan = await planOfConfig(config, "prod");
    expect(found("images-by-digest", plan, settingsFromConfig(config))).toEqual([]);
    const [violation] = found("images-by-digest", container(`@${digest}`, ":latest")(plan));
    expect(violation).toMatchObject({
        resource: "payment-api-prod",
        reason: expect.stringContaining("run an image by its digest, or no tasks at all") as unknown,
    });
});

test("a stack that is not for production may be small, and a waiver lets production be", async () => {
    const small = changeInputs(target, "payment-api", { maxCapacity: 6 })(await planTestStack("prod"));
    expect(found("tenfold-spike-fits", small, { ...prod, compliance: "none" })).toEqual([]);
    const waiver = { rule: "tenfold-spike", reason: "the launch is in May", expires: "2099-01-01" };
    expect(found("tenfold-spike-fits", small, { ...prod, waivers: [waiver] })).toEqual([]);
    expect(found("tenfold-spike-fits", small)[0]?.reason).toBe(
        "must grow to 10 times its tasks at rest, and not from 5 to 6 tasks",
    );
});

test("an auditor sees how far each service may grow", async () => {
    const rule = rules.find(({ name }) => name === "tenfold-spike-fits");
    expect(rule?.evidence?.(await planTestStack("prod"), prod)).toEqual([
        "payment-api-prod: 5 to 50 tasks",
        "payment-notification-prod: 3 to 30 tasks",
        "payment-payment-prod: 5 to 50 tasks",
    ]);
});

test("the container contract says how long connections stay open", () => {
    expect(readFileSync("README.md", "utf8").replaceAll("\n", " ")).toContain(
        `keep connections open for ${keepAliveSeconds} s`,
    );
});
