import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Server } from "node:http";
import { newId } from "../../../services/common/ids.ts";
import { createFront, listenOnThisHost, type FrontArgs } from "../front.ts";
import type { DeployedCredentials } from "./messages.ts";
import { freePort } from "./ports.ts";
import { endMachine, serviceNames, startMachine, startService, stopService, type ServiceName } from "./start.ts";
import type { RunningMachine, RunningService } from "./start.ts";
import type { PlannedPlatform } from "../platform.ts";
import { localEnvironment, readGatewaySecret } from "../replacements.ts";

export interface LocalSessionArgs {
    /** Folder of this file. */
    readonly folder: string;
    /** An empty folder, which is removed at the end. */
    readonly directory: string;
    readonly platform: PlannedPlatform;
    readonly cacheServer: string;
    /** Names of the merchants who get an API key. */
    readonly merchants: readonly string[];
    /** Port of the address in API Gateway's place; 0: any free one. */
    readonly port: number;
    readonly onLine: (source: string, line: string) => void;
    readonly onStep: (step: string) => void;
    readonly signal: AbortSignal;
    /** Whether Redis may be ended while the services run. @default false: its end is the end of the session */
    readonly mayCacheEnd?: boolean;
    /** Whether PostgreSQL can count the statements of each user. @default false */
    readonly countsStatements?: boolean;
    /** @default keys, tokens and secrets that are made */
    readonly deployed?: DeployedCredentials & Pick<FrontArgs, "apiKeys" | "token">;
}

/** The platform on this machine, while it runs. */
export interface LocalSession {
    /** In API Gateway's place. */
    readonly address: string;
    /** API keys by merchant, made for this session; none where they are those of a deployed stack. */
    readonly apiKeys: Readonly<Record<string, string>>;
    readonly running: RunningMachine;
    readonly services: readonly RunningService[];
    /** Ports of the services that have one. */
    readonly servicePorts: Readonly<Record<string, number>>;
}

/** What has been started, and is ended in this order: the front, the services, the stores. */
interface Started {
    readonly fronts: Server[];
    readonly services: ChildProcess[];
    readonly machines: ChildProcess[];
}

/**
 * Does work while the platform runs on this machine. At its end no process is left, also where a part fails to start, ends before the
 * work, or the operator cancels.
 *
 * @throws Error with the part that failed, and its reason
 */
export async function withSession<T>(args: LocalSessionArgs, work: (session: LocalSession) => Promise<T>): Promise<T> {
    const started: Started = { fronts: [], services: [], machines: [] };
    const cancelled = rejectionOf(args.signal);
    try {
        return await Promise.race([run(args, started, work), cancelled]);
    } finally {
        await end(started);
    }
}

async function run<T>(
    args: LocalSessionArgs,
    started: Started,
    work: (session: LocalSession) => Promise<T>,
): Promise<T> {
    const { folder, directory, platform, cacheServer, onLine, onStep, deployed } = args;
    const { mayCacheEnd = false, countsStatements = false } = args;
    const keyIds = Object.fromEntries(args.merchants.map((merchant) => [`local-${merchant}`, merchant]));
    onStep("starting PostgreSQL, Redis, SQS and SNS");
    const running = await startMachine(
        folder,
        {
            directory,
            platform,
            cacheServer,
            mayCacheEnd,
            countsStatements,
            merchants: keyIds,
            ...(deployed !== undefined && { deployed }),
        },
        "pipe",
        (child) => {
            started.machines.push(child);
            readLines(child, "migration", onLine);
        },
    );
    const { machine } = running;
    onStep("starting the services");
    const ports = await Promise.all(serviceNames.map(async (service) => [service, await freePort()] as const));
    // What is started from here on would not be ended.
    args.signal.throwIfAborted();
    const services = await Promise.all(
        ports.map(([service, port]) =>
            startService({
                ...{ folder, service, machine, port },
                environment: localEnvironment(platform.environments[service] ?? {}, { machine, port }),
                onFork: (child) => {
                    started.services.push(child);
                    readLines(child, service, onLine);
                },
            }),
        ),
    );
    args.signal.throwIfAborted();
    const servicePorts = Object.fromEntries(
        services.filter((each) => hasPort(platform, each.service)).map(({ service, port }) => [service, port]),
    );
    const keys = deployed === undefined ? Object.keys(keyIds).map((keyId) => ({ keyId, apiKey: newId() })) : [];
    const front = createFront({
        apiPort: servicePorts.api ?? 0,
        apiKeys: Object.fromEntries(keys.map(({ keyId, apiKey }) => [apiKey, keyId])),
        token: readGatewaySecret(machine).tokens[0] ?? "",
        ...deployed,
    });
    started.fronts.push(front);
    const address = await listenOnThisHost(front, args.port);
    const apiKeys = Object.fromEntries(keys.map(({ keyId, apiKey }) => [keyIds[keyId] ?? "", apiKey]));
    const failed = [running, ...services].map((each) => each.failed);
    return Promise.race([work({ address, apiKeys, running, services, servicePorts }), ...failed]);
}

const hasPort = ({ environments }: PlannedPlatform, service: ServiceName): boolean =>
    environments[service]?.PORT !== undefined;

async function end({ fronts, services, machines }: Started): Promise<void> {
    for (const front of fronts) {
        front.close();
        front.closeAllConnections();
    }
    await Promise.all(services.map((child) => stopService(child)));
    await Promise.all(machines.map((child) => endMachine(child)));
}

/** Passes each line that a process writes. */
function readLines({ stdout, stderr }: ChildProcess, source: string, onLine: LocalSessionArgs["onLine"]): void {
    for (const stream of [stdout, stderr]) {
        if (stream !== null) {
            createInterface({ input: stream }).on("line", (line) => {
                onLine(source, line);
            });
        }
    }
}

const rejectionOf = (signal: AbortSignal): Promise<never> => {
    const rejection = new Promise<never>((_, reject) => {
        const cancel = (): void => {
            reject(signal.reason as Error);
        };
        if (signal.aborted) {
            cancel();
        }
        signal.addEventListener("abort", cancel);
    });
    // The race may have ended.
    rejection.catch(() => undefined);
    return rejection;
};
