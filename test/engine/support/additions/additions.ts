import type { Addition } from "./addition.ts";
import { compute } from "./compute.ts";
import { frontDoor } from "./front-door.ts";
import { identity } from "./identity.ts";
import { messages } from "./messages.ts";
import { network } from "./network.ts";
import { stores } from "./stores.ts";

/** One of each kind of thing that may stand under the stack's resources. */
export const additions: readonly Addition[] = [
    ...network,
    ...frontDoor,
    ...identity,
    ...messages,
    ...stores,
    ...compute,
];
