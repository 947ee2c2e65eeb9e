import { assumptions } from "./assumptions.ts";
import type { Metric, SimulatedService } from "./service.ts";

/** What CloudWatch tells of one minute. */
export type Datapoint = Readonly<Record<Metric, number>> & {
    /** Tasks that served at its end. */
    readonly tasks: number;
};

/** What a policy remembers of its last scale-out. */
interface LastScaleOut {
    /** Tasks on which it was computed. */
    readonly tasks: number;
    /** Second at which the tasks that it asked for served; none while they start. */
    readonly doneAt?: number;
}

/** How target tracking decides, once a minute, from what CloudWatch knows by then. */
export class TargetTracking {
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
     * @param known what CloudWatch tells by now, latest last
     * @param running tasks that serve now
     */
    public decide(now: number, known: readonly Datapoint[], running: number): number {
        if (this.lastScaleOut !== undefined && this.lastScaleOut.doneAt === undefined && running >= this.desiredTasks) {
            this.lastScaleOut = { ...this.lastScaleOut, doneAt: now };
        }
        const latest = known.slice(-assumptions.datapoints);
        const last = latest.at(-1);
        if (last === undefined || latest.length < assumptions.datapoints) {
            return this.desiredTasks;
        }
        const alarmed = this.service.policies.filter(({ metric, target }) =>
            latest.every((each) => each[metric] > target),
        );
        // The policy that asks for most wins, and none goes beyond the maximum.
        const asked = Math.max(
            0,
            ...alarmed.map(({ metric, target, scaleOutCooldownSeconds }) =>
                Math.ceil((this.tasksToScaleFrom(now, scaleOutCooldownSeconds, last.tasks) * last[metric]) / target),
            ),
        );
        const next = Math.min(this.service.maxTasks, asked);
        if (next > this.desiredTasks) {
            this.lastScaleOut = { tasks: last.tasks };
            this.desiredTasks = next;
        }
        return this.desiredTasks;
    }

    /**
     * Until a scale-out has come to its end and its cooldown is over, the tasks that it added count as part of the next one:
     * it is computed on what there was before
     * (https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html).
     */
    private tasksToScaleFrom(now: number, cooldown: number, tasks: number): number {
        const { lastScaleOut } = this;
        const isOver =
            lastScaleOut === undefined || (lastScaleOut.doneAt !== undefined && now >= lastScaleOut.doneAt + cooldown);
        return isOver ? tasks : Math.min(tasks, lastScaleOut.tasks);
    }
}
