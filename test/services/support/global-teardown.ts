import { endMachine, stopService } from "../../../tools/local/machine/start.ts";

/** Ends what the setup has started: the services, and then what they connect to. */
export default async function tearDown(): Promise<void> {
    const { services = [], machines = [] } = globalThis.servicesUnderTest ?? {};
    await Promise.all(services.map((child) => stopService(child)));
    await Promise.all(machines.map((child) => endMachine(child)));
}
