import type { Settings } from "./schema.ts";

/** The stack may process card data: the guardrails apply, and drills that interrupt services are refused. */
export const isInPciScope = ({ compliance }: { readonly compliance: string }): boolean => compliance === pciScope;

const pciScope: Settings["compliance"] = "PCI-DSS";
