import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ApiGatewayRole } from "./account-services/api-gateway-role.ts";
import { Configuration } from "./account-services/configuration.ts";
import { GuardDuty } from "./account-services/guard-duty.ts";
import { SecurityHub } from "./account-services/security-hub.ts";
import type { Severity } from "./alerts.ts";
import { nameOf, type Scope } from "./scope.ts";
import type { Settings } from "./settings/schema.ts";

export interface AccountServicesArgs {
    readonly scope: Scope;
    readonly settings: Settings["accountServices"];
    readonly topicArns: Readonly<Record<Severity, pulumi.Input<string>>>;
    /** Key and retention of the bucket that AWS Config delivers to. */
    readonly keyArn: pulumi.Input<string>;
    readonly retentionDays: number;
    /** Receives the access logs of the bucket that AWS Config delivers to. */
    readonly accessLogBucketName: pulumi.Input<string>;
    /** Endpoint of GuardDuty's agent. Undefined in a stack that skips GuardDuty. */
    readonly agentEndpoint: aws.ec2.VpcEndpoint | undefined;
}

/**
 * Services that AWS offers once per account and region: created here, adopted, or skipped (docs/account-services.md). Two
 * stacks that both create one overwrite each other, and destroying one stack would delete it for the other.
 */
export class AccountServices extends pulumi.ComponentResource {
    /** Resolves once API Gateway may write logs. Undefined while the stack skips the role. */
    public readonly apiGatewayLoggingReady: pulumi.Output<string> | undefined;

    constructor(name: string, args: AccountServicesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:AccountServices", name, {}, opts);
        const { scope, settings, topicArns, agentEndpoint } = args;
        const { guardDuty, config, securityHub } = settings;
        const inside = { parent: this };

        this.apiGatewayLoggingReady = this.allowLogs(args);
        if (guardDuty !== "skip") {
            new GuardDuty(nameOf(scope, "guardduty"), { scope, choice: guardDuty, topicArns, agentEndpoint }, inside);
        }
        if (config !== "skip") {
            new Configuration(nameOf(scope, "configuration"), { ...args, choice: config }, inside);
        }
        if (securityHub !== "skip") {
            new SecurityHub(
                nameOf(scope, "security-hub"),
                { scope, choice: securityHub, topicArn: topicArns.warning },
                inside,
            );
        }
        this.registerOutputs({ apiGatewayLoggingReady: this.apiGatewayLoggingReady });
    }

    private allowLogs({ scope, settings }: AccountServicesArgs): pulumi.Output<string> | undefined {
        switch (settings.apiGatewayRole) {
            case "create":
                return new ApiGatewayRole(nameOf(scope, "gateway-logging"), { scope }, { parent: this }).ready;
            case "adopt":
                return pulumi.output("the role that the account has");
            case "skip":
                return undefined;
        }
    }
}
