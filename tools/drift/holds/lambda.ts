import {
    GetPolicyCommand,
    paginateListAliases,
    paginateListFunctionEventInvokeConfigs,
    paginateListFunctionUrlConfigs,
    paginateListVersionsByFunction,
} from "@aws-sdk/client-lambda";
import { part } from "../../../plan/query.ts";
import { statementsIn, type Statement } from "../../../analysis/iam/statements.ts";
import { allOf } from "../../deploy/clients.ts";
import { read } from "../../../analysis/deployer/grant.ts";
import { functions } from "../../../analysis/deployer/grants/compute.ts";
import { listing, type Holds } from "../listing.ts";
import { allowedIn } from "../words.ts";
import { eventSources } from "./messages.ts";

const ofFunction = [
    listing<Statement & { readonly Sid?: string }>({
        item: "permission",
        rights: [read("lambda: GetPolicy", functions)],
        list: async ({ lambda }, { id }) => {
            const { Policy = "" } = await lambda.send(new GetPolicyCommand({ FunctionName: id }));
            return statementsIn(Policy);
        },
        key: ({ Sid }, { id }) => `${id} ${Sid}`,
        planned: {
            "lambda/permission:Permission": ({ text }) => `${part(text("function"), ":", -1)} ${text("statementId")}`,
        },
        opens: (statement) => allowedIn(JSON.stringify({ Statement: [statement] })),
        remove: ({ Sid }, { id }) => `aws lambda remove-permission --function-name ${id} --statement-id ${Sid}`,
    }),
    listing({
        item: "function URL",
        rights: [read("lambda: ListFunctionUrlConfigs", functions)],
        list: ({ lambda: client }, { id }) =>
            allOf(paginateListFunctionUrlConfigs({ client }, { FunctionName: id }), (page) => page.FunctionUrlConfigs),
        key: ({ FunctionArn }) => FunctionArn,
        planned: { "lambda/functionUrl:FunctionUrl": ({ text }) => text("functionArn") },
        opens: ({ FunctionUrl, AuthType }) =>
            `${AuthType === "NONE" ? "anybody on the internet" : "who may invoke it"} reaches the function at ${FunctionUrl}, past API and firewall`,
        remove: ({ FunctionArn }) => `aws lambda delete-function-url-config --function-name ${FunctionArn}`,
    }),
    listing({
        item: "alias",
        rights: [read("lambda: ListAliases", functions)],
        list: ({ lambda: client }, { id }) =>
            allOf(paginateListAliases({ client }, { FunctionName: id }), (page) => page.Aliases),
        key: ({ Name }, { id }) => `${id} ${Name}`,
        planned: { "lambda/alias:Alias": ({ text }) => `${text("functionName")} ${text("name")}` },
        opens: ({ Name, FunctionVersion }) =>
            `version ${FunctionVersion} can be invoked as ${Name}, under a policy of its own`,
        remove: ({ Name }, { id }) => `aws lambda delete-alias --function-name ${id} --name ${Name}`,
    }),
    listing({
        item: "version",
        rights: [read("lambda: ListVersionsByFunction", functions)],
        list: ({ lambda: client }, { id }) =>
            allOf(paginateListVersionsByFunction({ client }, { FunctionName: id }), (page) => page.Versions),
        key: ({ Version }, { id }) => `${id} ${Version}`,
        planned: { "lambda/function:Function": ({ id, text }) => `${id} ${text("version")}` },
        byAws: [
            {
                what: "the unpublished version, which every function has",
                source: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html",
                is: ({ Version }) => Version === "$LATEST",
            },
        ],
        opens: ({ Version }) => `code that was deployed earlier, or by hand, can be invoked as version ${Version}`,
        remove: ({ Version }, { id }) => `aws lambda delete-function --function-name ${id} --qualifier ${Version}`,
    }),
    listing({
        item: "asynchronous invocation setting",
        rights: [read("lambda: ListFunctionEventInvokeConfigs", functions)],
        list: ({ lambda: client }, { id }) =>
            allOf(
                paginateListFunctionEventInvokeConfigs({ client }, { FunctionName: id }),
                (page) => page.FunctionEventInvokeConfigs,
            ),
        key: ({ FunctionArn }) => FunctionArn,
        planned: {
            "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": ({ text }) => text("functionArn"),
        },
        opens: ({ DestinationConfig }) => {
            const goals = [DestinationConfig?.OnSuccess?.Destination, DestinationConfig?.OnFailure?.Destination];
            const told = goals.filter((goal) => goal !== undefined);
            return told.length > 0
                ? `${told.join(" and ")} get requests and results of the function`
                : "failed requests are tried again otherwise than planned";
        },
        remove: ({ FunctionArn }) => `aws lambda delete-function-event-invoke-config --function-name ${FunctionArn}`,
    }),
    eventSources(
        ({ EventSourceArn }) => `the function is called with what ${EventSourceArn} has`,
        ({ id }) => ({ FunctionName: id }),
    ),
];

export const lambda: Readonly<Record<string, Holds>> = {
    "lambda/function:Function": ofFunction,
    "lambda/permission:Permission": "it is a statement of a function's policy, and nothing else",
};
