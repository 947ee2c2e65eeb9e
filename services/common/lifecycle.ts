import { stopSeconds } from "../../contract/container.ts";
import type { Log } from "./log.ts";
import { errorFields } from "./log.ts";

/** A part of a service that takes work until it is stopped. */
export interface Running {
    /** Takes no more work, and resolves once what was taken is done. */
    readonly stop: () => Promise<void>;
}

/** Seconds within which a service ends. ECS kills it after `stopSeconds`: before that, it writes what was not stopped. */
export const stopWithinSeconds = stopSeconds - 10;

/** Stops the parts of a service one after another at the first SIGTERM or SIGINT, and ends the process. */
export function stopOnSignal(parts: readonly Running[], log: Log): void {
    let stopping = false;
    const stop = (signal: NodeJS.Signals) => {
        if (stopping) {
            return;
        }
        stopping = true;
        log.info({ signal }, "stopping");
        setTimeout(() => {
            log.error("not stopped in time");
            process.exit(1);
        }, stopWithinSeconds * 1_000).unref();
        stopAll(parts).then(
            () => {
                log.info("stopped");
                process.exit(0);
            },
            (error: unknown) => {
                log.error(errorFields(error), "stopped with an error");
                process.exit(1);
            },
        );
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
}

async function stopAll(parts: readonly Running[]): Promise<void> {
    for (const part of parts) {
        await part.stop();
    }
}

/** Starts a service, or ends the process with the reason why it cannot be. */
export function main(start: () => Promise<void>): void {
    start().catch((error: unknown) => {
        // Of the configuration, or of a listener: there is no request yet that it could quote.
        const reason = error instanceof Error ? error.message : String(error);
        process.stderr.write(`${JSON.stringify({ level: "fatal", message: "not started", reason })}\n`);
        process.exit(1);
    });
}
