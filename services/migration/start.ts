import { join } from "node:path";
import { readConfig } from "../common/config.ts";
import { main } from "../common/lifecycle.ts";
import { createLog } from "../common/log.ts";
import { awsSources } from "../common/sources.ts";
import { migrationConfig } from "./config.ts";
import { runMigration, type MigrationWork } from "./run.ts";

/** Runs as a task of the stack. */
export function start(work?: MigrationWork): void {
    main(async () => {
        const config = readConfig(migrationConfig, process.env);
        const log = createLog({ ...config, SERVICE: "migration" });
        await runMigration(config, awsSources(config), log, join(import.meta.dirname, "sql"), work);
    });
}
