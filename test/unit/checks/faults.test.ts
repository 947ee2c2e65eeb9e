import { expect, test } from "@jest/globals";
import { imagePullActions } from "../../../analysis/iam/required-permissions/task-calls.ts";
import { matchesArnPattern } from "../../../analysis/iam/wildcards.ts";
import { guardDutyAgentRules } from "../../../checks/rules/guardduty-agent.ts";
import { apiIntegrationRules } from "../../../checks/rules/api-integrations.ts";
import { apiLimitRules } from "../../../checks/rules/api-limits.ts";
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
import type { Plan, Values } from "../../../plan/plan.ts";
import { planTestStack } from "../../stacks.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";
import {
    changeInputs,
    changePolicy,
    withoutDependencies,
    changeResources,
    faultRows,
    removeResources,
    replaceText,
    type FaultsByRule,
    type PlanChange,
} from "./fault.ts";
import { documentFaults } from "./faults/documents.ts";
import { frontDoorFaults } from "./faults/front-door.ts";
import { lifetimeFaults } from "./faults/lifetime.ts";
import { networkFaults } from "./faults/network.ts";
import { monitoringFaults } from "./faults/monitoring.ts";
import { storeFaults } from "./faults/stores.ts";
import { treeFaults } from "./faults/tree.ts";
import { findingsOf, planOfConfig, settingsFromConfig } from "./config-plans.ts";

/** Faults that the rules below must report. */
const faults = {
    ...treeFaults,
    ...networkFaults,
    ...documentFaults,
    ...storeFaults,
    ...monitoringFaults,
    ...frontDoorFaults,
    ...lifetimeFaults,
};

/** The rules of these faults; other rules have separate tests. */
const testedRules = [
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
    ...apiIntegrationRules,
    ...apiLimitRules,
    ...frontDoorRules,
    ...dependencyRules,
    ...lifetimeRules,
];

const prod = settingsFromConfig(readStackConfig("prod"));

test("every rule has a fault that it reports", () => {
    expect(Object.keys(faults).toSorted()).toEqual(testedRules.map(({ name }) => name).toSorted());
});

test.each(faultRows(faults))("%s reports %s", async (rule, _, change, finding) => {
    const plan = await planTestStack("prod");
    expect(findingsOf(rule, plan, prod)).toEqual([]);
    expect(findingsOf(rule, change(plan), prod)).toContain(finding);
});

/** Changes that break no promise. */
const harmless: readonly (readonly [rule: string, what: string, change: PlanChange])[] = [
    [
        "tls-only-policies",
        "a policy that denies plain HTTP to everyone, in AWS's other spelling",
        changePolicy("aws:sqs/queuePolicy:QueuePolicy", "dlq", '{"AWS":"*"}', '"*"'),
    ],
    [
        "containers-hardened",
        "a container that says that it is not privileged and has no capability",
        changeInputs("aws:ecs/taskDefinition:TaskDefinition", "", (old) =>
            replaceText(
                "containerDefinitions",
                '"drop":["ALL"]',
                '"add":[],"drop":["ALL"]',
            )(replaceText("containerDefinitions", '"essential"', '"privileged":false,"essential"')(old)),
        ),
    ],
    [
        "network-acls-narrow",
        "an entry that denies all addresses",
        changeInputs("aws:ec2/networkAcl:NetworkAcl", "", ({ ingress = [] }) => ({
            ingress: [
                ...(ingress as Values[]),
                { action: "deny", cidrBlock: "0.0.0.0/0", protocol: "-1", ruleNo: 200, fromPort: 0, toPort: 0 },
            ],
        })),
    ],
    [
        "encrypted-with-own-keys",
        "two layers of encryption with the platform's key",
        changeInputs(
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
            "audit",
            ({ rules }) => JSON.parse(JSON.stringify({ rules }).replace('"aws:kms"', '"aws:kms:dsse"')) as Values,
        ),
    ],
];

test.each(harmless)("%s allows %s", async (rule, _, change) => {
    const plan = await planTestStack("prod");
    const changed = change(plan);
    expect(changed).not.toEqual(plan);
    expect(findingsOf(rule, changed, prod)).toEqual([]);
});

const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const agent = "guardduty-agent-reachable";
const guardDutyFaults: FaultsByRule = {
    [agent]: {
        "no endpoint": [
            removeResources(endpoint, "guardduty-data"),
            "the stack there are 0 endpoints for the agent, not 1",
        ],
        "an endpoint without private DNS": [
            changeInputs(endpoint, "guardduty-data", { privateDnsEnabled: false }),
            "payment-guardduty-data-prod must have private DNS enabled",
        ],
        "an endpoint that accepts no connections from tasks": [
            changeInputs(endpoint, "guardduty-data", { securityGroupIds: ["sg-1"] }),
            "payment-guardduty-data-prod must accept connections from every task",
        ],
        "an endpoint without telemetry": [
            changePolicy(endpoint, "guardduty-data", "SendSecurityTelemetry", "GetDetector"),
            "payment-guardduty-data-prod must allow guardduty:SendSecurityTelemetry",
        ],
        "an ECR endpoint without the agent's image": [
            changePolicy(endpoint, "ecr-dkr", "aws-guardduty-agent", "other"),
            "payment-ecr-dkr-prod must allow pulling the agent's image, with the pull actions alone",
        ],
        "the agent's image of another region": [
            changePolicy(endpoint, "ecr-api", ":us-east-1:593207742271", ":us-west-2:1"),
            "payment-ecr-api-prod must allow pulling the agent's image, with the pull actions alone",
        ],
        "an execution role without the agent's image": [
            changePolicy(rolePolicy, "api-execution", "aws-guardduty-agent", "other"),
            "payment-api-execution-prod must allow pulling the agent's image, with the pull actions alone",
        ],
        "a task role with the agent's image": [
            changePolicy(
                rolePolicy,
                "api-task",
                /arn:aws:sqs:[^"]+/,
                "arn:aws:ecr:us-east-1:1:repository/aws-guardduty-agent",
            ),
            "payment-api-task-prod must not name the agent's image",
        ],
    },
    "no-outside-resources": {
        "the agent's repository in an account that is not AWS's": [
            changePolicy(endpoint, "ecr-dkr", ":593207742271:", ":210987654321:"),
            `payment-ecr-dkr-prod must not allow resources outside the account: ${imagePullActions.join(", ")}`,
        ],
        "more than a pull from the agent's repository": [
            changePolicy(
                endpoint,
                "ecr-dkr",
                /"ecr:GetDownloadUrlForLayer"\](?=[^\]]*aws-guardduty-agent)/,
                '"ecr:GetDownloadUrlForLayer","ecr:PutImage"]',
            ),
            `payment-ecr-dkr-prod must not allow resources outside the account: ${imagePullActions.join(", ")}, ecr:PutImage`,
        ],
    },
    "created-after-dependencies": {
        "a detector before its endpoint": [
            changeResources("aws:guardduty/detector:Detector", "", withoutDependencies),
            "payment-guardduty-prod must depend on payment-guardduty-data-prod (VpcEndpoint): GuardDuty would create its own endpoint, and the VPC could not be deleted",
        ],
    },
};

const withGuardDuty = withSettings(readStackConfig("prod"), { "accountServices.guardDuty": "create" });
let guardDutyPlan: Promise<Plan> | undefined;

test.each(faultRows(guardDutyFaults))("with GuardDuty, %s reports %s", async (rule, _, change, finding) => {
    const plan = await (guardDutyPlan ??= planOfConfig(withGuardDuty, "prod"));
    const settings = settingsFromConfig(withGuardDuty);
    expect(findingsOf(rule, plan, settings)).toEqual([]);
    expect(findingsOf(rule, change(plan), settings)).toContain(finding);
});

test("a plan without deletion protection is reported where the stack sets it", async () => {
    const protectedSettings = settingsFromConfig(withSettings(readStackConfig("prod"), { deletionProtection: true }));
    const found = findingsOf("destroyable-unless-protected", await planTestStack("prod"), protectedSettings);
    expect(found).toContain("payment-database-prod must have deletionProtection true");
    expect(found).toContain("payment-cache-prod must have protect true");
});

test.each([
    ["arn:aws:logs:us-east-1:1:log-group:/ecs/payment-api-dev", true],
    ["arn:aws:logs:us-east-1:1:log-group:/a:b/payment-api-dev", true],
    ["arn:aws:logs:us-east-1:2:log-group:/ecs/payment-api-dev", false],
    ["arn:aws:logs:us-east-1:1:log-group:/ecs/payment-api-dev2", false],
])("%s matches the pattern: %s", (arn, isMatch) => {
    expect(matchesArnPattern(arn, "arn:aws:logs:us-east-1:1:log-group:*payment-*-dev")).toBe(isMatch);
});
