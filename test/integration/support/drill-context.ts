import { createClients } from "../../../tools/frame/aws-clients.ts";
import { systemClock } from "../../../tools/frame/clock.ts";
import { requireDestructiveAllowed } from "./destructive.ts";
import { splitPart } from "../../../plan/query.ts";
import { isSkipped, type DrillContext, type Skipped } from "../../../tools/drill/context.ts";
import { clientConfig, destroys, isEmulated, outputsOf, skips } from "./stack.ts";

const say = (line: string): void => {
    process.stdout.write(`${line}\n`);
};

/** The context of a drill that causes failures in the stack under test. */
export function drillContextOfStack(): DrillContext {
    const { environmentSuffix: suffix, databaseEndpoint, manifest } = outputsOf();
    requireDestructiveAllowed(manifest, process.env);
    return {
        clients: createClients(clientConfig()),
        suffix,
        databaseCluster: splitPart(databaseEndpoint, ".", 0),
        clock: systemClock,
        say,
    };
}

/** The result of a drill; undefined, with a printed reason, when the drill does not apply to the stack. */
export function printedResult<T extends object>(result: T | Skipped): T | undefined {
    if (isSkipped(result)) {
        say(`not held: ${result.skipped}`);
        return undefined;
    }
    say(JSON.stringify(result));
    return result;
}

/** As `destroys`, for what an emulator does not do. */
export const destroysOnAws = (name: string, why: string, run: () => Promise<void>, timeout: number): void => {
    if (isEmulated) {
        skips(name, `not on an emulator: ${why}`, run);
    } else {
        destroys(name, run, timeout);
    }
};

export const minutes = (count: number): number => count * 60_000;
