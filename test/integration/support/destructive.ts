import { DrillError } from "../../../tools/drill/context.ts";

/**
 * Failures are caused only when both the stack's settings and the shell's environment allow it. The restore drill does not
 * need this: it only makes copies.
 *
 * @throws DrillError before the first call to AWS
 */
export function requireDestructiveAllowed(
    stack: { readonly failureTests: boolean },
    { RUN_DESTRUCTIVE: asked }: NodeJS.ProcessEnv,
): void {
    if (!stack.failureTests) {
        throw new DrillError("this drill causes failures, which the stack does not allow (recovery.failureTests)");
    }
    if (asked !== "yes") {
        throw new DrillError("this drill causes failures: set RUN_DESTRUCTIVE=yes to run it");
    }
}
