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
        description:
            "Every Lambda function runs in the VPC, with tracing, a dead-letter queue and a log group of the stack",
        fix: "Set subnets, one security group, tracing, a dead-letter queue and a log group of the stack.",
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
                    "run in the VPC, with one security group",
                ),
                ...findingsUnless(
                    functions,
                    (node) => inputTexts(node, "architectures").join() === "arm64",
                    "run on arm64",
                ),
                ...findingsUnless(
                    functions,
                    (node) => inputText(node, "tracingConfig.mode") === "Active",
                    "have X-Ray tracing enabled",
                ),
                ...findingsUnless(
                    functions,
                    (node) => queues.includes(inputText(node, "deadLetterConfig.targetArn")),
                    "send failed events to a queue of the stack",
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
        description: "Only this stack's API method and target group may invoke a Lambda function",
        fix: "Set `sourceArn` of the permission to the method or target group, and delete other permissions and function URLs.",
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
                ...stackFindingUnless(permissions.length > 0, "there are no Lambda permissions"),
                ...findingsUnless(permissions, isNarrow, "allow one method or target group of the stack"),
                ...findingsUnless(
                    permissions,
                    (each) => inputText(each, "action") === "lambda:InvokeFunction",
                    "allow lambda:InvokeFunction only",
                ),
                ...findingsUnless(
                    resourcesOfType(plan, "apigateway/integration:Integration").filter(
                        (each) => inputText(each, "type") === "AWS_PROXY",
                    ),
                    (each) => functions.some(({ outputs }) => outputs.invokeArn === inputText(each, "uri")),
                    "invoke a function of the stack",
                ),
                ...findingUnlessExactlyOne(plan, "lambda/function:Function"),
                ...stackFindingUnless(
                    resourcesOfType(plan, "lambda/functionUrl:FunctionUrl").length === 0,
                    "a function has a function URL",
                ),
            ];
        },
    },
];
