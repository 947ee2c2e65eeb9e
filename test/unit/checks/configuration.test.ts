import { expect, test } from "@jest/globals";
import { findViolations } from "../../../checks/rule.ts";
import { auditRules } from "../../../checks/rules/audit.ts";
import { computeRules } from "../../../checks/rules/compute.ts";
import { dataApiRules } from "../../../checks/rules/data-api.ts";
import { databaseRules } from "../../../checks/rules/databases.ts";
import { loadBalancerRules } from "../../../checks/rules/load-balancer.ts";
import { vpcRules } from "../../../checks/rules/vpc.ts";
import { planTestStack } from "../../stacks.ts";
import { findingsOf, settingsFromConfig } from "./config-plans.ts";
import { readStackConfig } from "../settings/stack-config.ts";
import { faultRows, setInput } from "./fault.ts";
import { auditFaults } from "./faults/audit.ts";
import { computeFaults } from "./faults/compute.ts";
import { databaseFaults } from "./faults/databases.ts";
import { loadBalancerFaults } from "./faults/load-balancer.ts";
import { vpcFaults } from "./faults/vpc.ts";

/** Rules that require values of inputs. */
const configurationRules = [
    ...vpcRules,
    ...loadBalancerRules,
    ...computeRules,
    ...databaseRules,
    ...dataApiRules,
    ...auditRules,
];
const faults = { ...vpcFaults, ...loadBalancerFaults, ...computeFaults, ...databaseFaults, ...auditFaults };

const settings = settingsFromConfig(readStackConfig("prod"));

test.each(faultRows(faults))("%s alone reports %s", async (name, _, change, finding) => {
    const plan = change(await planTestStack("prod"));
    expect(findingsOf(name, plan, settings)).toContain(finding);
    const broken = configurationRules.filter((rule) => findViolations(rule, plan, settings).length > 0);
    expect(broken.map((rule) => rule.name)).toEqual([name]);
});

test("every rule has a fault that it reports", () => {
    expect(Object.keys(faults).toSorted()).toEqual(configurationRules.map(({ name }) => name).toSorted());
});

test.each(["dev", "staging"])("%s, which saves cost where prod does not, passes every rule", async (stack) => {
    const own = settingsFromConfig(readStackConfig(stack));
    const plan = await planTestStack(stack);
    expect(configurationRules.flatMap((rule) => findViolations(rule, plan, own))).toEqual([]);
});

test("automatic failover of a cache without replicas is reported", async () => {
    const change = setInput("elasticache/replicationGroup:ReplicationGroup", "automaticFailoverEnabled", true);
    const dev = settingsFromConfig(readStackConfig("dev"));
    expect(findingsOf("cache-recoverable", change(await planTestStack("dev")), dev)).toEqual([
        "payment-cache-dev must have automatic failover exactly where it has replicas",
    ]);
});

test("a finding has the required and the actual value", async () => {
    const change = setInput("lb/loadBalancer:LoadBalancer", "desyncMitigationMode", "monitor");
    const plan = change(await planTestStack("prod"));
    expect(loadBalancerRules.flatMap((rule) => findViolations(rule, plan, settings))).toEqual([
        {
            resource: "payment-prod",
            type: "aws:lb/loadBalancer:LoadBalancer",
            reason: "must have desyncMitigationMode strictest, not monitor",
        },
    ]);
});
