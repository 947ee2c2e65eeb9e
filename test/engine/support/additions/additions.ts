import type { ManualAddition } from "./addition.ts";
import { computeAdditions } from "./compute.ts";
import { frontDoorAdditions } from "./front-door.ts";
import { identityAdditions } from "./identity.ts";
import { messageAdditions } from "./messages.ts";
import { networkAdditions } from "./network.ts";
import { storeAdditions } from "./stores.ts";

/** One of each kind of resource that can be added under the stack's resources. */
export const manualAdditions: readonly ManualAddition[] = [
    ...networkAdditions,
    ...frontDoorAdditions,
    ...identityAdditions,
    ...messageAdditions,
    ...storeAdditions,
    ...computeAdditions,
];
