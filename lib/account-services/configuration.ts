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

/** AWS Config: the recorder of every resource's configuration over time (PCI DSS 1.2.8, 2.2.1), and its rules. */
export class Configuration extends pulumi.ComponentResource {
    constructor(name: string, args: ConfigurationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Configuration", name, {}, opts);
        const { scope, choice } = args;

        const recording = choice === "create" ? [this.record(args)] : [];
        for (const [identifier, { pciRequirement, description, parameters }] of Object.entries(configRules)) {
            // The name contains the suffix, because one account may have the rules of several stacks.
            const rule = nameOf(scope, `config-${identifier.toLowerCase().replaceAll("_", "-")}`);
            new aws.cfg.Rule(
                rule,
                {
                    name: rule,
                    description: `PCI DSS ${pciRequirement}: ${description}`,
                    source: { owner: "AWS", sourceIdentifier: identifier },
                    inputParameters: parameters && JSON.stringify(parameters),
                },
                // AWS Config accepts rules only in a region with a recorder.
                { parent: this, dependsOn: recording },
            );
        }
        this.registerOutputs({});
    }

    /** AWS Config needs the recorder before the channel, and the channel before the recorder starts; in reverse to delete. */
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
                // Without Object Lock: AWS Config does not deliver to a bucket that has it
                // (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-config-deliverychannel.html).
                accessLogs: logRequestsTo(args.accessLogBucketName),
                // The recorder's role is in this account, so its own policy allows it to write.
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
     * ARN of a role of this stack, once its policies are attached. AWS recommends the service-linked role, but there is one
     * for all regions of the account: creating it fails if it exists, and deleting it fails while any region uses it. AWS
     * updates the managed policy of this role, too.
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

/** Permissions that AWS Config needs (https://docs.aws.amazon.com/config/latest/developerguide/iamrole-permissions.html). */
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
