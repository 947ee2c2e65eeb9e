import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { migrate, migrationRuns, migrationTaskOf } from "../deploy/migration.ts";
import { withSession } from "../deploy/open-session.ts";
import { requireDeployedState } from "../deploy/session.ts";
import { requireCaller } from "../frame/account.ts";
import { defineCommand, flag } from "../frame/command.ts";
import { ExitError } from "../frame/exit.ts";
import { stackArgument } from "../frame/stack-argument.ts";

const spec = {
    arguments: { stack: stackArgument },
    options: {
        afterRestore: flag("then prepare restored data, before merchants are let in again (docs/recovery.md)"),
    },
    helpText: "`deploy <stack> up` runs it before each update. See docs/migrations.md.",
    exitReasons: ["done", "failed", "usage", "no-pulumi", "locked", "no-backend", "not-deployed", "cancelled"] as const,
};

export const command = defineCommand(spec, ({ stack, afterRestore }, context) => {
    const settings = readSettingsOfStack(context.root, stack);
    const { imageDigest } = settings.migration;
    if (imageDigest === undefined) {
        throw new ExitError(
            "failed",
            `${stack} has no image of the migration: record one with \`npm run images -- ${stack} migration <image>\``,
        );
    }
    return withSession(context, { stack }, async (session) => {
        const task = migrationTaskOf(await requireDeployedState(session), settings);
        if (task === undefined) {
            throw new ExitError(
                "not-deployed",
                `${stack} has no migration yet: \`npm run deploy -- ${stack} up\` creates it`,
            );
        }
        const clients = await session.createClients(settings.region);
        await requireCaller(clients, settings.accountId);
        await migrate(session, clients, task, imageDigest, migrationRuns[afterRestore ? "afterRestore" : "migrate"]);
        session.say(afterRestore ? "the database is migrated, and its data is prepared" : "the database is migrated");
    });
});
