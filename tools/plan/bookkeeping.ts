import { createRequire } from "node:module";
import { join } from "node:path";

/** Wraps each promise of the SDK, to tell at the end which ones never settled and where they were made. */
interface Debuggable {
    debuggablePromise: <T>(promise: Promise<T>, context?: unknown) => Promise<T>;
}

/**
 * Spares a run what the SDK does for its own diagnosis only: a stack trace and two more promises for each output of
 * each resource, which take longer than all the rest. The plan tells itself of a program that never ends.
 *
 * @returns what turns it on again
 */
export function skipBookkeeping(): () => void {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const sdk = createRequire(join(process.cwd(), "package.json"));
    const debuggable = sdk("@pulumi/pulumi/runtime/debuggable.js") as Debuggable;
    const { debuggablePromise } = debuggable;
    debuggable.debuggablePromise = (promise) => promise;
    return () => {
        Error.stackTraceLimit = stackTraceLimit;
        debuggable.debuggablePromise = debuggablePromise;
    };
}
