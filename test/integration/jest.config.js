import base from "../../jest.config.js";

/** Runs against what is deployed: the stack's outputs say where. Measures no coverage. @type {import("jest").Config} */
export default {
    ...base,
    rootDir: "../..",
    testMatch: ["<rootDir>/test/integration/**/*.test.ts"],
    collectCoverageFrom: undefined,
    coverageThreshold: undefined,
    globalSetup: "<rootDir>/test/integration/support/require-outputs.ts",
    reporters: [
        "default",
        "<rootDir>/test/integration/support/skip-reporter.ts",
        "<rootDir>/test/integration/support/verified-reporter.ts",
    ],
};
