import { findOnPath } from "../../executables.ts";

/** The first of the servers that is on the path, or undefined. Either has the protocol of ElastiCache's engines. */
export const cacheServer = (env: NodeJS.ProcessEnv): string | undefined =>
    ["valkey-server", "redis-server"].find((name) => findOnPath([name], env) !== undefined);
