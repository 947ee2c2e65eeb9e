import { assumptions } from "./assumptions.ts";
import type { Metric, SimulatedService } from "./service.ts";

/** CloudWatch's metrics of one minute. */
export type Datapoint = Readonly<Record<Metric, number>> & {
    /** Tasks that served at its end. */
    readonly tasks: number;
};

/** The last datapoints; undefined while there are fewer. */
const latestDatapoints = (published: readonly Datapoint[], count: number): readonly Datapoint[] | undefined =>
    published.length < count ? undefined : published.slice(-count);

/** A service's last scale-out. */
interface LastScaleOut {
    /** Tasks on which it was computed. */
    readonly tasks: number;
    /** Second at which the added tasks began to serve; undefined while they start. */
    readonly doneAt?: number;
}

/**
 * Target tracking and step scaling, without scale-in. Their alarms are evaluated once a minute, on the datapoints that
 * CloudWatch has published by then.
 */
export class ScaleOut {
    private readonly service: SimulatedService;
    private lastScaleOut: LastScaleOut | undefined;
    private desiredTasks: number;

    constructor(service: SimulatedService) {
        this.service = service;
        this.desiredTasks = service.minTasks;
    }

    /**
     * Tasks that should run from now on.
     *
     * @param now seconds since the beginning
     * @param published datapoints that CloudWatch has by now, latest last
     * @param running tasks that serve now
     */
    public decide(now: number, published: readonly Datapoint[], running: number): number {
        if (this.lastScaleOut !== undefined && this.lastScaleOut.doneAt === undefined && running >= this.desiredTasks) {
            this.lastScaleOut = { ...this.lastScaleOut, doneAt: now };
        }
        const last = published.at(-1);
        if (last === undefined) {
            return this.desiredTasks;
        }
        // Of all policies the largest capacity applies, up to the maximum.
        const capacity = Math.max(
            0,
            ...this.trackedCapacities(now, published, last),
            ...this.steppedCapacities(now, published),
        );
        const next = Math.min(this.service.maxTasks, capacity);
        if (next > this.desiredTasks) {
            this.lastScaleOut = { tasks: last.tasks };
            this.desiredTasks = next;
        }
        return this.desiredTasks;
    }

    private trackedCapacities(now: number, published: readonly Datapoint[], last: Datapoint): number[] {
        const latest = latestDatapoints(published, assumptions.datapoints);
        return this.service.policies
            .filter(({ metric, target }) => latest?.every((each) => each[metric] > target) === true)
            .map(({ metric, target, scaleOutCooldownSeconds }) =>
                Math.ceil((this.tasksToScaleFrom(now, scaleOutCooldownSeconds, last.tasks) * last[metric]) / target),
            );
    }

    /**
     * A step adds at least one task, and rounds down above that
     * (https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html).
     */
    private steppedCapacities(now: number, published: readonly Datapoint[]): number[] {
        return this.service.stepPolicies.flatMap(({ metric, threshold, minutes, cooldownSeconds, steps }) => {
            const latest = latestDatapoints(published, minutes);
            if (latest === undefined || latest.some((each) => each[metric] < threshold)) {
                return [];
            }
            const breach = latest.reduce((sum, each) => sum + each[metric], 0) / minutes - threshold;
            const tasks = this.tasksToScaleFrom(now, cooldownSeconds, this.desiredTasks);
            return steps
                .filter(({ from, to }) => breach >= from && breach < to)
                .map(({ addedPercent }) => tasks + Math.max(1, Math.floor((tasks * addedPercent) / 100)));
        });
    }

    /**
     * Until a scale-out is complete and its cooldown is over, the tasks that it added count as part of the next one, which
     * is computed on the tasks before it
     * (https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html,
     * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepScalingPolicyConfiguration.html).
     */
    private tasksToScaleFrom(now: number, cooldown: number, tasks: number): number {
        const { lastScaleOut } = this;
        const isOver =
            lastScaleOut === undefined || (lastScaleOut.doneAt !== undefined && now >= lastScaleOut.doneAt + cooldown);
        return isOver ? tasks : Math.min(tasks, lastScaleOut.tasks);
    }
}
