import { isInPciScope } from "../../../lib/settings/compliance.ts";
import { DrillError } from "../../../tools/drill/context.ts";

/**
 * Failures are caused only when the environment allows it, and never in the scope of PCI DSS. The restore drill does not need
 * this: it only makes copies.
 *
 * @throws DrillError before the first call to AWS
 */
export function requireDestructiveAllowed(
    stack: { readonly compliance: string },
    { RUN_DESTRUCTIVE: asked }: NodeJS.ProcessEnv,
): void {
    if (isInPciScope(stack)) {
        throw new DrillError("this drill causes failures, and never runs with compliance PCI-DSS");
    }
    if (asked !== "yes") {
        throw new DrillError("this drill causes failures: set RUN_DESTRUCTIVE=yes to run it");
    }
}
