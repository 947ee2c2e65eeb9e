import {
    everything,
    linkedRole,
    madeOurs,
    ours,
    read,
    regional,
    where,
    write,
    type Grant,
    type Grants,
} from "../grant.ts";

/**
 * API Gateway's actions are HTTP verbs and its ARNs are paths of random ids, so its grants hang on the tag. What stands in
 * an API or a usage plan inherits its tag
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html).
 */
const paths = (...all: string[]) => regional("apigateway", ...all);

/** AWS compares no tag of the resource here, only those in the request: nothing gets another suffix, or loses its own. */
const tags = paths("/tags/*");
const tagging: Grant[] = [
    write("apigateway: PUT", where(tags, { StringEqualsIfExists: { "aws:RequestTag/EnvironmentSuffix": "{suffix}" } })),
    write(
        "apigateway: DELETE",
        where(tags, { "ForAllValues:StringNotEquals": { "aws:TagKeys": "EnvironmentSuffix" } }),
    ),
    read("apigateway: GET", tags),
];

const collection = (path: string): Grant[] => [
    write("apigateway: POST", madeOurs(paths(path))),
    write("apigateway: DELETE PATCH", ours(paths(`${path}/*`))),
    read("apigateway: GET", ours(paths(`${path}/*`))),
    ...tagging,
];

/** What stands in an API of the stack. */
const inApi: Grant[] = [
    write("apigateway: DELETE PATCH POST PUT", ours(paths("/restapis/*"))),
    read("apigateway: GET", ours(paths("/restapis/*"))),
];

const account = paths("/account");

export const gateway: Grants = {
    "apigateway/restApi:RestApi": [...collection("/restapis"), ...inApi],
    "apigateway/deployment:Deployment": inApi,
    "apigateway/integration:Integration": inApi,
    "apigateway/integrationResponse:IntegrationResponse": inApi,
    "apigateway/method:Method": inApi,
    "apigateway/methodResponse:MethodResponse": inApi,
    "apigateway/methodSettings:MethodSettings": inApi,
    "apigateway/model:Model": inApi,
    "apigateway/requestValidator:RequestValidator": inApi,
    "apigateway/resource:Resource": inApi,
    "apigateway/response:Response": inApi,
    "apigateway/stage:Stage": [...inApi, ...tagging],
    "apigateway/apiKey:ApiKey": collection("/apikeys"),
    "apigateway/clientCertificate:ClientCertificate": collection("/clientcertificates"),
    "apigateway/usagePlan:UsagePlan": collection("/usageplans"),
    "apigateway/usagePlanKey:UsagePlanKey": [
        write("apigateway: DELETE POST", ours(paths("/usageplans/*"))),
        read("apigateway: GET", ours(paths("/usageplans/*"))),
    ],
    "apigatewayv2/vpcLink:VpcLink": [...collection("/vpclinks"), linkedRole("ops.apigateway.amazonaws.com")],
    // One for the account and region: the role with which every API logs.
    "apigateway/account:Account": [
        write("apigateway: PATCH", account),
        read("apigateway: GET", account),
        read("logs: DescribeLogGroups", everything("AWS tries the role out, with the caller's right to look")),
    ],
};
