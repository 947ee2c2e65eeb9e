import type { PlanNode } from "../../plan/plan.ts";
import { all, arnOf, shown, text, texts, unless, unlessOne, unlessStack } from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

export const functionRules: readonly Rule[] = [
    {
        name: "functions-contained",
        promise: "every function runs in the VPC, is traced and loses no event",
        fix: "Give the function subnets and a group, tracing, a dead-letter queue and a log group of the stack.",
        controls: [
            "Lambda.3",
            "Lambda.5",
            "CKV_AWS_117",
            "Lambda.7",
            "CKV_AWS_50",
            "aws-lambda-function-enable-tracing-config",
            "aws-lambda-function-configure-tracing-config",
            "CKV_AWS_116",
        ],
        about: ["lambda/function:Function"],
        check: (plan) => {
            const functions = all(plan, "lambda/function:Function");
            const groups = all(plan, "cloudwatch/logGroup:LogGroup").map((group) => text(group, "name"));
            const queues = all(plan, "sqs/queue:Queue").map(arnOf);
            return [
                ...unlessStack(functions.length > 0, "there are no functions"),
                ...unless(
                    functions,
                    (node) =>
                        texts(node, "vpcConfig.subnetIds").length > 0 &&
                        texts(node, "vpcConfig.securityGroupIds").length === 1,
                    "run in the VPC, in a group of its own",
                ),
                ...unless(functions, (node) => texts(node, "architectures").join() === "arm64", "run on arm64"),
                ...unless(functions, (node) => text(node, "tracingConfig.mode") === "Active", "be traced"),
                ...unless(
                    functions,
                    (node) => queues.includes(text(node, "deadLetterConfig.targetArn")),
                    "set aside what fails in a queue of the stack",
                ),
                ...unless(
                    functions,
                    (node) =>
                        groups.includes(text(node, "loggingConfig.logGroup")) &&
                        text(node, "loggingConfig.logFormat") === "JSON",
                    "write JSON to a log group of the stack",
                ),
            ];
        },
    },
    {
        name: "functions-called-by-own-doors",
        promise: "functions are called by one method and one target group of the stack, and by nobody else",
        fix: "Name the method or target group as `sourceArn` of the permission, and delete any other way in.",
        controls: ["PCI-7.2.5", "Lambda.1", "CKV_AWS_301", "CKV_AWS_364", "aws-lambda-permission-configure-source-arn"],
        about: [
            "lambda/permission:Permission",
            "lambda/function:Function",
            "lambda/functionUrl:FunctionUrl",
            "apigateway/integration:Integration",
        ],
        check: (plan) => {
            const apis = all(plan, "apigateway/restApi:RestApi").map(({ outputs }) => shown(outputs.executionArn));
            const groups = all(plan, "lb/targetGroup:TargetGroup").map(arnOf);
            const permissions = all(plan, "lambda/permission:Permission");
            const functions = all(plan, "lambda/function:Function");
            const isNarrow = (permission: PlanNode) => {
                const source = text(permission, "sourceArn");
                switch (text(permission, "principal")) {
                    case "apigateway.amazonaws.com":
                        return apis.some((api) => source.startsWith(`${api}/`)) && !source.includes("*");
                    case "elasticloadbalancing.amazonaws.com":
                        return groups.includes(source);
                    default:
                        return false;
                }
            };
            return [
                ...unlessStack(permissions.length > 0, "nobody may call a function"),
                ...unless(permissions, isNarrow, "name one method or target group of the stack"),
                ...unless(permissions, (each) => text(each, "action") === "lambda:InvokeFunction", "allow calls only"),
                ...unless(
                    all(plan, "apigateway/integration:Integration").filter(
                        (each) => text(each, "type") === "AWS_PROXY",
                    ),
                    (each) => functions.some(({ outputs }) => outputs.invokeArn === text(each, "uri")),
                    "call a function of the stack",
                ),
                ...unlessOne(plan, "lambda/function:Function"),
                ...unlessStack(
                    all(plan, "lambda/functionUrl:FunctionUrl").length === 0,
                    "a function has an address of its own",
                ),
            ];
        },
    },
];
