/** Noun in the names of what the person on call uses to reach the database. */
export const breakGlassNoun = "break-glass";

/** Database user of the person on call. `npm run break-glass:user` creates it with few rights (docs/break-glass.md). */
export const breakGlassUser = "payment_break_glass";

/** Tag of the session with the reason, without which the role cannot be assumed. CloudTrail has it. */
export const breakGlassReasonTag = "Reason";

/**
 * Role that the person on call assumes. `bootstrap/break-glass.yaml` creates it, and not the stack: who deploys the stack could
 * otherwise change who may assume it.
 */
export const breakGlassRole = (suffix: string): string => `break-glass-${suffix}`;
