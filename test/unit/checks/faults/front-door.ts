import {
    withValueAt,
    changeInputs,
    changeOptions,
    changePolicy,
    changeResources,
    removeResources,
    type FaultsByRule,
} from "../fault.ts";

const queue = "aws:sqs/queue:Queue";
const logGroup = "aws:cloudwatch/logGroup:LogGroup";
const lambda = "aws:lambda/function:Function";
const method = "aws:apigateway/method:Method";
const stage = "aws:apigateway/stage:Stage";
const methodSettings = "aws:apigateway/methodSettings:MethodSettings";
const permission = "aws:lambda/permission:Permission";
const usagePlan = "aws:apigateway/usagePlan:UsagePlan";

export const frontDoorFaults: FaultsByRule = {
    "functions-contained": {
        "outside the VPC": changeInputs(lambda, "", { vpcConfig: { subnetIds: [], securityGroupIds: [] } }),
        "in a group more": changeInputs(lambda, "", withValueAt("vpcConfig.securityGroupIds", ["sg-1", "sg-2"])),
        "on the dearer processor": changeInputs(lambda, "", { architectures: ["x86_64"] }),
        untraced: changeInputs(lambda, "", { tracingConfig: { mode: "PassThrough" } }),
        "no dead letters": removeResources(queue, "validator-dlq"),
        "a log group of Lambda's own": changeInputs(
            lambda,
            "",
            withValueAt("loggingConfig.logGroup", "/aws/lambda/other"),
        ),
    },
    "functions-invoked-by-own-stack": {
        "any method": changePolicy(permission, "", "/POST/", "/*/", "sourceArn"),
        "another API": changeInputs(permission, "", {
            sourceArn: "arn:aws:execute-api:us-east-1:123456789012:other/v1/POST/",
        }),
        "another service": changeInputs(permission, "", { principal: "s3.amazonaws.com" }),
        "no source": changeInputs(permission, "", { sourceArn: "" }),
        "more than calls": changeInputs(permission, "", { action: "lambda:*" }),
        "another function": changeInputs("aws:apigateway/integration:Integration", "validate", { uri: "arn:other" }),
        "an open address": changeResources(lambda, "", (node) => [
            node,
            { ...node, type: "aws:lambda/functionUrl:FunctionUrl", urn: `${node.urn}-url` },
        ]),
    },
    "methods-ask-for-keys": {
        "no key": changeInputs(method, "gateway-validate", { apiKeyRequired: false }),
        "a service without a key": changeInputs(method, "proxy-api", { apiKeyRequired: false }),
        "no check": changeInputs(method, "root-api", { requestValidatorId: "" }),
        "no check of the body": changeInputs("aws:apigateway/requestValidator:RequestValidator", "body", {
            validateRequestBody: false,
        }),
        "another media type": changeInputs(method, "gateway-validate", {
            requestModels: { "application/json": "Payment" },
        }),
        "a question that a service answers": changeInputs(
            "aws:apigateway/integration:Integration",
            "options-validate",
            {
                type: "HTTP_PROXY",
            },
        ),
    },
    "api-modern-tls": {
        "old TLS": changeInputs("aws:apigateway/restApi:RestApi", "", { securityPolicy: "TLS_1_0" }),
        "over the internet": changeInputs("aws:apigateway/integration:Integration", "proxy-api", {
            connectionType: "INTERNET",
        }),
        "in clear": changePolicy(
            "aws:apigateway/integration:Integration",
            "gateway-proxy-api",
            "https:",
            "http:",
            "uri",
        ),
        "another load balancer": changeInputs("aws:apigateway/integration:Integration", "proxy-api", {
            integrationTarget: "arn:other",
        }),
    },
    "stages-traced-and-throttled": {
        untraced: changeInputs(stage, "", { xrayTracingEnabled: false }),
        "no certificate": changeInputs(stage, "", { clientCertificateId: "" }),
        "whole requests": changeInputs(methodSettings, "", withValueAt("settings.dataTraceEnabled", true)),
        "every call": changeInputs(methodSettings, "", withValueAt("settings.loggingLevel", "INFO")),
        "a cache": changeInputs(methodSettings, "", withValueAt("settings.cachingEnabled", true)),
        unthrottled: changeInputs(methodSettings, "", withValueAt("settings.throttlingRateLimit", -1)),
        "one method only": changeInputs(methodSettings, "", { methodPath: "validate/POST" }),
        "the path that was asked for": changeInputs(
            stage,
            "",
            withValueAt("accessLogSettings.format", '{"path":"$context.path"}'),
        ),
        "the body": changeInputs(stage, "", withValueAt("accessLogSettings.format", '{"body":"$input.body"}')),
        "the API key": changeInputs(
            stage,
            "",
            withValueAt("accessLogSettings.format", '{"key":"$context.identity.apiKey"}'),
        ),
        "another's log": changeInputs(stage, "", withValueAt("accessLogSettings.destinationArn", "arn:other")),
        "errors in a group of AWS's own": removeResources(logGroup, "gateway-execution"),
    },
    "public-endpoints-behind-waf": {
        "one unguarded": removeResources("aws:wafv2/webAclAssociation:WebAclAssociation", "gateway"),
        "the other unguarded": removeResources("aws:wafv2/webAclAssociation:WebAclAssociation", "payment-firewall"),
        "keys in the log": changeInputs("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "", {
            redactedFields: [{ singleHeader: { name: "cookie" } }],
        }),
        "no log": removeResources("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "gateway"),
    },
    "merchants-keyed": {
        "no limits": changeInputs(usagePlan, "", { quotaSettings: {}, throttleSettings: {} }),
        "a plan for another stage": changeInputs(usagePlan, "", { apiStages: [{ apiId: "x", stage: "test" }] }),
        "a key without a plan": removeResources("aws:apigateway/usagePlanKey:UsagePlanKey"),
        "a plan for another key": changeInputs("aws:apigateway/usagePlanKey:UsagePlanKey", "", { keyId: "other" }),
        "a key that we choose": changeInputs("aws:apigateway/apiKey:ApiKey", "", { value: "chosen-by-a-person-12345" }),
        "a key nowhere": removeResources("aws:secretsmanager/secretVersion:SecretVersion", "merchant"),
        "a key in the state": changeOptions("aws:apigateway/usagePlanKey:UsagePlanKey", {
            additionalSecretOutputs: [],
        }),
        "a key more": changeResources("aws:apigateway/apiKey:ApiKey", "", (node) => [node, { ...node, id: "another" }]),
    },
    "account-services-as-set": {
        "a role less": removeResources("aws:apigateway/account:Account"),
        "a detector more": changeResources("aws:apigateway/account:Account", "", (node) => [
            node,
            { ...node, type: "aws:guardduty/detector:Detector" },
        ]),
    },
};
