import { paginateGetResources, type Method } from "@aws-sdk/client-api-gateway";
import { allOf, type Clients } from "../../deploy/clients.ts";
import { listed, listing, type Resource } from "../listing.ts";
import { readApi } from "./rest-api-rights.ts";

/** What answers at a path: the path itself, its methods, and what stands under a method. */
interface Part {
    readonly kind: "path" | "method" | "integration" | "method response" | "integration response";
    /** Ids of the resource, its verb and its status, in the order in which they stand under each other. */
    readonly at: readonly string[];
    readonly path: string;
    readonly opens: string;
    readonly isRoot: boolean;
}

async function partsOf(client: Clients["apiGateway"], restApiId: string): Promise<Part[]> {
    const found = await allOf(
        paginateGetResources({ client }, { restApiId, embed: ["methods"] }),
        (page) => page.items,
    );
    return listed(found).flatMap(({ id, path, resourceMethods = {} }) => [
        {
            kind: "path" as const,
            at: [id],
            path,
            opens: "nothing, until it has a method",
            isRoot: path === "/",
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

export const partsOfApi = listing<Part>({
    item: "part",
    rights: readApi,
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
});
