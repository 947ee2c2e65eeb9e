import { expect, test } from "@jest/globals";
import { waitForRollout, type RolloutResult } from "../../../../tools/deploy/wait-for-rollout.ts";
import type { StateResource } from "../../../../plan/state.ts";
import { awsError, clientsWith, stateResource, stateWith, type FakeResponse } from "./fakes.ts";

const definition = (revision: number) =>
    `arn:aws:ecs:us-east-1:123456789012:task-definition/payment-api-dev:${revision}`;

/** A service of the state, whose logical name is not its name in ECS. */
const service = (name: string, maxTasks = 20, deploymentMaximumPercent = 200, minCapacity = 3): StateResource[] => [
    stateResource("aws:ecs/service:Service", `${name}-service`, {
        inputs: { healthCheckGracePeriodSeconds: 60, deploymentMaximumPercent },
        outputs: { name, taskDefinition: definition(2) },
    }),
    stateResource("aws:appautoscaling/target:Target", name, {
        inputs: { resourceId: `service/payment-cluster-dev/${name}`, minCapacity, maxCapacity: maxTasks },
    }),
];
const cluster = stateResource("aws:ecs/cluster:Cluster", "cluster", { outputs: { name: "payment-cluster-dev" } });

/** A service as ECS describes it: its desired count, and its deployments, newest first. */
const told = (name: string, deployments: object[], rest: object = {}) => ({
    serviceName: name,
    status: "ACTIVE",
    desiredCount: 3,
    runningCount: 3,
    deployments,
    ...rest,
});
const primary = (revision: number, rolloutState: string, rest: object = {}) => ({
    status: "PRIMARY",
    taskDefinition: definition(revision),
    rolloutState,
    ...rest,
});
const events = Array.from({ length: 6 }, (_, i) => ({
    createdAt: new Date(Date.UTC(2026, 0, 1, 12, 6 - i)),
    message: `event ${i}`,
}));

/** What Application Auto Scaling says of the services, of which a person has suspended some. */
const targets =
    (suspended: readonly string[] = []): FakeResponse =>
    ({ ResourceIds }) => ({
        ScalableTargets: (ResourceIds as string[]).map((ResourceId) => ({
            ResourceId,
            MinCapacity: 3,
            SuspendedState: {
                DynamicScalingInSuspended: false,
                DynamicScalingOutSuspended: suspended.some((name) => ResourceId.endsWith(`/${name}`)),
                ScheduledScalingSuspended: false,
            },
        })),
    });

const still = { now: () => 0, sleep: () => Promise.resolve() };
const unheard = (): void => undefined;

/** Waits for services for which ECS gives these answers, one after the other; the last one repeats. */
async function settling(
    looks: object[][],
    resources = service("api"),
    suspended: readonly string[] = [],
): Promise<RolloutResult & { said: string[]; minutes: number; asked: unknown[] }> {
    const started = Date.UTC(2026, 0, 1);
    let time = started;
    let look = 0;
    const answer: FakeResponse = () => ({ services: looks[Math.min(look++, looks.length - 1)] });
    const { clients, calls } = clientsWith({ DescribeServices: answer, DescribeScalableTargets: targets(suspended) });
    const pace = {
        now: () => time,
        sleep: (milliseconds: number) => {
            time += milliseconds;
            return Promise.resolve();
        },
    };
    const said: string[] = [];
    const settled = await waitForRollout(
        clients,
        stateWith([cluster, ...resources]),
        pace,
        (line) => void said.push(line),
    );
    return {
        ...settled,
        said,
        minutes: (time - started) / 60_000,
        asked: calls.filter(([name]) => name === "DescribeServices").map(([, input]) => input),
    };
}

test("a service has settled once ECS reports its deployment as complete", async () => {
    const going = told("api", [
        primary(2, "IN_PROGRESS"),
        { status: "ACTIVE", taskDefinition: definition(1), rolloutState: "COMPLETED" },
    ]);
    const done = told("api", [primary(2, "COMPLETED")]);
    const { lines, failures, asked } = await settling([[going], [going], [done]]);
    expect(lines).toEqual(["api: settled on payment-api-dev:2, 3 tasks"]);
    expect(failures).toEqual([]);
    expect(asked).toEqual(Array.from({ length: 3 }, () => ({ cluster: "payment-cluster-dev", services: ["api"] })));
});

test("while services settle, a line a minute names those that are waited for", async () => {
    const going = [{ ...told("api", [primary(2, "IN_PROGRESS")]), runningCount: 1, desiredCount: 3 }];
    const done = [told("api", [primary(2, "COMPLETED")])];
    // A look every ten seconds: 15 of them take two and a half minutes.
    const { said } = await settling([...Array.from({ length: 15 }, () => going), done]);
    expect(said).toEqual([
        "1 min 0 s: waiting for api, 1 of 3 tasks run",
        "2 min 0 s: waiting for api, 1 of 3 tasks run",
    ]);
});

test("a deployment that the circuit breaker ends is a failure with its reason and the latest events", async () => {
    const reason = "ECS deployment circuit breaker: tasks failed to start.";
    const undone = told(
        "api",
        [
            primary(1, "IN_PROGRESS", { rolloutStateReason: "rolling back" }),
            { status: "ACTIVE", taskDefinition: definition(2), rolloutState: "FAILED", rolloutStateReason: reason },
        ],
        { events },
    );
    const { lines, failures } = await settling([[undone]]);
    expect(lines).toEqual([]);
    expect(failures).toEqual([
        [
            `api: rolled back: deployed payment-api-dev:2, it runs payment-api-dev:1 (${reason})`,
            "    2026-01-01T12:06:00.000Z event 0",
            "    2026-01-01T12:05:00.000Z event 1",
            "    2026-01-01T12:04:00.000Z event 2",
            "    2026-01-01T12:03:00.000Z event 3",
            "    2026-01-01T12:02:00.000Z event 4",
        ].join("\n"),
    ]);
});

test("a service that runs another task definition was rolled back, although its deployment is complete", async () => {
    const { failures } = await settling([[told("api", [primary(1, "COMPLETED")])]]);
    expect(failures).toEqual(["api: rolled back: deployed payment-api-dev:2, it runs payment-api-dev:1"]);
});

test("a failed deployment of the right task definition is a failure", async () => {
    const { failures } = await settling([[told("api", [primary(2, "FAILED", { rolloutStateReason: "alarm" })])]]);
    expect(failures).toEqual(["api: the deployment of payment-api-dev:2 failed, 3 tasks run (alarm)"]);
});

test("an earlier deployment that failed is no failure of the one that replaces it", async () => {
    const earlier = { status: "ACTIVE", taskDefinition: definition(1), rolloutState: "FAILED" };
    const { lines, failures } = await settling([
        [told("api", [primary(2, "IN_PROGRESS"), earlier])],
        [told("api", [primary(2, "COMPLETED"), earlier])],
    ]);
    expect({ lines, failures }).toEqual({ lines: ["api: settled on payment-api-dev:2, 3 tasks"], failures: [] });
});

test("a failure is described by what ECS says of it, also where that is little", async () => {
    const silent = { events: [{}], runningCount: undefined, desiredCount: undefined };
    const failed = told("api", [primary(2, "FAILED")], silent);
    expect((await settling([[failed]])).failures).toEqual([
        "api: the deployment of payment-api-dev:2 failed, 0 tasks run\n     ",
    ]);
    const gone = told("api", [], silent);
    expect((await settling([[gone]])).failures).toEqual([
        "api: rolled back: deployed payment-api-dev:2, it runs nothing\n     ",
    ]);
});

test("a first deployment whose tasks do not start is a failure, although ECS has nothing to roll back to", async () => {
    const rolloutStateReason = "ECS deployment circuit breaker: tasks failed to start.";
    const stuck = told("api", [primary(2, "FAILED", { rolloutStateReason })], { runningCount: 0 });
    const { failures, lines } = await settling([
        [told("api", [primary(2, "IN_PROGRESS")], { runningCount: 0 })],
        [stuck],
    ]);
    expect(lines).toEqual([]);
    expect(failures).toEqual([`api: the deployment of payment-api-dev:2 failed, 0 tasks run (${rolloutStateReason})`]);
});

test.each([
    ["of no tasks, although autoscaling wants three", { desiredCount: 0, runningCount: 0 }, 6],
    ["after which the tasks that autoscaling starts do not run", { desiredCount: 3, runningCount: 0 }, 6],
    ["with fewer tasks than autoscaling keeps at least", { desiredCount: 3, runningCount: 2 }, 34],
])("a completed deployment %s has not settled", async (_, counts, minutes) => {
    const { lines, failures } = await settling([[told("api", [primary(2, "COMPLETED")], counts)]]);
    expect(lines).toEqual([]);
    const { runningCount, desiredCount } = counts;
    expect(failures).toEqual([
        `api: not settled after ${minutes} minutes, ${runningCount} of ${desiredCount} tasks run`,
    ]);
});

test("a deployment of which no task has run when its first tasks should is not waited for any longer", async () => {
    const { failures, minutes } = await settling([
        [told("api", [primary(2, "IN_PROGRESS")], { runningCount: 0, events: events.slice(0, 1) })],
    ]);
    expect(failures).toEqual([
        "api: not settled after 6 minutes, 0 of 3 tasks run\n    2026-01-01T12:06:00.000Z event 0",
    ]);
    expect(minutes).toBe(6);
});

test("a service whose tasks autoscaling starts after its deployment is waited for", async () => {
    const early = told("api", [primary(2, "COMPLETED")], { desiredCount: 0, runningCount: 0 });
    const { lines } = await settling([[early], [told("api", [primary(2, "COMPLETED")])]]);
    expect(lines).toEqual(["api: settled on payment-api-dev:2, 3 tasks"]);
});

test("a service without tasks is printed and not waited for", async () => {
    const { lines, failures, minutes } = await settling(
        [[told("api", [primary(2, "IN_PROGRESS")], { desiredCount: 0 })]],
        service("api", 20, 200, 0),
    );
    expect(lines).toEqual(["api: no tasks are wanted: no imageDigest yet, or minTasks 0"]);
    expect({ failures, minutes }).toEqual({ failures: [], minutes: 0 });
});

const stopped = (name: string) => told(name, [primary(2, "COMPLETED")], { desiredCount: 0, runningCount: 0 });

test("a service that a person has stopped is not waited for while its autoscaling is suspended; another one is", async () => {
    const { lines, failures, minutes } = await settling(
        [[stopped("api"), stopped("payment")]],
        ["api", "payment"].flatMap((name) => service(name)),
        ["api"],
    );
    expect(lines).toEqual(["api: no tasks are wanted: its autoscaling is suspended"]);
    expect(failures).toEqual(["payment: not settled after 6 minutes, 0 of 0 tasks run"]);
    expect(minutes).toBe(6);
});

test("tasks that a person wants while autoscaling is suspended are waited for, fewer than its minimum as well", async () => {
    const wanting = (runningCount: number) =>
        told("api", [primary(2, runningCount === 2 ? "COMPLETED" : "IN_PROGRESS")], { desiredCount: 2, runningCount });
    const { lines, asked } = await settling([[wanting(1)], [wanting(2)]], service("api"), ["api"]);
    expect(lines).toEqual(["api: settled on payment-api-dev:2, 2 tasks"]);
    expect(asked).toHaveLength(2);
});

test("a service that was rolled back is a failure, although its autoscaling is suspended", async () => {
    const { failures } = await settling([[told("api", [primary(1, "COMPLETED")])]], service("api"), ["api"]);
    expect(failures).toEqual(["api: rolled back: deployed payment-api-dev:2, it runs payment-api-dev:1"]);
});

test("a service that does not settle fails after a time limit, which is longer with more tasks or batches", async () => {
    const stuck = [[told("api", [primary(2, "IN_PROGRESS")], { runningCount: 1, events: events.slice(0, 1) })]];
    const { failures, minutes } = await settling(stuck);
    expect(failures).toEqual([
        "api: not settled after 34 minutes, 1 of 3 tasks run\n    2026-01-01T12:06:00.000Z event 0",
    ]);
    expect(minutes).toBe(34);
    expect((await settling(stuck, service("api", 5000))).minutes).toBeGreaterThan(60);
    // Half of the tasks at once are two waves, forwards and backwards, of six minutes each.
    expect((await settling(stuck, service("api", 20, 150))).minutes).toBe(34 + 2 * 6);
});

test.each([
    ["is not there", []],
    ["is draining", [told("api", [], { status: "DRAINING" })]],
])("a service that %s is a failure", async (_, look) => {
    expect((await settling([look])).failures).toEqual(["api: ECS has no such active service"]);
});

test("services settle independently, and only unsettled ones are described again, ten in a call", async () => {
    const names = Array.from({ length: 12 }, (_, i) => `s${i}`);
    const done = (name: string) => told(name, [primary(2, "COMPLETED")]);
    const slow = told("s11", [primary(2, "IN_PROGRESS")]);
    const first = names.slice(0, 10).map(done);
    const { lines, asked } = await settling(
        [first, [done("s10"), slow], [done("s11")]],
        names.flatMap((name) => service(name)),
    );
    expect(lines).toHaveLength(12);
    expect(asked).toMatchObject([
        { services: names.slice(0, 10) },
        { services: ["s10", "s11"] },
        { services: ["s11"] },
    ]);
});

test("an error from AWS ends the wait", async () => {
    const { clients } = clientsWith({
        DescribeServices: awsError("AccessDeniedException", "no"),
        DescribeScalableTargets: targets(),
    });
    const state = stateWith([cluster, ...service("api")]);
    await expect(waitForRollout(clients, state, still, unheard)).rejects.toThrow("no");
});

test("a stack without services has nothing to wait for", async () => {
    expect(await settling([], [])).toMatchObject({ lines: [], failures: [], asked: [] });
});

test("a service without deployments, and without a deployment configuration, runs nothing of this update", async () => {
    const taskDefinition = definition(2);
    const bare = [stateResource("aws:ecs/service:Service", "api", { outputs: { taskDefinition } })];
    const { clients } = clientsWith({ DescribeServices: { services: [{ serviceName: "api", status: "ACTIVE" }] } });
    const state = stateWith(bare);
    const { failures } = await waitForRollout(clients, state, still, unheard);
    expect(failures).toEqual(["api: rolled back: deployed payment-api-dev:2, it runs nothing"]);
    const silent = clientsWith({ DescribeServices: {} });
    expect((await waitForRollout(silent.clients, state, still, unheard)).failures).toEqual([
        "api: ECS has no such active service",
    ]);
});
