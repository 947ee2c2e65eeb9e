import { expect, test } from "@jest/globals";
import type { Rotation } from "../../../../lib/settings/rotation.ts";
import { runPreflightChecks, type PreflightResult } from "../../../../tools/deploy/preflight/check.ts";
import { rotationCheck } from "../../../../tools/deploy/preflight/rotations.ts";
import { preflightChecks } from "../../../../tools/deploy/preflight.ts";
import { emptyState } from "../../../../plan/state.ts";
import { planOfConfig } from "../../../stacks.ts";
import { settingsFromConfig } from "../../checks/config-plans.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";
import { clientsWith, stateResourcesOf, stateWith } from "./fakes.ts";

const settings = ["cache.token", "gateway.token", "gateway.merchants.example-shop.key"];
const configWith = (rotation: Rotation) =>
    withSettings(readStackConfig("dev"), Object.fromEntries(settings.map((setting) => [setting, rotation])));
const rotation = (version: number, acceptPrevious = false): Rotation => ({ version, acceptPrevious });

async function verdict(deployed: Rotation | undefined, planned: Rotation): Promise<PreflightResult> {
    const plan = await planOfConfig(configWith(deployed ?? planned));
    const state = deployed === undefined ? emptyState : stateWith(stateResourcesOf(plan));
    const subject = { plan, settings: settingsFromConfig(configWith(planned)), state };
    return runPreflightChecks([rotationCheck], clientsWith({}).clients, subject);
}

const refused = (planned: string, version: number, possible: string): PreflightResult => ({
    problems: settings.map(
        (setting) =>
            `rotations: ${setting} = ${planned} removes version ${version}, which is in use: ` +
            `set ${setting} = ${possible} (docs/rotation.md)`,
    ),
    warnings: [],
});

test("an update checks the rotations", () => {
    expect(preflightChecks()).toContain(rotationCheck);
});

test("settings that leave out the value in use are refused, with those that are possible", async () => {
    const first = "{ version: 2, acceptPrevious: true }";
    expect(await verdict(rotation(1), rotation(2))).toEqual(refused("{ version: 2, acceptPrevious: false }", 1, first));
    expect(await verdict(rotation(1), rotation(3, true))).toEqual(
        refused("{ version: 3, acceptPrevious: true }", 1, first),
    );
    // A commit was reverted.
    const former = "{ version: 1, acceptPrevious: false }";
    expect(await verdict(rotation(2), rotation(1))).toEqual(
        refused(former, 2, "{ version: 2, acceptPrevious: false }"),
    );
});

test.each([
    [undefined, rotation(3)],
    [rotation(1), rotation(1)],
    [rotation(1), rotation(2, true)],
    [rotation(2, true), rotation(2)],
    [rotation(2), rotation(2, true)],
])("from %j to %j is a step of a rotation, or none", async (deployed, planned) => {
    expect(await verdict(deployed, planned)).toEqual({ problems: [], warnings: [] });
});
