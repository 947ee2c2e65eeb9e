import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { randomRuns } from "../random-runs.ts";
import { makePlan } from "../stacks.ts";
import { describeViolations, settingsFromConfig } from "./checks/config-plans.ts";
import { arbitrarySettings } from "./settings/arbitrary.ts";
import { readStackConfig, withSettings, type StackConfig } from "./settings/stack-config.ts";

const numRuns = randomRuns(5);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

/** Settings that once made a plan which broke a promise. */
const examples: [StackConfig][] = [
    // S3 refuses a lifecycle in which records expire before their last transition to a colder tier.
    [withSettings(readStackConfig("dev"), { "logs.auditRetentionDays": 90 })],
];

/** Three services can be all that services are to each other; many cost time, and come now and then. */
const anyStack = fc.oneof(
    { weight: 19, arbitrary: arbitrarySettings({ maxServices: 3 }) },
    { weight: 1, arbitrary: arbitrarySettings() },
);

/** Whether random numbers of tasks suffice for a spike is chance: the rule refuses those that do not, and is tested by itself. */
const refusesRequests = "spikes-absorbed:";
// A plan and its rules take a second, more with many services and on a busy machine.
const timeLimitMs = 100_000 + 4_000 * numRuns;

test(
    "the plan of any valid settings passes every rule",
    async () => {
        process.stdout.write(`fuzz: ${numRuns} runs, FUZZ_SEED=${seed}\n`);
        await fc.assert(
            fc.asyncProperty(anyStack, async (config) => {
                const broken = describeViolations(await makePlan(config), settingsFromConfig(config)).filter(
                    (line) => !line.startsWith(refusesRequests),
                );
                expect(broken).toEqual([]);
            }),
            // Reports a failure that is not yet shrunk, instead of a test that took too long.
            { numRuns, seed, examples, interruptAfterTimeLimit: timeLimitMs },
        );
    },
    timeLimitMs + 20_000,
);
