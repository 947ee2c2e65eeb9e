import {
    GetPolicyCommand,
    paginateListAliases,
    paginateListFunctionEventInvokeConfigs,
    paginateListFunctionUrlConfigs,
    paginateListVersionsByFunction,
} from "@aws-sdk/client-lambda";
import { splitPart } from "../../../plan/query.ts";
import { parseStatements, type ParsedStatement } from "../../../analysis/iam/statements.ts";
import { collectPages } from "../../frame/aws-clients.ts";
import { readGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { functions } from "../../../plan/catalogue/lambda.ts";
import { defineLister, type ChildListers } from "../listing.ts";
import { describePolicy } from "../text.ts";
import { eventSourceMappingLister } from "./messaging.ts";

const functionListers = [
    defineLister<ParsedStatement & { readonly Sid?: string }>({
        item: "permission",
        permissions: [readGrant("lambda: GetPolicy", functions)],
        list: async ({ lambda }, { id }) => {
            const { Policy = "" } = await lambda.send(new GetPolicyCommand({ FunctionName: id }));
            return parseStatements(Policy);
        },
        key: ({ Sid }, { id }) => `${id} ${Sid}`,
        planned: {
            "lambda/permission:Permission": ({ text }) =>
                `${splitPart(text("function"), ":", -1)} ${text("statementId")}`,
        },
        opens: (statement) => describePolicy(JSON.stringify({ Statement: [statement] })),
        remove: ({ Sid }, { id }) => `aws lambda remove-permission --function-name ${id} --statement-id ${Sid}`,
    }),
    defineLister({
        item: "function URL",
        permissions: [readGrant("lambda: ListFunctionUrlConfigs", functions)],
        list: ({ lambda: client }, { id }) =>
            collectPages(
                paginateListFunctionUrlConfigs({ client }, { FunctionName: id }),
                (page) => page.FunctionUrlConfigs,
            ),
        key: ({ FunctionArn }) => FunctionArn,
        planned: { "lambda/functionUrl:FunctionUrl": ({ text }) => text("functionArn") },
        opens: ({ FunctionUrl, AuthType }) =>
            `${AuthType === "NONE" ? "anybody on the internet" : "who may invoke it"} reaches the function at ${FunctionUrl}, past API and firewall`,
        remove: ({ FunctionArn }) => `aws lambda delete-function-url-config --function-name ${FunctionArn}`,
    }),
    defineLister({
        item: "alias",
        permissions: [readGrant("lambda: ListAliases", functions)],
        list: ({ lambda: client }, { id }) =>
            collectPages(paginateListAliases({ client }, { FunctionName: id }), (page) => page.Aliases),
        key: ({ Name }, { id }) => `${id} ${Name}`,
        planned: { "lambda/alias:Alias": ({ text }) => `${text("functionName")} ${text("name")}` },
        opens: ({ Name, FunctionVersion }) =>
            `version ${FunctionVersion} can be invoked as ${Name}, under a policy of its own`,
        remove: ({ Name }, { id }) => `aws lambda delete-alias --function-name ${id} --name ${Name}`,
    }),
    defineLister({
        item: "version",
        permissions: [readGrant("lambda: ListVersionsByFunction", functions)],
        list: ({ lambda: client }, { id }) =>
            collectPages(paginateListVersionsByFunction({ client }, { FunctionName: id }), (page) => page.Versions),
        key: ({ Version }, { id }) => `${id} ${Version}`,
        planned: { "lambda/function:Function": ({ id, text }) => `${id} ${text("version")}` },
        byAws: [
            {
                what: "the unpublished version, which every function has",
                source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html",
                matches: ({ Version }) => Version === "$LATEST",
            },
        ],
        opens: ({ Version }) => `code that was deployed earlier, or by hand, can be invoked as version ${Version}`,
        remove: ({ Version }, { id }) => `aws lambda delete-function --function-name ${id} --qualifier ${Version}`,
    }),
    defineLister({
        item: "asynchronous invocation setting",
        permissions: [readGrant("lambda: ListFunctionEventInvokeConfigs", functions)],
        list: ({ lambda: client }, { id }) =>
            collectPages(
                paginateListFunctionEventInvokeConfigs({ client }, { FunctionName: id }),
                (page) => page.FunctionEventInvokeConfigs,
            ),
        key: ({ FunctionArn }) => FunctionArn,
        planned: {
            "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": ({ text }) => text("functionArn"),
        },
        opens: ({ DestinationConfig }) => {
            const destinations = [DestinationConfig?.OnSuccess?.Destination, DestinationConfig?.OnFailure?.Destination];
            const knownDestinations = destinations.filter((goal) => goal !== undefined);
            return knownDestinations.length > 0
                ? `${knownDestinations.join(" and ")} get requests and results of the function`
                : "failed requests are tried again otherwise than planned";
        },
        remove: ({ FunctionArn }) => `aws lambda delete-function-event-invoke-config --function-name ${FunctionArn}`,
    }),
    eventSourceMappingLister(
        ({ EventSourceArn }) => `the function is called with what ${EventSourceArn} has`,
        ({ id }) => ({ FunctionName: id }),
    ),
];

export const lambda: Readonly<Record<string, ChildListers>> = {
    "lambda/function:Function": functionListers,
};
