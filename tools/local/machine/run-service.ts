/**
 * Runs a service as its `main.ts` does, with the sources of this machine: `run-service.ts <service> <file of the machine>`. Sends
 * `started` to its parent, answers each message with what it uses, and ends with its parent.
 */
import { readFileSync } from "node:fs";
import { apiConfig } from "../../../services/api/config.ts";
import { startApi } from "../../../services/api/service.ts";
import { readConfig } from "../../../services/common/config.ts";
import { main, stopOnSignal } from "../../../services/common/lifecycle.ts";
import { notificationConfig } from "../../../services/notification/config.ts";
import { startNotification } from "../../../services/notification/service.ts";
import { paymentConfig } from "../../../services/payment/config.ts";
import { startPayment } from "../../../services/payment/service.ts";
import { localSources } from "../replacements.ts";
import type { Machine } from "./machine.ts";
import type { ServiceUsage } from "./messages.ts";

const [service = "", machineFile = ""] = process.argv.slice(2);
const sources = localSources(JSON.parse(readFileSync(machineFile, "utf8")) as Machine);

const start = () => {
    switch (service) {
        case "api":
            return startApi(readConfig(apiConfig, process.env), sources);
        case "payment":
            return startPayment(readConfig(paymentConfig, process.env), sources);
        case "notification":
            return startNotification(readConfig(notificationConfig, process.env), sources);
        default:
            throw new Error(`no service is called "${service}"`);
    }
};

// The parent has ended without a signal to this process: nobody waits for what it still does.
process.once("disconnect", () => {
    process.kill(process.pid, "SIGKILL");
});
main(async () => {
    const { log, parts } = await start();
    stopOnSignal(parts, log);
    process.send?.("started");
    process.on("message", () => {
        const { user, system } = process.cpuUsage();
        const megabytes = process.memoryUsage.rss() / 2 ** 20;
        process.send?.({ cpuSeconds: (user + system) / 1e6, megabytes } satisfies ServiceUsage);
    });
});
