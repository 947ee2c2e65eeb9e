import type { EnvironmentContext, JestEnvironmentConfig } from "@jest/environment";
import type { Context } from "node:vm";
import { TestEnvironment } from "jest-environment-node";
import { PackageLoader } from "./package-loader.ts";

let shared: SharedEnvironment | undefined;

/**
 * Gives all test files of a worker one global scope, in which packages stay loaded (`runtime.cjs`). Jest calls it with
 * `new` for each file.
 */
export default function environmentOf(config: JestEnvironmentConfig, context: EnvironmentContext): SharedEnvironment {
    return (shared ??= new SharedEnvironment(config, context));
}

/** After each file takes back everything that the file has left in the scope. */
export class SharedEnvironment extends TestEnvironment {
    readonly packages = new PackageLoader(this.scope());
    private readonly globals = new Set(Reflect.ownKeys(this.global));
    private readonly process = Object.getOwnPropertyDescriptors(this.global.process);
    private readonly env = { ...this.global.process.env };
    private readonly workingDirectory = process.cwd();

    override async teardown(): Promise<void> {
        const { context, fakeTimers, fakeTimersModern, global } = this;
        this.moduleMocker?.restoreAllMocks();
        await super.teardown();
        // Jest's own environment cannot be used again after its teardown; this one is.
        Object.assign(this, { context, fakeTimers, fakeTimersModern });
        for (const key of Reflect.ownKeys(global)) {
            if (!this.globals.has(key) && !this.packages.globals.has(key)) {
                Reflect.deleteProperty(global, key);
            }
        }
        Object.defineProperties(global.process, this.process);
        global.process.env = { ...this.env };
        process.chdir(this.workingDirectory);
    }

    private scope(): Context {
        if (this.context === null) {
            throw new Error("a new environment has a context");
        }
        return this.context;
    }
}
