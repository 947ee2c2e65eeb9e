import base from "../services/jest.config.js";

/** Runs the services under faults, with processes of each file's own. @type {import("jest").Config} */
export default {
    ...base,
    testMatch: base.testMatch.map(() => "<rootDir>/test/faults/**/*.test.ts"),
    globalSetup: "<rootDir>/test/faults/support/global-setup.ts",
    globalTeardown: undefined,
    // A fault takes minutes with many payments: this only ends one that hangs.
    testTimeout: 1_800_000,
};
