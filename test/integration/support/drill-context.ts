import { setTimeout } from "node:timers/promises";
import { test } from "@jest/globals";
import { createDrillClients } from "../../../tools/drill/clients.ts";
import { requireDestructiveAllowed } from "./destructive.ts";
import { isSkipped, type DrillContext, type Skipped } from "../../../tools/drill/context.ts";
import { clientConfig, destroys, isEmulated, outputsOf } from "./stack.ts";

const say = (line: string): void => {
    process.stdout.write(`${line}\n`);
};

/** The context of a drill that causes failures in the stack under test. */
export function drillContextOfStack(): DrillContext {
    const { environmentSuffix: suffix, manifest } = outputsOf();
    requireDestructiveAllowed(manifest, process.env);
    return {
        clients: createDrillClients(clientConfig()),
        suffix,
        clock: { now: () => Date.now(), sleep: (milliseconds) => setTimeout(milliseconds) },
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
        test.skip(`${name} (not on an emulator: ${why})`, run);
    } else {
        destroys(name, run, timeout);
    }
};

export const minutes = (count: number): number => count * 60_000;
