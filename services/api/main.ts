import { readConfig } from "../common/config.ts";
import { main, stopOnSignal } from "../common/lifecycle.ts";
import { awsSources } from "../common/sources.ts";
import { apiConfig } from "./config.ts";
import { startApi } from "./service.ts";

main(async () => {
    const config = readConfig(apiConfig, process.env);
    const { log, parts } = await startApi(config, awsSources(config));
    stopOnSignal(parts, log);
});
