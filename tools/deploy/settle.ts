import { DescribeServicesCommand, type Deployment, type Service } from "@aws-sdk/client-ecs";
import type { Clients } from "./clients.ts";
import { durationText } from "./display/duration.ts";
import { nameOf, outputOf, stateOf, type State, type StateResource } from "../../plan/state.ts";

export interface Pace {
    readonly sleep: (milliseconds: number) => Promise<void>;
    readonly now: () => number;
}

export interface Settled {
    /** A line for each service. */
    readonly lines: readonly string[];
    /** Services that rolled back, or did not settle in time, with what ECS says of them. */
    readonly failures: readonly string[];
}

/** Milliseconds between two looks. */
const interval = 10_000;

/** Services that DescribeServices takes at once (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html). */
const page = 10;

/** Waits until each service runs what was deployed, ECS has undone it, or its time is over. */
export async function settle(
    ecs: Clients["ecs"],
    state: State,
    { sleep, now }: Pace,
    say: (line: string) => void,
): Promise<Settled> {
    const [cluster] = stateOf(state, "ecs/cluster:Cluster").map((each) => outputOf(each, "name"));
    const services = stateOf(state, "ecs/service:Service").map((service) => expectationOf(service, state));
    const lines: string[] = [];
    const failures: string[] = [];
    const started = now();
    let told = 0;
    for (let open = services; open.length > 0;) {
        const found = await describe(ecs, cluster, open);
        const waited = now() - started;
        const verdicts = open.map((expected) => ({
            expected,
            ...verdictOf(expected, found.get(expected.name), waited),
        }));
        lines.push(...verdicts.flatMap(({ line }) => line ?? []));
        failures.push(...verdicts.flatMap(({ failure }) => failure ?? []));
        open = verdicts
            .filter(({ line, failure }) => line === undefined && failure === undefined)
            .map((each) => each.expected);
        if (open.length > 0) {
            if (now() - started >= (told + 1) * minutes) {
                told += 1;
                say(`${durationText(now() - started)}: ${open.map(({ name }) => waitingFor(name, found)).join(", ")}`);
            }
            await sleep(interval);
        }
    }
    return { lines, failures };
}

const waitingFor = (name: string, found: ReadonlyMap<string, Service>): string => {
    const { runningCount = 0, desiredCount = 0 } = found.get(name) ?? {};
    return `waiting for ${name}, ${runningCount} of ${desiredCount} tasks run`;
};

interface Expectation {
    readonly name: string;
    readonly taskDefinition: string;
    /** Milliseconds. */
    readonly patience: number;
}

const minutes = 60_000;

/**
 * What a service should run, and how long it may take: the new tasks start and pass their checks, the old ones drain, in
 * waves where not all fit at once; then ECS watches its alarms, or gives up after its failed tasks and does it all again
 * backwards.
 */
function expectationOf(service: StateResource, state: State): Expectation {
    const { deploymentMaximumPercent = 200, healthCheckGracePeriodSeconds = 0 } = service.inputs ?? {};
    const [target] = stateOf(state, "appautoscaling/target:Target").filter(({ inputs }) =>
        String(inputs?.resourceId).endsWith(`/${outputOf(service, "name")}`),
    );
    const tasks = Number(target?.inputs?.maxCapacity ?? 1);
    const surge = Math.max(0.1, Number(deploymentMaximumPercent) / 100 - 1);
    // ECS starts at most 500 tasks a minute on Fargate (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html).
    const waves = Math.ceil(1 / surge) + Math.ceil(tasks / 500);
    const wave = 5 * minutes + Number(healthCheckGracePeriodSeconds) * 1000;
    return {
        name: outputOf(service, "name") || nameOf(service),
        taskDefinition: outputOf(service, "taskDefinition"),
        patience: 10 * minutes + 2 * waves * wave,
    };
}

async function describe(
    ecs: Clients["ecs"],
    cluster: string | undefined,
    expectations: readonly Expectation[],
): Promise<Map<string, Service>> {
    const found = new Map<string, Service>();
    for (let first = 0; first < expectations.length; first += page) {
        const services = expectations.slice(first, first + page).map(({ name }) => name);
        const { services: described = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services }));
        described.forEach((service) => found.set(service.serviceName ?? "", service));
    }
    return found;
}

/** Neither a line nor a failure: not yet. */
function verdictOf(
    { name, taskDefinition, patience }: Expectation,
    service: Service | undefined,
    waited: number,
): { line?: string; failure?: string } {
    if (service?.status !== "ACTIVE") {
        return { failure: `${name}: ECS has no such active service` };
    }
    const { deployments = [], desiredCount = 0, runningCount = 0 } = service;
    const primary = deployments.find(({ status }) => status === "PRIMARY");
    const failed = deployments.find(({ rolloutState }) => rolloutState === "FAILED");
    if (failed !== undefined || primary?.taskDefinition !== taskDefinition) {
        return { failure: rolledBack(name, taskDefinition, failed, primary, service) };
    }
    if (desiredCount === 0) {
        return { line: `${name}: no tasks are wanted: no imageDigest yet, or minTasks 0` };
    }
    if (primary.rolloutState === "COMPLETED") {
        return { line: `${name}: settled on ${shortOf(taskDefinition)}, ${runningCount} tasks` };
    }
    return waited < patience
        ? {}
        : {
              failure:
                  `${name}: not settled after ${Math.round(waited / minutes)} minutes, ${runningCount} of ` +
                  `${desiredCount} tasks run${eventsOf(service)}`,
          };
}

const rolledBack = (
    name: string,
    wanted: string,
    failed: Deployment | undefined,
    primary: Deployment | undefined,
    service: Service,
): string => {
    const reason = failed?.rolloutStateReason ?? primary?.rolloutStateReason;
    return (
        `${name}: rolled back: deployed ${shortOf(wanted)}, it runs ${shortOf(primary?.taskDefinition ?? "nothing")}` +
        `${reason === undefined ? "" : ` (${reason})`}${eventsOf(service)}`
    );
};

/** `payment-api-dev:7` */
const shortOf = (taskDefinition: string): string => taskDefinition.split("/").at(-1) ?? taskDefinition;

/** The five latest, newest first. */
const eventsOf = ({ events = [] }: Service): string =>
    events
        .slice(0, 5)
        .map(({ createdAt, message = "" }) => `\n    ${createdAt?.toISOString() ?? ""} ${message}`)
        .join("");
