/** The Checkov run that produced the findings; a test compares the counts. */
export const checkovRun = {
    version: "3.3.30",
    date: "2026-11-27",
    results: {
        dev: { plan: { passed: 514, failed: 46 }, configuration: { passed: 538, failed: 39 } },
        staging: { plan: { passed: 548, failed: 31 }, configuration: { passed: 572, failed: 24 } },
        prod: { plan: { passed: 561, failed: 32 }, configuration: { passed: 585, failed: 25 } },
    },
} as const;
