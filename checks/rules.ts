import type { Rule } from "./rule.ts";
import { accessRoleRules } from "./rules/access-roles.ts";
import { accessRules } from "./rules/access.ts";
import { guardDutyAgentRules } from "./rules/guardduty-agent.ts";
import { alarmRules } from "./rules/alarms.ts";
import { apiIntegrationRules } from "./rules/api-integrations.ts";
import { apiLimitRules } from "./rules/api-limits.ts";
import { apiRules } from "./rules/api.ts";
import { auditRules } from "./rules/audit.ts";
import { capacityRules } from "./rules/capacity.ts";
import { computeRules } from "./rules/compute.ts";
import { containerRules } from "./rules/containers.ts";
import { dataApiRules } from "./rules/data-api.ts";
import { databaseRules } from "./rules/databases.ts";
import { documentRules } from "./rules/documents.ts";
import { flowRules } from "./rules/flows.ts";
import { frontDoorRules } from "./rules/front-door.ts";
import { functionRules } from "./rules/functions.ts";
import { lifetimeRules } from "./rules/lifetime.ts";
import { loadBalancerRules } from "./rules/load-balancer.ts";
import { messageRules } from "./rules/messages.ts";
import { nameRules } from "./rules/names.ts";
import { networkRules } from "./rules/network.ts";
import { monitoringRules } from "./rules/monitoring.ts";
import { dependencyRules } from "./rules/dependencies.ts";
import { privatePathRules } from "./rules/private-paths.ts";
import { reachabilityRules } from "./rules/reachability.ts";
import { retentionRules } from "./rules/retention.ts";
import { secretRules } from "./rules/secrets.ts";
import { ecsServiceRules } from "./rules/services.ts";
import { storeRules } from "./rules/stores.ts";
import { tagRules } from "./rules/tags.ts";
import { timeoutRules } from "./rules/timeouts.ts";
import { treeRules } from "./rules/tree.ts";
import { trustRules } from "./rules/trust.ts";
import { vpcRules } from "./rules/vpc.ts";

/** All rules, in the order in which they are printed. */
export const rules: readonly Rule[] = [
    ...treeRules,
    ...nameRules,
    ...flowRules,
    ...networkRules,
    ...reachabilityRules,
    ...privatePathRules,
    ...guardDutyAgentRules,
    ...documentRules,
    ...trustRules,
    ...storeRules,
    ...retentionRules,
    ...messageRules,
    ...monitoringRules,
    ...ecsServiceRules,
    ...functionRules,
    ...apiRules,
    ...apiIntegrationRules,
    ...apiLimitRules,
    ...frontDoorRules,
    ...dependencyRules,
    ...lifetimeRules,
    ...vpcRules,
    ...loadBalancerRules,
    ...computeRules,
    ...databaseRules,
    ...dataApiRules,
    ...auditRules,
    ...secretRules,
    ...accessRules,
    ...accessRoleRules,
    ...containerRules,
    ...timeoutRules,
    ...capacityRules,
    ...alarmRules,
    ...tagRules,
];
