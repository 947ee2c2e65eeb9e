import { join } from "node:path";
import { readConfig } from "../common/config.ts";
import { main } from "../common/lifecycle.ts";
import { createLog } from "../common/log.ts";
import { awsSources } from "../common/sources.ts";
import { migrationConfig } from "./config.ts";
import { runMigration } from "./run.ts";

main(async () => {
    const config = readConfig(migrationConfig, process.env);
    await runMigration(
        config,
        awsSources(config),
        createLog({ ...config, SERVICE: "migration" }),
        join(import.meta.dirname, "sql"),
    );
});
