import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** Wraps each promise of the SDK, to tell at the end which ones never settled and where they were made. */
interface Debuggable {
    debuggablePromise: <T>(promise: Promise<T>, context?: unknown) => Promise<T>;
}

/** Reads the whole stack for each resource, to tell the engine the line that makes it. */
interface CallSites {
    callsites: () => unknown[];
}

/**
 * Spares a run what the SDK does for its own diagnosis only: a stack trace and two more promises for each output of
 * each resource, and the place in the source of each resource, which take longer than all the rest. The plan tells
 * itself of a program that never ends.
 *
 * @returns what turns it on again
 */
export function disableSdkTracing(): () => void {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    const sdk = createRequire(join(process.cwd(), "package.json"));
    const debuggable = sdk("@pulumi/pulumi/runtime/debuggable.js") as Debuggable;
    const { debuggablePromise } = debuggable;
    debuggable.debuggablePromise = (promise) => promise;
    const resource = pulumi.Resource as unknown as CallSites;
    const { callsites } = resource;
    resource.callsites = () => [];
    return () => {
        Error.stackTraceLimit = stackTraceLimit;
        debuggable.debuggablePromise = debuggablePromise;
        resource.callsites = callsites;
    };
}
