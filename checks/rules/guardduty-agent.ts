import { agentAccounts } from "../../lib/account-services/agent.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    arnOf,
    inputText,
    inputTexts,
    isAgentEndpoint,
    isEcrEndpoint,
    findingsUnless,
    stackFindingUnless,
} from "../../plan/query.ts";
import { scheduledNetwork, scheduledTasksOf } from "../../plan/ecs-services.ts";
import type { Rule } from "../rule.ts";
import { imagePullActions } from "../../analysis/iam/required-permissions/task-calls.ts";
import { parseStatements, planLocationOf, toArray, type ParsedStatement } from "../../analysis/iam/statements.ts";

const vpcEndpointsOf = (plan: Plan): readonly PlanNode[] => resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint");

/** Policies for pulling images: of ECR endpoints and of execution roles. */
function policiesForImagePull(plan: Plan): PlanNode[] {
    const executionRoleArns = resourcesOfType(plan, "ecs/taskDefinition:TaskDefinition").map((node) =>
        inputText(node, "executionRoleArn"),
    );
    const roles = resourcesOfType(plan, "iam/role:Role").filter((role) => executionRoleArns.includes(arnOf(role)));
    return [
        ...vpcEndpointsOf(plan).filter(isEcrEndpoint),
        ...resourcesOfType(plan, "iam/rolePolicy:RolePolicy").filter(({ name }) =>
            roles.some((role) => role.name === name),
        ),
    ];
}

/** Whether a statement allows the pull actions, and no others, on AWS's repository of the GuardDuty agent in the region. */
export function allowsAgentImage(plan: Plan, { Effect, Action, Resource }: ParsedStatement): boolean {
    const { partition, region } = planLocationOf(plan);
    const repository = `arn:${partition}:ecr:${region}:${agentAccounts[region] ?? "none"}:repository/aws-guardduty-agent-fargate`;
    return (
        Effect === "Allow" &&
        toArray(Action).toSorted().join() === imagePullActions.join() &&
        toArray(Resource).join() === repository
    );
}

/** Whether security groups allow all tasks to connect to an endpoint. */
function isReachableByTasks(plan: Plan, endpoint: PlanNode): boolean {
    const callers = resourcesOfType(plan, "vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        .filter(
            (rule) =>
                inputTexts(endpoint, "securityGroupIds").includes(inputText(rule, "securityGroupId")) &&
                rule.inputs.fromPort === 443,
        )
        .map((rule) => inputText(rule, "referencedSecurityGroupId"));
    const groupsOfTasks = [
        ...resourcesOfType(plan, "ecs/service:Service").map((service) =>
            inputTexts(service, "networkConfiguration.securityGroups"),
        ),
        ...scheduledTasksOf(plan).map(({ schedule }) => inputTexts(schedule, `${scheduledNetwork}.securityGroups`)),
    ];
    return groupsOfTasks.every((groups) => groups.some((group) => callers.includes(group)));
}

export const guardDutyAgentRules: readonly Rule[] = [
    {
        name: "guardduty-agent-reachable",
        description:
            "With GuardDuty, every task can reach the image and the endpoint of its agent; without it, no task can",
        fix: "Pass `accountServices.guardDuty` to the endpoints and the execution roles, and allow the agent's image in both.",
        check: (plan, settings) => {
            const isGuardDutyEnabled = settings.accountServices.guardDuty !== "skip";
            const endpoints = vpcEndpointsOf(plan).filter(isAgentEndpoint);
            const nodesNamingAgentImage = plan.nodes.filter((node) =>
                inputText(node, "policy").includes("aws-guardduty-agent"),
            );
            return [
                ...stackFindingUnless(
                    endpoints.length === (isGuardDutyEnabled ? 1 : 0),
                    `there are ${endpoints.length} endpoints for the agent, not ${isGuardDutyEnabled ? 1 : 0}`,
                ),
                ...findingsUnless(
                    endpoints,
                    (node) => node.inputs.privateDnsEnabled === true,
                    "have private DNS enabled",
                ),
                ...findingsUnless(
                    endpoints,
                    (node) => isReachableByTasks(plan, node),
                    "accept connections from every task",
                ),
                ...findingsUnless(
                    endpoints,
                    (node) =>
                        parseStatements(inputText(node, "policy")).some(
                            ({ Effect, Action }) =>
                                Effect === "Allow" && toArray(Action).includes("guardduty:SendSecurityTelemetry"),
                        ),
                    "allow guardduty:SendSecurityTelemetry",
                ),
                ...findingsUnless(
                    isGuardDutyEnabled ? policiesForImagePull(plan) : [],
                    (node) =>
                        parseStatements(inputText(node, "policy")).some((statement) =>
                            allowsAgentImage(plan, statement),
                        ),
                    "allow pulling the agent's image, with the pull actions alone",
                ),
                ...findingsUnless(
                    nodesNamingAgentImage,
                    (node) => isGuardDutyEnabled && policiesForImagePull(plan).includes(node),
                    "not name the agent's image",
                ),
            ];
        },
    },
];
