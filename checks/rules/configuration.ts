import { ruleOf } from "../configuration.ts";
import { auditConfiguration } from "../configuration/audit.ts";
import { computeConfiguration } from "../configuration/compute.ts";
import { frontDoorConfiguration } from "../configuration/front-door.ts";
import { networkConfiguration } from "../configuration/network.ts";
import { storesConfiguration } from "../configuration/stores.ts";
import type { Rule } from "../rule.ts";

/** What single resources must say in their inputs. */
export const configurationRules: readonly Rule[] = [
    ...networkConfiguration,
    ...frontDoorConfiguration,
    ...computeConfiguration,
    ...storesConfiguration,
    ...auditConfiguration,
].map(ruleOf);
