import type { TaskDefinition } from "@aws-sdk/client-ecs";
import { schemaLabels } from "../../contract/schema.ts";
import { migrationNoun } from "../../lib/settings/migration.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { confirmYes } from "../deploy/confirm.ts";
import { requireCaller } from "../frame/account.ts";
import { defineCommand, flag } from "../frame/command.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError, firstLineOfError } from "../frame/exit.ts";
import { serviceArgument, stackArgument } from "../frame/stack-argument.ts";
import { formatColumns } from "../frame/table.ts";
import { findImage, readManifest, tagAsDeployed } from "../images/registry.ts";
import { RecordedSchemas, servedProblem, type ImageSchema } from "../images/schema.ts";
import { serviceRepository } from "../images/service-repository.ts";
import { StackServices } from "../images/stack-services.ts";
import {
    deployedImages,
    digestOf,
    latestTaskDefinitions,
    maxRevisions,
    runningTasks,
    type DeployedImage,
    type RunningTasks,
} from "./history.ts";

const spec = {
    arguments: {
        stack: stackArgument,
        service: serviceArgument(),
    },
    options: { yes: flag("do not ask (CI)") },
    helpText: "The next `deploy up` deploys it. See docs/operations.md.",
    exitReasons: [
        "done",
        "failed",
        "usage",
        "refused",
        "unconfirmed",
        "not-deployed",
        "no-predecessor",
        "cancelled",
    ] as const,
};

export const command = defineCommand(spec, async ({ stack, service, yes }, context) => {
    const { root, out, say, fetch, terminal, createClients, progress } = context;
    const services = new StackServices(root, stack);
    services.requireService(service);
    const { region, accountId, environmentSuffix: suffix } = readSettingsOfStack(root, stack);
    const clients = await createClients(region);
    await requireCaller(clients, accountId);
    progress.step(`reading the revisions of ${service}`);
    const inEcs = { ecs: clients.ecs, suffix, service };
    const running = await runningTasks(inEcs);
    const definitions = await latestTaskDefinitions(inEcs);
    const recorded = services.getDigest(service);
    const notRun = recorded === running.digest ? revisionNotRun(running, definitions, service) : undefined;
    const warning =
        notRun === undefined
            ? undefined
            : `${service} of ${stack} runs revision ${running.revision} of its task definition, and not revision ${notRun}, which has the same image. ` +
              `If ECS gave up that revision for its other settings, a rollback of the image does not change them: revert the commit that changed them, then: npm run deploy -- ${stack} up`;
    if (warning !== undefined && yes) {
        throw new ExitError(
            "refused",
            `${warning}\nIf the image is to blame, run this command without --yes: a person decides`,
        );
    }
    const images = deployedImages(definitions, service);
    const target = rollbackTarget({ recorded, running: running.digest, digests: images.map(({ digest }) => digest) });
    if (target === undefined) {
        throw new ExitError(
            "no-predecessor",
            `${service} of ${stack} had no other image before this one in the last ${maxRevisions} revisions of its task definition`,
        );
    }
    if (target === recorded) {
        out(`${service} of ${stack} has ${target} already, and still runs ${running.digest}\n${nextCommand(stack)}`);
        return;
    }
    const repository = serviceRepository(root, stack, service);
    const image = await findImage(clients, repository, { imageDigest: target });
    if (services.getDigest(migrationNoun) !== undefined) {
        const schemas = new RecordedSchemas({ ecr: clients.ecr, fetch }, { root, stack, services });
        const needed = await readSchema(context, schemas, service, target);
        const problem = servedProblem(needed, await readSchema(context, schemas, migrationNoun));
        if (problem !== undefined) {
            throw new ExitError(
                "refused",
                `${service} of ${stack} cannot go back to ${target}: ${problem}. No migration is undone: build a new image of the service, and record it (docs/migrations.md)`,
            );
        }
    }
    out(changeText(`${service} of ${stack}`, images, recorded, target));
    if (warning !== undefined) {
        say(warning);
    }
    await confirmYes({ yes, terminal }, `Record it in Pulumi.${stack}.yaml`);
    await tagAsDeployed(clients, repository, image, (await readManifest(clients, repository, target)).manifest);
    out(services.recordDigest(service, target));
});

/** What an image says of its schema. A rollback is for a bad day: what cannot be read is said, and does not refuse it. */
async function readSchema(
    { say }: Pick<CommandContext, "say">,
    schemas: RecordedSchemas,
    owner: string,
    digest?: string,
): Promise<ImageSchema> {
    const unknown = "whether the database serves the former image is not known";
    try {
        const schema = await schemas.of(owner, digest);
        if (schema.version === undefined) {
            say(`the image of ${owner} has no label ${schemaLabels.version}: ${unknown}`);
        }
        return schema;
    } catch (error) {
        say(`the labels of the image of ${owner} cannot be read (${firstLineOfError(error)}): ${unknown}`);
        return {};
    }
}

const nextCommand = (stack: string): string => `Next: npm run deploy -- ${stack} up\n`;

/**
 * The latest revision, where it has the image of an earlier one that runs. ECS gave it up, for its other settings or for the
 * image, or an update was cut off after it made the revision: ECS does not say which.
 */
function revisionNotRun(
    { digest, revision = 0 }: RunningTasks,
    definitions: readonly TaskDefinition[],
    service: string,
): number | undefined {
    return definitions
        .slice(-1)
        .filter((latest) => digest !== undefined && digestOf(latest, service) === digest)
        .map((latest) => latest.revision ?? 0)
        .find((latest) => latest > revision);
}

interface ServiceImages {
    /** Digest in the stack file. */
    readonly recorded?: string;
    readonly running?: string;
    /** Those that were deployed, the oldest first. */
    readonly digests: readonly string[];
}

/**
 * The digest to go back to; the recorded one where the stack file already has an earlier image than the one that runs.
 * Where the recorded image does not run, because ECS rolled it back or it was not deployed yet, it is the one that runs.
 */
function rollbackTarget({ recorded, running, digests }: ServiceImages): string | undefined {
    const before = digests.slice(0, running === undefined ? digests.length : Math.max(0, digests.indexOf(running)));
    if (running === undefined || recorded === running) {
        return before.findLast((digest) => digest !== recorded);
    }
    return recorded !== undefined && before.includes(recorded) ? recorded : running;
}

function changeText(
    what: string,
    images: readonly DeployedImage[],
    recorded: string | undefined,
    target: string,
): string {
    const row = (label: string, digest: string | undefined): string[] => {
        const image = images.find((each) => each.digest === digest);
        const since =
            image === undefined
                ? "never deployed"
                : `deployed ${image.since?.toISOString() ?? "at an unknown time"} (revision ${image.revision})`;
        return [`  ${label}`, digest ?? "none", ...(digest === undefined ? [] : [since])];
    };
    return [`${what}:`, ...formatColumns([row("now", recorded), row("back to", target)]), ""].join("\n");
}
