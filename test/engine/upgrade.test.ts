import { readFileSync } from "node:fs";
import { expect } from "@jest/globals";
import { lossConsequencesOf } from "../../analysis/difference/loss-consequences.ts";
import { Project, type StackFileChange } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

/** The commit of release 0.3.0. A release moves it. */
const lastRelease = "0dd90cc";

/** The settings that CHANGELOG.md requires before an update from that release. */
const settingsToAdd: readonly StackFileChange[] = [
    { path: ["queues", "processing"], value: { visibilityTimeoutSeconds: 120 } },
    { path: ["queues", "notifications"], value: { subscribesTo: ["events"] } },
    { path: ["topics", "events"], value: {} },
    { path: ["services", "payment", "publishes"], value: ["events"] },
];

const stack = "upgrade";

/** The changes since the last release: the text above its heading. */
const unreleased = (): string => readFileSync("CHANGELOG.md", "utf8").split(/^## \d/m)[0] ?? "";

scenario(
    "today's program updates a stack of the last release, and loses nothing that CHANGELOG.md does not name",
    40,
    async () => {
        const before = Project.atCommit(lastRelease);
        const after = Project.copy();
        try {
            before.edit(`Pulumi.${stack}.yaml`, () => before.read("Pulumi.dev.yaml"));
            before.setSetting(stack, ["environmentSuffix"], stack);
            before.setSetting(stack, ["accountServices"], undefined);
            // The emulator answers a changed quota as text, which the provider cannot read, so it has today's already.
            before.setSetting(stack, ["gateway", "merchants", "example-shop", "quotaPerDay"], 1_000_000);
            expect(await before.pulumi(["stack", "init", stack])).toMatchObject({ code: 0 });
            await before.runOperationSuccessfully("up", stack);

            after.edit(`Pulumi.${stack}.yaml`, () => before.read(`Pulumi.${stack}.yaml`));
            settingsToAdd.forEach(({ path, value }) => {
                after.setSetting(stack, path, value);
            });
            const { steps } = await after.runOperationSuccessfully("up", stack);
            const told = unreleased();
            // The other changes of each step are not compared: only which resources hold something, and are replaced or
            // deleted.
            const lost = lossConsequencesOf(
                steps.map(({ name, type, op }) => ({ name, type, operation: op, changes: [] })),
            );
            // Suffixes differ from stack to stack, so the entry names a resource without it.
            const named = ({ resource, kind }: (typeof lost)[number]) =>
                told.includes(`\`${resource.replace(`-${stack}`, "")}:${kind}\``);
            expect(lost.filter((each) => !named(each))).toEqual([]);
            expect(await after.runOperation("preview", stack, ["--expect-no-changes"])).toMatchObject({
                code: 0,
                steps: [],
            });
            await after.runOperationSuccessfully("destroy", stack);
        } finally {
            before.remove();
            after.remove();
        }
    },
);
