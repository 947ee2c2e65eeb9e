import type { Settings } from "../settings/schema.ts";

/** How a stack gets an account service that it does not skip: `create` or `adopt`. */
export type AccountServiceChoice = Exclude<Settings["accountServices"]["guardDuty"], "skip">;
