import { skipReasonIn } from "./skip.ts";

/** The results of a run that are used here, from Jest. */
export interface Results {
    readonly numFailedTests: number;
    readonly numFailedTestSuites: number;
    readonly numPassedTests: number;
    readonly testResults: readonly {
        readonly testResults: readonly {
            readonly title: string;
            readonly ancestorTitles: readonly string[];
            readonly status: string;
        }[];
    }[];
}

/** How many tests were skipped, and for which reasons: a line for each, most tests first; none where all ran. */
export function skipLines({ testResults }: Pick<Results, "testResults">): string[] {
    const reasons = testResults
        .flatMap((file) => file.testResults)
        .filter(({ status }) => status === "pending")
        .map(({ title, ancestorTitles }) =>
            [title, ...ancestorTitles].map(skipReasonIn).find((why) => why !== undefined),
        )
        .map((why) => why ?? "not selected");
    const counts = [...Map.groupBy(reasons, (why) => why)].map(([why, all]) => ({ why, count: all.length }));
    return counts.length === 0
        ? []
        : [
              `${reasons.length} ${reasons.length === 1 ? "test" : "tests"} skipped:`,
              ...counts.toSorted((a, b) => b.count - a.count).map(({ why, count }) => `  ${count}: ${why}`),
          ];
}

/** Why a run that found no fault is no verification; undefined where a test ran, or no stack was named. */
export const nothingTested = (
    { numFailedTests, numFailedTestSuites, numPassedTests }: Results,
    { STACK: stack, STACK_OUTPUTS: outputs }: NodeJS.ProcessEnv,
): string | undefined =>
    (stack ?? outputs) !== undefined && numFailedTests + numFailedTestSuites + numPassedTests === 0
        ? "nothing was tested: every selected test was skipped, for the reasons above"
        : undefined;

/** Prints the reasons of all skipped tests once, and fails a run that tested nothing of the stack that it was given. */
export default class SkipReporter {
    #problem: string | undefined;

    onRunComplete(_contexts: unknown, results: Results): void {
        this.#problem = nothingTested(results, process.env);
        const lines = [...skipLines(results), ...(this.#problem === undefined ? [] : [this.#problem])];
        process.stdout.write(lines.map((line) => `${line}\n`).join(""));
    }

    /** Jest ends with 1 where a reporter has an error. */
    getLastError(): Error | undefined {
        return this.#problem === undefined ? undefined : new Error(this.#problem);
    }
}
