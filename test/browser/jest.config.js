import base from "../../jest.config.js";

/** Opens the pages of `npm run report` in a headless Chromium. Measures no coverage. @type {import("jest").Config} */
export default {
    ...base,
    rootDir: "../..",
    testMatch: ["<rootDir>/test/browser/**/*.test.ts"],
    collectCoverageFrom: undefined,
    coverageThreshold: undefined,
    maxWorkers: 1,
    globalSetup: "<rootDir>/test/browser/support/global-setup.ts",
    verbose: true,
};
