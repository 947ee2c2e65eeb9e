import type { ChildProcess } from "node:child_process";
import { serviceNames } from "./environment.ts";
import { cacheServer } from "./prerequisites.ts";
import { startMachine, startService } from "./processes.ts";

declare global {
    var servicesUnderTest: ChildProcess[] | undefined;
}

/** Starts PostgreSQL, Redis, the emulator and the three services, once for all files. */
export default async function setUp(): Promise<void> {
    const server = cacheServer(process.env);
    if (server === undefined) {
        return;
    }
    const { machine, child } = await startMachine(server);
    globalThis.servicesUnderTest = [child];
    const services = await Promise.all(serviceNames.map((service) => startService(service, machine)));
    globalThis.servicesUnderTest.unshift(...services.map((service) => service.child));
    process.env.SERVICES_MACHINE = JSON.stringify({ machine, apiPort: services[0]?.port });
}
