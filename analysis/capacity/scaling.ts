import { assumptions } from "./assumptions.ts";
import type { Metric, SimulatedService } from "./service.ts";

/** What CloudWatch tells of one minute. */
export type Datapoint = Readonly<Record<Metric, number>> & {
    /** Tasks that served at its end. */
    readonly tasks: number;
};

/** What a policy remembers of its last scale-out. */
interface Memory {
    /** Tasks on which it was computed. */
    readonly tasks: number;
    /** Second at which the tasks that it asked for served; none while they start. */
    readonly doneAt?: number;
}

/** How target tracking decides, once a minute, from what CloudWatch knows by then. */
export class TargetTracking {
    private readonly service: SimulatedService;
    private memory: Memory | undefined;
    private wanted: number;

    constructor(service: SimulatedService) {
        this.service = service;
        this.wanted = service.minTasks;
    }

    /**
     * Tasks that should run from now on.
     *
     * @param now seconds since the beginning
     * @param known what CloudWatch tells by now, latest last
     * @param running tasks that serve now
     */
    public decide(now: number, known: readonly Datapoint[], running: number): number {
        if (this.memory !== undefined && this.memory.doneAt === undefined && running >= this.wanted) {
            this.memory = { ...this.memory, doneAt: now };
        }
        const latest = known.slice(-assumptions.datapoints);
        const last = latest.at(-1);
        if (last === undefined || latest.length < assumptions.datapoints) {
            return this.wanted;
        }
        const alarmed = this.service.policies.filter(({ metric, target }) =>
            latest.every((each) => each[metric] > target),
        );
        // The policy that asks for most wins, and none goes beyond the maximum.
        const asked = Math.max(
            0,
            ...alarmed.map(({ metric, target, cooldown }) =>
                Math.ceil((this.base(now, cooldown, last.tasks) * last[metric]) / target),
            ),
        );
        const next = Math.min(this.service.maxTasks, asked);
        if (next > this.wanted) {
            this.memory = { tasks: last.tasks };
            this.wanted = next;
        }
        return this.wanted;
    }

    /**
     * Until a scale-out has come to its end and its cooldown is over, the tasks that it added count as part of the next one:
     * it is computed on what there was before
     * (https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html).
     */
    private base(now: number, cooldown: number, tasks: number): number {
        const { memory } = this;
        const isOver = memory === undefined || (memory.doneAt !== undefined && now >= memory.doneAt + cooldown);
        return isOver ? tasks : Math.min(tasks, memory.tasks);
    }
}
