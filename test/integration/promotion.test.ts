import { describe, expect } from "@jest/globals";
import { planStacks } from "../../plan/planned-stacks.ts";
import { findManifest } from "../../plan/manifest.ts";
import { aws } from "./live/deployed.ts";
import { digestsOf } from "./live/digests.ts";
import { readOutputs } from "./support/outputs.ts";
import { promotable, readVerified } from "./support/promotion.ts";
import { isEmulated, outputsOf, reads, skips } from "./support/stack.ts";

const { PROMOTED_FROM: before = "", STACK } = process.env;
const stack = () => STACK ?? outputsOf().manifest.stack;

/** A test of what the previous stack passed; the first stack has no previous one. */
const promotes = (name: string, run: () => Promise<void>): void => {
    if (before === "") {
        skips(name, "set PROMOTED_FROM to the previous stack", run);
    } else if (isEmulated) {
        skips(name, "not on an emulator: no task starts", run);
    } else {
        reads(name, run);
    }
};

describe("what runs here passed in the previous stack", () => {
    promotes("every service runs the image that passed in the previous stack", async () => {
        const digests = await digestsOf(aws().ecs, outputsOf());
        expect(promotable(readVerified(before), { stack: stack(), digests })).toEqual([]);
    });

    promotes("the previous stack has the resources of this program", async () => {
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
