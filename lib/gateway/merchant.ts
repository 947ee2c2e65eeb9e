import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { after } from "../ordering.ts";
import type { Scope } from "../scope.ts";
import { createSecret } from "../secret.ts";
import { merchantKeyName } from "./key-name.ts";
import type { Settings } from "../settings/schema.ts";

export interface MerchantArgs {
    readonly scope: Scope;
    readonly merchant: string;
    readonly settings: Settings["gateway"]["merchants"][string];
    readonly restApiId: pulumi.Input<string>;
    readonly stageName: pulumi.Input<string>;
    readonly keyArn: pulumi.Input<string>;
}

/** One merchant: an API key, stored in a secret, and its usage plan, which API Gateway enforces on a best-effort basis. */
export class Merchant extends pulumi.ComponentResource {
    /** ARN of the secret with the API key, once the key is in the usage plan. */
    public readonly keySecretArn: pulumi.Output<string>;
    public readonly usagePlanId: pulumi.Output<string>;

    constructor(name: string, args: MerchantArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Merchant", name, {}, opts);
        const { scope, merchant, settings } = args;
        const inside = { parent: this };

        const plan = new aws.apigateway.UsagePlan(
            name,
            {
                description: `Limits of merchant ${merchant}`,
                apiStages: [{ apiId: args.restApiId, stage: args.stageName }],
                quotaSettings: { limit: settings.quotaPerDay, period: "DAY" },
                throttleSettings: { rateLimit: settings.ratePerSecond, burstLimit: settings.burst },
            },
            inside,
        );
        const { version, acceptPrevious } = settings.key;
        const { key, admission } = this.key(args, plan, version);
        if (acceptPrevious) {
            this.key(args, plan, version - 1);
        }
        const secretArn = createSecret(
            name,
            {
                scope,
                description: `API key of merchant ${merchant}`,
                keyArn: args.keyArn,
                // The merchant never gets a key that the API does not accept yet.
                value: after(pulumi.secret(key.value), [admission]),
            },
            inside,
        );

        this.keySecretArn = after(secretArn, [admission]);
        this.usagePlanId = plan.id;
        this.registerOutputs({ keySecretArn: this.keySecretArn, usagePlanId: this.usagePlanId });
    }

    /** A key that AWS generates, admitted to the API by the usage plan, which counts each key apart. */
    private key({ scope, merchant }: MerchantArgs, plan: aws.apigateway.UsagePlan, version: number) {
        const inside = { parent: this };
        const name = merchantKeyName(scope, merchant, version);
        const key = new aws.apigateway.ApiKey(name, { description: `API key of merchant ${merchant}` }, inside);
        const admission = new aws.apigateway.UsagePlanKey(
            name,
            { usagePlanId: plan.id, keyId: key.id, keyType: "API_KEY" },
            // This output is the API key, which Pulumi would store in plain text.
            { ...inside, additionalSecretOutputs: ["value"] },
        );
        return { key, admission };
    }
}
