import type { Machine } from "../../../tools/local/machine/machine.ts";
import type { PlannedPlatform } from "../../../tools/local/platform.ts";

interface UnderTest {
    readonly machine: Machine;
    readonly apiPort: number;
}

/** What the setup has started. */
export const underTest = (): UnderTest => JSON.parse(process.env.SERVICES_MACHINE ?? "") as UnderTest;

/** What the machine and the services are started with: the plan of the tests' dev. */
export const platformUnderTest = (): PlannedPlatform =>
    JSON.parse(process.env.SERVICES_PLATFORM ?? "") as PlannedPlatform;
