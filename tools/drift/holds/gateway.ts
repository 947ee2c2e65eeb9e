import {
    GetAuthorizersCommand,
    GetGatewayResponsesCommand,
    GetRequestValidatorsCommand,
    GetStageCommand,
    GetStagesCommand,
    paginateGetDeployments,
    paginateGetDomainNames,
    paginateGetBasePathMappings,
    paginateGetModels,
    paginateGetResources,
    paginateGetUsagePlanKeys,
    paginateGetUsagePlans,
    type Authorizer,
    type Method,
    type Stage,
} from "@aws-sdk/client-api-gateway";
import { allOf, type Clients } from "../../deploy/clients.ts";
import { ours, read, regional } from "../../deployer/grant.ts";
import { pages } from "../asking.ts";
import { listing, type Holds, type Resource } from "../listing.ts";

type Client = Clients["apiGateway"];

const inApi = [read("apigateway: GET", ours(regional("apigateway", "/restapis/*")))];
const inPlan = [read("apigateway: GET", ours(regional("apigateway", "/usageplans/*")))];
const ofAccount = (...paths: string[]) => [read("apigateway: GET", regional("apigateway", ...paths))];

/** What answers at a path: the path itself, its methods, and what stands under a method. */
interface Part {
    readonly kind: "path" | "method" | "integration" | "method response" | "integration response";
    /** Ids of the resource, its verb and its status, in the order in which they stand under each other. */
    readonly at: readonly string[];
    readonly path: string;
    readonly opens: string;
    readonly isRoot: boolean;
}

async function partsOf(client: Client, restApiId: string): Promise<Part[]> {
    const found = await allOf(
        paginateGetResources({ client }, { restApiId, embed: ["methods"] }),
        (page) => page.items,
    );
    return found.flatMap(({ id = "", path = "", parentId, resourceMethods = {} }) => [
        {
            kind: "path" as const,
            at: [id],
            path,
            opens: "nothing, until it has a method",
            isRoot: parentId === undefined,
        },
        ...Object.entries(resourceMethods).flatMap(([verb, method]) => partsOfMethod(id, path, verb, method)),
    ]);
}

function partsOfMethod(id: string, path: string, verb: string, method: Method): Part[] {
    const { authorizationType = "NONE", apiKeyRequired = false, methodIntegration, methodResponses = {} } = method;
    const whole = { path, isRoot: false };
    const who =
        authorizationType === "NONE"
            ? apiKeyRequired
                ? "who has an API key"
                : "anybody on the internet"
            : authorizationType;
    const opens = `${who} may call ${verb} ${path}, once the API is deployed`;
    return [
        { ...whole, kind: "method", at: [id, verb], opens },
        ...(methodIntegration === undefined
            ? []
            : [
                  {
                      ...whole,
                      kind: "integration" as const,
                      at: [id, verb],
                      opens: `${verb} ${path} is answered by ${methodIntegration.uri ?? String(methodIntegration.type)}`,
                  },
              ]),
        ...Object.keys(methodResponses).map((status) => ({
            ...whole,
            kind: "method response" as const,
            at: [id, verb, status],
            opens: `${verb} ${path} may answer with ${status}`,
        })),
        ...Object.keys(methodIntegration?.integrationResponses ?? {}).map((status) => ({
            ...whole,
            kind: "integration response" as const,
            at: [id, verb, status],
            opens: `${verb} ${path} hands on answers with ${status}`,
        })),
    ];
}

const removals: Readonly<Record<Part["kind"], string>> = {
    path: "delete-resource",
    method: "delete-method",
    integration: "delete-integration",
    "method response": "delete-method-response",
    "integration response": "delete-integration-response",
};
const types: Readonly<Record<Part["kind"], string>> = {
    path: "apigateway/resource:Resource",
    method: "apigateway/method:Method",
    integration: "apigateway/integration:Integration",
    "method response": "apigateway/methodResponse:MethodResponse",
    "integration response": "apigateway/integrationResponse:IntegrationResponse",
};
const atMethod = ({ text }: Resource): string => `${text("resourceId")} ${text("httpMethod")}`;

const ofApi = [
    listing<Part>({
        item: "part",
        rights: inApi,
        list: ({ apiGateway }, { id }) => partsOf(apiGateway, id),
        key: ({ kind, at }) => [kind, ...at].join(" "),
        planned: {
            "apigateway/resource:Resource": ({ id }) => `path ${id}`,
            "apigateway/method:Method": (method) => `method ${atMethod(method)}`,
            "apigateway/integration:Integration": (method) => `integration ${atMethod(method)}`,
            "apigateway/methodResponse:MethodResponse": (answer) =>
                `method response ${atMethod(answer)} ${answer.text("statusCode")}`,
            "apigateway/integrationResponse:IntegrationResponse": (answer) =>
                `integration response ${atMethod(answer)} ${answer.text("statusCode")}`,
        },
        typeOf: ({ kind }) => types[kind],
        byAws: [
            {
                what: "the path /, which every API has",
                source: "https://docs.aws.amazon.com/apigateway/latest/api/API_CreateRestApi.html",
                is: ({ kind, isRoot }) => kind === "path" && isRoot,
            },
        ],
        opens: ({ opens }) => opens,
        remove: ({ kind, at: [resource, verb, status] }, { id }) =>
            [
                `aws apigateway ${removals[kind]} --rest-api-id ${id} --resource-id ${resource}`,
                ...(verb === undefined ? [] : [`--http-method ${verb}`]),
                ...(status === undefined ? [] : [`--status-code ${status}`]),
            ].join(" "),
    }),
    listing({
        item: "stage",
        rights: inApi,
        list: async ({ apiGateway }, { id }) =>
            (await apiGateway.send(new GetStagesCommand({ restApiId: id }))).item ?? [],
        key: ({ stageName }, { id }) => `${id} ${stageName}`,
        planned: { "apigateway/stage:Stage": ({ text }) => `${text("restApi")} ${text("stageName")}` },
        opens: ({ stageName = "", webAclArn }: Stage, { id }) =>
            `the API is offered at https://${id}.execute-api.<region>.amazonaws.com/${stageName}, ${webAclArn === undefined ? "without a web firewall" : "behind another web firewall"}`,
        remove: ({ stageName }, { id }) => `aws apigateway delete-stage --rest-api-id ${id} --stage-name ${stageName}`,
    }),
    listing({
        item: "deployment",
        rights: inApi,
        list: ({ apiGateway: client }, { id }) =>
            allOf(paginateGetDeployments({ client }, { restApiId: id }), (page) => page.items),
        key: ({ id }) => id,
        planned: { "apigateway/deployment:Deployment": ({ id }) => id },
        opens: ({ id }) => `a stage can be set to ${id}, the API as it was then`,
        remove: (deployment, { id }) =>
            `aws apigateway delete-deployment --rest-api-id ${id} --deployment-id ${deployment.id}`,
    }),
    listing({
        item: "authorizer",
        rights: inApi,
        list: ({ apiGateway }, { id }) =>
            pages(async (position) => {
                const answer = await apiGateway.send(new GetAuthorizersCommand({ restApiId: id, position }));
                return { items: answer.items, next: answer.position };
            }),
        key: ({ id }) => id,
        planned: { "apigateway/authorizer:Authorizer": ({ id }) => id },
        opens: ({ authorizerUri, type }: Authorizer) =>
            `methods can leave it to ${authorizerUri ?? String(type)} who may call them`,
        remove: (authorizer, { id }) =>
            `aws apigateway delete-authorizer --rest-api-id ${id} --authorizer-id ${authorizer.id}`,
    }),
    listing({
        item: "model",
        rights: inApi,
        list: ({ apiGateway: client }, { id }) =>
            allOf(paginateGetModels({ client }, { restApiId: id }), (page) => page.items),
        key: ({ name }, { id }) => `${id} ${name}`,
        planned: { "apigateway/model:Model": ({ text }) => `${text("restApi")} ${text("name")}` },
        byAws: [
            {
                what: "the models Empty and Error, which every API is made with",
                source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html",
                is: ({ name }) => ["Empty", "Error"].includes(name),
            },
        ],
        opens: () => "nothing, until a method names it: it says which bodies are taken",
        remove: ({ name }, { id }) => `aws apigateway delete-model --rest-api-id ${id} --model-name ${name}`,
    }),
    listing({
        item: "request validator",
        rights: inApi,
        list: ({ apiGateway }, { id }) =>
            pages(async (position) => {
                const answer = await apiGateway.send(new GetRequestValidatorsCommand({ restApiId: id, position }));
                return { items: answer.items, next: answer.position };
            }),
        key: ({ id }) => id,
        planned: { "apigateway/requestValidator:RequestValidator": ({ id }) => id },
        opens: () => "nothing, until a method names it: it says what of a request is checked",
        remove: (validator, { id }) =>
            `aws apigateway delete-request-validator --rest-api-id ${id} --request-validator-id ${validator.id}`,
    }),
    listing({
        item: "gateway response",
        rights: inApi,
        list: ({ apiGateway }, { id }) =>
            pages(async (position) => {
                const answer = await apiGateway.send(new GetGatewayResponsesCommand({ restApiId: id, position }));
                return { items: answer.items, next: answer.position };
            }),
        key: ({ responseType }, { id }) => `${id} ${responseType}`,
        planned: { "apigateway/response:Response": ({ text }) => `${text("restApiId")} ${text("responseType")}` },
        byAws: [
            {
                what: "the answer that API Gateway gives where nobody set another",
                source: "https://docs.aws.amazon.com/apigateway/latest/api/API_GatewayResponse.html",
                is: ({ defaultResponse }) => defaultResponse === true,
            },
        ],
        opens: ({ responseType }) => `callers get another answer for ${responseType}`,
        remove: ({ responseType }, { id }) =>
            `aws apigateway delete-gateway-response --rest-api-id ${id} --response-type ${responseType}`,
    }),
    listing({
        item: "usage plan",
        rights: ofAccount("/usageplans"),
        list: async ({ apiGateway: client }, { id }) =>
            (await allOf(paginateGetUsagePlans({ client }, {}), (page) => page.items)).filter(({ apiStages = [] }) =>
                apiStages.some(({ apiId }) => apiId === id),
            ),
        key: ({ id }) => id,
        planned: { "apigateway/usagePlan:UsagePlan": ({ id }) => id },
        opens: ({ name }) => `who has an API key of ${name} may call the API`,
        remove: ({ id }) => `aws apigateway delete-usage-plan --usage-plan-id ${id}`,
    }),
    listing<{ readonly domain: string; readonly path: string }>({
        item: "custom domain",
        rights: ofAccount("/domainnames", "/domainnames/*/basepathmappings"),
        list: async ({ apiGateway: client }, { id }) => {
            const domains = await allOf(paginateGetDomainNames({ client }, {}), (page) => page.items);
            const found = domains.map(async ({ domainName = "" }) => {
                const mappings = await allOf(
                    paginateGetBasePathMappings({ client }, { domainName }),
                    (page) => page.items,
                );
                const mine = mappings.filter(({ restApiId }) => restApiId === id);
                return mine.map(({ basePath = "(none)" }) => ({ domain: domainName, path: basePath }));
            });
            return (await Promise.all(found)).flat();
        },
        key: ({ domain, path }) => `${domain} ${path}`,
        planned: {
            "apigateway/basePathMapping:BasePathMapping": ({ text }) =>
                `${text("domainName")} ${text("basePath") || "(none)"}`,
        },
        opens: ({ domain }) => `the API is offered at https://${domain}, too`,
        remove: ({ domain, path }) =>
            `aws apigateway delete-base-path-mapping --domain-name ${domain} --base-path "${path}"`,
    }),
];

const methodSettings = listing<string>({
    item: "method setting",
    rights: inApi,
    list: async ({ apiGateway }, { text }) => {
        const stage = { restApiId: text("restApi"), stageName: text("stageName") };
        const { methodSettings: found = {} } = await apiGateway.send(new GetStageCommand(stage));
        return Object.keys(found);
    },
    key: (path, { text }) => `${text("restApi")} ${text("stageName")} ${path}`,
    planned: {
        "apigateway/methodSettings:MethodSettings": ({ text }) =>
            `${text("restApi")} ${text("stageName")} ${text("methodPath")}`,
    },
    opens: (path) => `${path} is logged, throttled or cached otherwise than the rest of the stage`,
    remove: (path, { text }) =>
        `aws apigateway update-stage --rest-api-id ${text("restApi")} --stage-name ${text("stageName")} ` +
        `--patch-operations op=remove,path=/${path}`,
});

const planKeys = listing({
    item: "API key",
    rights: inPlan,
    list: ({ apiGateway: client }, { id }) =>
        allOf(paginateGetUsagePlanKeys({ client }, { usagePlanId: id }), (page) => page.items),
    key: (key, { id }) => `${id} ${key.id}`,
    planned: { "apigateway/usagePlanKey:UsagePlanKey": ({ text }) => `${text("usagePlanId")} ${text("keyId")}` },
    opens: ({ name, id }, plan) => `who has the API key ${name} (${id}) may call the API as ${plan.name} does`,
    remove: (key, { id }) => `aws apigateway delete-usage-plan-key --usage-plan-id ${id} --key-id ${key.id}`,
});

const inTheApi = "what may stand under it is listed for its API";

export const gateway: Readonly<Record<string, Holds>> = {
    "apigateway/restApi:RestApi": ofApi,
    "apigateway/resource:Resource": inTheApi,
    "apigateway/method:Method": inTheApi,
    "apigateway/methodResponse:MethodResponse": "it is an answer of its method",
    "apigateway/integration:Integration": inTheApi,
    "apigateway/integrationResponse:IntegrationResponse": "it is an answer of its integration",
    "apigateway/model:Model": "it is a schema, and nothing else",
    "apigateway/requestValidator:RequestValidator": "it is a choice of checks, and nothing else",
    "apigateway/response:Response": "it is an answer of its API, and nothing else",
    "apigateway/deployment:Deployment": "it is a copy of its API, which nobody can change",
    "apigateway/stage:Stage": [methodSettings],
    "apigateway/methodSettings:MethodSettings": "it is a setting of its stage",
    "apigateway/apiKey:ApiKey": "it lets nobody in by itself: what it opens is listed for the usage plans",
    "apigateway/usagePlan:UsagePlan": [planKeys],
    "apigateway/usagePlanKey:UsagePlanKey": "it says that a key belongs to a plan, and nothing else",
    "apigateway/clientCertificate:ClientCertificate": "it is a certificate, and nothing else",
    "apigateway/account:Account": "its role is an argument of its own; what else the account has is not the stack's",
    "apigatewayv2/vpcLink:VpcLink": "its subnets and groups are arguments of its own, which Pulumi's refresh compares",
};
