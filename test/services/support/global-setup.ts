import type { ChildProcess } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheServer } from "../../../tools/local/machine/cache.ts";
import { serviceNames, startMachine } from "../../../tools/local/machine/start.ts";
import { plannedPlatform } from "../../../tools/local/platform.ts";
import { planTestStack } from "../../stacks.ts";
import { machineFolder, startService } from "./processes.ts";

declare global {
    var servicesUnderTest: { readonly services: ChildProcess[]; readonly machines: ChildProcess[] } | undefined;
}

/** Starts PostgreSQL, Redis, the emulator and the three services, once for all files. */
export default async function setUp(): Promise<void> {
    const server = cacheServer(process.env);
    if (server === undefined) {
        return;
    }
    const platform = plannedPlatform(await planTestStack("dev"));
    process.env.SERVICES_PLATFORM = JSON.stringify(platform);
    const started = { services: [] as ChildProcess[], machines: [] as ChildProcess[] };
    globalThis.servicesUnderTest = started;
    const { machine } = await startMachine(
        machineFolder,
        {
            directory: mkdtempSync(join(tmpdir(), "services-")),
            platform,
            cacheServer: server,
            merchants: { key1: "example-shop", key2: "other-shop" },
        },
        "ignore",
        (child) => started.machines.push(child),
    );
    const services = await Promise.all(serviceNames.map((service) => startService(service, machine)));
    started.services.push(...services.map(({ child }) => child));
    process.env.SERVICES_MACHINE = JSON.stringify({ machine, apiPort: services[0]?.port });
}
