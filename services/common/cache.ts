import { createClient } from "@redis/client";
import type { CacheConfig } from "./config.ts";
import { errorFields, type Log } from "./log.ts";
import type { Sources } from "./sources.ts";

/** A key without a value, or a value of a Redis that does not answer. */
export type Cached = { readonly is: "found"; readonly value: string } | { readonly is: "missing" | "unavailable" };

/** Milliseconds after which an answer of Redis is no longer waited for: PostgreSQL answers in less. */
const commandTimeoutMs = 500;
/** Milliseconds without an answer, also to the pings between, after which a connection is lost. */
const connectionTimeoutMs = 5_000;
const pingMs = 2_000;
/**
 * Replies of a node that is not the primary any more, or not yet ready. It answers pings, so that the connection would stay; the name of the primary leads to
 * another node after a failover.
 */
const ofOtherNode = /^(READONLY|LOADING)\b/;
/** Milliseconds before a new connection in place of one to such a node: the name may still lead to it, and each connection reads the token. */
const reconnectMs = 1_000;

/** Writes a value unless Redis has one of a later version: a slow reader must not put back what a writer has replaced. */
const setNewer = `
local current = redis.call("HGET", KEYS[1], "version")
if current and tonumber(current) > tonumber(ARGV[1]) then return 0 end
redis.call("HSET", KEYS[1], "version", ARGV[1], "value", ARGV[2])
redis.call("EXPIRE", KEYS[1], ARGV[3])
return 1`;

/** Redis, which may be away or have lost everything at any time: no method throws. */
export class Cache {
    private readonly client;
    private readonly log: Log;
    private reconnecting: NodeJS.Timeout | undefined;

    constructor(config: CacheConfig, sources: Sources, log: Log) {
        this.log = log;
        this.client = createClient({
            socket: {
                host: config.CACHE_HOST,
                port: config.CACHE_PORT,
                tls: true,
                ca: sources.cacheAuthorities,
                connectTimeout: 2_000,
                socketTimeout: connectionTimeoutMs,
                reconnectStrategy: (attempts) => Math.min(2 ** attempts * 50, 2_000),
            },
            // Read at each connect, so that the token after a rotation is used without a restart.
            credentialsProvider: {
                type: "async-credentials-provider",
                credentials: async () => ({ password: await sources.readSecret(config.CACHE_TOKEN_SECRET_ARN) }),
            },
            pingInterval: pingMs,
            disableOfflineQueue: true,
        });
        this.client.on("error", (error: unknown) => {
            log.warn(errorFields(error), "connection to Redis lost");
        });
    }

    /** Connects in the background, and again after each loss. */
    public connect(): void {
        this.client.connect().catch((error: unknown) => {
            this.log.warn(errorFields(error), "no connection to Redis");
        });
    }

    public async get(key: string): Promise<Cached> {
        return this.read(() => this.client.get(key));
    }

    /** A value that `setVersion` has written. */
    public async getVersioned(key: string): Promise<Cached> {
        return this.read(() => this.client.hGet(key, "value"));
    }

    /** @returns whether Redis has it now */
    public async set(key: string, value: string, seconds: number): Promise<boolean> {
        return this.write(() => this.client.set(key, value, { expiration: { type: "EX", value: seconds } }));
    }

    public async setVersion(key: string, version: number, value: string, seconds: number): Promise<boolean> {
        return this.write(() =>
            this.client.eval(setNewer, { keys: [key], arguments: [`${version}`, value, `${seconds}`] }),
        );
    }

    public close(): void {
        clearTimeout(this.reconnecting);
        this.client.destroy();
    }

    private async read(command: () => Promise<string | null>): Promise<Cached> {
        try {
            const value = await inTime(command());
            return value === null ? { is: "missing" } : { is: "found", value };
        } catch (error) {
            this.fail(error);
            return { is: "unavailable" };
        }
    }

    private async write(command: () => Promise<unknown>): Promise<boolean> {
        try {
            await inTime(command());
            return true;
        } catch (error) {
            this.fail(error);
            return false;
        }
    }

    private fail(error: unknown): void {
        if (!(error instanceof Error && ofOtherNode.test(error.message))) {
            this.log.warn(errorFields(error), "Redis did not answer");
        } else if (this.client.isReady) {
            this.log.warn("Redis is not the primary, or not ready: connecting again");
            this.client.destroy();
            this.reconnecting = setTimeout(() => {
                this.connect();
            }, reconnectMs);
        }
    }
}

/** The result, unless it takes too long: the client's own limit is for commands that it has not sent yet. */
async function inTime<T>(result: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => {
            reject(new Error("timeout"));
        }, commandTimeoutMs);
    });
    try {
        return await Promise.race([result, timeout]);
    } finally {
        clearTimeout(timer);
    }
}
