import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorMessage } from "../../../tools/frame/exit.ts";
import { cacheServer } from "../../../tools/local/machine/cache.ts";
import type { Machine } from "../../../tools/local/machine/machine.ts";
import {
    serviceNames,
    startMachine,
    type RunningMachine,
    type ServiceName,
} from "../../../tools/local/machine/start.ts";
import { AcquirerProcess } from "../../services/support/acquirer/process.ts";
import { machineFolder, startService, stopService, type RunningService } from "../../services/support/processes.ts";
import { platformUnderTest } from "../../services/support/under-test.ts";
import { QueueProxy } from "./queue-proxy.ts";

export interface PlatformOptions {
    /** Seconds for which a received message is hidden, in place of what the services ask for. @default 60, as they ask */
    readonly visibilitySeconds?: number;
    /** Tasks of the service that calls the acquirer. @default two, so that they meet at the same payments */
    readonly paymentTasks?: number;
}

/** All that runs for the tests of a file: stores, queues, an acquirer and the services, which are started again when they end. */
export class Platform {
    public readonly machine: Machine;
    public readonly acquirer: AcquirerProcess;
    public readonly queues: QueueProxy;
    /** Services that ended, and that no test has killed. */
    public readonly ended: string[] = [];
    private readonly killed = new Set<RunningService>();
    private readonly runningMachine: RunningMachine;
    private readonly running = new Map<ServiceName, Set<RunningService>>(serviceNames.map((name) => [name, new Set()]));
    private readonly restarts = new Set<Promise<void>>();
    private isStopping = false;

    private constructor(running: RunningMachine, acquirer: AcquirerProcess, queues: QueueProxy) {
        this.machine = { ...running.machine, awsEndpoint: queues.url };
        this.runningMachine = running;
        this.acquirer = acquirer;
        this.queues = queues;
    }

    public static async start({ visibilitySeconds, paymentTasks = 2 }: PlatformOptions = {}): Promise<Platform> {
        const running = await startMachine(machineFolder, {
            directory: mkdtempSync(join(tmpdir(), "faults-")),
            platform: platformUnderTest(),
            cacheServer: cacheServer(process.env) ?? "",
            merchants: { key1: "example-shop", key2: "other-shop" },
            mayCacheEnd: true,
        });
        const { machine } = running;
        const acquirer = await AcquirerProcess.start(machine);
        const queues = await QueueProxy.start(machine.awsEndpoint, visibilitySeconds);
        const platform = new Platform(running, acquirer, queues);
        // What queries and queues of the tests use has no faults.
        process.env.SERVICES_MACHINE = JSON.stringify({ machine, apiPort: 0 });
        const tasks = [...serviceNames, ...Array.from({ length: paymentTasks - 1 }, () => "payment" as const)];
        await Promise.all(tasks.map((name) => platform.startTask(name)));
        return platform;
    }

    /** Port of the api service; another one after each restart. @returns undefined while it is down */
    public get apiPort(): number | undefined {
        return [...(this.running.get("api") ?? [])][0]?.port;
    }

    /** Kills a task, or all tasks of the service. Another one takes the place of each, as ECS does it. */
    public async kill(name: ServiceName, which: "one" | "all" = "all"): Promise<void> {
        const found = [...(this.running.get(name) ?? [])];
        const killed = which === "all" ? found : found.slice(0, 1);
        await Promise.all(
            killed.map((task) => {
                this.killed.add(task);
                return stopService(task, "SIGKILL");
            }),
        );
    }

    /** Resolves once each killed task has its successor. */
    public async untilComplete(): Promise<void> {
        while (this.restarts.size > 0) {
            await Promise.all(this.restarts);
        }
    }

    /** Starts PostgreSQL, which a test has killed. */
    public startDatabase(): void {
        this.runningMachine.startDatabase();
    }

    public async stop(): Promise<void> {
        await this.untilComplete();
        this.isStopping = true;
        const all = [...this.running.values()].flatMap((set) => [...set]);
        await Promise.all(all.map((task) => stopService(task, "SIGKILL")));
        this.queues.stop();
        await this.acquirer.stop();
        await this.runningMachine.stop();
    }

    private async startTask(name: ServiceName): Promise<void> {
        const acquirer = { ACQUIRER_URL: this.acquirer.url, ACQUIRER_SECRET_ARN: this.machine.acquirerSecretArn };
        const task = await startService(name, this.machine, name === "payment" ? acquirer : {});
        const set = this.running.get(name);
        set?.add(task);
        task.child.once("exit", () => {
            set?.delete(task);
            if (!this.isStopping && !this.killed.has(task)) {
                this.ended.push(`${name}: ${task.log().split("\n").slice(-20).join(" ")}`);
            }
            if (!this.isStopping) {
                const restart = this.startTask(name)
                    .catch((error: unknown) => {
                        this.ended.push(`${name}, while it started: ${errorMessage(error)}`);
                    })
                    .finally(() => this.restarts.delete(restart));
                this.restarts.add(restart);
            }
        });
    }
}
