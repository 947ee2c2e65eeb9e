import { paginateGetResources, type Method } from "@aws-sdk/client-api-gateway";
import { collectPages, type AwsClients } from "../../frame/aws-clients.ts";
import { asListedItems, defineLister, type DriftResource } from "../listing.ts";
import { readApiPermissions } from "./rest-api-permissions.ts";

/** What answers at a path: the path itself, its methods, and what stands under a method. */
interface ApiPart {
    readonly kind: "path" | "method" | "integration" | "method response" | "integration response";
    /** Ids of the resource, its verb and its status, in the order in which they stand under each other. */
    readonly ids: readonly string[];
    readonly path: string;
    readonly opens: string;
    readonly isRoot: boolean;
}

async function listApiParts(client: AwsClients["apiGateway"], restApiId: string): Promise<ApiPart[]> {
    const found = await collectPages(
        paginateGetResources({ client }, { restApiId, embed: ["methods"] }),
        (page) => page.items,
    );
    return asListedItems(found).flatMap(({ id, path, resourceMethods = {} }) => [
        {
            kind: "path" as const,
            ids: [id],
            path,
            opens: "nothing, until it has a method",
            isRoot: path === "/",
        },
        ...Object.entries(resourceMethods).flatMap(([verb, method]) => methodParts(id, path, verb, method)),
    ]);
}

function methodParts(id: string, path: string, verb: string, method: Method): ApiPart[] {
    const { authorizationType = "NONE", apiKeyRequired = false, methodIntegration, methodResponses = {} } = method;
    const whole = { path, isRoot: false };
    const callerText =
        authorizationType === "NONE"
            ? apiKeyRequired
                ? "who has an API key"
                : "anybody on the internet"
            : authorizationType;
    const opens = `${callerText} may call ${verb} ${path}, once the API is deployed`;
    return [
        { ...whole, kind: "method", ids: [id, verb], opens },
        ...(methodIntegration === undefined
            ? []
            : [
                  {
                      ...whole,
                      kind: "integration" as const,
                      ids: [id, verb],
                      opens: `${verb} ${path} is answered by ${methodIntegration.uri ?? String(methodIntegration.type)}`,
                  },
              ]),
        ...Object.keys(methodResponses).map((status) => ({
            ...whole,
            kind: "method response" as const,
            ids: [id, verb, status],
            opens: `${verb} ${path} may answer with ${status}`,
        })),
        ...Object.keys(methodIntegration?.integrationResponses ?? {}).map((status) => ({
            ...whole,
            kind: "integration response" as const,
            ids: [id, verb, status],
            opens: `${verb} ${path} hands on answers with ${status}`,
        })),
    ];
}

const deleteCommandByKind: Readonly<Record<ApiPart["kind"], string>> = {
    path: "delete-resource",
    method: "delete-method",
    integration: "delete-integration",
    "method response": "delete-method-response",
    "integration response": "delete-integration-response",
};
const resourceTypeByKind: Readonly<Record<ApiPart["kind"], string>> = {
    path: "apigateway/resource:Resource",
    method: "apigateway/method:Method",
    integration: "apigateway/integration:Integration",
    "method response": "apigateway/methodResponse:MethodResponse",
    "integration response": "apigateway/integrationResponse:IntegrationResponse",
};
const methodKey = ({ text }: DriftResource): string => `${text("resourceId")} ${text("httpMethod")}`;

export const apiPartLister = defineLister<ApiPart>({
    item: "part",
    permissions: readApiPermissions,
    list: ({ apiGateway }, { id }) => listApiParts(apiGateway, id),
    key: ({ kind, ids }) => [kind, ...ids].join(" "),
    planned: {
        "apigateway/resource:Resource": ({ id }) => `path ${id}`,
        "apigateway/method:Method": (method) => `method ${methodKey(method)}`,
        "apigateway/integration:Integration": (method) => `integration ${methodKey(method)}`,
        "apigateway/methodResponse:MethodResponse": (answer) =>
            `method response ${methodKey(answer)} ${answer.text("statusCode")}`,
        "apigateway/integrationResponse:IntegrationResponse": (answer) =>
            `integration response ${methodKey(answer)} ${answer.text("statusCode")}`,
    },
    typeOf: ({ kind }) => resourceTypeByKind[kind],
    byAws: [
        {
            what: "the path /, which every API has",
            source: "https://docs.aws.amazon.com/apigateway/latest/api/API_CreateRestApi.html",
            matches: ({ kind, isRoot }) => kind === "path" && isRoot,
        },
    ],
    opens: ({ opens }) => opens,
    remove: ({ kind, ids: [resource, verb, status] }, { id }) =>
        [
            `aws apigateway ${deleteCommandByKind[kind]} --rest-api-id ${id} --resource-id ${resource}`,
            ...(verb === undefined ? [] : [`--http-method ${verb}`]),
            ...(status === undefined ? [] : [`--status-code ${status}`]),
        ].join(" "),
});
