import { deep, inputs, options, policy, where, without, type Faults } from "../fault.ts";

const queue = "aws:sqs/queue:Queue";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const lambda = "aws:lambda/function:Function";
const method = "aws:apigateway/method:Method";
const stage = "aws:apigateway/stage:Stage";
const methodSettings = "aws:apigateway/methodSettings:MethodSettings";
const permission = "aws:lambda/permission:Permission";
const usagePlan = "aws:apigateway/usagePlan:UsagePlan";

export const frontDoorFaults: Faults = {
    "functions-contained": {
        "outside the VPC": inputs(lambda, "", { vpcConfig: { subnetIds: [], securityGroupIds: [] } }),
        "in a group more": inputs(lambda, "", deep("vpcConfig.securityGroupIds", ["sg-1", "sg-2"])),
        "on the dearer processor": inputs(lambda, "", { architectures: ["x86_64"] }),
        untraced: inputs(lambda, "", { tracingConfig: { mode: "PassThrough" } }),
        "no dead letters": without(queue, "validator-dlq"),
        "a log group of Lambda's own": inputs(lambda, "", deep("loggingConfig.logGroup", "/aws/lambda/other")),
    },
    "functions-called-by-own-doors": {
        "any method": policy(permission, "", "/POST/", "/*/", "sourceArn"),
        "another API": inputs(permission, "", {
            sourceArn: "arn:aws:execute-api:us-east-1:123456789012:other/v1/POST/",
        }),
        "another service": inputs(permission, "", { principal: "s3.amazonaws.com" }),
        "no source": inputs(permission, "", { sourceArn: "" }),
        "more than calls": inputs(permission, "", { action: "lambda:*" }),
        "another function": inputs("aws:apigateway/integration:Integration", "validate", { uri: "arn:other" }),
        "an open address": where(lambda, "", (node) => [
            node,
            { ...node, type: "aws:lambda/functionUrl:FunctionUrl", urn: `${node.urn}-url` },
        ]),
    },
    "methods-ask-for-keys": {
        "no key": inputs(method, "gateway-validate", { apiKeyRequired: false }),
        "a service without a key": inputs(method, "proxy-api", { apiKeyRequired: false }),
        "no check": inputs(method, "root-api", { requestValidatorId: "" }),
        "no check of the body": inputs("aws:apigateway/requestValidator:RequestValidator", "body", {
            validateRequestBody: false,
        }),
        "another media type": inputs(method, "gateway-validate", { requestModels: { "application/json": "Payment" } }),
        "a question that a service answers": inputs("aws:apigateway/integration:Integration", "options-validate", {
            type: "HTTP_PROXY",
        }),
    },
    "api-modern-tls": {
        "old TLS": inputs("aws:apigateway/restApi:RestApi", "", { securityPolicy: "TLS_1_0" }),
        "over the internet": inputs("aws:apigateway/integration:Integration", "proxy-api", {
            connectionType: "INTERNET",
        }),
        "in clear": policy("aws:apigateway/integration:Integration", "gateway-proxy-api", "https:", "http:", "uri"),
        "another load balancer": inputs("aws:apigateway/integration:Integration", "proxy-api", {
            integrationTarget: "arn:other",
        }),
    },
    "stages-traced-and-throttled": {
        untraced: inputs(stage, "", { xrayTracingEnabled: false }),
        "no certificate": inputs(stage, "", { clientCertificateId: "" }),
        "whole requests": inputs(methodSettings, "", deep("settings.dataTraceEnabled", true)),
        "every call": inputs(methodSettings, "", deep("settings.loggingLevel", "INFO")),
        "a cache": inputs(methodSettings, "", deep("settings.cachingEnabled", true)),
        unthrottled: inputs(methodSettings, "", deep("settings.throttlingRateLimit", -1)),
        "one method only": inputs(methodSettings, "", { methodPath: "validate/POST" }),
        "the path that was asked for": inputs(stage, "", deep("accessLogSettings.format", '{"path":"$context.path"}')),
        "the body": inputs(stage, "", deep("accessLogSettings.format", '{"body":"$input.body"}')),
        "the API key": inputs(stage, "", deep("accessLogSettings.format", '{"key":"$context.identity.apiKey"}')),
        "another's log": inputs(stage, "", deep("accessLogSettings.destinationArn", "arn:other")),
        "errors in a group of AWS's own": without(logGroup, "gateway-execution"),
    },
    "doors-behind-firewall": {
        "one unguarded": without("aws:wafv2/webAclAssociation:WebAclAssociation", "gateway"),
        "the other unguarded": without("aws:wafv2/webAclAssociation:WebAclAssociation", "payment-firewall"),
        "keys in the log": inputs("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "", {
            redactedFields: [{ singleHeader: { name: "cookie" } }],
        }),
        "no log": without("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "gateway"),
    },
    "merchants-keyed": {
        "no limits": inputs(usagePlan, "", { quotaSettings: {}, throttleSettings: {} }),
        "a plan for another stage": inputs(usagePlan, "", { apiStages: [{ apiId: "x", stage: "test" }] }),
        "a key without a plan": without("aws:apigateway/usagePlanKey:UsagePlanKey"),
        "a plan for another key": inputs("aws:apigateway/usagePlanKey:UsagePlanKey", "", { keyId: "other" }),
        "a key that we choose": inputs("aws:apigateway/apiKey:ApiKey", "", { value: "chosen-by-a-person-12345" }),
        "a key nowhere": without("aws:secretsmanager/secretVersion:SecretVersion", "merchant"),
        "a key in the state": options("aws:apigateway/usagePlanKey:UsagePlanKey", { additionalSecretOutputs: [] }),
        "a key more": where("aws:apigateway/apiKey:ApiKey", "", (node) => [node, { ...node, id: "another" }]),
    },
    "account-services-as-set": {
        "a role less": without("aws:apigateway/account:Account"),
        "a detector more": where("aws:apigateway/account:Account", "", (node) => [
            node,
            { ...node, type: "aws:guardduty/detector:Detector" },
        ]),
    },
};
