import { regionalHost } from "../../lib/partitions.ts";
import {
    allResources,
    arnsWithoutAccount,
    createServiceLinkedRole,
    readGrant,
    withConditions,
    withRequestTag,
    withResourceTag,
    writeGrant,
    type DeployerGrant,
} from "./deployer-grant.ts";
import { merged, refused } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import { changedFrom, changedTo, removed } from "./protection-checks.ts";
import type { ServiceRows } from "./row.ts";

/**
 * API Gateway's actions are HTTP methods and its ARNs are paths of random IDs, so its grants depend on the tag. What is part
 * of an API or a usage plan inherits its tag
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html).
 */
const apiGatewayArns = (...all: string[]) => arnsWithoutAccount("apigateway", ...all);
const accountSettings = apiGatewayArns("/account");

/** AWS compares no tag of the resource here, only those in the request: nothing gets another suffix, or loses its own. */
const tagArns = apiGatewayArns("/tags/*");

const tagGrants: DeployerGrant[] = [
    writeGrant(
        "apigateway: PUT",
        withConditions(tagArns, { StringEqualsIfExists: { "aws:RequestTag/EnvironmentSuffix": "{suffix}" } }),
    ),
    writeGrant(
        "apigateway: DELETE",
        withConditions(tagArns, { "ForAllValues:StringNotEquals": { "aws:TagKeys": "EnvironmentSuffix" } }),
    ),
    readGrant("apigateway: GET", tagArns),
];

const collectionGrants = (path: string): DeployerGrant[] => [
    writeGrant("apigateway: POST", withRequestTag(apiGatewayArns(path))),
    writeGrant("apigateway: DELETE PATCH", withResourceTag(apiGatewayArns(`${path}/*`))),
    readGrant("apigateway: GET", withResourceTag(apiGatewayArns(`${path}/*`))),
    ...tagGrants,
];

/** Parts of an API of the stack. */
const grantsWithinApi: DeployerGrant[] = [
    writeGrant("apigateway: DELETE PATCH POST PUT", withResourceTag(apiGatewayArns("/restapis/*"))),
    readGrant("apigateway: GET", withResourceTag(apiGatewayArns("/restapis/*"))),
];

/** API Gateway documents no limit for most names: the lowest one that it documents. */
const maxNameLength = 128;

const methodInputs = ["httpMethod", "resourceId", "restApi"];
const apiGatewayGuide = "https://docs.aws.amazon.com/apigateway/latest/developerguide";

export const apiGateway: ServiceRows = {
    // One for the account and region: the role with which every API logs.
    "aws:apigateway/account:Account": {
        forceNew: forceNew("apigateway/account", []),
        deletion: {
            remains: () => "the account without a role for API Gateway's logs: other stacks' APIs stop logging",
        },
        exclusive: [merged("apigateway", "UpdateAccount", "")],
        recovery: { createAgain: "the account has one, and this sets its role again" },
        children: { none: "its role is an argument of its own; what else the account has is not the stack's" },
        grants: [
            writeGrant("apigateway: PATCH", accountSettings),
            readGrant("apigateway: GET", accountSettings),
            readGrant(
                "logs: DescribeLogGroups",
                allResources("AWS tests the role with the caller's right to list log groups"),
            ),
        ],
    },
    "aws:apigateway/apiKey:ApiKey": {
        name: { maxLength: 1024 },
        fakeOutputs: { id: ({ hex }) => hex(10), value: ({ hex }) => hex(40) },
        providerDefaults: { enabled: true },
        forceNew: forceNew("apigateway/api_key", ["value"], { keptWhenRemoved: ["value"] }),
        loss: { content: "the key that a merchant has been given", losesData: false },
        exclusive: [refused("apigateway", "CreateApiKey", "value", "ConflictException")],
        recovery: "lookup",
        children: { none: "a key alone gives no access: what it gives access to is listed for the usage plans" },
        grants: collectionGrants("/apikeys"),
    },
    "aws:apigateway/clientCertificate:ClientCertificate": {
        forceNew: forceNew("apigateway/client_certificate", []),
        exclusive: { none: "API Gateway generates it" },
        recovery: "lookup",
        children: { none: "it is a certificate, and nothing else" },
        grants: collectionGrants("/clientcertificates"),
    },
    "aws:apigateway/deployment:Deployment": {
        forceNew: forceNew("apigateway/deployment", ["restApi", "triggers", "variables"]),
        copyOf: {
            types: [
                "integration:Integration",
                "integrationResponse:IntegrationResponse",
                "method:Method",
                "methodResponse:MethodResponse",
                "model:Model",
                "requestValidator:RequestValidator",
                "resource:Resource",
                "response:Response",
            ].map((type) => `aws:apigateway/${type}`),
            hash: "triggers.redeployment",
            source: `${apiGatewayGuide}/how-to-deploy-api.html`,
        },
        deletion: { replaceFirst: true },
        exclusive: { none: "an API has many deployments" },
        recovery: { createAgain: "an unused copy of the API costs nothing, and is deleted with the API" },
        children: { none: "it is a copy of its API, which cannot be changed" },
        grants: grantsWithinApi,
    },
    "aws:apigateway/integration:Integration": {
        providerDefaults: { connectionType: "INTERNET", timeoutMilliseconds: 29000 },
        forceNew: forceNew(
            "apigateway/integration",
            [...methodInputs, "credentials", "integrationHttpMethod", "passthroughBehavior", "type"],
            { keptWhenRemoved: ["passthroughBehavior"] },
        ),
        exclusive: [merged("apigateway", "PutIntegration", "restApi resourceId httpMethod")],
        recovery: { importId: "{restApi}/{resourceId}/{httpMethod}" },
        children: { none: "what may be below it is listed for its API" },
        grants: grantsWithinApi,
    },
    "aws:apigateway/integrationResponse:IntegrationResponse": {
        forceNew: forceNew("apigateway/integration_response", methodInputs),
        exclusive: [merged("apigateway", "PutIntegrationResponse", "restApi resourceId httpMethod statusCode")],
        recovery: { importId: "{restApi}/{resourceId}/{httpMethod}/{statusCode}" },
        children: { none: "it is an answer of its integration" },
        grants: grantsWithinApi,
    },
    "aws:apigateway/method:Method": {
        summary: ["{httpMethod}", "key{apiKeyRequired?}"],
        providerDefaults: { apiKeyRequired: false },
        forceNew: forceNew("apigateway/method", methodInputs),
        weakerInputs: [
            {
                check: changedTo("authorization", "NONE"),
                risk: "everyone can call it",
                source: `${apiGatewayGuide}/apigateway-control-access-to-api.html`,
            },
            {
                check: changedFrom("apiKeyRequired", true),
                risk: "everyone can call it, and no quota counts the calls",
                source: `${apiGatewayGuide}/api-gateway-api-usage-plans.html`,
            },
        ],
        exclusive: [refused("apigateway", "PutMethod", "restApi resourceId httpMethod", "ConflictException")],
        recovery: { importId: "{restApi}/{resourceId}/{httpMethod}" },
        children: { none: "what may be below it is listed for its API" },
        grants: grantsWithinApi,
    },
    "aws:apigateway/methodResponse:MethodResponse": {
        forceNew: forceNew("apigateway/method_response", methodInputs),
        exclusive: [
            refused("apigateway", "PutMethodResponse", "restApi resourceId httpMethod statusCode", "ConflictException"),
        ],
        recovery: { importId: "{restApi}/{resourceId}/{httpMethod}/{statusCode}" },
        children: { none: "it is an answer of its method" },
        grants: grantsWithinApi,
    },
    "aws:apigateway/methodSettings:MethodSettings": {
        forceNew: forceNew("apigateway/method_settings", ["methodPath", "restApi", "stageName"]),
        weakerInputs: [
            {
                check: changedTo("settings.dataTraceEnabled", true),
                risk: "requests and responses are written to the log with their whole content",
                source: `${apiGatewayGuide}/set-up-logging.html`,
            },
        ],
        exclusive: [merged("apigateway", "UpdateStage", "restApi stageName methodPath")],
        recovery: { importId: "{restApi}/{stageName}/{methodPath}" },
        children: { none: "it is a setting of its stage" },
        grants: grantsWithinApi,
    },
    "aws:apigateway/model:Model": {
        name: { maxLength: maxNameLength, uniqueWithin: "an API of the stack; AWS allows only letters and digits" },
        forceNew: forceNew("apigateway/model", ["contentType", "name", "restApi"]),
        exclusive: [refused("apigateway", "CreateModel", "restApi name", "ConflictException")],
        recovery: { importId: "{restApi}/{name}" },
        children: { none: "it is a schema, and nothing else" },
        grants: grantsWithinApi,
    },
    "aws:apigateway/requestValidator:RequestValidator": {
        name: { maxLength: maxNameLength },
        providerDefaults: { validateRequestBody: false },
        forceNew: forceNew("apigateway/request_validator", ["restApi"]),
        exclusive: { none: "API Gateway identifies it by an ID" },
        recovery: "lookup",
        children: { none: "it is a choice of checks, and nothing else" },
        grants: grantsWithinApi,
    },
    "aws:apigateway/resource:Resource": {
        summary: ["{pathPart}"],
        fakeOutputs: {
            id: ({ hex }) => hex(6),
            path: (request) => `/${request.text("pathPart")}`,
        },
        forceNew: forceNew("apigateway/resource", ["restApi"]),
        exclusive: [refused("apigateway", "CreateResource", "restApi parentId pathPart", "ConflictException")],
        recovery: "lookup",
        children: { none: "what may be below it is listed for its API" },
        grants: grantsWithinApi,
    },
    "aws:apigateway/response:Response": {
        forceNew: forceNew("apigateway/gateway_response", ["responseType", "restApiId"]),
        exclusive: [merged("apigateway", "PutGatewayResponse", "restApiId responseType")],
        recovery: { importId: "{restApiId}/{responseType}" },
        children: { none: "it is an answer of its API, and nothing else" },
        grants: grantsWithinApi,
    },
    "aws:apigateway/restApi:RestApi": {
        name: { maxLength: maxNameLength },
        fakeOutputs: {
            id: ({ hex }) => hex(10),
            arn: (request) => request.arn("apigateway", `/restapis/${request.hex(10)}`, { account: "" }),
            executionArn: (request) => request.arn("execute-api", request.hex(10)),
            rootResourceId: ({ hex }) => `r${hex(9)}`,
        },
        forceNew: forceNew("apigateway/rest_api", []),
        loss: { content: "the address that merchants call", losesData: false },
        exclusive: { none: "API Gateway identifies it by an ID" },
        recovery: "lookup",
        children: "listed",
        grants: [...collectionGrants("/restapis"), ...grantsWithinApi],
    },
    "aws:apigateway/stage:Stage": {
        summary: ["{stageName}", "X-Ray{xrayTracingEnabled?}"],
        fakeOutputs: {
            arn: (request) =>
                request.arn("apigateway", `/restapis/${request.text("restApi")}/stages/${request.text("stageName")}`, {
                    account: "",
                }),
            executionArn: (request) =>
                request.arn("execute-api", `${request.text("restApi")}/${request.text("stageName")}`),
            invokeUrl: (request) =>
                `https://${request.text("restApi")}.${regionalHost("execute-api", request.region)}/${request.text("stageName")}`,
        },
        forceNew: forceNew("apigateway/stage", ["restApi", "stageName"]),
        loss: { content: "the path of that address", losesData: false, partOf: ["aws:apigateway/restApi:RestApi"] },
        weakerInputs: [
            {
                check: removed("accessLogSettings"),
                risk: "requests leave no record",
                source: `${apiGatewayGuide}/set-up-logging.html`,
            },
        ],
        exclusive: [refused("apigateway", "CreateStage", "restApi stageName", "ConflictException")],
        recovery: { importId: "{restApi}/{stageName}" },
        children: "listed",
        grants: [...grantsWithinApi, ...tagGrants],
    },
    "aws:apigateway/usagePlan:UsagePlan": {
        name: { maxLength: maxNameLength },
        summary: [
            "{quotaSettings.limit} a {quotaSettings.period}",
            "{throttleSettings.rateLimit}/s, burst {throttleSettings.burstLimit}",
        ],
        providerDefaults: { "quotaSettings.offset": 0 },
        forceNew: forceNew("apigateway/usage_plan", []),
        exclusive: { none: "API Gateway identifies it by an ID" },
        recovery: "lookup",
        children: "listed",
        grants: collectionGrants("/usageplans"),
    },
    "aws:apigateway/usagePlanKey:UsagePlanKey": {
        name: { givenBecause: "it repeats the name of the API key" },
        forceNew: forceNew("apigateway/usage_plan_key", ["keyId", "keyType", "usagePlanId"]),
        exclusive: [refused("apigateway", "CreateUsagePlanKey", "usagePlanId keyId", "ConflictException")],
        recovery: { importId: "{usagePlanId}/{keyId}" },
        children: { none: "it says that a key belongs to a plan, and nothing else" },
        grants: [
            writeGrant("apigateway: DELETE POST", withResourceTag(apiGatewayArns("/usageplans/*"))),
            readGrant("apigateway: GET", withResourceTag(apiGatewayArns("/usageplans/*"))),
        ],
    },
    "aws:apigatewayv2/vpcLink:VpcLink": {
        name: { maxLength: maxNameLength },
        forceNew: forceNew("apigatewayv2/vpc_link", ["securityGroupIds", "subnetIds"]),
        deletion: { duration: "some minutes, for its network interfaces" },
        exclusive: { none: "API Gateway identifies it by an ID" },
        recovery: "lookup",
        children: { none: "its subnets and groups are arguments of its own, which Pulumi's refresh compares" },
        grants: [...collectionGrants("/vpclinks"), createServiceLinkedRole("ops.apigateway.amazonaws.com")],
    },
};
