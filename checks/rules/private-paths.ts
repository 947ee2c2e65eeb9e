import type { Plan } from "../../plan/plan.ts";
import { graphOf, type Use } from "../../analysis/network/network-graph.ts";
import { labelOf } from "../../analysis/network/network-nodes.ts";
import type { Rule } from "../rule.ts";

/** `payment (task) -> sqs`. */
const showUse = ({ place, by, service }: Use, suffix: string): string =>
    `${labelOf(place, suffix)} (${by}) -> ${service.replace(/^com\.amazonaws\.[a-z0-9-]+\./, "")}`;

const usesOf = (plan: Plan): readonly Use[] => graphOf(plan).uses;

export const privatePathRules: readonly Rule[] = [
    {
        name: "calls-to-aws-arrive",
        promise: "every call that a task or function makes to AWS has a way there that admits it",
        fix: "Add the endpoint, the security group's rule or the policy's action that is missing.",
        controls: ["PCI-1.3.2", "PCI-1.4.2"],
        about: [
            "ec2/vpcEndpoint:VpcEndpoint",
            "ecs/service:Service",
            "ecs/taskDefinition:TaskDefinition",
            "iam/rolePolicy:RolePolicy",
            "lambda/function:Function",
        ],
        check: (plan, { environmentSuffix }) =>
            usesOf(plan).flatMap((use) => {
                const { place, way } = use;
                return "missing" in way && place.node !== undefined
                    ? [{ node: place.node, reason: `${showUse(use, environmentSuffix)} fails: ${way.missing}` }]
                    : [];
            }),
        evidence: (plan, { environmentSuffix }) =>
            usesOf(plan).flatMap((use) =>
                "by" in use.way ? [`${showUse(use, environmentSuffix)}: ${use.way.by}`] : [],
            ),
    },
];
