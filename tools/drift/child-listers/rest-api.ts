import {
    GetAuthorizersCommand,
    GetGatewayResponsesCommand,
    GetRequestValidatorsCommand,
    GetStageCommand,
    GetStagesCommand,
    paginateGetBasePathMappings,
    paginateGetDeployments,
    paginateGetDomainNames,
    paginateGetModels,
    type Authorizer,
    type Stage,
} from "@aws-sdk/client-api-gateway";
import { regionalHost } from "../../../lib/partitions.ts";
import { splitPart } from "../../../plan/query.ts";
import { collectPages } from "../../frame/aws-clients.ts";
import { collectTokenPages } from "../../frame/aws-calls.ts";
import { asListedItems, defineLister, type ChildLister } from "../listing.ts";
import { textOrUnknown } from "../text.ts";
import { readAccountPermissions, readApiPermissions } from "./rest-api-permissions.ts";

/** What an API has beside its paths and methods, and where it is offered. */
export const apiSettingListers: readonly ChildLister[] = [
    defineLister({
        item: "stage",
        permissions: readApiPermissions,
        list: async ({ apiGateway }, { id }) =>
            (await apiGateway.send(new GetStagesCommand({ restApiId: id }))).item ?? [],
        key: ({ stageName }, { id }) => `${id} ${stageName}`,
        planned: { "apigateway/stage:Stage": ({ text }) => `${text("restApi")} ${text("stageName")}` },
        opens: ({ stageName, webAclArn }: Stage, { id, arn }) =>
            `the API is offered at https://${id}.${regionalHost("execute-api", splitPart(arn, ":", 3))}/${textOrUnknown(stageName)}, ${webAclArn === undefined ? "without a web firewall" : "behind another web firewall"}`,
        remove: ({ stageName }, { id }) => `aws apigateway delete-stage --rest-api-id ${id} --stage-name ${stageName}`,
    }),
    defineLister({
        item: "deployment",
        permissions: readApiPermissions,
        list: ({ apiGateway: client }, { id }) =>
            collectPages(paginateGetDeployments({ client }, { restApiId: id }), (page) => page.items),
        key: ({ id }) => id,
        planned: { "apigateway/deployment:Deployment": ({ id }) => id },
        opens: ({ id }) => `a stage can be set to ${id}, the API as it was then`,
        remove: (deployment, { id }) =>
            `aws apigateway delete-deployment --rest-api-id ${id} --deployment-id ${deployment.id}`,
    }),
    defineLister({
        item: "authorizer",
        permissions: readApiPermissions,
        list: ({ apiGateway }, { id }) =>
            collectTokenPages(async (position) => {
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
    defineLister({
        item: "model",
        permissions: readApiPermissions,
        list: ({ apiGateway: client }, { id }) =>
            collectPages(paginateGetModels({ client }, { restApiId: id }), (page) => page.items),
        key: ({ name }, { id }) => `${id} ${name}`,
        planned: { "apigateway/model:Model": ({ text }) => `${text("restApi")} ${text("name")}` },
        byAws: [
            {
                what: "the models Empty and Error, which every API is made with",
                source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html",
                matches: ({ name }) => ["Empty", "Error"].includes(name),
            },
        ],
        opens: () => "nothing, until a method names it: it says which bodies are taken",
        remove: ({ name }, { id }) => `aws apigateway delete-model --rest-api-id ${id} --model-name ${name}`,
    }),
    defineLister({
        item: "request validator",
        permissions: readApiPermissions,
        list: ({ apiGateway }, { id }) =>
            collectTokenPages(async (position) => {
                const answer = await apiGateway.send(new GetRequestValidatorsCommand({ restApiId: id, position }));
                return { items: answer.items, next: answer.position };
            }),
        key: ({ id }) => id,
        planned: { "apigateway/requestValidator:RequestValidator": ({ id }) => id },
        opens: () => "nothing, until a method names it: it says what of a request is checked",
        remove: (validator, { id }) =>
            `aws apigateway delete-request-validator --rest-api-id ${id} --request-validator-id ${validator.id}`,
    }),
    defineLister({
        item: "gateway response",
        permissions: readApiPermissions,
        list: ({ apiGateway }, { id }) =>
            collectTokenPages(async (position) => {
                const answer = await apiGateway.send(new GetGatewayResponsesCommand({ restApiId: id, position }));
                return { items: answer.items, next: answer.position };
            }),
        key: ({ responseType }, { id }) => `${id} ${responseType}`,
        planned: { "apigateway/response:Response": ({ text }) => `${text("restApiId")} ${text("responseType")}` },
        byAws: [
            {
                what: "the answer that API Gateway gives where nobody set another",
                source: "https://docs.aws.amazon.com/apigateway/latest/api/API_GatewayResponse.html",
                matches: ({ defaultResponse }) => defaultResponse === true,
            },
        ],
        opens: ({ responseType }) => `callers get another answer for ${responseType}`,
        remove: ({ responseType }, { id }) =>
            `aws apigateway delete-gateway-response --rest-api-id ${id} --response-type ${responseType}`,
    }),
    defineLister<{ readonly domain: string; readonly path: string }>({
        item: "custom domain",
        permissions: readAccountPermissions("/domainnames", "/domainnames/*/basepathmappings"),
        list: async ({ apiGateway: client }, { id }) => {
            const domains = await collectPages(paginateGetDomainNames({ client }, {}), (page) => page.items);
            const found = asListedItems(domains).map(async ({ domainName }) => {
                const mappings = await collectPages(
                    paginateGetBasePathMappings({ client }, { domainName }),
                    (page) => page.items,
                );
                const mappingsOfApi = mappings.filter(({ restApiId }) => restApiId === id);
                return mappingsOfApi.map(({ basePath = "(none)" }) => ({ domain: domainName, path: basePath }));
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

export const methodSettingLister = defineLister<string>({
    item: "method setting",
    permissions: readApiPermissions,
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
