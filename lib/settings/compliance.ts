import type { Settings } from "./schema.ts";

/** The stack may process card data: the guardrails apply, and tests that cause failures need a waiver. */
export const isInPciScope = ({ compliance }: { readonly compliance: string }): boolean => compliance === pciScope;

const pciScope: Settings["compliance"] = "PCI-DSS";

/** Whether integration tests may leave test payments and cause failures. In the scope of PCI DSS, a guardrail limits it. */
export const allowsFailureTests = ({ compliance, recovery }: Pick<Settings, "compliance" | "recovery">): boolean =>
    recovery.failureTests ?? !isInPciScope({ compliance });
