import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { arn, policyJson } from "./iam.ts";
import { vendedLogGroupName, webAclLogGroup } from "./logs.ts";
import { nameOf, type Scope } from "./scope.ts";

/** Names of the log groups to which AWS delivers, each of which WAF or another service asks for with this prefix. */
const deliveredLogGroups = (scope: Scope): string[] => [
    webAclLogGroup(nameOf(scope, "*")),
    vendedLogGroupName("*", nameOf(scope, "*")),
];

/**
 * Allows AWS to deliver logs to the stack's log groups. Without it the first delivery makes AWS write such a policy, and two at
 * once fail (https://github.com/hashicorp/terraform-provider-aws/issues/25296). It is one of the ten policies that an account has
 * in a region (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html); its statement is AWS's own
 * (https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html).
 */
export const allowLogDelivery = (
    scope: Scope,
    opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.LogResourcePolicy => {
    const name = nameOf(scope, "log-delivery");
    return new aws.cloudwatch.LogResourcePolicy(
        name,
        {
            policyName: name,
            policyDocument: policyJson([
                {
                    Effect: "Allow",
                    Principal: { Service: "delivery.logs.amazonaws.com" },
                    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                    Resource: deliveredLogGroups(scope).map((group) =>
                        arn(scope, "logs", `log-group:${group}:log-stream:*`),
                    ),
                    Condition: {
                        StringEquals: { "aws:SourceAccount": scope.accountId },
                        ArnLike: { "aws:SourceArn": arn(scope, "logs", "*") },
                    },
                },
            ]),
        },
        opts,
    );
};
