import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { randomRuns } from "../../../random-runs.ts";
import { assumptions } from "../../../../analysis/capacity/assumptions.ts";
import { brokenLevels, simulationOutcomeOf, worstSpikes } from "../../../../analysis/capacity/outcome.ts";
import { ScaleOut } from "../../../../analysis/capacity/scaling.ts";
import type {
    SimulatedService,
    StepScalingPolicy,
    TargetTrackingPolicy,
} from "../../../../analysis/capacity/service.ts";
import { simulate, type SimulatedSecond, type Spike } from "../../../../analysis/capacity/simulation.ts";

const step: Spike = { factor: 10, within: 0, at: 120, until: 120 + 7200 };
const levels = { refusedPercent: 5, recoverySeconds: 180, backlogMinutes: 15 };
const cpu: TargetTrackingPolicy = { metric: "cpu", target: 60, scaleOutCooldownSeconds: 60 };
const backlog: TargetTrackingPolicy = { metric: "backlog", target: 100, scaleOutCooldownSeconds: 60 };

const serviceOf = (changes: Partial<SimulatedService> = {}): SimulatedService => ({
    name: "api",
    of: "requests",
    minTasks: 5,
    maxTasks: 50,
    vcpu: 1,
    capacityPerTask: 100,
    loadAtRest: 300,
    taskStartSeconds: 65,
    requestTimeoutSeconds: 29,
    policies: [cpu],
    stepPolicies: [],
    ...changes,
});
const consumer = (changes: Partial<SimulatedService> = {}): SimulatedService =>
    serviceOf({
        of: "messages",
        capacityPerTask: 10,
        loadAtRest: 30,
        taskStartSeconds: 45,
        policies: [cpu, backlog],
        ...changes,
    });

const courseOf = (service: SimulatedService, of: Spike = step): readonly SimulatedSecond[] =>
    simulate([service], of).flatMap(({ seconds }) => seconds);
const resultOf = (service: SimulatedService, of: Spike = step) =>
    simulationOutcomeOf({ service, seconds: courseOf(service, of) }, of, levels);

const arbitraryService = fc
    .record({
        minTasks: fc.integer({ min: 1, max: 20 }),
        growth: fc.integer({ min: 1, max: 20 }),
        perTask: fc.double({ min: 0.5, max: 500, noNaN: true }),
        start: fc.integer({ min: 1, max: 400 }),
        patience: fc.integer({ min: 1, max: 60 }),
        target: fc.integer({ min: 30, max: 90 }),
        cooldown: fc.integer({ min: 0, max: 300 }),
        of: fc.constantFrom("requests" as const, "messages" as const),
    })
    .map(({ minTasks, growth, target, cooldown, ...rest }) =>
        serviceOf({
            ...rest,
            minTasks,
            maxTasks: minTasks * growth,
            loadAtRest: minTasks * rest.perTask * (target / 100),
            policies: [
                { metric: "cpu", target, scaleOutCooldownSeconds: cooldown },
                ...(rest.of === "messages"
                    ? [{ metric: "backlog" as const, target: 10 * rest.perTask, scaleOutCooldownSeconds: cooldown }]
                    : []),
            ],
        }),
    );

const arbitrarySpike = fc.record({
    factor: fc.double({ min: 0.1, max: 40, noNaN: true }),
    within: fc.constantFrom(0, 60, 300),
});

test("the load was served, waits or was rejected, at every moment and for every kind of service", () => {
    fc.assert(
        fc.property(arbitraryService, arbitrarySpike, (service, { factor, within }) => {
            let [arrived, served, refused] = [0, 0, 0];
            const wrong = courseOf(service, { factor, within, at: 120, until: 3000 }).filter((moment) => {
                arrived += moment.arrived;
                served += moment.served;
                refused += moment.refused;
                const isAccountedFor = Math.abs(served + refused + moment.waiting - arrived) < 1e-6 * arrived;
                const isWithinBounds =
                    moment.waiting >= 0 &&
                    moment.served <= moment.capacity &&
                    moment.running <= moment.desired &&
                    moment.desired <= service.maxTasks;
                return !(isAccountedFor && isWithinBounds);
            });
            expect(wrong).toEqual([]);
            if (service.of === "messages") {
                expect(refused).toBe(0);
            }
        }),
        { numRuns: randomRuns(10) },
    );
});

test("tasks that start faster never worsen the result", () => {
    fc.assert(
        fc.property(arbitraryService, fc.integer({ min: 1, max: 200 }), (service, slower) => {
            const fast = resultOf(service);
            const slow = resultOf({ ...service, taskStartSeconds: service.taskStartSeconds + slower });
            expect(fast.covered ?? Infinity).toBeLessThanOrEqual(slow.covered ?? Infinity);
            expect(fast.refused).toBeLessThanOrEqual(slow.refused + 1e-6);
            if (service.of === "messages") {
                // More tasks let more requests wait, but never more messages.
                expect(fast.worstBacklog).toBeLessThanOrEqual(slow.worstBacklog * (1 + 1e-9));
                expect(fast.drained ?? Infinity).toBeLessThanOrEqual(slow.drained ?? Infinity);
            }
        }),
        { numRuns: randomRuns(10) },
    );
});

test("the same services give the same result each time", () => {
    expect(courseOf(serviceOf())).toEqual(courseOf(serviceOf()));
});

test("without a step nothing happens", () => {
    const moments = courseOf(serviceOf(), { ...step, factor: 1 });
    expect(moments).toHaveLength(step.until);
    expect(new Set(moments.map(({ desired, waiting }) => `${desired} ${waiting}`))).toEqual(new Set(["5 0"]));
});

test("a tenfold step is covered in rounds, as CPU can show no more than 100 %", () => {
    const desired = [...new Set(courseOf(serviceOf()).map((moment) => moment.desired))];
    // Each is 100/60 of the one before, rounded up.
    expect(desired).toEqual([5, 9, 15, 25, 42, 50]);
});

test("scaling starts only after the three minutes that CloudWatch needs for the metric", () => {
    const first = courseOf(serviceOf()).find(({ desired }) => desired > 5);
    expect(first?.second).toBe(step.at + 3 * assumptions.period + assumptions.metricDelay);
    const serves = courseOf(serviceOf()).find(({ running }) => running > 5);
    expect(serves?.second).toBe(Number(first?.second) + 65);
});

test("a second round waits until the first one serves and its cooldown is over", () => {
    const rounds = (cooldown: number) => {
        const moments = courseOf(serviceOf({ policies: [{ ...cpu, scaleOutCooldownSeconds: cooldown }] }));
        const at = (tasks: number) => Number(moments.find(({ desired }) => desired === tasks)?.second);
        return at(15) - at(9);
    };
    expect(rounds(60)).toBe(180);
    expect(rounds(300)).toBe(420);
});

test("a policy on requests sees the whole load, and covers the step in one round", () => {
    const requests: TargetTrackingPolicy = { metric: "requests", target: 3600, scaleOutCooldownSeconds: 60 };
    const both = resultOf(serviceOf({ policies: [cpu, requests] }));
    expect(both.covered).toBe(3 * 60 + 60 + 65);
    expect(both.covered).toBeLessThan(Number(resultOf(serviceOf()).covered) / 2);
});

test("a backlog scales to as many tasks as it needs, and is worked off", () => {
    const { covered, drained, worstBacklog, refused, tasks } = resultOf(consumer());
    expect(covered).toBe(3 * 60 + 60 + 45);
    // 250 a second more than five tasks can do, until the others come; then 200 a second less.
    expect(worstBacklog).toBe(250 * 285);
    expect(drained).toBe(285 + Math.ceil((250 * 285) / 200) - 1);
    expect(refused).toBe(0);
    expect(tasks).toEqual({ atRest: 5, peak: 50, maximum: 50 });
});

test("a maximum that is too small is never enough", () => {
    const result = resultOf(serviceOf({ maxTasks: 29 }));
    expect(result).toMatchObject({ covered: undefined, drained: undefined, absorbed: false });
    // A hundred requests of each second have no task.
    expect(courseOf(serviceOf({ maxTasks: 29 })).at(-1)?.refused).toBeCloseTo(100, 6);
    expect(resultOf(consumer({ maxTasks: 29 })).absorbed).toBe(false);
});

test("a maximum that just covers the load never works off the backlog", () => {
    const result = resultOf(consumer({ maxTasks: 30 }));
    expect(result.covered).toBeDefined();
    expect(result).toMatchObject({ drained: undefined, absorbed: false });
});

test("requests wait for as long as their callers do, and no longer", () => {
    const moments = courseOf(serviceOf({ requestTimeoutSeconds: 29 }));
    const full = moments.filter(({ refused }) => refused > 0);
    expect(full.length).toBeGreaterThan(0);
    for (const { waiting, capacity } of full) {
        expect(waiting).toBeCloseTo(29 * capacity, 6);
    }
});

test("all services together start no more tasks at once than Fargate allows an account", () => {
    const large = consumer({ minTasks: 100, maxTasks: 1000, capacityPerTask: 1, loadAtRest: 60 });
    const [first, second] = simulate([large, { ...large, name: "other" }], step);
    const started = (first?.seconds ?? []).map(({ running }, i) => running + Number(second?.seconds[i]?.running));
    const jumps = started.slice(1).map((running, i) => running - (started[i] ?? 0));
    expect(Math.max(...jumps)).toBe(assumptions.launchBurst);
    expect(new Set(jumps)).toEqual(new Set([0, assumptions.launchBurst, assumptions.launchesPerSecond]));
    expect(started.at(-1)).toBe(2000);
});

test("a step within the capacity of the tasks at rest is covered at once", () => {
    expect(resultOf(serviceOf(), { ...step, factor: 1.5 })).toMatchObject({
        covered: 0,
        drained: 0,
        refused: 0,
        refusedPercent: 0,
        recovery: 0,
        absorbed: true,
    });
});

const surge: StepScalingPolicy = {
    metric: "requests",
    threshold: 5400,
    minutes: 1,
    cooldownSeconds: 60,
    steps: [
        { from: 0, to: 1800, addedPercent: 100 },
        { from: 1800, to: Infinity, addedPercent: 900 },
    ],
};
const requestsTracking: TargetTrackingPolicy = { metric: "requests", target: 3600, scaleOutCooldownSeconds: 60 };
/** The steps at half the number of requests. */
const halved = ({ steps }: StepScalingPolicy) =>
    steps.map(({ from, to, addedPercent }) => ({ from: from / 2, to: to / 2, addedPercent }));
const surging = (changes: Partial<SimulatedService> = {}) =>
    serviceOf({ policies: [cpu, requestsTracking], stepPolicies: [surge], ...changes });

test("an alarm on one minute of requests scales out three minutes before target tracking", () => {
    const first = courseOf(surging()).find(({ desired }) => desired > 5);
    expect(first).toMatchObject({ second: step.at + assumptions.period + assumptions.metricDelay, desired: 50 });
    const tracked = courseOf(surging({ stepPolicies: [] })).find(({ desired }) => desired > 5);
    expect(Number(tracked?.second) - Number(first?.second)).toBe(2 * 60);
});

test("a step by the size of the breach, counted from the tasks before while its tasks start", () => {
    // 1.7 times the target: the tasks double, and once they serve nothing more is added.
    const moments = courseOf(surging(), { ...step, factor: 1.7 });
    expect([...new Set(moments.map(({ desired }) => desired))]).toEqual([5, 10]);
});

test("a step scaling policy that none of its steps fits adds nothing", () => {
    const late = { ...surge, steps: [{ from: 1e6, to: Infinity, addedPercent: 900 }] };
    const moments = courseOf(serviceOf({ policies: [], stepPolicies: [late] }));
    expect(new Set(moments.map(({ desired }) => desired))).toEqual(new Set([5]));
});

test("a load that rises within five minutes rises evenly", () => {
    const moments = courseOf(serviceOf(), { ...step, within: 300 });
    expect([0, 120, 270, 420, 421].map((second) => moments[second]?.arrived)).toEqual([300, 300, 1650, 3000, 3000]);
});

test("the worst moment of the minute in which a spike begins decides", () => {
    const ramp = { ...step, within: 300, until: 1500 };
    const [worst] = worstSpikes([surging()], ramp, levels);
    const refused = [0, 10, 20, 30, 40, 50].map((offset) => {
        const spike = { ...ramp, at: ramp.at + offset, until: ramp.until + offset };
        return resultOf(surging(), spike).refused;
    });
    expect(worst?.outcome.refused).toBe(Math.max(...refused));
    expect(Math.max(...refused)).toBeGreaterThan(Math.min(...refused));
});

test.each([
    [{}, []],
    [{ refusedPercent: 0 }, ["refuse at most 0 % of its requests in the first 15 minutes, not 3.0 %"]],
    [{ recoverySeconds: 60 }, ["have recovered within 60 s, and has recovered after 147 s"]],
])("with the levels %j these are broken: %j", (changed, broken) => {
    const own = { ...levels, ...changed };
    const warm = surging({
        minTasks: 10,
        stepPolicies: [{ ...surge, threshold: 2700, steps: halved(surge) }],
        policies: [cpu, { ...requestsTracking, target: 1800 }],
    });
    const [found] = worstSpikes([warm], { ...step, within: 300, until: 1500 }, own);
    expect(found && brokenLevels(found.outcome, own)).toEqual(broken);
    expect(found?.outcome.absorbed).toBe(broken.length === 0);
});

test("a service that never recovers, and a backlog that is never processed, break their levels", () => {
    const of = (service: SimulatedService) => brokenLevels(resultOf(service), levels);
    expect(of(serviceOf({ maxTasks: 29 })).at(-1)).toBe("have recovered within 180 s, and has not recovered at all");
    expect(of(consumer({ maxTasks: 29 }))).toEqual(["have processed its backlog within 15 minutes, not never"]);
    expect(brokenLevels(resultOf(consumer()), { ...levels, backlogMinutes: 5 })).toEqual([
        "have processed its backlog within 5 minutes, not after 11",
    ]);
});

test("a policy adds tasks once enough minutes in a row were above its target, and not before", () => {
    const scaling = new ScaleOut(serviceOf());
    const minute = { cpu: 90, requests: 0, backlog: 0, tasks: 5 };
    const asked = Array.from({ length: assumptions.datapoints + 1 }, (_, minutes) =>
        scaling.decide(
            60 * minutes,
            Array.from({ length: minutes }, () => minute),
            5,
        ),
    );
    // 5 tasks at 90 % are 7.5 at 60 %.
    expect(asked).toEqual([...Array.from({ length: assumptions.datapoints }, () => 5), 8]);
});
