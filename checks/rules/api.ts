import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    isPlainObject,
    resourcesOfType,
    arnOf,
    getPath,
    toText,
    inputText,
    findingsUnless,
    findingUnlessExactlyOne,
    stackFindingUnless,
} from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/** Access log variables, with all below them, whose values callers control. */
const callerControlledVariables = [
    "$input",
    "$context.path",
    "$context.requestId",
    "$context.requestOverride",
    "$context.responseOverride",
    "$context.customDomain",
    "$context.domainName",
    "$context.identity.user",
    "$context.identity.apiKey",
    "$context.error.message",
    "$context.error.validationErrorString",
    "$context.authorizer",
];

/** Variables in an access log format, such as `$context.status`. */
const logVariablesOf = (format: string): string[] =>
    Object.values(JSON.parse(format || "{}") as Record<string, unknown>).map(toText);

/** A CORS preflight request, which API Gateway answers. Browsers send it without a body and without the API key. */
const isPreflight = (plan: Plan, method: PlanNode): boolean =>
    inputText(method, "httpMethod") === "OPTIONS" &&
    resourcesOfType(plan, "apigateway/integration:Integration").some(
        (each) =>
            inputText(each, "resourceId") === inputText(method, "resourceId") &&
            inputText(each, "httpMethod") === "OPTIONS" &&
            inputText(each, "type") === "MOCK",
    );

/** Keywords of a JSON Schema with which API Gateway logs no value of a body that it refuses, and no name that the caller chose. */
const discreetKeywords = ["$schema", "title", "type", "required", "properties"];

const isDiscreet = (schema: unknown): boolean =>
    isPlainObject(schema) &&
    Object.keys(schema).every((keyword) => discreetKeywords.includes(keyword)) &&
    Object.values(schema.properties ?? {}).every(isDiscreet);

export const apiRules: readonly Rule[] = [
    {
        name: "methods-ask-for-keys",
        description: "Every API method requires an API key and validates requests",
        fix: "Set `apiKeyRequired`, a request validator and a model of the body for each media type.",
        check: (plan) => {
            const methods = resourcesOfType(plan, "apigateway/method:Method");
            const validators = new Map(
                resourcesOfType(plan, "apigateway/requestValidator:RequestValidator").map((each) => [each.id, each]),
            );
            const validatorOf = (method: PlanNode) => validators.get(inputText(method, "requestValidatorId"));
            const models = resourcesOfType(plan, "apigateway/model:Model").map((model) => inputText(model, "name"));
            const nonProxyIntegrations = resourcesOfType(plan, "apigateway/integration:Integration").filter(
                (each) => inputText(each, "type") !== "HTTP_PROXY",
            );
            /** Services validate bodies themselves; API Gateway does so for functions and for its own responses. */
            const withBody = methods.filter(
                (method) =>
                    !isPreflight(plan, method) &&
                    nonProxyIntegrations.some(
                        (each) =>
                            inputText(each, "resourceId") === inputText(method, "resourceId") &&
                            inputText(each, "httpMethod") === inputText(method, "httpMethod"),
                    ),
            );
            return [
                ...stackFindingUnless(methods.length > 0, "the API has no methods"),
                ...findingsUnless(
                    methods,
                    (method) => method.inputs.apiKeyRequired === true || isPreflight(plan, method),
                    "require an API key",
                ),
                ...findingsUnless(
                    methods,
                    (method) => validatorOf(method)?.inputs.validateRequestParameters === true,
                    "have a request validator for parameters",
                ),
                ...stackFindingUnless(withBody.length > 0, "no method validates request bodies"),
                ...findingsUnless(
                    withBody,
                    (method) =>
                        validatorOf(method)?.inputs.validateRequestBody === true &&
                        ["application/json", "$default"].every((type) => {
                            const found = getPath(method.inputs, `requestModels.${type}`);
                            return typeof found === "string" && models.includes(found);
                        }),
                    "have a request validator and a model for bodies of every media type",
                ),
            ];
        },
    },
    {
        name: "api-modern-tls",
        description:
            "The API accepts TLS 1.2 and 1.3 only, and calls the load balancer over HTTPS through its VPC link",
        fix: "Set a security policy of TLS 1.2 and 1.3, and call the load balancer over HTTPS through the VPC link.",
        check: (plan, { certificate }) => {
            const links = resourcesOfType(plan, "apigatewayv2/vpcLink:VpcLink").map(({ id }) => id);
            const balancers = resourcesOfType(plan, "lb/loadBalancer:LoadBalancer").map(arnOf);
            return [
                ...findingUnlessExactlyOne(plan, "apigateway/restApi:RestApi"),
                ...findingsUnless(
                    resourcesOfType(plan, "apigateway/restApi:RestApi"),
                    (api) => inputText(api, "securityPolicy").startsWith("SecurityPolicy_TLS13_1_2_"),
                    "accept TLS 1.2 and 1.3 only",
                ),
                ...findingsUnless(
                    resourcesOfType(plan, "apigateway/integration:Integration").filter((each) =>
                        inputText(each, "type").startsWith("HTTP"),
                    ),
                    (each) =>
                        inputText(each, "connectionType") === "VPC_LINK" &&
                        links.includes(inputText(each, "connectionId")) &&
                        balancers.includes(inputText(each, "integrationTarget")) &&
                        inputText(each, "uri").startsWith("https://"),
                    "call the load balancer over HTTPS through the VPC link",
                ),
                ...findingsUnless(
                    resourcesOfType(plan, "apigateway/integration:Integration"),
                    (each) =>
                        certificate.source === "self-signed" ||
                        getPath(each.inputs, "tlsConfig.insecureSkipVerification") !== true,
                    "verify the certificate of the load balancer, which is self-signed by `certificate.source` alone",
                ),
            ];
        },
    },
    {
        name: "stages-throttled-and-redacted",
        description: "Every API stage has throttling, and neither its logs nor traces have values that callers send",
        fix: "Set throttling and logs of the stage from the settings, without traces, log variables that callers control, and models that check more than types.",
        check: (plan, settings) => {
            const stages = resourcesOfType(plan, "apigateway/stage:Stage");
            const rules = resourcesOfType(plan, "apigateway/methodSettings:MethodSettings");
            const groups = resourcesOfType(plan, "cloudwatch/logGroup:LogGroup");
            const isLoggingEnabled = settings.accountServices.apiGatewayRole !== "skip";
            const methodSettingsOf = (stage: PlanNode) =>
                rules.filter(
                    (each) =>
                        inputText(each, "restApi") === inputText(stage, "restApi") &&
                        inputText(each, "stageName") === inputText(stage, "stageName"),
                );
            const executionLogGroupOf = (stage: PlanNode) =>
                `API-Gateway-Execution-Logs_${inputText(stage, "restApi")}/${inputText(stage, "stageName")}`;
            return [
                ...stackFindingUnless(stages.length > 0, "the API has no stage"),
                ...findingsUnless(
                    stages,
                    ({ inputs }) => inputs.xrayTracingEnabled === false,
                    "have X-Ray tracing disabled: a trace has the whole URL",
                ),
                ...findingsUnless(
                    stages,
                    (stage) => inputText(stage, "clientCertificateId") !== "",
                    "have a client certificate",
                ),
                ...findingsUnless(
                    stages,
                    (stage) =>
                        methodSettingsOf(stage)
                            .map((each) => inputText(each, "methodPath"))
                            .join() === "*/*",
                    "have method settings for `*/*` alone",
                ),
                ...findingsUnless(
                    rules,
                    ({ inputs }) =>
                        getPath(inputs, "settings.throttlingRateLimit") === settings.gateway.ratePerSecond &&
                        getPath(inputs, "settings.throttlingBurstLimit") === settings.gateway.burst,
                    "have the throttling limits that the stack sets",
                ),
                ...findingsUnless(
                    rules,
                    ({ inputs }) =>
                        getPath(inputs, "settings.dataTraceEnabled") === false &&
                        getPath(inputs, "settings.loggingLevel") === (isLoggingEnabled ? "ERROR" : "OFF") &&
                        getPath(inputs, "settings.cachingEnabled") !== true,
                    "log errors only, without request data, and cache nothing",
                ),
                ...findingsUnless(
                    stages,
                    (stage) =>
                        isLoggingEnabled
                            ? groups.some(
                                  (group) => arnOf(group) === inputText(stage, "accessLogSettings.destinationArn"),
                              ) && groups.some((group) => inputText(group, "name") === executionLogGroupOf(stage))
                            : getPath(stage.inputs, "accessLogSettings") === undefined,
                    isLoggingEnabled
                        ? "log to log groups of the stack"
                        : "have no access log, because the account has no role for it",
                ),
                ...findingsUnless(
                    stages,
                    (stage) =>
                        logVariablesOf(inputText(stage, "accessLogSettings.format")).every(
                            (variable) =>
                                /^\$context(\.[A-Za-z]+)+$/.test(variable) &&
                                !callerControlledVariables.some(
                                    (word) => variable === word || variable.startsWith(`${word}.`),
                                ),
                        ),
                    "log no variable that callers control",
                ),
                ...findingsUnless(
                    resourcesOfType(plan, "apigateway/model:Model"),
                    (model) => isDiscreet(JSON.parse(inputText(model, "schema"))),
                    `have no keyword but ${discreetKeywords.join(", ")}: API Gateway logs what breaks another one`,
                ),
            ];
        },
    },
];
