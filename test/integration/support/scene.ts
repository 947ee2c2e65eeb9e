import { setTimeout } from "node:timers/promises";
import { test } from "@jest/globals";
import { createDrillClients } from "../../../tools/drill/clients.ts";
import { requireDestructiveAllowed } from "./destructive.ts";
import { isSkipped, type DrillContext, type Skipped } from "../../../tools/drill/context.ts";
import { clientConfig, destroys, isEmulated, outputsOf } from "./stack.ts";

const say = (line: string): void => {
    process.stdout.write(`${line}\n`);
};

/** The stack under test as the place of a drill that may break it. */
export function sceneOfStack(): DrillContext {
    const { environmentSuffix: suffix, manifest } = outputsOf();
    requireDestructiveAllowed(manifest, process.env);
    return {
        clients: createDrillClients(clientConfig()),
        suffix,
        clock: { now: () => Date.now(), sleep: (milliseconds) => setTimeout(milliseconds) },
        say,
    };
}

/** What a drill found; nothing where it does not fit the stack, which is said and no failure. */
export function foundBy<T extends object>(result: T | Skipped): T | undefined {
    if (isSkipped(result)) {
        say(`not held: ${result.skipped}`);
        return undefined;
    }
    say(JSON.stringify(result));
    return result;
}

/** As `destroys`, of something that an emulator does not do. */
export const destroysOnAws = (name: string, why: string, run: () => Promise<void>, timeout: number): void => {
    if (isEmulated) {
        test.skip(`${name} (not on an emulator: ${why})`, run);
    } else {
        destroys(name, run, timeout);
    }
};

export const minutes = (count: number): number => count * 60_000;
