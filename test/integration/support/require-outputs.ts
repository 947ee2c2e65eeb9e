import { readOutputs } from "./outputs.ts";

/** Ends a run that is to verify a stack, and has no outputs of it, with one line; called by Jest before all tests. */
export default function requireOutputs(): void {
    const { STACK: stack, STACK_OUTPUTS: given } = process.env;
    if (stack === undefined && given === undefined) {
        process.stdout.write("every test is skipped: set STACK to a deployed stack (docs/integration.md)\n");
        return;
    }
    const missing = missingOutputs(process.env);
    if (missing !== undefined) {
        process.stderr.write(`nothing was tested: ${missing}\n`);
        process.exit(1);
    }
}

/** Outputs of another form fail in the tests, which name each: the suite `validator` needs two of them only. */
function missingOutputs(env: NodeJS.ProcessEnv): string | undefined {
    try {
        return readOutputs(env).missing;
    } catch {
        return undefined;
    }
}
