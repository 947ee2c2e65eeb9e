import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ECSClient } from "@aws-sdk/client-ecs";
import { afterEach, expect, test } from "@jest/globals";
import { digestsOf } from "../../integration/live/digests.ts";
import { promotable, readVerified, type Running, type Verified } from "../../integration/support/promotion.ts";
import { isProof } from "../../integration/support/verified-reporter.ts";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const passed: Verified = {
    stack: "staging",
    environment: "staging",
    digests: { api: digest("a"), payment: digest("b") },
    at: "2026-01-01T00:00:00.000Z",
    commit: "c".repeat(40),
};
const running: Running = { stack: "prod", digests: passed.digests };

test("an image that passed in the previous stack may run", () => {
    expect(promotable(passed, running)).toEqual([]);
});

test.each<[string, Verified, Running, string]>([
    [
        "an image that did not pass",
        passed,
        { ...running, digests: { ...passed.digests, api: digest("f") } },
        `api runs ${digest("f")} in prod; what passed in staging is ${digest("a")}`,
    ],
    [
        "a service that was never tested",
        passed,
        { ...running, digests: { ...passed.digests, refunds: digest("d") } },
        `refunds runs ${digest("d")} in prod; what passed in staging is nothing`,
    ],
    [
        "a service left behind",
        passed,
        { ...running, digests: { api: digest("a") } },
        "payment passed in staging and does not run in prod",
    ],
    [
        "a stack that proves nothing",
        { ...passed, digests: {} },
        { ...running, digests: {} },
        "nothing ran in staging when its tests passed",
    ],
    ["a stack from itself", { ...passed, stack: "prod" }, running, "prod cannot be promoted from itself"],
])("%s is refused", (_, previous, current, problem) => {
    expect(promotable(previous, current)).toEqual([problem]);
});

const root = process.cwd();
afterEach(() => {
    process.chdir(root);
});

test("without a valid record of the previous stack, nothing is promoted", () => {
    process.chdir(mkdtempSync(join(tmpdir(), "promotion-")));
    expect(() => readVerified("staging")).toThrow(
        "outputs/staging.verified.json does not exist: run all integration tests",
    );
    mkdirSync("outputs");
    writeFileSync("outputs/staging.verified.json", JSON.stringify(passed));
    expect(readVerified("staging")).toEqual(passed);
    writeFileSync("outputs/staging.verified.json", JSON.stringify({ ...passed, digests: { api: "latest" } }));
    expect(() => readVerified("staging")).toThrow("digests.api");
});

test("a run is a proof when all tests were selected, some ran, none failed, and AWS itself answered", () => {
    const results = { numFailedTests: 0, numFailedTestSuites: 0, numPassedTests: 3 };
    expect(isProof(results, {}, undefined)).toBe(true);
    expect(isProof({ ...results, numFailedTests: 1 }, {}, undefined)).toBe(false);
    expect(isProof({ ...results, numFailedTestSuites: 1 }, {}, undefined)).toBe(false);
    expect(isProof({ ...results, numPassedTests: 0 }, {}, undefined)).toBe(false);
    expect(isProof(results, { testNamePattern: "queue" }, undefined)).toBe(false);
    expect(isProof(results, { testPathPatterns: { patterns: ["payment"] } }, undefined)).toBe(false);
    expect(isProof(results, {}, "http://127.0.0.1:5000")).toBe(false);
});

/** A client that answers from here, with 120 tasks of each service. */
function ecsWith(imageOf: (task: number) => string): ECSClient {
    const arns = Array.from({ length: 120 }, (_, i) => `task/${i}`);
    const send = ({
        input,
        constructor: { name },
    }: {
        input: { nextToken?: string; tasks?: string[] };
        constructor: { name: string };
    }) => {
        if (name === "ListTasksCommand") {
            return Promise.resolve(
                input.nextToken === undefined
                    ? { taskArns: arns.slice(0, 100), nextToken: "more" }
                    : { taskArns: arns.slice(100) },
            );
        }
        const { tasks = [] } = input;
        expect(tasks.length).toBeLessThanOrEqual(100);
        return Promise.resolve({
            tasks: tasks.map((arn) => ({
                containers: [
                    { name: "api", imageDigest: imageOf(Number(arn.slice(5))) },
                    { name: "aws-guardduty-agent", imageDigest: digest("9") },
                ],
            })),
        });
    };
    return Object.assign(new ECSClient({ region: "us-east-1" }), { send });
}

const stack = { ecsClusterName: "payment-cluster-dev", serviceNames: { api: "payment-api-dev" } };

test("the digests are those of the running tasks, without the agents in them", async () => {
    expect(
        await digestsOf(
            ecsWith(() => digest("a")),
            stack,
        ),
    ).toEqual({ api: digest("a") });
});

test("while old and new tasks run, there is no single image to promote", async () => {
    const mixed = ecsWith((task) => digest(task < 119 ? "a" : "b"));
    await expect(digestsOf(mixed, stack)).rejects.toThrow("payment-api-dev runs 2 images");
});
