import type { PlatformSettings } from "../../lib/settings.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import { all, arnOf, text, texts, unless, unlessStack } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";
import { many, statementsIn } from "../../analysis/iam/statements.ts";

const pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

const endpointsOf = (plan: Plan, service: RegExp): PlanNode[] =>
    all(plan, "ec2/vpcEndpoint:VpcEndpoint").filter((node) => service.test(text(node, "serviceName")));

/** Policies that let somebody pull an image: of endpoints, and of the roles with which tasks are started. */
function pullers(plan: Plan): PlanNode[] {
    const starting = all(plan, "ecs/taskDefinition:TaskDefinition").map((node) => text(node, "executionRoleArn"));
    const roles = all(plan, "iam/role:Role").filter((role) => starting.includes(arnOf(role)));
    return [
        ...endpointsOf(plan, /\.ecr\.(api|dkr)$/),
        ...all(plan, "iam/rolePolicy:RolePolicy").filter(({ name }) => roles.some((role) => role.name === name)),
    ];
}

/** Whether a policy names the repository of GuardDuty's agent, as AWS has it in the region, for pulling and no more. */
const admitsAgent = (node: PlanNode, { region }: PlatformSettings): boolean =>
    statementsIn(text(node, "policy")).some(
        ({ Effect, Action, Resource }) =>
            Effect === "Allow" &&
            many(Action).toSorted().join() === pull.join() &&
            new RegExp(`^arn:[^:]+:ecr:${region}:\\d{12}:repository/aws-guardduty-agent-fargate$`).test(
                many(Resource).join(),
            ),
    );

/** Whether all tasks may open a connection to an endpoint. */
function isReached(plan: Plan, endpoint: PlanNode): boolean {
    const callers = all(plan, "vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        .filter(
            (rule) =>
                texts(endpoint, "securityGroupIds").includes(text(rule, "securityGroupId")) &&
                rule.inputs.fromPort === 443,
        )
        .map((rule) => text(rule, "referencedSecurityGroupId"));
    return all(plan, "ecs/service:Service").every((service) =>
        texts(service, "networkConfiguration.securityGroups").some((group) => callers.includes(group)),
    );
}

export const agentRules: readonly Rule[] = [
    {
        name: "agent-reached-where-watched",
        promise: "where GuardDuty watches, every task reaches its agent's image and endpoint, and elsewhere none does",
        fix: "Pass `accountServices.guardDuty` to the endpoints and to the roles that start tasks, and let both name the agent's image.",
        controls: [],
        about: ["ec2/vpcEndpoint:VpcEndpoint", "iam/rolePolicy:RolePolicy", "ecs/service:Service"],
        check: (plan, settings) => {
            const watched = settings.accountServices.guardDuty !== "skip";
            const endpoints = endpointsOf(plan, /\.guardduty-data$/);
            const mentions = plan.nodes.filter((node) => text(node, "policy").includes("aws-guardduty-agent"));
            return [
                ...unlessStack(endpoints.length === (watched ? 1 : 0), `${endpoints.length} endpoints of the agent`),
                ...unless(
                    endpoints,
                    (node) => node.inputs.privateDnsEnabled === true,
                    "answer to the agent's own name",
                ),
                ...unless(endpoints, (node) => isReached(plan, node), "let every task in"),
                ...unless(
                    endpoints,
                    (node) =>
                        statementsIn(text(node, "policy")).some(
                            ({ Effect, Action }) =>
                                Effect === "Allow" && many(Action).includes("guardduty:SendSecurityTelemetry"),
                        ),
                    "take what the agent reports",
                ),
                ...unless(
                    watched ? pullers(plan) : [],
                    (node) => admitsAgent(node, settings),
                    "let the agent's image be pulled",
                ),
                ...unless(
                    mentions,
                    (node) => watched && pullers(plan).includes(node),
                    "have nothing to do with the agent's image",
                ),
            ];
        },
    },
];
