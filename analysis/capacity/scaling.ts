import { assumptions } from "./assumptions.ts";
import type { Metric, SimulatedService } from "./service.ts";

/** CloudWatch's metrics of one minute. */
export type Datapoint = Readonly<Record<Metric, number>> & {
    /** Tasks that served at its end. */
    readonly tasks: number;
};

/** A policy's last scale-out. */
interface LastScaleOut {
    /** Tasks on which it was computed. */
    readonly tasks: number;
    /** Second at which the added tasks began to serve; undefined while they start. */
    readonly doneAt?: number;
}

/** Target tracking without scale-in. It decides once a minute, from the datapoints that CloudWatch has published by then. */
export class ScaleOutTracking {
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
        const latest = published.slice(-assumptions.datapoints);
        const last = latest.at(-1);
        if (last === undefined || latest.length < assumptions.datapoints) {
            return this.desiredTasks;
        }
        const alarmed = this.service.policies.filter(({ metric, target }) =>
            latest.every((each) => each[metric] > target),
        );
        // The policy with the largest capacity applies, up to the maximum.
        const capacity = Math.max(
            0,
            ...alarmed.map(({ metric, target, scaleOutCooldownSeconds }) =>
                Math.ceil((this.tasksToScaleFrom(now, scaleOutCooldownSeconds, last.tasks) * last[metric]) / target),
            ),
        );
        const next = Math.min(this.service.maxTasks, capacity);
        if (next > this.desiredTasks) {
            this.lastScaleOut = { tasks: last.tasks };
            this.desiredTasks = next;
        }
        return this.desiredTasks;
    }

    /**
     * Until a scale-out is complete and its cooldown is over, the tasks that it added count as part of the next one, which
     * is computed on the tasks before it
     * (https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html).
     */
    private tasksToScaleFrom(now: number, cooldown: number, tasks: number): number {
        const { lastScaleOut } = this;
        const isOver =
            lastScaleOut === undefined || (lastScaleOut.doneAt !== undefined && now >= lastScaleOut.doneAt + cooldown);
        return isOver ? tasks : Math.min(tasks, lastScaleOut.tasks);
    }
}
