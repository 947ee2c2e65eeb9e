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
}

/** What a merchant is admitted to. */
export interface Admission {
    readonly restApiId: pulumi.Input<string>;
    readonly stageName: pulumi.Input<string>;
    readonly keyArn: pulumi.Input<string>;
}

export interface AdmittedMerchant {
    /** ARN of the secret with the API key, once the key is in the usage plan. */
    readonly keySecretArn: pulumi.Output<string>;
    readonly usagePlanId: pulumi.Output<string>;
}

/**
 * One merchant: an API key, stored in a secret, and its usage plan, which API Gateway enforces on a best-effort basis. Its keys
 * come first and their admission later: services know the IDs of the keys before the API is deployed, and a usage plan needs
 * the stage of the deployed API.
 */
export class Merchant extends pulumi.ComponentResource {
    /** IDs of the API keys: the current one first. */
    public readonly keyIds: readonly pulumi.Output<string>[];
    private readonly name: string;
    private readonly args: MerchantArgs;
    private readonly current: aws.apigateway.ApiKey;
    private readonly previous: aws.apigateway.ApiKey | undefined;

    constructor(name: string, args: MerchantArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Merchant", name, {}, opts);
        const { version, acceptPrevious } = args.settings.key;
        this.name = name;
        this.args = args;
        this.current = this.key(version);
        this.previous = acceptPrevious ? this.key(version - 1) : undefined;
        this.keyIds = [this.current, ...(this.previous ? [this.previous] : [])].map(({ id }) => id);
        this.registerOutputs({ keyIds: this.keyIds });
    }

    /** Lets the merchant call the API, and stores its key for it. */
    public admit({ restApiId, stageName, keyArn }: Admission): AdmittedMerchant {
        const { name, args, current, previous } = this;
        const { scope, merchant, settings } = args;
        const inside = { parent: this };

        const plan = new aws.apigateway.UsagePlan(
            name,
            {
                description: `Limits of merchant ${merchant}`,
                apiStages: [{ apiId: restApiId, stage: stageName }],
                quotaSettings: { limit: settings.quotaPerDay, period: "DAY" },
                throttleSettings: { rateLimit: settings.ratePerSecond, burstLimit: settings.burst },
            },
            inside,
        );
        const { version } = settings.key;
        const admission = this.admission(plan, current, version);
        if (previous !== undefined) {
            this.admission(plan, previous, version - 1);
        }
        const secretArn = createSecret(
            name,
            {
                scope,
                description: `API key of merchant ${merchant}`,
                keyArn,
                // The merchant never gets a key that the API does not accept yet.
                value: after(pulumi.secret(current.value), [admission]),
            },
            inside,
        );

        return { keySecretArn: after(secretArn, [admission]), usagePlanId: plan.id };
    }

    private keyName(version: number): string {
        return merchantKeyName(this.args.scope, this.args.merchant, version);
    }

    /** A key that AWS generates. */
    private key(version: number): aws.apigateway.ApiKey {
        const description = `API key of merchant ${this.args.merchant}`;
        return new aws.apigateway.ApiKey(this.keyName(version), { description }, { parent: this });
    }

    /** Admits a key to the API by the usage plan, which counts each key apart. */
    private admission(plan: aws.apigateway.UsagePlan, { id }: aws.apigateway.ApiKey, version: number) {
        return new aws.apigateway.UsagePlanKey(
            this.keyName(version),
            { usagePlanId: plan.id, keyId: id, keyType: "API_KEY" },
            // This output is the API key, which Pulumi would store in plain text.
            { parent: this, additionalSecretOutputs: ["value"] },
        );
    }
}
