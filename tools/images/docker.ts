import { spawn } from "node:child_process";
import { ExitError, errorMessage } from "../frame/exit.ts";

/** What `docker` needs of a command: where it runs, and its variables. */
export interface DockerPlace {
    /** Folder of the project. */
    readonly root: string;
    readonly env: NodeJS.ProcessEnv;
}

/** Runs `docker`; what it writes goes to the standard error of this process, so that the standard output has the result alone. */
async function run({ root: cwd, env }: DockerPlace, args: readonly string[], input = ""): Promise<void> {
    const child = spawn("docker", args, { cwd, env, stdio: ["pipe", 2, 2] });
    child.stdin?.on("error", () => undefined).end(input);
    const code = await new Promise<number | null>((ended, failed) => {
        child
            .on("error", (error: NodeJS.ErrnoException) => {
                failed(error.code === "ENOENT" ? new Error("docker is not on the PATH") : error);
            })
            .on("close", ended);
    });
    if (code !== 0) {
        throw new Error(`it ended with ${code ?? "a signal"}`);
    }
}

/**
 * Ends where images cannot be built on this machine.
 *
 * @param instead what to do on another machine
 * @throws ExitError `no-docker`
 */
export async function requireDocker(place: DockerPlace, instead: string): Promise<void> {
    for (const args of [
        ["buildx", "version"],
        ["version", "--format", "Docker Engine {{.Server.Version}}"],
    ]) {
        await run(place, args).catch((error: unknown) => {
            throw new ExitError(
                "no-docker",
                `docker ${args.slice(0, 2).join(" ")}: ${errorMessage(error)}. Install Docker with buildx and start it, or ${instead}`,
            );
        });
    }
}

/** @throws ExitError `failed` where Docker has written why */
export async function docker(place: DockerPlace, args: readonly string[], input?: string): Promise<void> {
    await run(place, args, input).catch((error: unknown) => {
        throw new ExitError(
            "failed",
            `docker ${args.slice(0, 2).join(" ")}: ${errorMessage(error)}; it says above why`,
        );
    });
}
