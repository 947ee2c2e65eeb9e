import type { PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    arnOf,
    toText,
    inputText,
    inputTexts,
    findingsUnless,
    findingUnlessExactlyOne,
    stackFindingUnless,
} from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

export const functionRules: readonly Rule[] = [
    {
        name: "functions-contained",
        description: "every function runs in the VPC, is traced and loses no event",
        fix: "Give the function subnets and a group, tracing, a dead-letter queue and a log group of the stack.",
        check: (plan) => {
            const functions = resourcesOfType(plan, "lambda/function:Function");
            const groups = resourcesOfType(plan, "cloudwatch/logGroup:LogGroup").map((group) =>
                inputText(group, "name"),
            );
            const queues = resourcesOfType(plan, "sqs/queue:Queue").map(arnOf);
            return [
                ...stackFindingUnless(functions.length > 0, "there are no functions"),
                ...findingsUnless(
                    functions,
                    (node) =>
                        inputTexts(node, "vpcConfig.subnetIds").length > 0 &&
                        inputTexts(node, "vpcConfig.securityGroupIds").length === 1,
                    "run in the VPC, in a group of its own",
                ),
                ...findingsUnless(
                    functions,
                    (node) => inputTexts(node, "architectures").join() === "arm64",
                    "run on arm64",
                ),
                ...findingsUnless(functions, (node) => inputText(node, "tracingConfig.mode") === "Active", "be traced"),
                ...findingsUnless(
                    functions,
                    (node) => queues.includes(inputText(node, "deadLetterConfig.targetArn")),
                    "set aside what fails in a queue of the stack",
                ),
                ...findingsUnless(
                    functions,
                    (node) =>
                        groups.includes(inputText(node, "loggingConfig.logGroup")) &&
                        inputText(node, "loggingConfig.logFormat") === "JSON",
                    "write JSON to a log group of the stack",
                ),
            ];
        },
    },
    {
        name: "functions-invoked-by-own-stack",
        description: "functions are called by one method and one target group of the stack, and by nobody else",
        fix: "Name the method or target group as `sourceArn` of the permission, and delete any other way in.",
        check: (plan) => {
            const apis = resourcesOfType(plan, "apigateway/restApi:RestApi").map(({ outputs }) =>
                toText(outputs.executionArn),
            );
            const groups = resourcesOfType(plan, "lb/targetGroup:TargetGroup").map(arnOf);
            const permissions = resourcesOfType(plan, "lambda/permission:Permission");
            const functions = resourcesOfType(plan, "lambda/function:Function");
            const isNarrow = (permission: PlanNode) => {
                const source = inputText(permission, "sourceArn");
                switch (inputText(permission, "principal")) {
                    case "apigateway.amazonaws.com":
                        return apis.some((api) => source.startsWith(`${api}/`)) && !source.includes("*");
                    case "elasticloadbalancing.amazonaws.com":
                        return groups.includes(source);
                    default:
                        return false;
                }
            };
            return [
                ...stackFindingUnless(permissions.length > 0, "nobody may call a function"),
                ...findingsUnless(permissions, isNarrow, "name one method or target group of the stack"),
                ...findingsUnless(
                    permissions,
                    (each) => inputText(each, "action") === "lambda:InvokeFunction",
                    "allow calls only",
                ),
                ...findingsUnless(
                    resourcesOfType(plan, "apigateway/integration:Integration").filter(
                        (each) => inputText(each, "type") === "AWS_PROXY",
                    ),
                    (each) => functions.some(({ outputs }) => outputs.invokeArn === inputText(each, "uri")),
                    "call a function of the stack",
                ),
                ...findingUnlessExactlyOne(plan, "lambda/function:Function"),
                ...stackFindingUnless(
                    resourcesOfType(plan, "lambda/functionUrl:FunctionUrl").length === 0,
                    "a function has an address of its own",
                ),
            ];
        },
    },
];
