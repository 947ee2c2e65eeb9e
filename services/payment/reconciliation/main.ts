import { readConfig } from "../../common/config.ts";
import { main } from "../../common/lifecycle.ts";
import { createLog } from "../../common/log.ts";
import { awsSources } from "../../common/sources.ts";
import { reconciliationConfig } from "./config.ts";
import { reconcile } from "./run.ts";

main(async () => {
    const config = readConfig(reconciliationConfig, process.env);
    const log = createLog(config);
    // The first process of a container ignores the signal otherwise. The next run does what this one has not.
    process.once("SIGTERM", () => {
        log.warn("stopped before the end");
        process.exit(1);
    });
    process.exitCode = await reconcile({ config, sources: awsSources(config), log });
});
