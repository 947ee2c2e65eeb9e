import {
    DeregisterTaskDefinitionCommand,
    DescribeTaskDefinitionCommand,
    RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import { afterRestoreCommand } from "../../contract/container.ts";
import { migrationGroups } from "../../lib/flows.ts";
import { nameOf } from "../../lib/scope.ts";
import { migrationNoun } from "../../lib/settings/migration.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import { outputText, type State } from "../../plan/state.ts";
import type { CommandContext } from "../frame/context.ts";
import { firstLineOfError } from "../frame/exit.ts";
import {
    oneOffTaskOf,
    requireStateResource,
    runToItsEnd,
    type OneOffClients,
    type OneOffContext,
    type OneOffRun,
    type OneOffTask,
} from "./one-off-task.ts";

type MigrationContext = OneOffContext & Pick<CommandContext, "interrupt" | "progress">;

interface MigrationTask extends OneOffTask {
    readonly repositoryUrl: string;
}

/** What an image of the migration is run for. */
export const migrationRuns = {
    migrate: { what: "migration", startedBy: "npm-run-migrate" },
    afterRestore: { what: "migration", startedBy: "npm-run-migrate/after-restore", command: afterRestoreCommand },
} as const satisfies Readonly<Record<string, OneOffRun>>;

/**
 * The task of a deployed stack; nothing before the update that creates it.
 *
 * @throws ExitError `failed` where the state has only a part of it
 */
export function migrationTaskOf(state: State, settings: PlatformSettings): MigrationTask | undefined {
    const task = oneOffTaskOf(state, settings, { noun: migrationNoun, securityGroups: migrationGroups });
    if (task === undefined) {
        return undefined;
    }
    const name = nameOf({ suffix: settings.environmentSuffix }, migrationNoun);
    const repository = requireStateResource(state, "ecr/repository:Repository", name);
    return { ...task, repositoryUrl: outputText(repository, "repositoryUrl") };
}

/**
 * Runs an image of the migration once, shows its log, and waits for its end. Where another image is deployed, the task runs a
 * copy of the deployed task definition with this image, which is deregistered afterwards: so the schema is migrated before an
 * update starts services that need it.
 *
 * @throws ExitError `failed` when the task does not start, ends with another exit code than 0, or is lost from sight
 */
export async function migrate(
    context: MigrationContext,
    clients: OneOffClients,
    task: MigrationTask,
    digest: string,
    run: OneOffRun = migrationRuns.migrate,
): Promise<void> {
    const { say, interrupt, progress } = context;
    say(`migrating the database with ${digest}`);
    progress.step("migrating the database");
    await interrupt.waitFor(async () => {
        const { taskDefinition, isCopy } = await taskDefinitionWith(clients, task, `${task.repositoryUrl}@${digest}`);
        try {
            interrupt.signal.throwIfAborted();
            await runToItsEnd(context, clients, { ...task, taskDefinition }, run);
        } finally {
            if (isCopy) {
                await clients.ecs
                    .send(new DeregisterTaskDefinitionCommand({ taskDefinition }))
                    .catch((error: unknown) => {
                        say(`warning: ${taskDefinition} was not deregistered: ${firstLineOfError(error)}`);
                    });
            }
        }
    }, "a migration that had started was not stopped");
}

/** The deployed task definition, or a copy of it with another image. */
async function taskDefinitionWith({ ecs }: OneOffClients, { taskDefinition: deployed }: MigrationTask, image: string) {
    const { taskDefinition: found, tags } = await ecs.send(
        new DescribeTaskDefinitionCommand({ taskDefinition: deployed, include: ["TAGS"] }),
    );
    const containers = found?.containerDefinitions ?? [];
    const isCopy = containers.some((container) => container.name === migrationNoun && container.image !== image);
    if (!isCopy) {
        return { taskDefinition: deployed, isCopy };
    }
    const { taskDefinition: copy } = await ecs.send(
        new RegisterTaskDefinitionCommand({
            family: found?.family,
            taskRoleArn: found?.taskRoleArn,
            executionRoleArn: found?.executionRoleArn,
            networkMode: found?.networkMode,
            requiresCompatibilities: found?.requiresCompatibilities,
            runtimePlatform: found?.runtimePlatform,
            cpu: found?.cpu,
            memory: found?.memory,
            volumes: found?.volumes,
            containerDefinitions: containers.map((container) =>
                container.name === migrationNoun ? { ...container, image } : container,
            ),
            ...(tags !== undefined && tags.length > 0 && { tags }),
        }),
    );
    return { taskDefinition: copy?.taskDefinitionArn ?? deployed, isCopy };
}
