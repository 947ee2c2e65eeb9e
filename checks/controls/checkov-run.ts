/** The Checkov run that produced the findings; a test compares the counts. */
export const checkovRun = {
    version: "3.3.30",
    date: "2026-11-27",
    results: {
        dev: { plan: { passed: 513, failed: 47 }, configuration: { passed: 537, failed: 40 } },
        staging: { plan: { passed: 547, failed: 32 }, configuration: { passed: 571, failed: 25 } },
        prod: { plan: { passed: 560, failed: 33 }, configuration: { passed: 584, failed: 26 } },
    },
} as const;
