import { createLog } from "../../../services/common/log.ts";
import { runMigration } from "../../../services/migration/run.ts";
import type { Machine } from "../../../tools/local/machine/machine.ts";
import { localSources } from "../../../tools/local/replacements.ts";

/** Runs the migrations of a directory, as the task of a stack does. @param options `database` is that of the services by default */
export function migrate(
    machine: Machine,
    directory: string,
    { database = machine.databaseName, isRestored = false } = {},
): Promise<void> {
    const config = {
        AWS_REGION: "us-east-1",
        ENVIRONMENT: "local",
        LOG_LEVEL: "error",
        DATABASE_HOST: "localhost",
        DATABASE_NAME: database,
        DATABASE_PORT: machine.databasePort,
        DATABASE_MASTER_SECRET_ARN: machine.databaseSecretArn,
    } as const;
    return runMigration(config, localSources(machine), createLog({ ...config, SERVICE: "migration" }), directory, {
        isRestored,
    });
}
