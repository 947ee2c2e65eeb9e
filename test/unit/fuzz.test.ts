import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { brokenBy, planOfConfig, settingsOf } from "./policies/planned.ts";
import { arbitrarySettings } from "./settings/arbitrary.ts";
import { stackConfig, withSettings, type StackConfig } from "./settings/stack-config.ts";

const numRuns = Number(process.env.FUZZ_RUNS ?? 100);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

/** Settings that once made a plan which broke a promise. */
const examples: [StackConfig][] = [
    // S3 refuses a lifecycle in which records go before their last move to a colder tier.
    [withSettings(stackConfig("dev"), { "logs.auditRetentionDays": 90 })],
];

test(
    "whatever settings are valid, their plan keeps every promise",
    async () => {
        process.stdout.write(`fuzz: ${numRuns} runs, FUZZ_SEED=${seed}\n`);
        // Three services can be all that services are to each other; more cost time and add no kind of resource.
        await fc.assert(
            fc.asyncProperty(arbitrarySettings({ maxServices: 3 }), async (config) => {
                expect(brokenBy(await planOfConfig(config), settingsOf(config))).toEqual([]);
            }),
            { numRuns, seed, examples },
        );
    },
    // A plan takes half a second, more on a busy machine.
    60_000 + 2_000 * numRuns,
);
