import {
    GetRequestValidatorsCommand,
    paginateGetApiKeys,
    paginateGetClientCertificates,
    paginateGetResources,
    paginateGetRestApis,
    paginateGetUsagePlans,
    type APIGatewayClient,
} from "@aws-sdk/client-api-gateway";
import { GetVpcLinksCommand } from "@aws-sdk/client-apigatewayv2";
import { collectTokenPages } from "../../frame/aws-calls.ts";
import { readAccountPermissions, readApiPermissions } from "../../drift/child-listers/rest-api-permissions.ts";
import { collectPages } from "../../frame/aws-clients.ts";
import type { Lookup, Lookups, Read, Tags } from "./lookup.ts";

interface Listed {
    readonly id?: string;
    readonly tags?: Tags;
}

/** Of the account, whose names may be taken twice. */
const inAccount = (path: string, list: (client: APIGatewayClient, read: Read) => Promise<Listed[]>): Lookup => ({
    rights: readAccountPermissions(path),
    find: async ({ apiGateway }, read) =>
        (await list(apiGateway, read)).flatMap(({ id, tags = {} }) =>
            id === undefined ? [] : [{ importId: id, tags }],
        ),
});

/** Part of an API, which the input `restApi` names. */
const inApi = (list: (client: APIGatewayClient, read: Read) => Promise<Listed[]>): Lookup => ({
    rights: readApiPermissions,
    find: async ({ apiGateway }, read) =>
        (await list(apiGateway, read)).flatMap(({ id }) =>
            id === undefined ? [] : [{ importId: `${read("restApi")}/${id}`, id }],
        ),
});

export const gateway: Lookups = {
    "aws:apigateway/restApi:RestApi": inAccount("/restapis", async (client, read) =>
        (await collectPages(paginateGetRestApis({ client }, {}), (page) => page.items)).filter(
            ({ name }) => name === read("name"),
        ),
    ),
    "aws:apigateway/apiKey:ApiKey": inAccount("/apikeys", async (client, read) =>
        (await collectPages(paginateGetApiKeys({ client }, { nameQuery: read("name") }), (page) => page.items)).filter(
            ({ name }) => name === read("name"),
        ),
    ),
    "aws:apigateway/usagePlan:UsagePlan": inAccount("/usageplans", async (client, read) =>
        (await collectPages(paginateGetUsagePlans({ client }, {}), (page) => page.items)).filter(
            ({ name }) => name === read("name"),
        ),
    ),
    "aws:apigateway/clientCertificate:ClientCertificate": inAccount("/clientcertificates", async (client, read) =>
        (await collectPages(paginateGetClientCertificates({ client }, {}), (page) => page.items))
            .filter(({ description }) => description === read("description"))
            .map(({ clientCertificateId: id, tags }) => ({ id, tags })),
    ),
    "aws:apigateway/resource:Resource": inApi(async (client, read) =>
        (
            await collectPages(paginateGetResources({ client }, { restApiId: read("restApi") }), (page) => page.items)
        ).filter(({ parentId, pathPart }) => parentId === read("parentId") && pathPart === read("pathPart")),
    ),
    "aws:apigateway/requestValidator:RequestValidator": inApi(async (client, read) => {
        const found = await collectTokenPages(async (position) => {
            const restApiId = read("restApi");
            const answer = await client.send(new GetRequestValidatorsCommand({ restApiId, position }));
            return { items: answer.items, next: answer.position };
        });
        return found.filter(({ name }) => name === read("name"));
    }),
    "aws:apigatewayv2/vpcLink:VpcLink": {
        rights: readAccountPermissions("/vpclinks"),
        find: async ({ apiGatewayV2 }, read) => {
            const found = await collectTokenPages(async (NextToken) => {
                const answer = await apiGatewayV2.send(new GetVpcLinksCommand({ NextToken }));
                return { items: answer.Items, next: answer.NextToken };
            });
            return found
                .filter(({ Name, VpcLinkStatus }) => Name === read("name") && VpcLinkStatus !== "DELETING")
                .map(({ VpcLinkId = "", Tags }) => ({ importId: VpcLinkId, tags: Tags ?? {} }));
        },
    },
};
