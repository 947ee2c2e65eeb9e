import { test } from "@jest/globals";
import { planStack, type Plan } from "../../../plan/plan.ts";
import { readOutputs, type Outputs } from "./outputs.ts";
import { skippedName } from "./skip.ts";

const found = readOutputs(process.env);
const endpoint = process.env.AWS_ENDPOINT_URL;

/** An emulator, by its loopback address: no task starts, and no packet is filtered. */
export const isEmulated = endpoint !== undefined && /^http:\/\/(127\.|localhost|\[::1\])/.test(endpoint);

const isAllowedByStack = found.outputs?.manifest.failureTests === true;
const notAllowed = "recovery.failureTests does not allow it";

/** Whether tests may change the stack and cause failures: only on request, and where the stack's settings allow it. */
const isDestructive = process.env.RUN_DESTRUCTIVE === "yes" && isAllowedByStack;

/** Why a test that changes something does not run. */
const skipReason = isAllowedByStack ? "only with RUN_DESTRUCTIVE=yes" : notAllowed;

/** The outputs of the stack; only inside a test, which is skipped without them. */
export function outputsOf(): Outputs {
    if (found.outputs === undefined) {
        throw new Error(found.missing);
    }
    return found.outputs;
}

/** Configuration of every SDK client: an emulator accepts any key, has no DNS name per bucket and one address. */
export const clientConfig = () => ({
    region: found.outputs?.region ?? "us-east-1",
    ...(isEmulated && { endpoint, credentials: { accessKeyId: "test", secretAccessKey: "test" } }),
});

let planned: Promise<Plan> | undefined;

/** The offline plan of the stack, with which AWS is compared, instead of constants. */
export function planOfStack(): Promise<Plan> {
    planned ??= planStack(process.cwd(), process.env.STACK ?? outputsOf().manifest.stack);
    return planned;
}

type Run = () => Promise<void>;

/** A test that does not run, for a reason. */
export const skips = (name: string, why: string, run: Run): void => {
    test.skip(skippedName(name, why), run);
};

/** A test that only reads. */
export const reads = (name: string, run: Run, timeout?: number): void => {
    if (found.outputs === undefined) {
        skips(name, "no outputs", run);
    } else {
        test(name, run, timeout);
    }
};

/** A test that an emulator cannot pass: there it is skipped, with the reason in its name. */
export const readsOnAws = (name: string, why: string, run: Run, timeout?: number): void => {
    if (isEmulated) {
        skips(name, `not on an emulator: ${why}`, run);
    } else {
        reads(name, run, timeout);
    }
};

/**
 * A test with a merchant's key, which may leave test payments in the stack's records, where they expire: only where the stack's
 * settings allow it.
 */
export const writes = (name: string, run: Run, timeout?: number): void => {
    if (!isAllowedByStack || isEmulated) {
        const why =
            found.outputs === undefined
                ? "no outputs"
                : isEmulated
                  ? "not on an emulator: its API has no address"
                  : notAllowed;
        skips(name, why, run);
    } else {
        test(name, run, timeout);
    }
};

/** A test that changes the stack or causes a failure, and undoes it. */
export const destroys = (name: string, run: Run, timeout?: number): void => {
    if (isDestructive) {
        test(name, run, timeout);
    } else {
        skips(name, found.outputs === undefined ? "no outputs" : skipReason, run);
    }
};
