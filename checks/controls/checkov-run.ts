/** The Checkov run that produced the findings; a test compares the counts. */
export const checkovRun = {
    version: "3.3.30",
    date: "2026-11-27",
    results: {
        dev: { plan: { passed: 521, failed: 47 }, configuration: { passed: 544, failed: 41 } },
        staging: { plan: { passed: 555, failed: 32 }, configuration: { passed: 578, failed: 26 } },
        prod: { plan: { passed: 568, failed: 33 }, configuration: { passed: 591, failed: 27 } },
    },
} as const;
