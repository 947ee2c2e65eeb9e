import { spawn, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { eventually } from "../../frame/eventually.ts";
import { findOnPath } from "../../frame/executables.ts";
import { ExitError } from "../../frame/exit.ts";
import type { Machine } from "./machine.ts";
import { acceptsConnections } from "./ports.ts";

/** Programs with the protocol of ElastiCache, the preferred one first. */
const cacheServers = ["valkey-server", "redis-server"];

/** What to do where neither is on the path. */
export const noCacheServer = `neither ${cacheServers.join(" nor ")} is on the path (apt-get install redis-server, brew install valkey)`;

/** The first of the servers that is on the path, or undefined. */
export const cacheServer = (env: NodeJS.ProcessEnv): string | undefined =>
    cacheServers.find((name) => findOnPath([name], env) !== undefined);

/** @throws ExitError `refused` where none is on the path, with what installs one */
export function requireCacheServer(env: NodeJS.ProcessEnv): string {
    const found = cacheServer(env);
    if (found === undefined) {
        throw new ExitError("refused", noCacheServer);
    }
    return found;
}

/** How long a busy machine may take to start it, in milliseconds. */
const patience = { within: 120_000, every: 50 };

/** Starts Redis or Valkey with TLS and a token. It keeps nothing on the disk. */
export async function startCache(
    program: string,
    machine: Pick<Machine, "directory" | "authorityFile" | "cachePort" | "keyFile" | "cacheConfigFile">,
    token: string,
): Promise<ChildProcess> {
    const { directory, authorityFile, cachePort, keyFile, cacheConfigFile } = machine;
    const lines = [
        "port 0",
        `tls-port ${cachePort}`,
        "tls-auth-clients no",
        `tls-cert-file ${authorityFile}`,
        `tls-key-file ${keyFile}`,
        `tls-ca-cert-file ${authorityFile}`,
        "bind 127.0.0.1 -::1",
        `requirepass ${token}`,
        'save ""',
        `dir ${directory}`,
    ];
    writeFileSync(cacheConfigFile, lines.join("\n"), { mode: 0o600 });
    const child = spawn(program, [cacheConfigFile], { stdio: ["ignore", "pipe", "ignore"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output = `${output}${chunk.toString()}`.slice(-1_000)));
    const failed = new Promise<never>((_, reject) => {
        child.once("error", (error) => {
            reject(new Error(`${program}: ${error.message}`));
        });
        child.once("exit", (code) => {
            reject(new Error(`${program} has ended with ${code ?? "a signal"}: ${output.trim()}`));
        });
    });
    const listening = eventually(
        `a listener of ${program}`,
        async () => ((await acceptsConnections(cachePort)) ? true : undefined),
        patience,
    );
    await Promise.race([listening, failed]);
    failed.catch(() => undefined);
    return child;
}
