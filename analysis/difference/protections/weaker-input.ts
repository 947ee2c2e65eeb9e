import type { ProtectionCheck } from "./checks.ts";

/** A change of an input after which the resource protects less. */
export interface WeakerInput {
    readonly check: ProtectionCheck;
    /** What can happen from then on. */
    readonly risk: string;
    readonly source: string;
}

export const encryptionRisk =
    "what is written from then on is encrypted with a key that the stack does not control, or with none";
