import { globSync, readFileSync } from "node:fs";
import fc from "fast-check";

const code = ["analysis/**/*.ts", "checks/**/*.ts", "contract/**/*.ts", "lib/**/*.ts", "plan/**/*.ts", "tools/**/*.ts"];
/** They run as processes of their own, in which nothing is broken. */
const starters = [
    "tools/run.ts",
    "tools/frame/process-context.ts",
    "tools/local/machine/*.ts",
    "tools/local/bench/{command,counters,measure}.ts",
];
const linesOfStretch = 10;

/**
 * Breaking all of it takes days. `MUTATION_SAMPLE=120 npm run mutation` breaks that many stretches of ten lines, each as
 * likely as any other; the share of breaks that tests notice there is an estimate of the whole. `MUTATION_SEED`,
 * default 1, draws others.
 */
const { MUTATION_SAMPLE, MUTATION_SEED = "1" } = process.env;

function sampleOf(size, seed) {
    const stretches = globSync(code, { exclude: starters })
        .sort()
        .flatMap((file) => {
            const lines = readFileSync(file, "utf8").split("\n").length;
            return Array.from({ length: Math.ceil(lines / linesOfStretch) }, (_, index) => {
                const first = index * linesOfStretch + 1;
                return `${file}:${first}-${first + linesOfStretch - 1}`;
            });
        });
    const subset = fc.shuffledSubarray(stretches, { minLength: size, maxLength: size });
    return fc.sample(subset, { numRuns: 1, seed, unbiased: true }).flat().sort();
}

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
    testRunner: "jest",
    jest: {
        configFile: "jest.config.js",
        enableFindRelatedTests: true,
        config: {
            // Stryker extends the environment, and breaks code while it is loaded.
            testEnvironment: "node",
            testEnvironmentOptions: {},
            runtime: "jest-runtime",
            testPathIgnorePatterns: ["/fuzz\\.test\\.ts$", "/pack-process\\.test\\.ts$"],
            runner: "<rootDir>/test/mutation-runner.cjs",
        },
    },
    testRunnerNodeArgs: ["--max-old-space-size=6144", "--min-semi-space-size=32", "--max-semi-space-size=64"],
    coverageAnalysis: "perTest",
    // What runs once, while a module is loaded, cannot be broken between two tests.
    ignoreStatic: true,
    // Jest strips types without looking at them; a comment that tells it not to would move the lines that messages name.
    disableTypeChecks: false,
    mutate: MUTATION_SAMPLE
        ? sampleOf(Number(MUTATION_SAMPLE), Number(MUTATION_SEED))
        : [...code, ...starters.map((file) => `!${file}`)],
    ignorePatterns: ["coverage", "outputs", "reports"],
    reporters: ["clear-text", "progress-append-only", "html", "json"],
    thresholds: { high: 95, low: 85, break: 85 },
    timeoutMS: 60_000,
    concurrency: 2,
    dryRunTimeoutMinutes: 60,
};
