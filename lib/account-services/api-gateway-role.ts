import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { grantRole, policyJson } from "../iam.ts";
import { after } from "../ordering.ts";
import type { Scope } from "../scope.ts";

export interface ApiGatewayRoleArgs {
    readonly scope: Scope;
}

/**
 * The role with which API Gateway writes the logs of every REST API of the account and region. Destroying it leaves the
 * account without one: then no API there logs, of whatever stack.
 */
export class ApiGatewayRole extends pulumi.ComponentResource {
    /** The role's ARN, once the account has it. */
    public readonly ready: pulumi.Output<string>;

    constructor(name: string, args: ApiGatewayRoleArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:ApiGatewayRole", name, {}, opts);
        const inside = { parent: this };

        const roleArn = grantRole(
            name,
            {
                scope: args.scope,
                description: "Lets API Gateway write the logs of this account's REST APIs",
                // No source: AWS documents none for this role, and tries it out before it takes it. Nobody can lend it to
                // an API of another account, as that takes iam:PassRole in this one
                // (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html).
                assumeRolePolicy: policyJson([
                    {
                        Effect: "Allow",
                        Principal: { Service: "apigateway.amazonaws.com" },
                        Action: "sts:AssumeRole",
                    },
                ]),
                // AWS's own, not a narrower one: it serves APIs of other stacks, and AWS asks for these rights when it
                // takes the role.
                managedPolicy: "AmazonAPIGatewayPushToCloudWatchLogs",
            },
            inside,
        );
        const account = new aws.apigateway.Account(name, { cloudwatchRoleArn: roleArn }, inside);

        this.ready = after(roleArn, [account]);
        this.registerOutputs({ ready: this.ready });
    }
}
