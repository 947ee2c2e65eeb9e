import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { logRequestsTo } from "../audit.ts";
import { Bucket } from "../bucket.ts";
import { grantRole, trustPolicy, type Statement } from "../iam.ts";
import { after } from "../ordering.ts";
import { nameOf, type Scope } from "../scope.ts";
import type { AccountServiceChoice } from "./choice.ts";
import { configRules } from "./config-rules.ts";

export interface ConfigurationArgs {
    readonly scope: Scope;
    readonly choice: AccountServiceChoice;
    readonly keyArn: pulumi.Input<string>;
    readonly retentionDays: number;
    readonly accessLogBucketName: pulumi.Input<string>;
}

/** AWS Config: a recorder of what every resource looked like and when (PCI DSS 1.2.8, 2.2.1), and rules over it. */
export class Configuration extends pulumi.ComponentResource {
    constructor(name: string, args: ConfigurationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Configuration", name, {}, opts);
        const { scope, choice } = args;

        const recording = choice === "create" ? [this.record(args)] : [];
        for (const [identifier, { pciRequirement, description, parameters }] of Object.entries(configRules)) {
            // The stack is in the name: rules of two stacks stand side by side in one account.
            const rule = nameOf(scope, `config-${identifier.toLowerCase().replaceAll("_", "-")}`);
            new aws.cfg.Rule(
                rule,
                {
                    name: rule,
                    description: `PCI DSS ${pciRequirement}: ${description}`,
                    source: { owner: "AWS", sourceIdentifier: identifier },
                    inputParameters: parameters && JSON.stringify(parameters),
                },
                // AWS takes rules only where a recorder is on.
                { parent: this, dependsOn: recording },
            );
        }
        this.registerOutputs({});
    }

    /** AWS takes a channel after the recorder and starts the recorder after the channel; it stops in reverse. */
    private record({ scope, ...args }: ConfigurationArgs): aws.cfg.RecorderStatus {
        const inside = { parent: this };
        const name = nameOf(scope, "config");
        const { keyArn } = args;
        const bucket = new Bucket(
            name,
            {
                scope,
                keyArn,
                retentionDays: args.retentionDays,
                accessLogs: logRequestsTo(args.accessLogBucketName),
                // The recorder's role, of this account, may write by its own policy.
                statements: () => [],
            },
            inside,
        );
        const recorder = new aws.cfg.Recorder(
            name,
            {
                name,
                roleArn: this.role(scope, deliveryStatements(scope, bucket.arn, keyArn)),
                recordingGroup: { allSupported: true, includeGlobalResourceTypes: true },
            },
            inside,
        );
        const channel = new aws.cfg.DeliveryChannel(
            name,
            {
                name: recorder.name,
                s3BucketName: bucket.bucketName,
                s3KmsKeyArn: keyArn,
                snapshotDeliveryProperties: { deliveryFrequency: "TwentyFour_Hours" },
            },
            inside,
        );
        return new aws.cfg.RecorderStatus(name, { name: after(recorder.name, [channel]), isEnabled: true }, inside);
    }

    /**
     * ARN of a role of the stack's own, once it may do its work. AWS recommends its service-linked role; that is one for
     * all regions of the account, so making it fails where any region has it, and destroying it fails while any uses it.
     * The managed policy is kept up by AWS just the same.
     */
    private role(scope: Scope, statements: Statement[]): pulumi.Output<string> {
        return grantRole(
            nameOf(scope, "config"),
            {
                scope,
                description: "Lets AWS Config look at every resource and file what it saw",
                assumeRolePolicy: trustPolicy(scope, "config.amazonaws.com"),
                managedPolicy: "AWS_ConfigRole",
                statements,
            },
            { parent: this },
        );
    }
}

/** What AWS asks for (https://docs.aws.amazon.com/config/latest/developerguide/iamrole-permissions.html). */
function deliveryStatements(scope: Scope, bucketArn: pulumi.Output<string>, keyArn: pulumi.Input<string>): Statement[] {
    return [
        {
            Effect: "Allow",
            Action: ["s3:PutObject", "s3:PutObjectAcl"],
            Resource: pulumi.interpolate`${bucketArn}/AWSLogs/${scope.accountId}/*`,
            Condition: { StringLike: { "s3:x-amz-acl": "bucket-owner-full-control" } },
        },
        { Effect: "Allow", Action: "s3:GetBucketAcl", Resource: bucketArn },
        { Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: keyArn },
    ];
}
