import { setTimeout } from "node:timers/promises";
import { test } from "@jest/globals";
import { connect } from "../../../tools/drill/clients.ts";
import { demandDestructive } from "../../../tools/drill/permission.ts";
import { isSkipped, type Scene, type Skipped } from "../../../tools/drill/scene.ts";
import { clientConfig, destroys, isEmulated, outputsOf } from "./stack.ts";

const say = (line: string): void => {
    process.stdout.write(`${line}\n`);
};

/** The stack under test as the place of a drill that may break it. */
export function sceneOfStack(): Scene {
    const { environmentSuffix: suffix, manifest } = outputsOf();
    demandDestructive(manifest, process.env);
    return {
        clients: connect(clientConfig()),
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
