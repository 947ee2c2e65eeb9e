import type { Settings } from "../settings/schema.ts";

/** What a part of the account's services is told, once it is not skipped. */
export type AccountServiceChoice = Exclude<Settings["accountServices"]["guardDuty"], "skip">;
