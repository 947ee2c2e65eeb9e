import { assumptions } from "./assumptions.ts";
import { ScaleOut, type Datapoint } from "./scaling.ts";
import type { SimulatedService } from "./service.ts";

/** An increase of the load. */
export interface Spike {
    /** The load after the spike's rise as a multiple of the load at rest. */
    readonly factor: number;
    /** Second in which the load begins to rise. */
    readonly at: number;
    /** Seconds in which it rises, evenly; 0: at once. */
    readonly within: number;
    /** Seconds that are simulated. */
    readonly until: number;
}

/** What happened in one second. */
export interface SimulatedSecond {
    readonly second: number;
    readonly arrived: number;
    readonly served: number;
    readonly refused: number;
    /** Backlog at the end of the second. */
    readonly waiting: number;
    /** Tasks that serve. */
    readonly running: number;
    /** The service's desired count. */
    readonly desired: number;
    /** What the tasks that serve can do in a second. */
    readonly capacity: number;
}

/** What happened to a service, second by second. */
export interface ServiceTimeline {
    readonly service: SimulatedService;
    readonly seconds: readonly SimulatedSecond[];
}

/** Fargate's limit on the tasks that an account starts: a burst, then a rate per second. */
class TaskLaunchLimit {
    private availableLaunches: number = assumptions.launchBurst;

    public refill(): void {
        this.availableLaunches = Math.min(
            assumptions.launchBurst,
            this.availableLaunches + assumptions.launchesPerSecond,
        );
    }

    public launchUpTo(wish: number): number {
        const granted = Math.min(wish, this.availableLaunches);
        this.availableLaunches -= granted;
        return granted;
    }
}

class RunningService implements ServiceTimeline {
    public readonly service: SimulatedService;
    public readonly seconds: SimulatedSecond[] = [];
    private readonly scaleOut: ScaleOut;
    private readonly datapoints: Datapoint[] = [];
    private readonly starting: { readonly tasks: number; readonly servesAt: number }[] = [];
    private running: number;
    private desired: number;
    private waiting = 0;

    constructor(service: SimulatedService) {
        this.service = service;
        this.scaleOut = new ScaleOut(service);
        this.running = service.minTasks;
        this.desired = service.minTasks;
    }

    public advanceOneSecond(second: number, arrived: number, launches: TaskLaunchLimit): void {
        this.startServingNewTasks(second);
        if (second % assumptions.period === 0) {
            this.recordDatapoint();
            const published = this.datapoints.slice(
                0,
                this.datapoints.length - assumptions.metricDelay / assumptions.period,
            );
            this.desired = this.scaleOut.decide(second, published, this.running);
        }
        this.launch(second, launches);
        this.serve(second, arrived);
    }

    private startServingNewTasks(second: number): void {
        for (let [next] = this.starting; next !== undefined && next.servesAt <= second; [next] = this.starting) {
            this.running += next.tasks;
            this.starting.shift();
        }
    }

    private launch(second: number, launches: TaskLaunchLimit): void {
        const started = this.starting.reduce((sum, { tasks }) => sum + tasks, this.running);
        const tasks = launches.launchUpTo(this.desired - started);
        if (tasks > 0) {
            this.starting.push({ tasks, servesAt: second + this.service.taskStartSeconds });
        }
    }

    private serve(second: number, arrived: number): void {
        const { of, capacityPerTask, requestTimeoutSeconds } = this.service;
        const capacity = this.running * capacityPerTask;
        const there = this.waiting + arrived;
        const served = Math.min(there, capacity);
        // The last requests would wait longer than the caller's timeout.
        const room = of === "requests" ? capacity * requestTimeoutSeconds : Infinity;
        const refused = Math.max(0, there - served - room);
        this.waiting = there - served - refused;
        this.seconds.push({
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

    private recordDatapoint(): void {
        const minute = this.seconds.slice(-assumptions.period);
        const sum = (value: (moment: SimulatedSecond) => number) => minute.reduce((all, each) => all + value(each), 0);
        const last = minute.at(-1);
        if (last !== undefined) {
            this.datapoints.push({
                cpu: (100 * sum(({ served }) => served)) / sum(({ capacity }) => capacity),
                requests: sum(({ arrived }) => arrived) / last.running,
                backlog: last.waiting / last.running,
                tasks: last.running,
            });
        }
    }
}

/** The load of a second as a multiple of the load at rest. */
function loadFactor({ factor, at, within }: Spike, second: number): number {
    const risen = within === 0 ? 1 : Math.min(1, (second - at) / within);
    return second < at ? 1 : 1 + (factor - 1) * risen;
}

/** Simulates all services together, second by second. The same services and load always give the same result. */
export function simulate(services: readonly SimulatedService[], spike: Spike): ServiceTimeline[] {
    const launches = new TaskLaunchLimit();
    const courses = services.map((service) => new RunningService(service));
    for (let second = 0; second < spike.until; second++) {
        launches.refill();
        const factor = loadFactor(spike, second);
        for (const course of courses) {
            course.advanceOneSecond(second, factor * course.service.loadAtRest, launches);
        }
    }
    return courses;
}
