import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ECSClient } from "@aws-sdk/client-ecs";
import { outputFilePath } from "../../../tools/deploy/output-files.ts";
import type { Verified } from "../../../tools/deploy/promotion.ts";
import { promotedDigests } from "../live/digests.ts";
import { readOnly } from "./guard.ts";
import { readOutputs, type Outputs } from "./outputs.ts";

/** The results of a run that are used here, from Jest. */
export interface Results {
    readonly numFailedTests: number;
    readonly numFailedTestSuites: number;
    readonly numPassedTests: number;
}

/** Which tests were selected. */
export interface Selection {
    readonly testNamePattern?: string;
    readonly testPathPatterns?: { readonly patterns: readonly string[] };
}

/** Whether a run proves a stack: all tests were selected, some ran, none failed, and against AWS itself. */
export const isProof = (results: Results, asked: Selection, endpoint: string | undefined): boolean =>
    results.numFailedTests + results.numFailedTestSuites === 0 &&
    results.numPassedTests > 0 &&
    !asked.testNamePattern &&
    (asked.testPathPatterns?.patterns.length ?? 0) === 0 &&
    endpoint === undefined;

const commitOf = (): string => {
    try {
        return execFileSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" }).trim();
    } catch {
        return "";
    }
};

async function recordOf(stack: string, outputs: Outputs): Promise<Verified> {
    const ecs = readOnly(new ECSClient({ region: outputs.region }));
    return {
        stack,
        environment: outputs.environment,
        digests: await promotedDigests(ecs, outputs),
        at: new Date().toISOString(),
        commit: commitOf(),
    };
}

/** Writes a record of what passed, which promotion to the next stack requires. A failed run deletes it. */
export default class VerifiedReporter {
    private readonly asked: Selection;

    constructor(asked: Selection) {
        this.asked = asked;
    }

    async onRunComplete(_contexts: unknown, results: Results): Promise<void> {
        const { AWS_ENDPOINT_URL: endpoint, STACK } = process.env;
        const { outputs } = readOutputs(process.env);
        if (outputs === undefined) {
            return;
        }
        const stack = STACK ?? outputs.manifest.stack;
        const file = outputFilePath("", stack, "verified");
        if (isProof(results, this.asked, endpoint)) {
            mkdirSync(dirname(file), { recursive: true });
            writeFileSync(file, `${JSON.stringify(await recordOf(stack, outputs), null, 2)}\n`);
            process.stdout.write(`\n${file}: all tests passed\n`);
        } else if (endpoint === undefined && results.numFailedTests + results.numFailedTestSuites > 0) {
            // What passed before is no longer what runs.
            rmSync(file, { force: true });
        }
    }
}
