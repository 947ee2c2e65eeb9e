import type { Machine } from "../../../tools/local/machine/machine.ts";
import type { ServiceName } from "../../../tools/local/machine/start.ts";
import type { Environment } from "../../../tools/local/platform.ts";
import { localEnvironment } from "../../../tools/local/replacements.ts";
import { platformUnderTest } from "./under-test.ts";

/** The environment that the plan gives to the container of a service, on this machine. */
export const environmentOf = (service: ServiceName, port: number, machine: Machine): Environment => ({
    ...localEnvironment(platformUnderTest().environments[service] ?? {}, { machine, port }),
    // No level of the log may have what no log may have.
    LOG_LEVEL: "debug",
});
