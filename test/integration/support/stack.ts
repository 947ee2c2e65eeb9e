import { test } from "@jest/globals";
import { isInPciScope } from "../../../lib/settings/compliance.ts";
import { planStack, type Plan } from "../../../plan/plan.ts";
import { readOutputs, type Outputs } from "./outputs.ts";

const found = readOutputs(process.env);
const endpoint = process.env.AWS_ENDPOINT_URL;

/** An emulator, by its loopback address: no task starts, and no packet is filtered. */
export const isEmulated = endpoint !== undefined && /^http:\/\/(127\.|localhost|\[::1\])/.test(endpoint);

const isInScope = found.outputs !== undefined && isInPciScope(found.outputs.manifest);

/** Whether tests may change the stack and cause failures: only on request, and never in the scope of PCI DSS. */
export const isDestructive = process.env.RUN_DESTRUCTIVE === "yes" && found.outputs !== undefined && !isInScope;

/** Why a test that changes something does not run. */
const skipReason = isInScope ? "never with compliance PCI-DSS" : "only with RUN_DESTRUCTIVE=yes";

if (found.missing !== undefined) {
    process.stdout.write(`\nintegration tests skipped: ${found.missing}\n`);
}

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

/** A test that only reads. */
export const reads = (name: string, run: Run): void => {
    (found.outputs === undefined ? test.skip : test)(name, run);
};

/** A test that an emulator cannot pass: there it is skipped, with the reason in its name. */
export const readsOnAws = (name: string, why: string, run: Run): void => {
    if (isEmulated) {
        test.skip(`${name} (not on an emulator: ${why})`, run);
    } else {
        reads(name, run);
    }
};

/** A test that leaves test payments in the stack's records, which expire: not in the scope of PCI DSS, where records are evidence. */
export const writes = (name: string, run: Run, timeout?: number): void => {
    if (found.outputs === undefined || isInScope || isEmulated) {
        const why = isInScope
            ? "never with compliance PCI-DSS"
            : isEmulated
              ? "not on an emulator: its API has no address"
              : "no outputs";
        test.skip(`${name} (${why})`, run);
    } else {
        test(name, run, timeout);
    }
};

/** A test that changes the stack or causes a failure, and undoes it. */
export const destroys = (name: string, run: Run, timeout?: number): void => {
    if (isDestructive) {
        test(name, run, timeout);
    } else {
        test.skip(`${name} (${found.outputs === undefined ? "no outputs" : skipReason})`, run);
    }
};
