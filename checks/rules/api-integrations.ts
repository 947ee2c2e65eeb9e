import { apiKeyIdHeader, gatewayTokenHeader, minGatewayTokenLength } from "../../contract/gateway.ts";
import { isPublicDomain } from "../../lib/private-domains.ts";
import { environmentVariable, receivesRequests, serviceFindingsUnless } from "../../plan/ecs-services.ts";
import { tokensOf } from "../../plan/gateway-secret.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    arnOf,
    findingsUnless,
    getPath,
    inputText,
    itemsOf,
    resourcesOfType,
    textAtPath,
    toText,
} from "../../plan/query.ts";
import { Secret, unwrapSecret } from "../../plan/value.ts";
import type { Rule } from "../rule.ts";

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

/**
 * What an integration sends as a header, whatever the client sent; nothing unless exactly one mapping sets it. Header names have no
 * case: of two mappings that differ in case only, either could be the one that the service reads.
 */
function sentHeader({ inputs }: PlanNode, header: string): unknown {
    const mappings = Object.entries(inputs.requestParameters ?? {}).filter(
        ([parameter]) => parameter.toLowerCase() === `integration.request.header.${header}`,
    );
    return mappings.length === 1 ? mappings[0]?.[1] : undefined;
}

/** A secret header that an integration sends; empty if it sets none, or a readable one. */
function secretHeader(integration: PlanNode, header: string): string {
    const sent = sentHeader(integration, header);
    return sent instanceof Secret ? toText(sent.value) : "";
}

/** Secrets of the plan that have tokens of the API, with those tokens and what stores them. */
function gatewaySecretsOf(plan: Plan): { arn: string; tokens: string[]; version: PlanNode }[] {
    const secrets = resourcesOfType(plan, "secretsmanager/secret:Secret");
    return resourcesOfType(plan, "secretsmanager/secretVersion:SecretVersion").flatMap((version) => {
        const secret = secrets.find(({ id }) => id === inputText(version, "secretId"));
        const tokens = tokensOf(unwrapSecret(version.inputs.secretString));
        return secret === undefined || tokens.length === 0 ? [] : [{ arn: arnOf(secret), tokens, version }];
    });
}

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
                (each) => isPublicDomain(hostOf(each)),
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
                (each) => sentHeader(each, "x-api-key") !== undefined,
                "replace the header x-api-key by one mapping",
            ),
    },
    {
        name: "api-names-the-merchant",
        description: "Services get their callers' identity from the API, and no client can choose it",
        fix: "Send the token and the key's ID by the integration, and the secret's ARN to each service with a path.",
        check: (plan) => [
            ...findingsUnless(
                httpIntegrations(plan),
                (each) =>
                    secretHeader(each, gatewayTokenHeader) !== "" &&
                    sentHeader(each, apiKeyIdHeader) === "context.identity.apiKeyId",
                `send a secret token as ${gatewayTokenHeader}, and context.identity.apiKeyId as ${apiKeyIdHeader}, each by one mapping`,
            ),
            ...findingsUnless(
                httpIntegrations(plan).filter((each) => secretHeader(each, gatewayTokenHeader) !== ""),
                (each) =>
                    gatewaySecretsOf(plan).some(({ tokens }) =>
                        tokens.some((token) => `'${token}'` === secretHeader(each, gatewayTokenHeader)),
                    ),
                "send a token that the secret of the services has",
            ),
            ...findingsUnless(
                gatewaySecretsOf(plan).map(({ version }) => version),
                ({ inputs: { secretString } }) =>
                    secretString instanceof Secret &&
                    tokensOf(secretString.value).every(({ length }) => length >= minGatewayTokenLength),
                `have a value that Pulumi encrypts, with tokens of ${minGatewayTokenLength} characters or more, as services refuse others`,
            ),
            ...serviceFindingsUnless(
                plan,
                (service) =>
                    !receivesRequests(service) ||
                    gatewaySecretsOf(plan).some(({ arn }) =>
                        service.containers.some((each) => environmentVariable(each, "GATEWAY_SECRET_ARN") === arn),
                    ),
                "have the secret of the API in GATEWAY_SECRET_ARN",
            ),
        ],
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
