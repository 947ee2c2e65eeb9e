import { readConfig } from "../common/config.ts";
import { main, stopOnSignal } from "../common/lifecycle.ts";
import { awsSources } from "../common/sources.ts";
import { paymentConfig } from "./config.ts";
import { startPayment } from "./service.ts";

main(async () => {
    const config = readConfig(paymentConfig, process.env);
    const { log, parts } = await startPayment(config, awsSources(config));
    stopOnSignal(parts, log);
});
