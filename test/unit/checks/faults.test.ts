import { expect, test } from "@jest/globals";
import { matchesArnPattern } from "../../../analysis/iam/wildcards.ts";
import { findViolations } from "../../../checks/rule.ts";
import { rules } from "../../../checks/rules.ts";
import { guardDutyAgentRules } from "../../../checks/rules/guardduty-agent.ts";
import { apiRules } from "../../../checks/rules/api.ts";
import { documentRules } from "../../../checks/rules/documents.ts";
import { flowRules } from "../../../checks/rules/flows.ts";
import { frontDoorRules } from "../../../checks/rules/front-door.ts";
import { functionRules } from "../../../checks/rules/functions.ts";
import { lifetimeRules } from "../../../checks/rules/lifetime.ts";
import { messageRules } from "../../../checks/rules/messages.ts";
import { nameRules } from "../../../checks/rules/names.ts";
import { networkRules } from "../../../checks/rules/network.ts";
import { monitoringRules } from "../../../checks/rules/monitoring.ts";
import { dependencyRules } from "../../../checks/rules/dependencies.ts";
import { retentionRules } from "../../../checks/rules/retention.ts";
import { ecsServiceRules } from "../../../checks/rules/services.ts";
import { storeRules } from "../../../checks/rules/stores.ts";
import { treeRules } from "../../../checks/rules/tree.ts";
import { trustRules } from "../../../checks/rules/trust.ts";
import type { Plan } from "../../../plan/plan.ts";
import { planTestStack } from "../../stacks.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";
import {
    changeInputs,
    changePolicy,
    withoutDependencies,
    changeResources,
    removeResources,
    type PlanChange,
} from "./fault.ts";
import { documentFaults } from "./faults/documents.ts";
import { frontDoorFaults } from "./faults/front-door.ts";
import { lifetimeFaults } from "./faults/lifetime.ts";
import { networkFaults } from "./faults/network.ts";
import { monitoringFaults } from "./faults/monitoring.ts";
import { storeFaults } from "./faults/stores.ts";
import { treeFaults } from "./faults/tree.ts";
import { planOfConfig, settingsFromConfig } from "./config-plans.ts";

/** Faults that someone may build in, by the rule that must notice. */
const faults = {
    ...treeFaults,
    ...networkFaults,
    ...documentFaults,
    ...storeFaults,
    ...monitoringFaults,
    ...frontDoorFaults,
    ...lifetimeFaults,
};

/** Their rules; others have tests of their own. */
const tried = [
    ...treeRules,
    ...nameRules,
    ...flowRules,
    ...networkRules,
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
    ...frontDoorRules,
    ...dependencyRules,
    ...lifetimeRules,
];

/** Places where a plan breaks a rule, as text that compares. */
function brokenAt(name: string, plan: Plan, settings = settingsFromConfig(readStackConfig("prod"))): string[] {
    const rule = rules.find((each) => each.name === name);
    if (rule === undefined) {
        throw new Error(`no rule ${name}`);
    }
    return findViolations(rule, plan, settings).map(({ resource, reason }) => `${resource} ${reason}`);
}

test("every rule is tried by a fault", () => {
    expect(Object.keys(faults).toSorted()).toEqual(tried.map(({ name }) => name).toSorted());
});

const trials = Object.entries(faults).flatMap(([rule, changes]) =>
    Object.entries(changes).map(([fault, change]) => ({ rule, fault, change })),
);

test.each(trials)("$fault is noticed: $rule", async ({ rule, change }) => {
    const plan = await planTestStack("prod");
    expect(brokenAt(rule, plan)).toEqual([]);
    expect(brokenAt(rule, change(plan))).not.toEqual([]);
});

const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const agent = "guardduty-agent-reachable";
const watchedFaults: readonly (readonly [rule: string, fault: string, change: PlanChange])[] = [
    [agent, "no endpoint", removeResources(endpoint, "guardduty-data")],
    [agent, "another name", changeInputs(endpoint, "guardduty-data", { privateDnsEnabled: false })],
    [agent, "a group that lets no task in", changeInputs(endpoint, "guardduty-data", { securityGroupIds: ["sg-1"] })],
    [agent, "no reports", changePolicy(endpoint, "guardduty-data", "SendSecurityTelemetry", "GetDetector")],
    [agent, "an endpoint that knows no agent", changePolicy(endpoint, "ecr-dkr", "aws-guardduty-agent", "other")],
    [agent, "another region's image", changePolicy(endpoint, "ecr-api", ":us-east-1:593207742271", ":us-west-2:1")],
    [agent, "a role that may not pull it", changePolicy(rolePolicy, "api-execution", "aws-guardduty-agent", "other")],
    [
        agent,
        "a task that may pull it",
        changePolicy(
            rolePolicy,
            "api-task",
            /arn:aws:sqs:[^"]+/,
            "arn:aws:ecr:us-east-1:1:repository/aws-guardduty-agent",
        ),
    ],
    [
        "created-after-dependencies",
        "a detector that finds no endpoint",
        changeResources("aws:guardduty/detector:Detector", "", withoutDependencies),
    ],
];

const watched = withSettings(readStackConfig("prod"), { "accountServices.guardDuty": "create" });
let watchedPlan: Promise<Plan> | undefined;

test.each(watchedFaults)("%s, where GuardDuty watches: %s is noticed", async (rule, _, change) => {
    const plan = await (watchedPlan ??= planOfConfig(watched, "prod"));
    expect(brokenAt(rule, plan, settingsFromConfig(watched))).toEqual([]);
    expect(brokenAt(rule, change(plan), settingsFromConfig(watched))).not.toEqual([]);
});

test("an unprotected plan is refused where the stack asks for protection", async () => {
    const protectedSettings = settingsFromConfig(withSettings(readStackConfig("prod"), { deletionProtection: true }));
    const found = brokenAt("destroyable-unless-protected", await planTestStack("prod"), protectedSettings);
    expect(found).toContain("payment-database-prod must have deletionProtection true");
    expect(found).toContain("payment-cache-prod must have protect true");
});

test.each([
    ["arn:aws:logs:us-east-1:1:log-group:/ecs/payment-api-dev", true],
    ["arn:aws:logs:us-east-1:1:log-group:/a:b/payment-api-dev", true],
    ["arn:aws:logs:us-east-1:2:log-group:/ecs/payment-api-dev", false],
    ["arn:aws:logs:us-east-1:1:log-group:/ecs/payment-api-dev2", false],
])("%s is like the pattern: %s", (arn, isLike) => {
    expect(matchesArnPattern(arn, "arn:aws:logs:us-east-1:1:log-group:*payment-*-dev")).toBe(isLike);
});
