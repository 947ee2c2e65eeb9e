import { expect, test } from "@jest/globals";
import { schemaLabels } from "../../../../contract/schema.ts";
import { emptyState } from "../../../../plan/state.ts";
import { preflightChecks } from "../../../../tools/deploy/preflight.ts";
import { runPreflightChecks, type PreflightResult } from "../../../../tools/deploy/preflight/check.ts";
import { schemaCheck } from "../../../../tools/deploy/preflight/schema.ts";
import { planOfConfig } from "../../../stacks.ts";
import { settingsFromConfig } from "../../checks/config-plans.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";
import { awsError, clientsWith, stateResourcesOf, stateWith, type FakeResponses } from "./fakes.ts";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const [former, next, migration] = [digest("1"), digest("2"), digest("3")];

type Labels = Readonly<Record<string, readonly [version: string, oldestServed: string]>>;

const configWith = (image: string, migrationImage?: string) =>
    withSettings(readStackConfig("dev"), {
        "services.payment.imageDigest": image,
        ...(migrationImage !== undefined && { "migration.imageDigest": migrationImage }),
    });

async function verdict(
    { running, recorded, migrating = migration }: { running?: string; recorded: string; migrating?: string },
    labels: Labels,
    answers: FakeResponses = {},
): Promise<PreflightResult> {
    const plan = await planOfConfig(configWith(running ?? recorded));
    const state = running === undefined ? emptyState : stateWith(stateResourcesOf(plan));
    const { clients } = clientsWith({
        BatchGetImage: (input) => {
            const { imageIds } = input as { imageIds: { imageDigest: string }[] };
            return { images: [{ imageManifest: JSON.stringify({ config: { digest: imageIds[0]?.imageDigest } }) }] };
        },
        GetDownloadUrlForLayer: (input) => ({ downloadUrl: (input as { layerDigest: string }).layerDigest }),
        ...answers,
    });
    const fetch = (url: string) => {
        const [version, oldestServed] = labels[url] ?? [];
        const of =
            version === undefined ? {} : { [schemaLabels.version]: version, [schemaLabels.oldestServed]: oldestServed };
        const config = { architecture: "arm64", os: "linux", config: { Labels: of } };
        return Promise.resolve({ ok: true, status: 200, json: () => Promise.resolve(config) });
    };
    const subject = { plan, settings: settingsFromConfig(configWith(recorded, migrating)), state };
    return runPreflightChecks([schemaCheck(fetch)], clients, subject);
}

test("an update compares the schema", () => {
    expect(preflightChecks().map(({ name }) => name)).toContain("schema");
});

test("a migration that takes away what a running service uses is refused, though a newer image of the service is recorded", async () => {
    const labels: Labels = { [former]: ["0004", "0001"], [next]: ["0005", "0001"], [migration]: ["0006", "0005"] };
    expect(await verdict({ running: former, recorded: next }, labels)).toEqual({
        problems: [
            `schema: payment runs ${former} while the database is migrated: it was built with schema 0004, and a migration takes away what ` +
                "services built before 0005 use. Set migration.imageDigest to the image of before, update the services, then record " +
                "the migration (docs/migrations.md)",
        ],
        warnings: [],
    });
    expect(await verdict({ running: next, recorded: next }, labels)).toEqual({ problems: [], warnings: [] });
});

test("a recorded image that needs a newer migration is refused, also in a new stack", async () => {
    const labels: Labels = { [next]: ["0006", "0001"], [migration]: ["0005", "0001"] };
    expect((await verdict({ recorded: next }, labels)).problems).toEqual([
        expect.stringMatching(
            /^schema: payment is to run sha256:2+: it was built with schema 0006, and the recorded migration makes 0005/,
        ),
    ]);
});

test("images without labels are not compared, and what cannot be read is a warning", async () => {
    expect(await verdict({ running: former, recorded: next }, {})).toEqual({ problems: [], warnings: [] });
    const denied = {
        GetDownloadUrlForLayer: Object.assign(awsError("AccessDeniedException", "no"), { $metadata: {} }),
    };
    expect(await verdict({ running: former, recorded: next }, {}, denied)).toEqual({
        problems: [],
        warnings: ["could not check schema: needs ecr:BatchGetImage, ecr:GetDownloadUrlForLayer"],
    });
});

test("a stack without a recorded migration has nothing to compare", async () => {
    const plan = await planOfConfig(configWith(former));
    const subject = { plan, settings: settingsFromConfig(configWith(former)), state: emptyState };
    const { clients, calls } = clientsWith({});
    expect(await runPreflightChecks([schemaCheck(fetch)], clients, subject)).toEqual({ problems: [], warnings: [] });
    expect(calls).toEqual([]);
});
