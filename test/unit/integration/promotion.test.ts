import { ECSClient } from "@aws-sdk/client-ecs";
import { expect, test } from "@jest/globals";
import { digestsOf, promotedDigests } from "../../integration/live/digests.ts";
import { isProof } from "../../integration/support/verified-reporter.ts";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

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

/** A client that answers from here, with 120 tasks of each service, and a migration. */
function ecsWith(
    imageOf: (task: number) => string,
    migration = `registry/payment-migration-dev@${digest("c")}`,
): ECSClient {
    const arns = Array.from({ length: 120 }, (_, i) => `task/${i}`);
    const send = ({
        input,
        constructor: { name },
    }: {
        input: { nextToken?: string; tasks?: string[]; taskDefinition?: string };
        constructor: { name: string };
    }) => {
        if (name === "ListTasksCommand") {
            return Promise.resolve(
                input.nextToken === undefined
                    ? { taskArns: arns.slice(0, 100), nextToken: "more" }
                    : { taskArns: arns.slice(100) },
            );
        }
        const { tasks = [], taskDefinition } = input;
        if (name === "DescribeTaskDefinitionCommand") {
            expect(taskDefinition).toBe("payment-migration-dev");
            return Promise.resolve({
                taskDefinition: { containerDefinitions: [{ name: "migration", image: migration }] },
            });
        }
        expect(tasks.length).toBeLessThanOrEqual(100);
        return Promise.resolve({
            tasks: tasks.map((arn) => ({
                containers: [
                    { name: "api", image: imageOf(Number(arn.slice(5))), imageDigest: digest("8") },
                    { name: "aws-guardduty-agent", image: `agent@${digest("9")}`, imageDigest: digest("9") },
                ],
            })),
        });
    };
    return Object.assign(new ECSClient({ region: "us-east-1" }), { send });
}

const stack = {
    ecsClusterName: "payment-cluster-dev",
    environmentSuffix: "dev",
    serviceNames: { api: "payment-api-dev" },
};
const image = (letter: string) => `registry/payment-api-dev@${digest(letter)}`;

test("the digests are those that Git records for the running tasks, without the agents in them", async () => {
    const ecs = ecsWith(() => image("a"));
    expect(await digestsOf(ecs, stack)).toEqual({ api: digest("a") });
});

test("while old and new tasks run, there is no single image to promote", async () => {
    const mixed = ecsWith((task) => image(task < 119 ? "a" : "b"));
    await expect(digestsOf(mixed, stack)).rejects.toThrow("payment-api-dev runs 2 images");
});

test("the next stack may run the images of the services, and that of the migration, of which no task runs", async () => {
    const recorded = ecsWith(() => image("a"));
    expect(await promotedDigests(recorded, stack)).toEqual({ api: digest("a"), migration: digest("c") });
    const without = ecsWith(() => image("a"), "registry/payment-migration-dev:awaiting-first-image");
    expect(await promotedDigests(without, stack)).toEqual({ api: digest("a") });
});
