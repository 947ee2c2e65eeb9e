import type { PlannedPlatform } from "../platform.ts";
import type { Machine } from "./machine.ts";

/** The first message to the process of the machine: what it shall start. */
export interface StartMessage {
    /** An empty folder, which the process removes at its end. */
    readonly directory: string;
    readonly platform: PlannedPlatform;
    /** The program that is used as ElastiCache. */
    readonly cacheServer: string;
    /** Names of the merchants by the IDs of their API keys. */
    readonly merchants: Readonly<Record<string, string>>;
    /** Tests kill Redis and start it again themselves. @default false: the end of Redis is the end of the machine */
    readonly mayCacheEnd?: boolean;
    /** Whether PostgreSQL loads `pg_stat_statements`, as Aurora does. @default false */
    readonly countsStatements?: boolean;
    /**
     * Of a stack that is deployed before an emulator of AWS, whose address is in `AWS_ENDPOINT_URL`. Its queues and secrets are used.
     * @default an emulator with the queues of the plan, and secrets that are made
     */
    readonly deployed?: DeployedCredentials;
}

/** What PostgreSQL and Redis must accept, as the secrets of a deployed stack say it. */
export interface DeployedCredentials {
    readonly cacheToken: string;
    readonly master: Machine["master"];
}

/**
 * Every later message to it: a question for what passed its queues, or for the calls of SQS and SNS; an order to start PostgreSQL, which
 * a test has killed, again.
 */
export type Question = "passages" | "calls" | "start-database";

/** Numbers of calls by their action, such as `SendMessageBatch`. */
export type CallCounts = Readonly<Record<string, number>>;

/** When a message came into a queue, or left it. */
export interface Passage {
    readonly queue: string;
    /** `consumed`: a service has processed and deleted it. */
    readonly status: "published" | "consumed" | "dlq";
    readonly body: string;
    /** Milliseconds since 1970. */
    readonly time: number;
}

/** Messages of the process: the machine, once all of it accepts connections; why it ends; what was asked for. */
export type MachineMessage =
    | { readonly kind: "started"; readonly machine: Machine }
    | { readonly kind: "failed"; readonly reason: string }
    | { readonly kind: "passages"; readonly passages: readonly Passage[] }
    | { readonly kind: "calls"; readonly calls: CallCounts };

/** What the process of a service has used since its start; the answer to the message `usage`. */
export interface ServiceUsage {
    readonly cpuSeconds: number;
    /** Resident memory, now. */
    readonly megabytes: number;
}
