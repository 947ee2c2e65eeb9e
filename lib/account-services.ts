import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ApiGatewayRole } from "./account-services/api-gateway-role.ts";
import { Configuration } from "./account-services/configuration.ts";
import { GuardDuty } from "./account-services/guard-duty.ts";
import { SecurityHub } from "./account-services/security-hub.ts";
import type { AlertTargets } from "./events.ts";
import { nameOf, type Scope } from "./scope.ts";
import type { Settings } from "./settings/schema.ts";

export interface AccountServicesArgs {
    readonly scope: Scope;
    readonly settings: Settings["accountServices"];
    readonly alerts: AlertTargets;
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
    /** Nouns in the names of the EventBridge rules. */
    public readonly eventRules: readonly string[];

    constructor(name: string, args: AccountServicesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:AccountServices", name, {}, opts);
        const { scope, settings, alerts, agentEndpoint } = args;
        const { guardDuty, config, securityHub } = settings;
        const inside = { parent: this };

        this.apiGatewayLoggingReady = this.allowLogs(args);
        const routing: Pick<GuardDuty, "eventRules">[] = [];
        if (guardDuty !== "skip") {
            const guardDutyArgs = { scope, choice: guardDuty, alerts, agentEndpoint };
            routing.push(new GuardDuty(nameOf(scope, "guardduty"), guardDutyArgs, inside));
        }
        if (config !== "skip") {
            new Configuration(nameOf(scope, "configuration"), { ...args, choice: config }, inside);
        }
        if (securityHub !== "skip") {
            const hubArgs = { scope, choice: securityHub, alerts };
            routing.push(new SecurityHub(nameOf(scope, "security-hub"), hubArgs, inside));
        }
        this.eventRules = routing.flatMap(({ eventRules }) => eventRules);
        this.registerOutputs({ apiGatewayLoggingReady: this.apiGatewayLoggingReady, eventRules: this.eventRules });
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
