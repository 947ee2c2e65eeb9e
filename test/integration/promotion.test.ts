import { describe, expect } from "@jest/globals";
import { planStacks } from "../../plan/planned-stacks.ts";
import { findManifest } from "../../plan/manifest.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { aws } from "./live/deployed.ts";
import { digestsOf } from "./live/digests.ts";
import { readOutputs } from "./support/outputs.ts";
import { outputsOf, reads, readsOnAws, skips } from "./support/stack.ts";

const { PROMOTED_FROM: before = "", STACK } = process.env;

describe("what runs here is what was promoted", () => {
    // That an image passed in the previous stack is checked before the update (`up --promoted-from`).
    readsOnAws("every service runs the image that the stack file records", "no task starts", async () => {
        const { services } = readSettingsOfStack(process.cwd(), STACK ?? outputsOf().manifest.stack);
        const running = await digestsOf(aws().ecs, outputsOf());
        const recorded = Object.keys(running).map((service) => [service, services[service]?.imageDigest]);
        expect(running).toEqual(Object.fromEntries(recorded));
    });

    const name = "the previous stack has the resources of this program";
    const run = async () => {
        const { outputs, missing } = readOutputs({ STACK: before });
        expect(missing).toBeUndefined();
        const [planned] = await planStacks(process.cwd(), [before]);
        const namesIn = (manifest: unknown) =>
            (manifest as { resources: { type: string; name: string }[] }).resources
                .map(({ type, name }) => `${name} ${type}`)
                .toSorted();
        expect(namesIn(outputs?.manifest)).toEqual(namesIn(findManifest(planned?.plan.outputs ?? {})));
    };
    if (before === "") {
        // The first stack has no previous one.
        skips(name, "set PROMOTED_FROM to the previous stack", run);
    } else {
        reads(name, run);
    }
});
