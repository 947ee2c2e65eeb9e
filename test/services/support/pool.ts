import { connectDatabase, type Pool } from "../../../services/common/database.ts";
import { createLog } from "../../../services/common/log.ts";
import type { Sources } from "../../../services/common/sources.ts";
import { localSources } from "../../../tools/local/replacements.ts";
import type { Machine } from "../../../tools/local/machine/machine.ts";

/** Connections of a user of the database, as its service makes them, and whom they trust. */
export function poolOf(
    machine: Machine,
    {
        user = "payment_payment",
        host = "localhost",
        ...replaced
    }: { user?: string; host?: string } & Partial<Pick<Sources, "databaseAuthorities" | "databasePassword">> = {},
): Pool {
    const config = {
        DATABASE_HOST: host,
        DATABASE_READER_HOST: host,
        DATABASE_NAME: machine.databaseName,
        DATABASE_PORT: machine.databasePort,
        DATABASE_USER: user,
    };
    const log = createLog({ AWS_REGION: "us-east-1", ENVIRONMENT: "test", LOG_LEVEL: "error", SERVICE: "test" });
    return connectDatabase(config, host, { ...localSources(machine), ...replaced }, log);
}
