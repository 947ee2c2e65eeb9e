import type { EnvironmentContext, JestEnvironmentConfig } from "@jest/environment";
import type { Context } from "node:vm";
import { TestEnvironment } from "jest-environment-node";
import { withDirectCounters } from "./direct-counters.ts";
import { PackageLoader } from "./package-loader.ts";

/** Where instrumented code counts; Jest reads it after each file. */
const coverageVariable = "__coverage__";

/** Of a source: how often each statement, function and branch has run, by its number. */
interface Counts {
    readonly s: Record<string, number>;
    readonly f: Record<string, number>;
    readonly b: Record<string, number[]>;
}

/** By path. */
type Coverage = Record<string, Counts>;

let shared: SharedEnvironment | undefined;

/**
 * Gives all test files of a worker one global scope, in which packages stay loaded (`runtime.cjs`). Jest calls it with
 * `new` for each file.
 */
export default function environmentOf(config: JestEnvironmentConfig, context: EnvironmentContext): SharedEnvironment {
    return (shared ??= new SharedEnvironment(config, context));
}

/** The scope of a worker. After each test file it removes what the file left. */
class SharedEnvironment extends TestEnvironment {
    readonly packages = new PackageLoader(this.scope());
    private readonly functions = new Map<string, { source: string; run: unknown }>();
    private readonly hits = new Map<string, number>();
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
            if (key !== coverageVariable && !this.globals.has(key) && !this.packages.globals.has(key)) {
                Reflect.deleteProperty(global, key);
            }
        }
        Object.defineProperties(global.process, this.process);
        global.process.env = { ...this.env };
        process.chdir(this.workingDirectory);
    }

    /**
     * The function that runs a module's source. Each file runs the modules that it needs anew, but by the same functions,
     * which V8 has optimised by then.
     */
    compiled(path: string, source: string, compile: (source: string) => unknown): unknown {
        const known = this.functions.get(path);
        if (known?.source === source) {
            return known.run;
        }
        const run = compile(withDirectCounters(source));
        this.functions.set(path, { source, run });
        return run;
    }

    /**
     * The counts of the sources of which more has run than after the last file, undefined without coverage. The counts
     * of a worker add up: Jest's own copy of all of them would be merged after each file.
     */
    newCoverage(): Coverage | undefined {
        const { [coverageVariable]: all } = this.global as { [coverageVariable]?: Coverage };
        return all && structuredClone(Object.fromEntries(Object.entries(all).filter((each) => this.hasGrown(...each))));
    }

    private hasGrown(path: string, { s, f, b }: Counts): boolean {
        const counts = [...Object.values(s), ...Object.values(f), ...Object.values(b).flat()];
        const hits = counts.filter((count) => count > 0).length;
        const before = this.hits.get(path);
        this.hits.set(path, hits);
        return hits !== before;
    }

    private scope(): Context {
        if (this.context === null) {
            throw new Error("a new environment has a context");
        }
        return this.context;
    }
}
