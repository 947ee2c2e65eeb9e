import { ruleFromConfiguration } from "../configuration.ts";
import { auditConfigurationRules } from "../configuration/audit.ts";
import { computeConfigurationRules } from "../configuration/compute.ts";
import { frontDoorConfigurationRules } from "../configuration/front-door.ts";
import { networkConfigurationRules } from "../configuration/network.ts";
import { storeConfigurationRules } from "../configuration/stores.ts";
import type { Rule } from "../rule.ts";

/** What single resources must say in their inputs. */
export const configurationRules: readonly Rule[] = [
    ...networkConfigurationRules,
    ...frontDoorConfigurationRules,
    ...computeConfigurationRules,
    ...storeConfigurationRules,
    ...auditConfigurationRules,
].map(ruleFromConfiguration);
