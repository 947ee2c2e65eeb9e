import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { nameOf } from "../../../lib/scope.ts";
import { migrationNoun } from "../../../lib/settings/migration.ts";
import type { PlatformSettings } from "../../../lib/settings.ts";
import { outputText, stateResourceNamed, type State } from "../../../plan/state.ts";
import type { CommandContext } from "../../frame/context.ts";
import { readSchema, schemaProblem, servedProblem } from "../../images/schema.ts";
import { digestOf } from "../../rollback/history.ts";
import type { PreflightCheck } from "./check.ts";

/**
 * The migration runs before the services are updated: it must serve the images that run now, and make the schema that the recorded
 * ones need. `npm run images` compares the images that are recorded, one after the other; only here it is known what runs.
 */
export const schemaCheck = (fetch: CommandContext["fetch"]): PreflightCheck => ({
    name: "schema",
    iamActions: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    run: async ({ ecr }, { settings, state }) => {
        const { imageDigest } = settings.migration;
        if (imageDigest === undefined) {
            return [];
        }
        const { environmentSuffix: suffix, region, accountId: account } = settings;
        const schemaOf = (owner: string, digest: string) =>
            readSchema({ ecr, fetch }, { name: nameOf({ suffix }, owner), region, account }, digest);
        const made = await schemaOf(migrationNoun, imageDigest);
        const problems: string[] = [];
        for (const [service, { imageDigest: recorded }] of Object.entries(settings.services)) {
            const running = runningDigest(state, settings, service);
            const runs = running && servedProblem(await schemaOf(service, running), made);
            const starts = recorded && schemaProblem(await schemaOf(service, recorded), made);
            if (runs !== undefined) {
                problems.push(
                    `${service} runs ${running} while the database is migrated: ${runs}. Set migration.imageDigest to the image of before, update the services, then record the migration (docs/migrations.md)`,
                );
            } else if (starts !== undefined) {
                problems.push(`${service} is to run ${recorded}: ${starts} (docs/migrations.md)`);
            }
        }
        return problems;
    },
});

/** Digest of the image in the deployed task definition of a service; nothing where it has none yet. */
function runningDigest(
    state: State,
    { environmentSuffix: suffix }: PlatformSettings,
    service: string,
): string | undefined {
    const definition = stateResourceNamed(state, "ecs/taskDefinition:TaskDefinition", nameOf({ suffix }, service));
    const containers = definition === undefined ? "" : outputText(definition, "containerDefinitions");
    return digestOf({ containerDefinitions: JSON.parse(containers || "[]") as ContainerDefinition[] }, service);
}
