import type { PlatformSettings } from "../../lib/settings.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { resourcesOfType, arnOf, inputText, inputTexts, findingsUnless, stackFindingUnless } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import { imagePullActions } from "../../analysis/iam/required-permissions/task-calls.ts";
import { toArray, parseStatements } from "../../analysis/iam/statements.ts";

const endpointsOfService = (plan: Plan, service: RegExp): PlanNode[] =>
    resourcesOfType(plan, "ec2/vpcEndpoint:VpcEndpoint").filter((node) => service.test(inputText(node, "serviceName")));

/** Policies that let somebody pull an image: of endpoints, and of the roles with which tasks are started. */
function policiesForImagePull(plan: Plan): PlanNode[] {
    const executionRoleArns = resourcesOfType(plan, "ecs/taskDefinition:TaskDefinition").map((node) =>
        inputText(node, "executionRoleArn"),
    );
    const roles = resourcesOfType(plan, "iam/role:Role").filter((role) => executionRoleArns.includes(arnOf(role)));
    return [
        ...endpointsOfService(plan, /\.ecr\.(api|dkr)$/),
        ...resourcesOfType(plan, "iam/rolePolicy:RolePolicy").filter(({ name }) =>
            roles.some((role) => role.name === name),
        ),
    ];
}

/** Whether a policy names the repository of GuardDuty's agent, as AWS has it in the region, for pulling and no more. */
const allowsAgentImage = (node: PlanNode, { region }: PlatformSettings): boolean =>
    parseStatements(inputText(node, "policy")).some(
        ({ Effect, Action, Resource }) =>
            Effect === "Allow" &&
            toArray(Action).toSorted().join() === imagePullActions.join() &&
            new RegExp(`^arn:[^:]+:ecr:${region}:\\d{12}:repository/aws-guardduty-agent-fargate$`).test(
                toArray(Resource).join(),
            ),
    );

/** Whether all tasks may open a connection to an endpoint. */
function isReachableByTasks(plan: Plan, endpoint: PlanNode): boolean {
    const callers = resourcesOfType(plan, "vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        .filter(
            (rule) =>
                inputTexts(endpoint, "securityGroupIds").includes(inputText(rule, "securityGroupId")) &&
                rule.inputs.fromPort === 443,
        )
        .map((rule) => inputText(rule, "referencedSecurityGroupId"));
    return resourcesOfType(plan, "ecs/service:Service").every((service) =>
        inputTexts(service, "networkConfiguration.securityGroups").some((group) => callers.includes(group)),
    );
}

export const guardDutyAgentRules: readonly Rule[] = [
    {
        name: "guardduty-agent-reachable",
        description:
            "where GuardDuty watches, every task reaches its agent's image and endpoint, and elsewhere none does",
        fix: "Pass `accountServices.guardDuty` to the endpoints and to the roles that start tasks, and let both name the agent's image.",
        controls: [],
        resourceTypes: ["ec2/vpcEndpoint:VpcEndpoint", "iam/rolePolicy:RolePolicy", "ecs/service:Service"],
        check: (plan, settings) => {
            const isGuardDutyEnabled = settings.accountServices.guardDuty !== "skip";
            const endpoints = endpointsOfService(plan, /\.guardduty-data$/);
            const nodesNamingAgentImage = plan.nodes.filter((node) =>
                inputText(node, "policy").includes("aws-guardduty-agent"),
            );
            return [
                ...stackFindingUnless(
                    endpoints.length === (isGuardDutyEnabled ? 1 : 0),
                    `${endpoints.length} endpoints of the agent`,
                ),
                ...findingsUnless(
                    endpoints,
                    (node) => node.inputs.privateDnsEnabled === true,
                    "answer to the agent's own name",
                ),
                ...findingsUnless(endpoints, (node) => isReachableByTasks(plan, node), "let every task in"),
                ...findingsUnless(
                    endpoints,
                    (node) =>
                        parseStatements(inputText(node, "policy")).some(
                            ({ Effect, Action }) =>
                                Effect === "Allow" && toArray(Action).includes("guardduty:SendSecurityTelemetry"),
                        ),
                    "take what the agent reports",
                ),
                ...findingsUnless(
                    isGuardDutyEnabled ? policiesForImagePull(plan) : [],
                    (node) => allowsAgentImage(node, settings),
                    "let the agent's image be pulled",
                ),
                ...findingsUnless(
                    nodesNamingAgentImage,
                    (node) => isGuardDutyEnabled && policiesForImagePull(plan).includes(node),
                    "have nothing to do with the agent's image",
                ),
            ];
        },
    },
];
