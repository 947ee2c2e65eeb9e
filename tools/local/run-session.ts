import { dirname, join } from "node:path";
import type { CommandContext } from "../frame/context.ts";
import { ExitError } from "../frame/exit.ts";
import { withTemporaryFolder } from "../frame/temporary-folder.ts";
import { addressesText } from "./addresses.ts";
import { demonstrate, type LiveIn } from "./demo/demonstration.ts";
import { programLines, withLastLines } from "./lines.ts";
import { withSession, type LocalSession, type LocalSessionArgs } from "./machine/session.ts";
import { serviceNames } from "./machine/start.ts";
import type { PlannedPlatform } from "./platform.ts";

export interface RunArgs extends Pick<LocalSessionArgs, "platform" | "merchants" | "port" | "cacheServer"> {
    readonly action?: string;
    readonly stack: string;
}

/** Where the programs lie that start the machine and its services. */
export const machineFolder = (): string => join(dirname(process.argv[1] ?? ""), "local", "machine");

/** What a test replaces: the processes of the session, and the payments in it. */
export interface Processes {
    readonly inSession: (args: LocalSessionArgs, work: (session: LocalSession) => Promise<void>) => Promise<void>;
    readonly liveIn?: LiveIn;
}

/**
 * Runs the platform on this machine: shows the logs of the services until the operator cancels, or the demonstration.
 *
 * @throws ExitError `failed` with the reason, and in the demonstration the last lines of the programs
 */
export async function runSession(
    { action, stack, ...platform }: RunArgs,
    context: CommandContext,
    { inSession, liveIn }: Processes = { inSession: withSession },
): Promise<void> {
    const { interrupt, progress, out, clock } = context;
    throwUnlessRunnable(stack, platform);
    const lines = programLines(action === undefined ? out : undefined, () => clock.now());
    const args = {
        ...{ ...platform, onLine: lines.onLine, signal: interrupt.signal },
        folder: machineFolder(),
        onStep: (step: string) => {
            progress.step(step);
        },
    };
    const work = (session: LocalSession): Promise<void> =>
        action === undefined
            ? showUntilCancelled(context, stack, session)
            : demonstrate(context, { stack, session, ...(liveIn !== undefined && { liveIn }) });
    const run = () => withTemporaryFolder("payment-platform-", (directory) => inSession({ ...args, directory }, work));
    await interrupt.waitFor(
        () => withLastLines(run, lines),
        "all its processes have ended, and their files are removed",
    );
}

/** @throws ExitError `failed` with all that the stack lacks */
function throwUnlessRunnable(
    stack: string,
    { platform: { environments }, merchants }: { platform: PlannedPlatform; merchants: readonly string[] },
): void {
    const missing = ["migration", ...serviceNames]
        .filter((name) => environments[name] === undefined)
        .map((name) => (name === "migration" ? "the task of the migration" : `services.${name}`));
    const problems = [...missing, ...(merchants.length === 0 ? ["a merchant in gateway.merchants"] : [])];
    if (problems.length > 0) {
        throw new ExitError("failed", `${stack} cannot run on this machine: its plan lacks ${problems.join(", ")}`);
    }
}

/** Prints the addresses; the logs follow until the operator cancels, which ends the session. */
function showUntilCancelled({ out, progress }: CommandContext, stack: string, session: LocalSession): Promise<never> {
    out(addressesText(stack, session));
    progress.step("waiting for requests");
    return new Promise<never>(() => undefined);
}
