import type { Plan } from "../../plan/plan.ts";
import { networkGraphOf, type ServiceUse } from "../../analysis/network/network-graph.ts";
import { nodeLabel } from "../../analysis/network/network-nodes.ts";
import type { Rule } from "../rule.ts";

/** `payment (task) -> sqs`. */
const awsCallText = ({ networkNode, caller, service }: ServiceUse, suffix: string): string =>
    `${nodeLabel(networkNode, suffix)} (${caller}) -> ${service.replace(/^(cn\.)?com\.amazonaws\.[a-z0-9-]+\./, "")}`;

const awsCallsOf = (plan: Plan): readonly ServiceUse[] => networkGraphOf(plan).serviceUses;

export const privatePathRules: readonly Rule[] = [
    {
        name: "aws-calls-have-a-route",
        description: "Every AWS call of a task or function has a route that allows it",
        fix: "Add the missing endpoint, security group rule or policy action.",
        check: (plan, { environmentSuffix }) =>
            awsCallsOf(plan).flatMap((use) => {
                const { networkNode, routing } = use;
                return "missing" in routing && networkNode.node !== undefined
                    ? [
                          {
                              node: networkNode.node,
                              reason: `${awsCallText(use, environmentSuffix)} fails: ${routing.missing}`,
                          },
                      ]
                    : [];
            }),
        evidence: (plan, { environmentSuffix }) =>
            awsCallsOf(plan).flatMap((use) =>
                "allowedBy" in use.routing ? [`${awsCallText(use, environmentSuffix)}: ${use.routing.allowedBy}`] : [],
            ),
    },
];
