import type { Plan, PlanNode } from "../../plan/plan.ts";
import { all, arnOf, look, shown, text, unless, unlessOne, unlessStack } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/** Variables of an access log that repeat what a caller sends, and all under them. */
const callersWords = [
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

/** Values of an access log's format, without its quotes: `$context.status`. */
const variablesOf = (format: string): string[] =>
    Object.values(JSON.parse(format || "{}") as Record<string, unknown>).map(shown);

/** What API Gateway says when a browser asks what it may send: without a body, and without a key, which it has not yet. */
const isPreflight = (plan: Plan, method: PlanNode): boolean =>
    text(method, "httpMethod") === "OPTIONS" &&
    all(plan, "apigateway/integration:Integration").some(
        (each) =>
            text(each, "resourceId") === text(method, "resourceId") &&
            text(each, "httpMethod") === "OPTIONS" &&
            text(each, "type") === "MOCK",
    );

export const apiRules: readonly Rule[] = [
    {
        name: "methods-ask-for-keys",
        promise: "every method of the API asks for a key, and checks what comes",
        fix: "Set `apiKeyRequired`, a request validator and a model of the body for each media type.",
        controls: ["CKV_AWS_59", "CKV2_AWS_70", "CKV2_AWS_53"],
        about: ["apigateway/method:Method"],
        check: (plan) => {
            const methods = all(plan, "apigateway/method:Method");
            const checks = new Map(
                all(plan, "apigateway/requestValidator:RequestValidator").map((each) => [each.id, each]),
            );
            const checkOf = (method: PlanNode) => checks.get(text(method, "requestValidatorId"));
            const models = all(plan, "apigateway/model:Model").map((model) => text(model, "name"));
            const direct = all(plan, "apigateway/integration:Integration").filter(
                (each) => text(each, "type") !== "HTTP_PROXY",
            );
            /** The services look at bodies themselves; what API Gateway answers or hands to a function has passed it. */
            const withBody = methods.filter(
                (method) =>
                    !isPreflight(plan, method) &&
                    direct.some(
                        (each) =>
                            text(each, "resourceId") === text(method, "resourceId") &&
                            text(each, "httpMethod") === text(method, "httpMethod"),
                    ),
            );
            return [
                ...unlessStack(methods.length > 0, "the API has no methods"),
                ...unless(
                    methods,
                    (method) => method.inputs.apiKeyRequired === true || isPreflight(plan, method),
                    "ask for an API key",
                ),
                ...unless(
                    methods,
                    (method) => checkOf(method)?.inputs.validateRequestParameters === true,
                    "check its parameters",
                ),
                ...unlessStack(withBody.length > 0, "no method checks bodies"),
                ...unless(
                    withBody,
                    (method) =>
                        checkOf(method)?.inputs.validateRequestBody === true &&
                        ["application/json", "$default"].every((type) => {
                            const found = look(method.inputs, `requestModels.${type}`);
                            return typeof found === "string" && models.includes(found);
                        }),
                    "check bodies of every media type",
                ),
            ];
        },
    },
    {
        name: "api-modern-tls",
        promise: "the API takes modern TLS only, and reaches the load balancer by its link",
        fix: "Take a security policy of TLS 1.2 and 1.3, and reach the load balancer over HTTPS by the VPC link.",
        controls: ["PCI-4.2.1"],
        about: ["apigateway/restApi:RestApi", "apigateway/integration:Integration"],
        check: (plan) => {
            const links = all(plan, "apigatewayv2/vpcLink:VpcLink").map(({ id }) => id);
            const balancers = all(plan, "lb/loadBalancer:LoadBalancer").map(arnOf);
            return [
                ...unlessOne(plan, "apigateway/restApi:RestApi"),
                ...unless(
                    all(plan, "apigateway/restApi:RestApi"),
                    (api) => text(api, "securityPolicy").startsWith("SecurityPolicy_TLS13_1_2_"),
                    "take TLS 1.2 and 1.3 only",
                ),
                ...unless(
                    all(plan, "apigateway/integration:Integration").filter((each) =>
                        text(each, "type").startsWith("HTTP"),
                    ),
                    (each) =>
                        text(each, "connectionType") === "VPC_LINK" &&
                        links.includes(text(each, "connectionId")) &&
                        balancers.includes(text(each, "integrationTarget")) &&
                        text(each, "uri").startsWith("https://"),
                    "go through the link, over HTTPS, to the load balancer",
                ),
            ];
        },
    },
    {
        name: "stages-traced-and-throttled",
        promise: "every stage is traced and throttled, and logs no word of what callers send",
        fix: "Set tracing, throttling and logs of the stage as the settings say, with no variable that repeats what a caller sends.",
        controls: [
            "PCI-10.2.1",
            "APIGateway.1",
            "CKV_AWS_76",
            "CKV2_AWS_4",
            "APIGateway.2",
            "CKV2_AWS_51",
            "APIGateway.3",
            "CKV_AWS_73",
            "APIGateway.5",
            "CKV_AWS_308",
            "CKV_AWS_276",
        ],
        about: ["apigateway/stage:Stage", "apigateway/methodSettings:MethodSettings"],
        check: (plan, settings) => {
            const stages = all(plan, "apigateway/stage:Stage");
            const rules = all(plan, "apigateway/methodSettings:MethodSettings");
            const groups = all(plan, "cloudwatch/logGroup:LogGroup");
            const logs = settings.accountServices.apiGatewayRole !== "skip";
            const rulesOf = (stage: PlanNode) =>
                rules.filter(
                    (each) =>
                        text(each, "restApi") === text(stage, "restApi") &&
                        text(each, "stageName") === text(stage, "stageName"),
                );
            const errorsOf = (stage: PlanNode) =>
                `API-Gateway-Execution-Logs_${text(stage, "restApi")}/${text(stage, "stageName")}`;
            return [
                ...unlessStack(stages.length > 0, "the API has no stage"),
                ...unless(stages, ({ inputs }) => inputs.xrayTracingEnabled === true, "be traced"),
                ...unless(stages, (stage) => text(stage, "clientCertificateId") !== "", "show who it is"),
                ...unless(
                    stages,
                    (stage) =>
                        rulesOf(stage)
                            .map((each) => text(each, "methodPath"))
                            .join() === "*/*",
                    "have one rule for all methods",
                ),
                ...unless(
                    rules,
                    ({ inputs }) =>
                        look(inputs, "settings.throttlingRateLimit") === settings.gateway.ratePerSecond &&
                        look(inputs, "settings.throttlingBurstLimit") === settings.gateway.burst &&
                        look(inputs, "settings.metricsEnabled") === true,
                    "throttle as the stack says, and count",
                ),
                ...unless(
                    rules,
                    ({ inputs }) =>
                        look(inputs, "settings.dataTraceEnabled") === false &&
                        look(inputs, "settings.loggingLevel") === (logs ? "ERROR" : "OFF") &&
                        look(inputs, "settings.cachingEnabled") !== true,
                    "write down and keep no requests",
                ),
                ...unless(
                    stages,
                    (stage) =>
                        logs
                            ? groups.some(
                                  (group) => arnOf(group) === text(stage, "accessLogSettings.destinationArn"),
                              ) && groups.some((group) => text(group, "name") === errorsOf(stage))
                            : look(stage.inputs, "accessLogSettings") === undefined,
                    logs ? "log to groups of the stack" : "not log without a role",
                ),
                ...unless(
                    stages,
                    (stage) =>
                        variablesOf(text(stage, "accessLogSettings.format")).every(
                            (variable) =>
                                /^\$context(\.[A-Za-z]+)+$/.test(variable) &&
                                !callersWords.some((word) => variable === word || variable.startsWith(`${word}.`)),
                        ),
                    "log no word of a request",
                ),
            ];
        },
    },
];
