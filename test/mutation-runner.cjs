const { statSync } = require("node:fs");
const { basename, relative } = require("node:path");
const { default: TestRunner } = require("jest-runner");
const { planSources } = require("./source-hash.ts");

/** The names of the tests in each test file that this process has run. */
const namesIn = new Map();

/**
 * Runs test files for a mutation run, which asks the same ones many times with the names of the tests that reach what
 * was broken. StrykerJS would have Jest load every test file of the broken module, and go on after one has failed.
 */
module.exports = class MutationRunner extends TestRunner {
    async runTests(tests, watcher, options) {
        const { nonFlagArgs, testNamePattern = "" } = this._globalConfig;
        const asked = new RegExp(testNamePattern);
        // A break is switched on at run time: the files that the cache of plans looks at stay as they are.
        process.env.PLAN_CACHE = nonFlagArgs.some(decidesPlans) ? "off" : "on";
        let failed = false;
        const forget = this.on("test-file-success", ([{ path }, { numFailingTests, testResults }]) => {
            namesIn.set(
                path,
                testResults.map(({ fullName }) => fullName),
            );
            failed ||= numFailingTests > 0;
        });
        for (const test of nearestFirst(tests, nonFlagArgs)) {
            if (failed) {
                break;
            }
            if (namesIn.get(test.path)?.some((name) => asked.test(name)) ?? true) {
                await super.runTests([test], watcher, options);
            }
        }
        forget();
    }
};

const decidesPlans = (path) => planSources.includes(relative(process.cwd(), path).split("/", 1)[0]);

/** Begins with what is named like the broken file or its folder, and with the small before the large. */
function nearestFirst(tests, brokenFiles) {
    const names = brokenFiles.flatMap((path) =>
        path
            .split("/")
            .slice(-2)
            .map((name) => basename(name, ".ts"))
            .reverse(),
    );
    const distance = ({ path }) => {
        const near = names.findIndex((name) => path.includes(name));
        return near === -1 ? names.length : near;
    };
    return tests.toSorted(
        (one, other) => distance(one) - distance(other) || statSync(one.path).size - statSync(other.path).size,
    );
}
