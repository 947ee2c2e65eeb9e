import { isInPciScope } from "../../../lib/settings/compliance.ts";
import { DrillError } from "../../../tools/drill/context.ts";

/**
 * Whether something may be broken on purpose: asked for, and never in the scope of PCI DSS. Not for the restore drill, which
 * makes copies beside what is there.
 *
 * @throws DrillProblem before anything is asked of AWS
 */
export function requireDestructiveAllowed(
    stack: { readonly compliance: string },
    { RUN_DESTRUCTIVE: asked }: NodeJS.ProcessEnv,
): void {
    if (isInPciScope(stack)) {
        throw new DrillError("this drill breaks things, and is never held with compliance PCI-DSS");
    }
    if (asked !== "yes") {
        throw new DrillError("this drill breaks things: set RUN_DESTRUCTIVE=yes to hold it");
    }
}
