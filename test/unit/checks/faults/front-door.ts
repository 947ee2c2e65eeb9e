import { expect } from "@jest/globals";
import { apiKeyIdHeader, gatewayTokenHeader } from "../../../../contract/gateway.ts";
import { Secret, type Values } from "../../../../plan/plan.ts";
import {
    withValueAt,
    changeInputs,
    changeOptions,
    changePolicy,
    changeResources,
    keepItems,
    mentions,
    removeResources,
    type FaultsByRule,
} from "../fault.ts";

const queue = "aws:sqs/queue:Queue";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const lambda = "aws:lambda/function:Function";
const method = "aws:apigateway/method:Method";
const stage = "aws:apigateway/stage:Stage";
const methodSettings = "aws:apigateway/methodSettings:MethodSettings";
const integration = "aws:apigateway/integration:Integration";
const secretVersion = "aws:secretsmanager/secretVersion:SecretVersion";
const taskDefinition = "aws:ecs/taskDefinition:TaskDefinition";
const listenerRule = "aws:lb/listenerRule:ListenerRule";
const webAcl = "aws:wafv2/webAcl:WebAcl";
const firewallLog = "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration";
const permission = "aws:lambda/permission:Permission";
const usagePlan = "aws:apigateway/usagePlan:UsagePlan";

const changeModel = (schema: Values) =>
    changeInputs("aws:apigateway/model:Model", "", { schema: JSON.stringify(schema) });

/** Parameters of an integration with the given headers, besides those of a good one. */
const sending = (headers: Readonly<Record<string, string | Secret>>): Values =>
    Object.fromEntries(
        Object.entries({
            "x-api-key": "'withheld'",
            [apiKeyIdHeader]: "context.identity.apiKeyId",
            [gatewayTokenHeader]: new Secret("'token'"),
            ...headers,
        }).map(([name, value]) => [`integration.request.header.${name}`, value]),
    );
const sendsNoIdentity =
    "payment-gateway-services-prod must send a secret token as x-gateway-token, and context.identity.apiKeyId as x-api-key-id, each by one mapping";

const storesNoToken =
    "payment-gateway-token-prod must have a value that Pulumi encrypts, with tokens of 32 characters or more, as services refuse others";
const tokensText = (...tokens: string[]): string => JSON.stringify({ merchants: {}, tokens });

const withoutRule = (rules: Values[], name: string): Values[] => rules.filter((rule) => rule.name !== name);
const withRateLimit = (rules: Values[], limit: number): Values[] =>
    rules.map((rule) => (rule.name === "RateLimit" ? withLimit(rule, limit) : rule));
const withLimit = (rule: Values, limit: number): Values => ({
    ...rule,
    ...withValueAt("statement.rateBasedStatement.limit", limit)(rule),
});

/** Replaces a text in the rules of the API's web ACL. */
const changeRulesOfApi = (from: string, to: string) =>
    changeInputs(webAcl, "gateway", ({ rules }) => {
        const text = JSON.stringify(rules);
        expect(text).toContain(from);
        return { rules: JSON.parse(text.replace(from, to)) as Values[] };
    });

export const frontDoorFaults: FaultsByRule = {
    "functions-contained": {
        "outside the VPC": [
            changeInputs(lambda, "", { vpcConfig: { subnetIds: [], securityGroupIds: [] } }),
            "payment-validator-prod must run in the VPC, with one security group",
        ],
        "a second security group": [
            changeInputs(lambda, "", withValueAt("vpcConfig.securityGroupIds", ["sg-1", "sg-2"])),
            "payment-validator-prod must run in the VPC, with one security group",
        ],
        "an x86 processor": [
            changeInputs(lambda, "", { architectures: ["x86_64"] }),
            "payment-validator-prod must run on arm64",
        ],
        "no tracing": [
            changeInputs(lambda, "", { tracingConfig: { mode: "PassThrough" } }),
            "payment-validator-prod must have X-Ray tracing enabled",
        ],
        "no dead-letter queue": [
            removeResources(queue, "validator-dlq"),
            "payment-validator-prod must send failed events to a queue of the stack",
        ],
        "the log group of Lambda": [
            changeInputs(lambda, "", withValueAt("loggingConfig.logGroup", "/aws/lambda/other")),
            "payment-validator-prod must write JSON to a log group of the stack",
        ],
    },
    "functions-invoked-by-own-stack": {
        "a source ARN for any method": [
            changePolicy(permission, "", "/POST/", "/*/", "sourceArn"),
            "payment-gateway-validate-prod must allow one method or target group of the stack",
        ],
        "another API": [
            changeInputs(permission, "", {
                sourceArn: "arn:aws:execute-api:us-east-1:123456789012:other/v1/POST/",
            }),
            "payment-gateway-validate-prod must allow one method or target group of the stack",
        ],
        "another service": [
            changeInputs(permission, "", { principal: "s3.amazonaws.com" }),
            "payment-gateway-validate-prod must allow one method or target group of the stack",
        ],
        "no source": [
            changeInputs(permission, "", { sourceArn: "" }),
            "payment-gateway-validate-prod must allow one method or target group of the stack",
        ],
        "all Lambda actions": [
            changeInputs(permission, "", { action: "lambda:*" }),
            "payment-gateway-validate-prod must allow lambda:InvokeFunction only",
        ],
        "another function": [
            changeInputs("aws:apigateway/integration:Integration", "validate", { uri: "arn:other" }),
            "payment-gateway-validate-prod must invoke a function of the stack",
        ],
        "a function URL": [
            changeResources(lambda, "", (node) => [
                node,
                { ...node, type: "aws:lambda/functionUrl:FunctionUrl", urn: `${node.urn}-url` },
            ]),
            "the stack a function has a function URL",
        ],
    },
    "methods-ask-for-keys": {
        "no key": [
            changeInputs(method, "gateway-validate", { apiKeyRequired: false }),
            "payment-gateway-validate-prod must require an API key",
        ],
        "a service without a key": [
            changeInputs(method, "gateway-services", { apiKeyRequired: false }),
            "payment-gateway-services-prod must require an API key",
        ],
        "no request validator": [
            changeInputs(method, "gateway-services", { requestValidatorId: "" }),
            "payment-gateway-services-prod must have a request validator for parameters",
        ],
        "no validation of the body": [
            changeInputs("aws:apigateway/requestValidator:RequestValidator", "body", {
                validateRequestBody: false,
            }),
            "payment-gateway-validate-prod must have a request validator and a model for bodies of every media type",
        ],
        "another media type": [
            changeInputs(method, "gateway-validate", {
                requestModels: { "application/json": "Payment" },
            }),
            "payment-gateway-validate-prod must have a request validator and a model for bodies of every media type",
        ],
        "a preflight request to a service": [
            changeInputs("aws:apigateway/integration:Integration", "options-validate", {
                type: "HTTP_PROXY",
            }),
            "payment-gateway-options-validate-prod must require an API key",
        ],
    },
    "api-modern-tls": {
        "a load balancer whose certificate is not verified": [
            changeInputs("aws:apigateway/integration:Integration", "gateway-services", {
                tlsConfig: { insecureSkipVerification: true },
            }),
            "payment-gateway-services-prod must verify the certificate of the load balancer, which is self-signed by `certificate.source` alone",
        ],
        "old TLS": [
            changeInputs("aws:apigateway/restApi:RestApi", "", { securityPolicy: "TLS_1_0" }),
            "payment-gateway-prod must accept TLS 1.2 and 1.3 only",
        ],
        "an integration over the internet": [
            changeInputs("aws:apigateway/integration:Integration", "gateway-services", {
                connectionType: "INTERNET",
            }),
            "payment-gateway-services-prod must call the load balancer over HTTPS through the VPC link",
        ],
        "an integration over HTTP": [
            changePolicy("aws:apigateway/integration:Integration", "gateway-services", "https:", "http:", "uri"),
            "payment-gateway-services-prod must call the load balancer over HTTPS through the VPC link",
        ],
        "another load balancer": [
            changeInputs("aws:apigateway/integration:Integration", "gateway-services", {
                integrationTarget: "arn:other",
            }),
            "payment-gateway-services-prod must call the load balancer over HTTPS through the VPC link",
        ],
    },
    "integration-hosts-public": {
        "a private top-level domain": [
            changeInputs(integration, "gateway-services", { uri: "https://payment-platform-prod.internal/{proxy}" }),
            "payment-gateway-services-prod must name a host below a public top-level domain in its URI",
        ],
        "a name without a domain": [
            changeInputs(integration, "gateway-services", { uri: "https://payments/{proxy}" }),
            "payment-gateway-services-prod must name a host below a public top-level domain in its URI",
        ],
    },
    "api-keys-withheld": {
        "a key that is passed on": [
            changeInputs(integration, "gateway-services", {
                requestParameters: { "integration.request.path.proxy": "method.request.path.proxy" },
            }),
            "payment-gateway-services-prod must replace the header x-api-key by one mapping",
        ],
        "a second mapping of other case": [
            changeInputs(integration, "gateway-services", {
                requestParameters: sending({ "X-Api-Key": "method.request.header.x-api-key" }),
            }),
            "payment-gateway-services-prod must replace the header x-api-key by one mapping",
        ],
    },
    "api-names-the-merchant": {
        "headers that the client may send": [
            changeInputs(integration, "gateway-services", {
                requestParameters: { "integration.request.header.X-Api-Key": "'withheld'" },
            }),
            sendsNoIdentity,
        ],
        "a token in the open": [
            changeInputs(integration, "gateway-services", {
                requestParameters: sending({ [gatewayTokenHeader]: "'open'" }),
            }),
            sendsNoIdentity,
        ],
        "a merchant that the client names": [
            changeInputs(integration, "gateway-services", {
                requestParameters: sending({ [apiKeyIdHeader]: "method.request.header.X-Api-Key-Id" }),
            }),
            sendsNoIdentity,
        ],
        "a second token, in a header of other case": [
            changeInputs(integration, "gateway-services", {
                requestParameters: sending({ "X-Gateway-Token": "method.request.header.x-gateway-token" }),
            }),
            sendsNoIdentity,
        ],
        "a second merchant, in a header of other case": [
            changeInputs(integration, "gateway-services", {
                requestParameters: sending({ "X-Api-Key-Id": "method.request.header.x-api-key-id" }),
            }),
            sendsNoIdentity,
        ],
        "a token that services do not know": [
            changeInputs(secretVersion, "gateway-token", {
                secretString: new Secret('{"merchants":{},"tokens":["another"]}'),
            }),
            "payment-gateway-services-prod must send a token that the secret of the services has",
        ],
        "a former token of 31 characters": [
            changeInputs(secretVersion, "gateway-token", {
                secretString: new Secret(tokensText("a".repeat(32), "b".repeat(31))),
            }),
            storesNoToken,
        ],
        "tokens in the open": [
            changeInputs(secretVersion, "gateway-token", { secretString: tokensText("a".repeat(32)) }),
            storesNoToken,
        ],
        "a service without the secret": [
            changePolicy(taskDefinition, "payment-api-prod", "GATEWAY_SECRET_ARN", "OTHER_ARN", "containerDefinitions"),
            "payment-api-prod must have the secret of the API in GATEWAY_SECRET_ARN",
        ],
    },
    "services-matched-with-stage": {
        "paths without the stage alone": [
            changeInputs(listenerRule, "payment-api-", { conditions: [{ pathPattern: { values: ["/api/*"] } }] }),
            "payment-api-prod must match each path with and without /v1/, in 5 patterns at most",
        ],
        "more patterns than AWS allows": [
            changeInputs(listenerRule, "payment-api-", {
                conditions: [{ pathPattern: { values: ["/a", "/b", "/c", "/v1/a", "/v1/b", "/v1/c"] } }],
            }),
            "payment-api-prod must match each path with and without /v1/, in 5 patterns at most",
        ],
    },
    "merchant-limits-agree": {
        "a web ACL that blocks a merchant within its plan": [
            changeInputs(webAcl, "gateway", (old) => ({ rules: withRateLimit(old.rules as Values[], 2000) })),
            "payment-gateway-merchant-example-shop-prod must have a rate of at most 6.666666666666667 requests per second, which payment-gateway-firewall-prod allows an address",
        ],
        "a stage that allows less than a merchant": [
            changeInputs(methodSettings, "", withValueAt("settings.throttlingBurstLimit", 99)),
            "payment-gateway-merchant-example-shop-prod must have a rate and a burst of at most the stage's",
        ],
        "a quota that is used up in minutes": [
            changeInputs(usagePlan, "", withValueAt("quotaSettings.limit", 10_000)),
            "payment-gateway-merchant-example-shop-prod must have a daily quota of 180000 or more, an hour at its rate",
        ],
    },
    "api-firewall-for-programs": {
        "no rule for the size of bodies": [
            changeInputs(webAcl, "gateway", (old) => ({ rules: withoutRule(old.rules as Values[], "BodySize") })),
            "payment-gateway-firewall-prod must block bodies of more than 16384 bytes",
        ],
        "a smaller size": [
            changeRulesOfApi("16384", "8192"),
            "payment-gateway-firewall-prod must block bodies of more than 16384 bytes",
        ],
        "bodies of which WAF sees the beginning only": [
            changeRulesOfApi('"MATCH"', '"CONTINUE"'),
            "payment-gateway-firewall-prod must block bodies of more than 16384 bytes",
        ],
        "AWS's rules for browsers": [
            changeRulesOfApi("NoUserAgent_HEADER", "UserAgent_BadBots_HEADER"),
            "payment-gateway-firewall-prod must count NoUserAgent_HEADER and SizeRestrictions_BODY of CommonRuleSet, and no other rule",
        ],
        "AWS's rule against clouds": [
            changeRulesOfApi("HostingProviderIPList", "AnonymousIPList"),
            "payment-gateway-firewall-prod must count HostingProviderIPList of AnonymousIpList, and no other rule",
        ],
    },
    "firewalls-inspect-all": {
        "an uninspected address outside the VPC": [
            changeInputs("aws:wafv2/ipSet:IpSet", "", { addresses: ["198.51.100.0/24"] }),
            "payment-firewall-prod must allow uninspected requests from the VPC only",
        ],
        "an uninspected path": [
            changeInputs(webAcl, "payment-firewall", (old) => ({
                rules: [
                    ...(old.rules as Values[]),
                    { name: "Path", priority: 9, action: { allow: {} }, statement: {} },
                ],
            })),
            "payment-firewall-prod must allow uninspected requests from the VPC only",
        ],
    },
    "stages-throttled-and-redacted": {
        tracing: [
            changeInputs(stage, "", { xrayTracingEnabled: true }),
            "payment-gateway-stage-prod must have X-Ray tracing disabled: a trace has the whole URL",
        ],
        "a pattern, whose text in the log quotes the value": [
            changeModel({ properties: { customerId: { type: "string", pattern: "^[a-z]+$" } } }),
            "payment-gateway-payment-prod must have no keyword but $schema, title, type, required, properties: API Gateway logs what breaks another one",
        ],
        "a model that refuses unknown fields, whose names would be in the log": [
            changeModel({ type: "object", additionalProperties: false }),
            "payment-gateway-payment-prod must have no keyword but $schema, title, type, required, properties: API Gateway logs what breaks another one",
        ],
        "no certificate": [
            changeInputs(stage, "", { clientCertificateId: "" }),
            "payment-gateway-stage-prod must have a client certificate",
        ],
        "data tracing": [
            changeInputs(methodSettings, "", withValueAt("settings.dataTraceEnabled", true)),
            "payment-gateway-stage-prod must log errors only, without request data, and cache nothing",
        ],
        "logging of all requests": [
            changeInputs(methodSettings, "", withValueAt("settings.loggingLevel", "INFO")),
            "payment-gateway-stage-prod must log errors only, without request data, and cache nothing",
        ],
        "a cache": [
            changeInputs(methodSettings, "", withValueAt("settings.cachingEnabled", true)),
            "payment-gateway-stage-prod must log errors only, without request data, and cache nothing",
        ],
        "no throttling": [
            changeInputs(methodSettings, "", withValueAt("settings.throttlingRateLimit", -1)),
            "payment-gateway-stage-prod must have the throttling limits that the stack sets",
        ],
        "method settings for one method": [
            changeInputs(methodSettings, "", { methodPath: "validate/POST" }),
            "payment-gateway-stage-prod must have method settings for `*/*` alone",
        ],
        "the request path in the log": [
            changeInputs(stage, "", withValueAt("accessLogSettings.format", '{"path":"$context.path"}')),
            "payment-gateway-stage-prod must log no variable that callers control",
        ],
        "the request body in the log": [
            changeInputs(stage, "", withValueAt("accessLogSettings.format", '{"body":"$input.body"}')),
            "payment-gateway-stage-prod must log no variable that callers control",
        ],
        "the API key in the log": [
            changeInputs(stage, "", withValueAt("accessLogSettings.format", '{"key":"$context.identity.apiKey"}')),
            "payment-gateway-stage-prod must log no variable that callers control",
        ],
        "a log group of another stack": [
            changeInputs(stage, "", withValueAt("accessLogSettings.destinationArn", "arn:other")),
            "payment-gateway-stage-prod must log to log groups of the stack",
        ],
        "no execution log group": [
            removeResources(logGroup, "gateway-execution"),
            "payment-gateway-stage-prod must log to log groups of the stack",
        ],
    },
    "public-endpoints-behind-waf": {
        "an API stage without a web ACL": [
            removeResources("aws:wafv2/webAclAssociation:WebAclAssociation", "gateway"),
            "payment-gateway-stage-prod must have one web ACL of the stack",
        ],
        "a load balancer without a web ACL": [
            removeResources("aws:wafv2/webAclAssociation:WebAclAssociation", "payment-firewall"),
            "payment-prod must have one web ACL of the stack",
        ],
        "a log of some requests": [
            changeInputs("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "gateway", {
                loggingFilter: { defaultBehavior: "DROP", filters: [] },
            }),
            "payment-gateway-firewall-prod must log all requests",
        ],
        "no log": [
            removeResources("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "gateway"),
            "payment-gateway-firewall-prod must have a log",
        ],
    },
    "firewall-logs-redacted": {
        "a log with API keys": [
            keepItems(firewallLog, "redactedFields", (field) => !mentions("x-api-key")(field)),
            "payment-firewall-prod must redact the headers authorization, cookie, x-api-key, x-gateway-token, idempotency-key, referer, x-correlation-id, the query string and the path",
        ],
        "a log with idempotency keys": [
            keepItems(firewallLog, "redactedFields", (field) => !mentions("idempotency-key")(field)),
            "payment-firewall-prod must redact the headers authorization, cookie, x-api-key, x-gateway-token, idempotency-key, referer, x-correlation-id, the query string and the path",
        ],
        "a log with query strings": [
            keepItems(firewallLog, "redactedFields", (field) => !mentions("queryString")(field)),
            "payment-firewall-prod must redact the headers authorization, cookie, x-api-key, x-gateway-token, idempotency-key, referer, x-correlation-id, the query string and the path",
        ],
        "a log with paths": [
            keepItems(firewallLog, "redactedFields", (field) => !mentions("uriPath")(field)),
            "payment-firewall-prod must redact the headers authorization, cookie, x-api-key, x-gateway-token, idempotency-key, referer, x-correlation-id, the query string and the path",
        ],
    },
    "merchants-keyed": {
        "no limits": [
            changeInputs(usagePlan, "", { quotaSettings: {}, throttleSettings: {} }),
            "the stack the limits of the usage plans are not those of `gateway.merchants`",
        ],
        "a higher limit for a method": [
            changeInputs(usagePlan, "", ({ apiStages }) => ({
                apiStages: (apiStages as Values[]).map((each) => ({
                    ...each,
                    throttles: [{ path: "/validate/POST", rateLimit: 1_000_000, burstLimit: 1_000_000 }],
                })),
            })),
            "payment-gateway-merchant-example-shop-prod must have no other limits for single methods",
        ],
        "a usage plan for another stage": [
            changeInputs(usagePlan, "", { apiStages: [{ apiId: "x", stage: "test" }] }),
            "payment-gateway-merchant-example-shop-prod must give API keys of the stack access to the stage",
        ],
        "a key without a usage plan": [
            removeResources("aws:apigateway/usagePlanKey:UsagePlanKey"),
            "payment-gateway-merchant-example-shop-prod must give API keys of the stack access to the stage",
        ],
        "a usage plan for another key": [
            changeInputs("aws:apigateway/usagePlanKey:UsagePlanKey", "", { keyId: "other" }),
            "payment-gateway-merchant-example-shop-prod must belong to one usage plan",
        ],
        "a key with a given value": [
            changeInputs("aws:apigateway/apiKey:ApiKey", "", { value: "chosen-by-a-person-12345" }),
            "payment-gateway-merchant-example-shop-prod must have no `value`, so that AWS generates it",
        ],
        "a key without a secret": [
            removeResources("aws:secretsmanager/secretVersion:SecretVersion", "merchant"),
            "payment-gateway-merchant-example-shop-prod must admit an API key that is kept in a secret of the stack",
        ],
        "a key in plain text": [
            changeResources("aws:apigateway/apiKey:ApiKey", "", (node) => [
                { ...node, outputs: { ...node.outputs, value: "plain" } },
            ]),
            "payment-gateway-merchant-example-shop-prod must be a secret output",
        ],
        "a key in the state": [
            changeOptions("aws:apigateway/usagePlanKey:UsagePlanKey", {
                additionalSecretOutputs: [],
            }),
            "payment-gateway-merchant-example-shop-prod must list `value` in `additionalSecretOutputs`: it repeats the API key",
        ],
        "an additional key": [
            changeResources("aws:apigateway/apiKey:ApiKey", "", (node) => [node, { ...node, id: "another" }]),
            "the stack there are 2 API keys for 1 merchants",
        ],
    },
    "account-services-as-set": {
        "no role for logs": [
            removeResources("aws:apigateway/account:Account"),
            "the stack there are 0 of apigateway/account:Account, where apiGatewayRole is create",
        ],
        "an additional detector": [
            changeResources("aws:apigateway/account:Account", "", (node) => [
                node,
                { ...node, type: "aws:guardduty/detector:Detector" },
            ]),
            "the stack there are 1 of guardduty/detector:Detector, where guardDuty is skip",
        ],
    },
};
