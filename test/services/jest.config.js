import process from "node:process";
import base from "../../jest.config.js";
import { cacheServer, noCacheServer } from "../../tools/local/machine/cache.ts";

const missing = cacheServer(process.env) === undefined ? noCacheServer : undefined;

if (missing !== undefined) {
    if (process.env.SERVICES_TESTS === "required") {
        throw new Error(`tests of the services are required, and cannot run: ${missing}`);
    }
    process.stdout.write(`\ntests of the services skipped: ${missing}\n`);
}

/** Runs the services against a real PostgreSQL and Redis. Measures no coverage. @type {import("jest").Config} */
export default {
    ...base,
    rootDir: "../..",
    testMatch: missing === undefined ? ["<rootDir>/test/services/**/*.test.ts"] : [],
    passWithNoTests: missing !== undefined,
    collectCoverageFrom: undefined,
    coverageThreshold: undefined,
    // All files use the same three services, and some stop Redis for a moment.
    maxWorkers: 1,
    globalSetup: "<rootDir>/test/services/support/global-setup.ts",
    globalTeardown: "<rootDir>/test/services/support/global-teardown.ts",
    verbose: true,
};
