import { paginateDescribeScalableTargets } from "@aws-sdk/client-application-auto-scaling";
import { DescribeServicesCommand, type Deployment, type Service } from "@aws-sdk/client-ecs";
import type { Clock } from "../frame/clock.ts";
import { collectPages, type AwsClients } from "../frame/aws-clients.ts";
import { formatDuration } from "./display/duration.ts";
import { logicalNameOf, outputText, stateResourcesOfType, type State, type StateResource } from "../../plan/state.ts";

export type RolloutClients = Pick<AwsClients, "ecs" | "autoscaling">;

export interface RolloutResult {
    /** A line for each service. */
    readonly lines: readonly string[];
    /** Services that rolled back, or did not settle in time, with what ECS says of them. */
    readonly failures: readonly string[];
}

/** Milliseconds between two looks. */
const pollIntervalMs = 10_000;

/** Services that DescribeServices takes at once (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html). */
const servicesPerCall = 10;

/**
 * Waits until each service runs what was deployed, ECS has undone it, or its time is over. While autoscaling is suspended, such as
 * for a restore of the database, a person decides on the number of tasks, and none may be wanted.
 */
export async function waitForRollout(
    { ecs, autoscaling }: RolloutClients,
    state: State,
    { sleep, now }: Clock,
    say: (line: string) => void,
): Promise<RolloutResult> {
    const [cluster] = stateResourcesOfType(state, "ecs/cluster:Cluster").map((each) => outputText(each, "name"));
    const targets = stateResourcesOfType(state, "appautoscaling/target:Target");
    const suspended = await suspendedTargets(autoscaling, targets);
    const services = stateResourcesOfType(state, "ecs/service:Service").map((service) =>
        expectedRolloutOf(service, targets, suspended),
    );
    const lines: string[] = [];
    const failures: string[] = [];
    const started = now();
    let minutesReported = 0;
    for (let pendingServices = services; pendingServices.length > 0;) {
        const found = await describeServices(ecs, cluster, pendingServices);
        const waited = now() - started;
        const verdicts = pendingServices.map((expected) => ({
            expected,
            ...checkRollout(expected, found.get(expected.name), waited),
        }));
        lines.push(...verdicts.flatMap(({ line }) => line ?? []));
        failures.push(...verdicts.flatMap(({ failure }) => failure ?? []));
        pendingServices = verdicts
            .filter(({ line, failure }) => line === undefined && failure === undefined)
            .map((each) => each.expected);
        if (pendingServices.length > 0) {
            if (now() - started >= (minutesReported + 1) * minuteMs) {
                minutesReported += 1;
                say(
                    `${formatDuration(now() - started)}: ${pendingServices.map(({ name }) => progressText(name, found)).join(", ")}`,
                );
            }
            await sleep(pollIntervalMs);
        }
    }
    return { lines, failures };
}

const progressText = (name: string, found: ReadonlyMap<string, Service>): string => {
    const { runningCount = 0, desiredCount = 0 } = found.get(name) ?? {};
    return `waiting for ${name}, ${runningCount} of ${desiredCount} tasks run`;
};

interface ExpectedRollout {
    readonly name: string;
    readonly taskDefinition: string;
    /** Whether autoscaling does not start tasks, because a person has suspended it. */
    readonly isSuspended: boolean;
    /** Tasks that autoscaling keeps at least: 0 without an image, and while it is suspended. */
    readonly minTasks: number;
    /** Milliseconds until a task must run where none does: what keeps all from starting, such as a missing image, does not pass. */
    readonly firstTaskMs: number;
    /** Milliseconds. */
    readonly timeoutMs: number;
}

const minuteMs = 60_000;

/**
 * The task definition that a service should run, and the time limit of its deployment. New tasks start and pass their health
 * checks and old ones drain, in batches where `deploymentMaximumPercent` does not allow all at once; then ECS watches the
 * alarms. A rollback takes as long again.
 */
function expectedRolloutOf(
    service: StateResource,
    targets: readonly StateResource[],
    suspended: ReadonlySet<string>,
): ExpectedRollout {
    const { deploymentMaximumPercent = 200, healthCheckGracePeriodSeconds = 0 } = service.inputs ?? {};
    const target = targets.find((each) => resourceIdOf(each).endsWith(`/${outputText(service, "name")}`));
    const isSuspended = target !== undefined && suspended.has(resourceIdOf(target));
    const tasks = Number(target?.inputs?.maxCapacity ?? 1);
    const surge = Math.max(0.1, Number(deploymentMaximumPercent) / 100 - 1);
    // ECS starts at most 500 tasks a minute on Fargate (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html).
    const waves = Math.ceil(1 / surge) + Math.ceil(tasks / 500);
    const wave = 5 * minuteMs + Number(healthCheckGracePeriodSeconds) * 1000;
    return {
        name: outputText(service, "name") || logicalNameOf(service),
        taskDefinition: outputText(service, "taskDefinition"),
        isSuspended,
        minTasks: isSuspended ? 0 : Number(target?.inputs?.minCapacity ?? 0),
        firstTaskMs: wave,
        timeoutMs: 10 * minuteMs + 2 * waves * wave,
    };
}

/** `service/<cluster>/<service>`, or `table/<name>` */
const resourceIdOf = ({ inputs }: StateResource): string => String(inputs?.resourceId);

/** Resource IDs of the services whose autoscaling starts no tasks. */
async function suspendedTargets(
    client: AwsClients["autoscaling"],
    targets: readonly StateResource[],
): Promise<ReadonlySet<string>> {
    const ResourceIds = targets.map(resourceIdOf).filter((id) => id.startsWith("service/"));
    const found =
        ResourceIds.length === 0
            ? []
            : await collectPages(
                  paginateDescribeScalableTargets({ client }, { ServiceNamespace: "ecs", ResourceIds }),
                  (page) => page.ScalableTargets,
              );
    return new Set(
        found
            .filter(({ SuspendedState }) => SuspendedState?.DynamicScalingOutSuspended === true)
            .map(({ ResourceId = "" }) => ResourceId),
    );
}

async function describeServices(
    ecs: AwsClients["ecs"],
    cluster: string | undefined,
    expectations: readonly ExpectedRollout[],
): Promise<Map<string, Service>> {
    const found = new Map<string, Service>();
    for (let first = 0; first < expectations.length; first += servicesPerCall) {
        const services = expectations.slice(first, first + servicesPerCall).map(({ name }) => name);
        const { services: described = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services }));
        described.forEach((service) => found.set(service.serviceName ?? "", service));
    }
    return found;
}

/** Neither a line nor a failure: not yet. */
function checkRollout(
    { name, taskDefinition, isSuspended, minTasks, firstTaskMs, timeoutMs }: ExpectedRollout,
    service: Service | undefined,
    waited: number,
): { line?: string; failure?: string } {
    if (service?.status !== "ACTIVE") {
        return { failure: `${name}: ECS has no such active service` };
    }
    const { deployments = [], desiredCount = 0, runningCount = 0 } = service;
    const primary = deployments.find(({ status }) => status === "PRIMARY");
    // ECS lists an earlier deployment that failed as well, until its tasks have ended.
    const failed = deployments.find((each) => each.rolloutState === "FAILED" && each.taskDefinition === taskDefinition);
    if (failed !== undefined || primary?.taskDefinition !== taskDefinition) {
        return { failure: rollbackText(name, taskDefinition, failed, primary, service) };
    }
    if (desiredCount === 0 && minTasks === 0) {
        const reason = isSuspended ? "its autoscaling is suspended" : "no imageDigest yet, or minTasks 0";
        return { line: `${name}: no tasks are wanted: ${reason}` };
    }
    // ECS completes a deployment of no tasks at once, and autoscaling then starts them outside of any deployment.
    if (primary.rolloutState === "COMPLETED" && desiredCount >= minTasks && runningCount >= Math.max(1, minTasks)) {
        return { line: `${name}: settled on ${taskDefinitionName(taskDefinition)}, ${runningCount} tasks` };
    }
    return waited < (runningCount === 0 ? firstTaskMs : timeoutMs)
        ? {}
        : {
              failure:
                  `${name}: not settled after ${Math.round(waited / minuteMs)} minutes, ${runningCount} of ` +
                  `${desiredCount} tasks run${latestEventsText(service)}`,
          };
}

/** A first deployment that fails has no task definition to go back to. */
const rollbackText = (
    name: string,
    wanted: string,
    failed: Deployment | undefined,
    primary: Deployment | undefined,
    service: Service,
): string => {
    const reason = failed?.rolloutStateReason ?? primary?.rolloutStateReason;
    const isKept = primary?.taskDefinition === wanted;
    return (
        (isKept
            ? `${name}: the deployment of ${taskDefinitionName(wanted)} failed, ${service.runningCount ?? 0} tasks run`
            : `${name}: rolled back: deployed ${taskDefinitionName(wanted)}, it runs ${taskDefinitionName(primary?.taskDefinition ?? "nothing")}`) +
        `${reason === undefined ? "" : ` (${reason})`}${latestEventsText(service)}`
    );
};

/** `payment-api-dev:7` */
const taskDefinitionName = (taskDefinition: string): string => taskDefinition.split("/").at(-1) ?? taskDefinition;

/** The five latest, newest first. */
const latestEventsText = ({ events = [] }: Service): string =>
    events
        .slice(0, 5)
        .map(({ createdAt, message = "" }) => `\n    ${createdAt?.toISOString() ?? ""} ${message}`)
        .join("");
