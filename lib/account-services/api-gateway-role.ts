import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { grantRole, policyJson } from "../iam.ts";
import { after } from "../ordering.ts";
import type { Scope } from "../scope.ts";

export interface ApiGatewayRoleArgs {
    readonly scope: Scope;
}

/**
 * The role with which API Gateway writes the logs of every REST API of the account and region. Destroying it stops the
 * logs of the APIs of all stacks there.
 */
export class ApiGatewayRole extends pulumi.ComponentResource {
    /** ARN of the role, once the account's API Gateway settings name it. */
    public readonly ready: pulumi.Output<string>;

    constructor(name: string, args: ApiGatewayRoleArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:ApiGatewayRole", name, {}, opts);
        const inside = { parent: this };

        const roleArn = grantRole(
            name,
            {
                scope: args.scope,
                description: "Lets API Gateway write the logs of this account's REST APIs",
                // Without `aws:SourceArn`: AWS documents no value for this role, and tests the role before it accepts it.
                // An API of another account cannot use it, because that needs iam:PassRole in this account
                // (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html).
                assumeRolePolicy: policyJson([
                    {
                        Effect: "Allow",
                        Principal: { Service: "apigateway.amazonaws.com" },
                        Action: "sts:AssumeRole",
                    },
                ]),
                // AWS's managed policy and no narrower one: the role serves the APIs of other stacks too, and API Gateway
                // checks for these permissions when it accepts the role.
                managedPolicy: "AmazonAPIGatewayPushToCloudWatchLogs",
            },
            inside,
        );
        const account = new aws.apigateway.Account(name, { cloudwatchRoleArn: roleArn }, inside);

        this.ready = after(roleArn, [account]);
        this.registerOutputs({ ready: this.ready });
    }
}
