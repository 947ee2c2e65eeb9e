import { spawnSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import { skippedName, skipReasonIn } from "../../integration/support/skip.ts";
import { nothingTested, skipLines, type Results } from "../../integration/support/skip-reporter.ts";

type Ran = Results["testResults"][number]["testResults"][number];

const ran = (title: string, status = "pending", ancestorTitles: string[] = []): Ran => ({
    title,
    status,
    ancestorTitles,
});
const fileWith = (...testResults: Ran[]) => ({ testResults });
const results = (given: Partial<Results>): Results => ({
    numFailedTests: 0,
    numFailedTestSuites: 0,
    numPassedTests: 0,
    testResults: [],
    ...given,
});

test("the reason of a skipped test is found in its name, also one with brackets", () => {
    expect(skipReasonIn(skippedName("keeps its key (twice)", "not on an emulator (no task)"))).toBe(
        "not on an emulator (no task)",
    );
    expect(skipReasonIn("keeps its key (twice)")).toBeUndefined();
});

test("skipped tests are counted by their reasons, each reason once, and a whole suite by the suite's", () => {
    const emulator = "not on an emulator: no task starts";
    const testResults = [
        fileWith(ran(skippedName("one", emulator)), ran("passes", "passed"), ran("filtered out")),
        fileWith(
            ran("in a suite", "pending", [skippedName("the suite", "no outputs")]),
            ran(skippedName("two", emulator)),
        ),
    ];
    expect(skipLines({ testResults })).toEqual([
        "4 tests skipped:",
        `  2: ${emulator}`,
        "  1: not selected",
        "  1: no outputs",
    ]);
    expect(skipLines({ testResults: [fileWith(ran("passes", "passed"))] })).toEqual([]);
});

test("a run for a stack in which no test ran is no verification; one that failed has its own message", () => {
    expect(nothingTested(results({}), { STACK: "dev" })).toContain("nothing was tested");
    expect(nothingTested(results({}), { STACK_OUTPUTS: "{}" })).toContain("nothing was tested");
    expect(nothingTested(results({}), {})).toBeUndefined();
    expect(nothingTested(results({ numPassedTests: 1 }), { STACK: "dev" })).toBeUndefined();
    expect(nothingTested(results({ numFailedTestSuites: 1 }), { STACK: "dev" })).toBeUndefined();
});

test("`npm run test:integration` without the outputs of its stack ends with 1 and one line", () => {
    const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["node_modules/jest/bin/jest.js", "--config", "test/integration/jest.config.js", "--runInBand", "promotion"],
        { encoding: "utf8", env: { PATH: process.env.PATH, STACK: "nowhere" } },
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^nothing was tested: outputs\/nowhere\.json does not exist: [^\n]+\n$/);
});
