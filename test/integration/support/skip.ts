/** The name of a test that is skipped, with the reason, which the reporter counts (`skip-reporter.ts`). */
export const skippedName = (name: string, why: string): string => `${name} (skipped: ${why})`;

/** The reason in such a name; undefined for other names. */
export const skipReasonIn = (name: string): string | undefined => / \(skipped: (.+)\)$/.exec(name)?.[1];
