import { Secret } from "../../../tools/plan/value.ts";
import type { PlatformSettings } from "../../../lib/settings.ts";
import type { Plan, PlanNode } from "../../../tools/plan/plan.ts";
import { all, arnOf, look, shown, text, texts, unless, type Invariants } from "../../../policies/look.ts";

const one = (plan: Plan, type: string): string[] => {
    const { length } = all(plan, type);
    return length === 1 ? [] : [`there are ${length} of ${type}`];
};

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

/** What AWS has once in an account, and the setting that says who makes it. */
const once: readonly (readonly [type: string, setting: keyof PlatformSettings["accountServices"]])[] = [
    ["apigateway/account:Account", "apiGatewayRole"],
    ["guardduty/detector:Detector", "guardDuty"],
    ["cfg/recorder:Recorder", "config"],
    ["securityhub/account:Account", "securityHub"],
];

export const frontDoorInvariants: Invariants = {
    "every function runs in the VPC, is traced and loses no event": (plan) => {
        const functions = all(plan, "lambda/function:Function");
        const groups = all(plan, "cloudwatch/logGroup:LogGroup").map((group) => text(group, "name"));
        const queues = all(plan, "sqs/queue:Queue").map(arnOf);
        return [
            ...(functions.length > 0 ? [] : ["there are no functions"]),
            ...unless(
                functions,
                (node) =>
                    texts(node, "vpcConfig.subnetIds").length > 0 &&
                    texts(node, "vpcConfig.securityGroupIds").length === 1,
                "run in the VPC, in a group of its own",
            ),
            ...unless(functions, (node) => texts(node, "architectures").join() === "arm64", "run on arm64"),
            ...unless(functions, (node) => text(node, "tracingConfig.mode") === "Active", "be traced"),
            ...unless(
                functions,
                (node) => queues.includes(text(node, "deadLetterConfig.targetArn")),
                "set aside what fails in a queue of the stack",
            ),
            ...unless(
                functions,
                (node) =>
                    groups.includes(text(node, "loggingConfig.logGroup")) &&
                    text(node, "loggingConfig.logFormat") === "JSON",
                "write JSON to a log group of the stack",
            ),
        ];
    },
    "functions are called by one method and one target group of the stack, and by nobody else": (plan) => {
        const apis = all(plan, "apigateway/restApi:RestApi").map(({ outputs }) => shown(outputs.executionArn));
        const groups = all(plan, "lb/targetGroup:TargetGroup").map(arnOf);
        const permissions = all(plan, "lambda/permission:Permission");
        const functions = all(plan, "lambda/function:Function");
        const isNarrow = (permission: PlanNode) => {
            const source = text(permission, "sourceArn");
            switch (text(permission, "principal")) {
                case "apigateway.amazonaws.com":
                    return apis.some((api) => source.startsWith(`${api}/`)) && !source.includes("*");
                case "elasticloadbalancing.amazonaws.com":
                    return groups.includes(source);
                default:
                    return false;
            }
        };
        return [
            ...(permissions.length > 0 ? [] : ["nobody may call a function"]),
            ...unless(permissions, isNarrow, "name one method or target group of the stack"),
            ...unless(permissions, (each) => text(each, "action") === "lambda:InvokeFunction", "allow calls only"),
            ...unless(
                all(plan, "apigateway/integration:Integration").filter((each) => text(each, "type") === "AWS_PROXY"),
                (each) => functions.some(({ outputs }) => outputs.invokeArn === text(each, "uri")),
                "call a function of the stack",
            ),
            ...one(plan, "lambda/function:Function"),
            ...(all(plan, "lambda/functionUrl:FunctionUrl").length === 0
                ? []
                : ["a function has an address of its own"]),
        ];
    },
    "every method of the API asks for a key, and checks what comes": (plan) => {
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
            ...(methods.length > 0 ? [] : ["the API has no methods"]),
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
            ...(withBody.length > 0 ? [] : ["no method checks bodies"]),
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
    "the API takes modern TLS only, and reaches the load balancer by its link": (plan) => {
        const links = all(plan, "apigatewayv2/vpcLink:VpcLink").map(({ id }) => id);
        const balancers = all(plan, "lb/loadBalancer:LoadBalancer").map(arnOf);
        return [
            ...one(plan, "apigateway/restApi:RestApi"),
            ...unless(
                all(plan, "apigateway/restApi:RestApi"),
                (api) => text(api, "securityPolicy").startsWith("SecurityPolicy_TLS13_1_2_"),
                "take TLS 1.2 and 1.3 only",
            ),
            ...unless(
                all(plan, "apigateway/integration:Integration").filter((each) => text(each, "type").startsWith("HTTP")),
                (each) =>
                    text(each, "connectionType") === "VPC_LINK" &&
                    links.includes(text(each, "connectionId")) &&
                    balancers.includes(text(each, "integrationTarget")) &&
                    text(each, "uri").startsWith("https://"),
                "go through the link, over HTTPS, to the load balancer",
            ),
        ];
    },
    "every stage is traced and throttled, and logs no word of what callers send": (plan, settings) => {
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
            ...(stages.length > 0 ? [] : ["the API has no stage"]),
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
                        ? groups.some((group) => arnOf(group) === text(stage, "accessLogSettings.destinationArn")) &&
                          groups.some((group) => text(group, "name") === errorsOf(stage))
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
    "every door to the internet has a web firewall, which logs no way in": (plan) => {
        const doors = [...all(plan, "lb/loadBalancer:LoadBalancer"), ...all(plan, "apigateway/stage:Stage")];
        const firewalls = all(plan, "wafv2/webAcl:WebAcl").map(arnOf);
        const associations = all(plan, "wafv2/webAclAssociation:WebAclAssociation");
        const logs = all(plan, "wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration");
        const hidden = ({ inputs }: PlanNode) =>
            Object.values(look(inputs, "redactedFields") ?? {}).map((field) => look(field, "singleHeader.name"));
        return [
            ...unless(
                doors,
                (door) =>
                    associations.filter(
                        (each) =>
                            text(each, "resourceArn") === arnOf(door) && firewalls.includes(text(each, "webAclArn")),
                    ).length === 1,
                "stand behind a firewall of the stack",
            ),
            ...unless(
                logs,
                (each) => ["authorization", "cookie", "x-api-key"].every((header) => hidden(each).includes(header)),
                "leave out what lets its finder in",
            ),
            ...(logs.length === firewalls.length ? [] : [`${logs.length} of ${firewalls.length} firewalls log`]),
        ];
    },
    "every merchant has a key and limits of its own, and the key lies in a secret": (plan, { gateway }) => {
        const stages = all(plan, "apigateway/stage:Stage");
        const keys = all(plan, "apigateway/apiKey:ApiKey");
        const admissions = all(plan, "apigateway/usagePlanKey:UsagePlanKey");
        const versions = all(plan, "secretsmanager/secretVersion:SecretVersion");
        const secrets = all(plan, "secretsmanager/secret:Secret").map(({ id }) => id);
        const plans = all(plan, "apigateway/usagePlan:UsagePlan");
        const limitsOf = ({ inputs }: PlanNode) =>
            ["quotaSettings.limit", "quotaSettings.period", "throttleSettings.rateLimit", "throttleSettings.burstLimit"]
                .map((path) => shown(look(inputs, path)))
                .join(" ");
        const should = Object.values(gateway.merchants).map(
            ({ quotaPerDay, ratePerSecond, burst }) => `${quotaPerDay} DAY ${ratePerSecond} ${burst}`,
        );
        const admits = (key: PlanNode) => admissions.filter((each) => text(each, "keyId") === key.id);
        return [
            ...(JSON.stringify(plans.map(limitsOf).toSorted()) === JSON.stringify(should.toSorted())
                ? []
                : ["plans and merchants differ"]),
            ...(keys.length === should.length ? [] : [`${keys.length} keys for ${should.length} merchants`]),
            ...unless(
                plans,
                ({ id, inputs }) =>
                    stages.some((stage) => look(inputs, "apiStages.0.stage") === text(stage, "stageName")) &&
                    admissions.filter((each) => text(each, "usagePlanId") === id).length === 1,
                "admit one key to the stage",
            ),
            ...unless(keys, (key) => admits(key).length === 1, "belong to one plan"),
            ...unless(keys, ({ inputs }) => !("value" in inputs), "leave its value to AWS"),
            ...unless(
                keys,
                (key) => {
                    const { value } = key.outputs;
                    return (
                        value instanceof Secret &&
                        versions.some(
                            ({ inputs }) =>
                                secrets.includes(shown(inputs.secretId)) &&
                                inputs.secretString instanceof Secret &&
                                inputs.secretString.value === value.value,
                        )
                    );
                },
                "be kept in a secret of the stack, and nowhere in clear",
            ),
            ...unless(
                admissions,
                ({ options }) => options.additionalSecretOutputs.includes("value"),
                "not write down the key that it repeats",
            ),
        ];
    },
    "what an account has once is made where the stack creates it, and nowhere else": (plan, { accountServices }) =>
        once.flatMap(([type, setting]) => {
            const { length } = all(plan, type);
            const wanted = accountServices[setting] === "create" ? 1 : 0;
            return length === wanted ? [] : [`${length} of ${type}, with ${setting} ${accountServices[setting]}`];
        }),
};
