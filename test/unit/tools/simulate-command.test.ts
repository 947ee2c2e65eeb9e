import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { parse, stringify } from "yaml";
import { simulatedServices } from "../../../analysis/capacity/service.ts";
import type { SimulationOutcome } from "../../../analysis/capacity/outcome.ts";
import type { Plan, Value, Values } from "../../../plan/plan.ts";
import { copyProject, testProjectFolder } from "../../project.ts";
import { planTestStack } from "../../stacks.ts";
import { runTool } from "./run-tool.ts";
import { tasksByService } from "../../../plan/stack-settings.ts";
import { settingsFromConfig } from "../checks/config-plans.ts";
import { withValueAt, changeInputs, removeResources } from "../checks/fault.ts";
import { readStackConfig } from "../settings/stack-config.ts";

const policy = "aws:appautoscaling/policy:Policy";
const balancer = "aws:lb/loadBalancer:LoadBalancer";
const tasks = tasksByService(settingsFromConfig(readStackConfig("prod")));

const runs = (argv: string[], root = testProjectFolder) => runTool("simulate", argv, { root });

/** The project with other services in dev. */
function projectWith(services: Record<string, Record<string, Value>>): string {
    const root = mkdtempSync(join(tmpdir(), "simulate-"));
    copyProject(root, ["dev"]);
    const file = parse(readFileSync(join(root, "Pulumi.dev.yaml"), "utf8")) as { config: Values };
    const key = "payment-platform:services";
    const old = file.config[key] as Record<string, Values>;
    const changed = Object.entries(old).map(([name, service]) => [name, { ...service, ...services[name] }]);
    file.config[key] = Object.fromEntries(changed) as Values;
    writeFileSync(join(root, "Pulumi.dev.yaml"), stringify(file));
    return root;
}

test("production withstands ten times its load, as docs/simulation.md shows", async () => {
    const { code, out, err } = await runs(["prod"]);
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toMatch(/^prod: 10 times the load at rest, within 300 s and for two hours\n/);
    expect(out).toMatch(/^api +300 to 3,000 requests\/s +15 to 50 of 50 +\d+ min \d\d s .* yes$/m);
    expect(out).toMatch(/^payment +30 to 300 messages\/s +5 to 50 of 50 .* none .* yes$/m);
    expect(out).toContain("130 tasks with 180 vCPU");
    expect(readFileSync("docs/simulation.md", "utf8")).toContain(out.trimEnd());
});

test("in prod at most 5 % of the requests of 15 minutes are refused, and the tasks suffice again within 3 minutes", async () => {
    const { out } = await runs(["prod", "--json"]);
    const { services } = JSON.parse(out) as { services: SimulationOutcome[] };
    const api = services.find(({ service }) => service === "api");
    expect(api?.refusedPercent).toBeLessThanOrEqual(5);
    expect(api?.recovery).toBeLessThanOrEqual(180);
});

test.each([
    ["refusedPercent: 10", 0, "yes"],
    ["refusedPercent: 1", 1, "NO"],
    ["recoverySeconds: 60", 1, "NO"],
    ["backlogMinutes: 1", 1, "yes"],
])("the service levels of the stack decide: with %s dev ends with %d", async (level, code, absorbed) => {
    const root = projectWith({});
    const file = join(root, "Pulumi.dev.yaml");
    const [name = ""] = level.split(":");
    const text = readFileSync(file, "utf8");
    const line = new RegExp(`^    ${name}: .*$`, "m");
    const levels = "  payment-platform:serviceLevels:\n";
    writeFileSync(
        file,
        line.test(text) ? text.replace(line, `    ${level}`) : text.replace(levels, `${levels}    ${level}\n`),
    );
    // No resource depends on them: the plan is that of dev.
    const result = await runTool("simulate", ["dev"], { root, planStack: () => planTestStack("dev") });
    expect(result.code).toBe(code);
    expect(result.out).toMatch(new RegExp(`^api .* ${absorbed}$`, "m"));
});

test("an overloaded stack is reported and fails; a stack without tasks at rest has the load of one task", async () => {
    const { code, out } = await runs(["dev"], projectWith({ api: { maxTasks: 5 }, notification: { minTasks: 0 } }));
    expect(out).toMatch(/^api .* never .* never +NO$/m);
    expect(out).toMatch(/^payment .* yes$/m);
    expect(out).toMatch(/^notification +6 to 60 messages\/s +1 to 10 of 10 .* yes$/m);
    expect(code).toBe(1);
});

test("the result is printed as JSON or as text", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "simulate-")), "spike.svg");
    const { code, out } = await runs([
        "prod",
        "--json",
        "--factor",
        "9",
        "--within",
        "0",
        "--launch",
        "180",
        "--out",
        file,
    ]);
    // Tasks that take three minutes to start are too late for the service levels.
    expect(code).toBe(1);
    const found = JSON.parse(out) as { services: SimulationOutcome[] };
    expect(found).toMatchObject({ stack: "prod", spike: { factor: 9, within: 0, at: 120, until: 7320 }, launch: 180 });
    const [api, notification, payment] = found.services;
    expect(api).toMatchObject({ service: "api", of: "requests", load: [300, 2700], absorbed: false });
    // A container that takes three minutes to start is ready three minutes after the decision.
    expect(payment).toMatchObject({ service: "payment", of: "messages", covered: 4 * 60 + 180, refused: 0 });
    expect(notification?.tasks).toEqual({ atRest: 3, peak: 30, maximum: 30 });

    const svg = readFileSync(file, "utf8");
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" .*<\/svg>\n$/s);
    expect(svg).toContain(">prod: 9 times the load at rest, after 2 minutes<");
    for (const { service, of } of found.services) {
        expect(svg).toContain(`>${service}: ${of} a second<`);
        expect(svg).toContain(`>${service}: tasks<`);
        expect(svg).toContain(`>${service}: ${of} that wait<`);
    }
    const curves = [...svg.matchAll(/<path fill="none" stroke="#[0-9a-f]{6}" stroke-width="1.5" d="([^"]*)"/g)];
    expect(curves).toHaveLength(3 * 6);
    for (const [, path] of curves) {
        expect(path).toMatch(/^M[\d.]+,[\d.]+(L[\d.]+,[\d.]+)*$/);
    }
    // With a capacity of 5,000 the load begins at 300, rises to 2,700 two minutes later, and stays there.
    expect(curves[0]?.[1]).toBe("M0,188L6.9,188L6.9,92L419.9,92L419.9,92");
});

test.each([
    [[], 2, "which stack? There are dev, prod, staging"],
    [["prod", "--factor", "none"], 2, "It must be a number above 0."],
    [["prod", "--launch", "0"], 2, "It must be a number above 0."],
    [["prod", "--within", "-1"], 2, "It must be a whole number, 0 or more."],
    [["prod", "--within", "3601"], 2, "It must be at most 3600."],
    [["prod", "--out", ""], 2, "the name of the file is empty: is a variable of the shell not set?"],
    [["prod", "--fast"], 2, "unknown option '--fast'"],
    [["nowhere"], 2, 'no stack "nowhere": there are dev, prod, staging'],
])("%j is answered with one clear error", async (argv, code, message) => {
    const result = await runs(argv);
    expect(result).toMatchObject({ code, out: "" });
    expect(result.err).toContain(message);
});

test("help exits with 0", async () => {
    const { code, out } = await runs(["--help"]);
    expect(code).toBe(0);
    expect(out).toContain("--factor <n>");
});

test("the capacity of a task follows from the policies of the plan", async () => {
    const plan = await planTestStack("prod");
    const services = simulatedServices(plan, { tasks, launch: 45 });
    expect(services).toHaveLength(3);
    // 20 s of health checks come before requests, none before messages.
    expect(services[0]).toMatchObject({
        name: "api",
        of: "requests",
        taskStartSeconds: 65,
        requestTimeoutSeconds: 29,
        capacityPerTask: 100,
    });
    expect(services[2]).toMatchObject({
        name: "payment",
        of: "messages",
        taskStartSeconds: 45,
        capacityPerTask: 10,
        vcpu: 2,
    });
    expect(services[0]).toMatchObject({
        policies: [
            { metric: "cpu", target: 60 },
            { metric: "requests", scaleOutCooldownSeconds: 60 },
        ],
    });
    expect(services[2]?.policies.map(({ metric }) => metric)).toEqual(["cpu", "backlog"]);
});

test("the settings give the capacity of a task, whatever the reserve that its policy keeps", async () => {
    const plan = await planTestStack("prod");
    const [api] = simulatedServices(plan, { tasks, launch: 45 });
    // 3,600 requests a minute at 60 % of what it can do; its policy keeps a third of them.
    expect(api?.capacityPerTask).toBe(100);
    expect(api?.policies).toContainEqual({ metric: "requests", target: 1200, scaleOutCooldownSeconds: 60 });
    const [other] = simulatedServices(plan, { tasks: { api: { atRest: 5, min: 5, max: 50 } }, launch: 45 });
    expect(other).toMatchObject({ capacityPerTask: 100, loadAtRest: 300, minTasks: 5, maxTasks: 50 });
});

test("a step scaling policy is read with the alarm that invokes it; another adjustment type is not simulated", async () => {
    const plan = await planTestStack("prod");
    const stepsIn = (changed: Plan) => simulatedServices(changed, { tasks, launch: 45 })[0]?.stepPolicies;
    expect(stepsIn(plan)).toEqual([
        {
            metric: "requests",
            threshold: 1800,
            minutes: 1,
            cooldownSeconds: 60,
            steps: [
                { from: 0, to: 600, addedPercent: 100 },
                { from: 600, to: Infinity, addedPercent: 900 },
            ],
        },
    ]);
    const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
    expect(stepsIn(removeResources(alarm, "payment-api-surge")(plan))).toEqual([]);
    const exact = withValueAt("stepScalingPolicyConfiguration.adjustmentType", "ExactCapacity");
    expect(stepsIn(changeInputs(policy, "payment-api-surge", exact)(plan))).toEqual([]);
});

test("a plan without gateway, policies or bounds is read, too", async () => {
    const plan = await planTestStack("prod");
    const open = removeResources("aws:apigateway/integration:Integration")(
        changeInputs(balancer, "", { idleTimeout: null })(plan),
    );
    expect(simulatedServices(open, { tasks, launch: 45 })[0]?.requestTimeoutSeconds).toBe(60);
    const fixed = removeResources("aws:appautoscaling/target:Target", "payment-api")(plan);
    expect(simulatedServices(fixed, { tasks, launch: 45 }).map(({ name }) => name)).toEqual([
        "notification",
        "payment",
    ]);
    const still = removeResources(policy)(plan);
    expect(simulatedServices(still, { tasks, launch: 45 })[0]).toMatchObject({ loadAtRest: 300, policies: [] });
    const other = changeInputs(policy, "payment-backlog", {
        targetTrackingScalingPolicyConfiguration: {
            customizedMetricSpecification: { metricName: "x" },
            targetValue: 1,
        },
    })(plan);
    expect(simulatedServices(other, { tasks, launch: 45 })[2]?.of).toBe("requests");
});
