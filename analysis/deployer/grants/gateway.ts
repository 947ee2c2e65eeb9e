import {
    allResources,
    createServiceLinkedRole,
    withRequestTag,
    withResourceTag,
    readGrant,
    arnsWithoutAccount,
    withConditions,
    writeGrant,
    type DeployerGrant,
    type DeployerGrants,
} from "../grant.ts";

/**
 * API Gateway's actions are HTTP verbs and its ARNs are paths of random ids, so its grants hang on the tag. What stands in
 * an API or a usage plan inherits its tag
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html).
 */
const apiGatewayArns = (...all: string[]) => arnsWithoutAccount("apigateway", ...all);

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

/** What stands in an API of the stack. */
const grantsWithinApi: DeployerGrant[] = [
    writeGrant("apigateway: DELETE PATCH POST PUT", withResourceTag(apiGatewayArns("/restapis/*"))),
    readGrant("apigateway: GET", withResourceTag(apiGatewayArns("/restapis/*"))),
];

const accountSettings = apiGatewayArns("/account");

export const gatewayGrants: DeployerGrants = {
    "apigateway/restApi:RestApi": [...collectionGrants("/restapis"), ...grantsWithinApi],
    "apigateway/deployment:Deployment": grantsWithinApi,
    "apigateway/integration:Integration": grantsWithinApi,
    "apigateway/integrationResponse:IntegrationResponse": grantsWithinApi,
    "apigateway/method:Method": grantsWithinApi,
    "apigateway/methodResponse:MethodResponse": grantsWithinApi,
    "apigateway/methodSettings:MethodSettings": grantsWithinApi,
    "apigateway/model:Model": grantsWithinApi,
    "apigateway/requestValidator:RequestValidator": grantsWithinApi,
    "apigateway/resource:Resource": grantsWithinApi,
    "apigateway/response:Response": grantsWithinApi,
    "apigateway/stage:Stage": [...grantsWithinApi, ...tagGrants],
    "apigateway/apiKey:ApiKey": collectionGrants("/apikeys"),
    "apigateway/clientCertificate:ClientCertificate": collectionGrants("/clientcertificates"),
    "apigateway/usagePlan:UsagePlan": collectionGrants("/usageplans"),
    "apigateway/usagePlanKey:UsagePlanKey": [
        writeGrant("apigateway: DELETE POST", withResourceTag(apiGatewayArns("/usageplans/*"))),
        readGrant("apigateway: GET", withResourceTag(apiGatewayArns("/usageplans/*"))),
    ],
    "apigatewayv2/vpcLink:VpcLink": [
        ...collectionGrants("/vpclinks"),
        createServiceLinkedRole("ops.apigateway.amazonaws.com"),
    ],
    // One for the account and region: the role with which every API logs.
    "apigateway/account:Account": [
        writeGrant("apigateway: PATCH", accountSettings),
        readGrant("apigateway: GET", accountSettings),
        readGrant("logs: DescribeLogGroups", allResources("AWS tries the role out, with the caller's right to look")),
    ],
};
