import type { Plan, PlanNode } from "../../plan/plan.ts";
import { arnOf, findingsUnless, getPath, inputText, itemsOf, resourcesOfType, textAtPath } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/**
 * Top-level domains that are in no public list, which API Gateway may refuse in the URI of an integration
 * (https://github.com/aws/aws-cdk/issues/24017, https://www.iana.org/assignments/special-use-domain-names).
 */
const privateTopLevelDomains = ["internal", "local", "localhost", "lan", "home", "corp", "test", "invalid", "arpa"];

/** AWS allows five values in the conditions of a listener rule (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html). */
const maxConditionValues = 5;

const httpIntegrations = (plan: Plan): PlanNode[] =>
    resourcesOfType(plan, "apigateway/integration:Integration").filter((each) =>
        inputText(each, "type").startsWith("HTTP"),
    );

const hostOf = (integration: PlanNode): string => {
    const uri = inputText(integration, "uri");
    return URL.canParse(uri) ? new URL(uri).hostname : "";
};

/** Whether a static value or another parameter replaces a header of the request; header names have no case. */
const replacesHeader = (integration: PlanNode, header: string): boolean =>
    Object.keys(getPath(integration.inputs, "requestParameters") ?? {}).some(
        (parameter) => parameter.toLowerCase() === `integration.request.header.${header}`,
    );

const pathPatternsOf = (rule: PlanNode): string[] =>
    itemsOf(getPath(rule.inputs, "conditions")).flatMap((condition) =>
        itemsOf(getPath(condition, "pathPattern.values")).map(String),
    );

/** Listener rules that forward to tasks. */
const rulesOfServices = (plan: Plan): PlanNode[] => {
    const groups = resourcesOfType(plan, "lb/targetGroup:TargetGroup")
        .filter((group) => inputText(group, "targetType") === "ip")
        .map(arnOf);
    return resourcesOfType(plan, "lb/listenerRule:ListenerRule").filter((rule) =>
        itemsOf(getPath(rule.inputs, "actions")).some((action) =>
            groups.includes(textAtPath(action, "targetGroupArn")),
        ),
    );
};

export const apiIntegrationRules: readonly Rule[] = [
    {
        name: "integration-hosts-public",
        description: "The API calls the load balancer by a host below a public top-level domain",
        fix: "Name a host below a public domain in the URI, such as one that nobody can own.",
        check: (plan) =>
            findingsUnless(
                httpIntegrations(plan),
                (each) => {
                    const labels = hostOf(each).split(".");
                    return labels.length > 1 && !privateTopLevelDomains.includes(labels.at(-1) ?? "");
                },
                "name a host below a public top-level domain in its URI",
            ),
    },
    {
        name: "api-keys-withheld",
        description: "The API sends no API key to services",
        fix: "Replace the header x-api-key in the request parameters of the integration.",
        check: (plan) =>
            findingsUnless(
                httpIntegrations(plan),
                (each) => replacesHeader(each, "x-api-key"),
                "replace the header x-api-key",
            ),
    },
    {
        name: "services-matched-with-stage",
        description: "The load balancer finds a service by its path, with and without the stage of the API",
        fix: "Add the path with the stage before it to the patterns of the listener rule.",
        check: (plan) =>
            resourcesOfType(plan, "apigateway/stage:Stage").flatMap((stage) => {
                const prefix = `/${inputText(stage, "stageName")}/`;
                return findingsUnless(
                    rulesOfServices(plan),
                    (rule) => {
                        const patterns = pathPatternsOf(rule);
                        const plain = patterns.filter((pattern) => !pattern.startsWith(prefix));
                        return (
                            plain.length > 0 &&
                            patterns.length <= maxConditionValues &&
                            plain.every((pattern) => patterns.includes(`${prefix}${pattern.slice(1)}`))
                        );
                    },
                    `match each path with and without ${prefix}, in ${maxConditionValues} patterns at most`,
                );
            }),
    },
];
