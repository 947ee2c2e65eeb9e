import * as pulumi from "@pulumi/pulumi";
import { sdkModule } from "./sdk-module.ts";

/** Wraps each promise of the SDK, to report the ones that never settled, with their stack traces. */
interface Debuggable {
    debuggablePromise: <T>(promise: Promise<T>, context?: unknown) => Promise<T>;
}

/** Reads the call stack for each resource, to send its source position to the engine. */
interface CallSites {
    callsites: () => unknown[];
}

/**
 * Disables what the SDK does only for diagnosis: two more promises per output, and the source position of each resource.
 * They take longer than the rest of a run. The plan itself reports a program that never ends.
 *
 * @returns a function that enables them again
 */
export function disableSdkTracing(): () => void {
    const debuggable = sdkModule("runtime/debuggable.js") as Debuggable;
    const { debuggablePromise } = debuggable;
    debuggable.debuggablePromise = (promise) => promise;
    const resource = pulumi.Resource as unknown as CallSites;
    const { callsites } = resource;
    resource.callsites = () => [];
    return () => {
        debuggable.debuggablePromise = debuggablePromise;
        resource.callsites = callsites;
    };
}

/**
 * Disables the stack traces of errors, as the SDK makes an error for each resource before it fails.
 *
 * @returns a function that enables them again
 */
export function disableStackTraces(): () => void {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    return () => {
        Error.stackTraceLimit = stackTraceLimit;
    };
}
