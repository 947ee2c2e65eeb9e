import { describe, expect, test } from "@jest/globals";
import { planStacks } from "../../plan/planned-stacks.ts";
import { findManifest } from "../../plan/manifest.ts";
import { aws } from "./live/deployed.ts";
import { digestsOf } from "./live/digests.ts";
import { readOutputs } from "./support/outputs.ts";
import { promotable, readVerified } from "./support/promotion.ts";
import { isEmulated, outputsOf, reads } from "./support/stack.ts";

const { PROMOTED_FROM: before = "", STACK } = process.env;
const stack = () => STACK ?? outputsOf().manifest.stack;

/** A test of what came from the stack before; the first stack has none before it. */
const promotes = (name: string, run: () => Promise<void>): void => {
    if (before === "") {
        test.skip(`${name} (set PROMOTED_FROM to the stack before)`, run);
    } else if (isEmulated) {
        test.skip(`${name} (not on an emulator: no task starts)`, run);
    } else {
        reads(name, run);
    }
};

describe("what runs here passed in the stack before", () => {
    promotes("every service runs the image that passed there", async () => {
        const digests = await digestsOf(aws().ecs, outputsOf());
        expect(promotable(readVerified(before), { stack: stack(), digests })).toEqual([]);
    });

    promotes("what was deployed there is this program", async () => {
        const { outputs, missing } = readOutputs({ STACK: before });
        expect(missing).toBeUndefined();
        const [planned] = await planStacks(process.cwd(), [before]);
        const namesIn = (manifest: unknown) =>
            (manifest as { resources: { type: string; name: string }[] }).resources
                .map(({ type, name }) => `${name} ${type}`)
                .toSorted();
        expect(namesIn(outputs?.manifest)).toEqual(namesIn(findManifest(planned?.plan.outputs ?? {})));
    });
});
