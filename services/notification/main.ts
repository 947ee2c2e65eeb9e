import { readConfig } from "../common/config.ts";
import { main, stopOnSignal } from "../common/lifecycle.ts";
import { awsSources } from "../common/sources.ts";
import { notificationConfig } from "./config.ts";
import { startNotification } from "./service.ts";

main(async () => {
    const config = readConfig(notificationConfig, process.env);
    const { log, parts } = await startNotification(config, awsSources(config));
    stopOnSignal(parts, log);
});
