import { assumptions } from "./assumptions.ts";
import { TargetTracking, type Datapoint } from "./scaling.ts";
import type { SimulatedService } from "./service.ts";

/** A step of the load. */
export interface Step {
    /** How many times the load at rest comes after the step. */
    readonly factor: number;
    /** Second of the step. */
    readonly at: number;
    /** Seconds that are simulated. */
    readonly until: number;
}

/** What happened in one second. */
export interface Moment {
    readonly second: number;
    readonly arrived: number;
    readonly served: number;
    readonly refused: number;
    /** What waits at the end of the second. */
    readonly waiting: number;
    /** Tasks that serve. */
    readonly running: number;
    /** Tasks that were asked for. */
    readonly desired: number;
    /** What the tasks that serve can do in a second. */
    readonly capacity: number;
}

/** What happened to a service, second by second. */
export interface Course {
    readonly service: SimulatedService;
    readonly moments: readonly Moment[];
}

/** Tasks that Fargate lets an account start: so many at once, then so many a second. */
class Launches {
    private tokens: number = assumptions.launchBurst;

    public refill(): void {
        this.tokens = Math.min(assumptions.launchBurst, this.tokens + assumptions.launchesPerSecond);
    }

    public take(wish: number): number {
        const granted = Math.min(wish, this.tokens);
        this.tokens -= granted;
        return granted;
    }
}

class Running implements Course {
    public readonly service: SimulatedService;
    public readonly moments: Moment[] = [];
    private readonly tracking: TargetTracking;
    private readonly minutes: Datapoint[] = [];
    private readonly starting: { readonly tasks: number; readonly servesAt: number }[] = [];
    private running: number;
    private desired: number;
    private waiting = 0;

    constructor(service: SimulatedService) {
        this.service = service;
        this.tracking = new TargetTracking(service);
        this.running = service.minTasks;
        this.desired = service.minTasks;
    }

    public pass(second: number, arrived: number, launches: Launches): void {
        this.arrive(second);
        if (second % assumptions.period === 0) {
            this.measure();
            const known = this.minutes.slice(0, this.minutes.length - assumptions.metricDelay / assumptions.period);
            this.desired = this.tracking.decide(second, known, this.running);
        }
        this.launch(second, launches);
        this.serve(second, arrived);
    }

    private arrive(second: number): void {
        for (let [next] = this.starting; next !== undefined && next.servesAt <= second; [next] = this.starting) {
            this.running += next.tasks;
            this.starting.shift();
        }
    }

    private launch(second: number, launches: Launches): void {
        const known = this.starting.reduce((sum, { tasks }) => sum + tasks, this.running);
        const tasks = launches.take(this.desired - known);
        if (tasks > 0) {
            this.starting.push({ tasks, servesAt: second + this.service.start });
        }
    }

    private serve(second: number, arrived: number): void {
        const { of, perTask, patience } = this.service;
        const capacity = this.running * perTask;
        const there = this.waiting + arrived;
        const served = Math.min(there, capacity);
        // Who comes last would wait longer than the caller does.
        const room = of === "requests" ? capacity * patience : Infinity;
        const refused = Math.max(0, there - served - room);
        this.waiting = there - served - refused;
        this.moments.push({
            second,
            arrived,
            served,
            refused,
            waiting: this.waiting,
            running: this.running,
            desired: this.desired,
            capacity,
        });
    }

    private measure(): void {
        const minute = this.moments.slice(-assumptions.period);
        const sum = (value: (moment: Moment) => number) => minute.reduce((all, each) => all + value(each), 0);
        const last = minute.at(-1);
        if (last !== undefined) {
            this.minutes.push({
                cpu: (100 * sum(({ served }) => served)) / sum(({ capacity }) => capacity),
                requests: sum(({ arrived }) => arrived) / last.running,
                backlog: last.waiting / last.running,
                tasks: last.running,
            });
        }
    }
}

/** What happens to each service, in steps of a second; the same for the same services, always. */
export function simulate(services: readonly SimulatedService[], step: Step): Course[] {
    const launches = new Launches();
    const courses = services.map((service) => new Running(service));
    for (let second = 0; second < step.until; second++) {
        launches.refill();
        const factor = second < step.at ? 1 : step.factor;
        for (const course of courses) {
            course.pass(second, factor * course.service.atRest, launches);
        }
    }
    return courses;
}
