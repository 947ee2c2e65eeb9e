/** @type {import("jest").Config} */
export default {
    // Packages stay loaded from one test file to the next: test/jest/.
    runtime: "<rootDir>/test/jest/runtime.cjs",
    testEnvironment: "<rootDir>/test/jest/environment.ts",
    // What a file leaves in the global scope is removed by the environment itself.
    testEnvironmentOptions: { globalsCleanup: "off" },
    testMatch: ["<rootDir>/test/unit/**/*.test.ts"],
    // No test waits for anything but its own computing: this only ends one that hangs. A busy machine is slow, not wrong.
    testTimeout: 300_000,
    maxWorkers: "100%",
    // In ms. A worker ends with a heap of a gigabyte, which Node takes longer to free than Jest waits by default.
    workerGracefulExitTimeout: 10_000,
    cacheDirectory: "<rootDir>/node_modules/.cache/jest",
    globalSetup: "<rootDir>/test/jest/hash-sources.ts",
    setupFiles: ["<rootDir>/test/setup.ts"],
    // ts-jest only strips types here (`isolatedModules` in tsconfig.json); `npm run typecheck` checks them once for all files.
    transform: {
        "^.+\\.m?[jt]s$": ["ts-jest", { tsconfig: "test/tsconfig.jest.json", diagnostics: false }],
    },
    // Dependencies that come as ES modules only.
    transformIgnorePatterns: ["/node_modules/(?!(commander|leven|d3-[a-z-]+|internmap)/)"],
    // What starts a command runs as a process of its own, where nothing is counted.
    collectCoverageFrom: [
        "analysis/**/*.ts",
        "checks/**/*.ts",
        "contract/**/*.ts",
        "lib/**/*.ts",
        "plan/**/*.ts",
        "tools/**/*.ts",
        "!tools/run.ts",
        "!tools/frame/process-context.ts",
        // What runs and asks processes is tested with them (test/services/).
        "!tools/local/machine/**",
        "!tools/local/bench/{command,counters,measure}.ts",
        "validator/**/*.ts",
        "index.ts",
    ],
    coverageThreshold: { global: { lines: 95, branches: 95 } },
    coverageReporters: ["text-summary", "lcov"],
};
