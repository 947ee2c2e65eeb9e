import base from "../../jest.config.js";

/** Runs the program on the real Pulumi CLI, before an emulator of AWS. Measures no coverage. @type {import("jest").Config} */
export default {
    ...base,
    rootDir: "../..",
    testMatch: ["<rootDir>/test/engine/**/*.test.ts"],
    collectCoverageFrom: undefined,
    coverageThreshold: undefined,
    // Scenarios share the stacks that they deploy, and the emulator takes its time for each.
    maxWorkers: 1,
    testSequencer: "<rootDir>/test/engine/support/sequencer.cjs",
    globalSetup: "<rootDir>/test/engine/support/global-setup.ts",
    verbose: true,
};
