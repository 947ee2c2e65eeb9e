import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alertDeadLetterName, alertTopicPattern } from "./alerts.ts";
import { allowService, arn, policyJson, type Statement } from "./iam.ts";
import { logGroupPatterns } from "./encryption/log-group-patterns.ts";
import { regionalHost } from "./partitions.ts";
import { nameOf, type Scope } from "./scope.ts";

export interface EncryptionArgs {
    readonly scope: Scope;
    /** Whether the stack has a trail, which encrypts its log files. */
    readonly hasTrail: boolean;
}

const keyDomains = {
    data: "Database, transactions, cache, secrets and images",
    messaging: "Queues, topics and schedules",
    logs: "Logs, trail and audit records",
    // A key of their own, so that they still arrive when one of the others is lost.
    alerts: "Alerts",
} as const;
type KeyDomain = keyof typeof keyDomains;

/** One customer managed KMS key per kind of data, rotated every year. Its policy allows the services that use it. */
export class Encryption extends pulumi.ComponentResource {
    public readonly dataKeyArn: pulumi.Output<string>;
    public readonly messagingKeyArn: pulumi.Output<string>;
    public readonly logsKeyArn: pulumi.Output<string>;
    public readonly alertsKeyArn: pulumi.Output<string>;

    constructor(name: string, args: EncryptionArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Encryption", name, {}, opts);
        const { scope } = args;
        const inside = { parent: this };

        const key = (domain: KeyDomain) => {
            const keyName = nameOf(scope, domain);
            const { arn: keyArn, id: targetKeyId } = new aws.kms.Key(
                keyName,
                {
                    description: `${keyDomains[domain]} of payment platform ${scope.suffix}`,
                    enableKeyRotation: true,
                    // KMS allows 7 to 30 days. With deletion protection a mistake can be undone for the longest time.
                    deletionWindowInDays: scope.deletionProtection ? 30 : 7,
                    policy: policyJson(keyPolicy(domain, args)),
                },
                inside,
            );
            new aws.kms.Alias(keyName, { name: `alias/${keyName}`, targetKeyId }, inside);
            return keyArn;
        };

        this.dataKeyArn = key("data");
        this.messagingKeyArn = key("messaging");
        this.logsKeyArn = key("logs");
        this.alertsKeyArn = key("alerts");
        this.registerOutputs({
            dataKeyArn: this.dataKeyArn,
            messagingKeyArn: this.messagingKeyArn,
            logsKeyArn: this.logsKeyArn,
            alertsKeyArn: this.alertsKeyArn,
        });
    }
}

/** ARN of the stack's trail. The policies of its key and bucket need it before the trail exists. */
export const trailArn = (scope: Scope) => arn(scope, "cloudtrail", `trail/${nameOf(scope, "trail")}`);

/**
 * Key policy. Its resource `*` means this key.
 * (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html)
 */
function keyPolicy(domain: KeyDomain, args: EncryptionArgs): Statement[] {
    const { scope } = args;
    return [
        {
            // Without this statement IAM policies do not apply to the key, and the loss of a role could lock everyone out.
            Sid: "DelegateToIam",
            Effect: "Allow",
            Principal: { AWS: pulumi.interpolate`arn:${scope.partition}:iam::${scope.accountId}:root` },
            Action: "kms:*",
            Resource: "*",
        },
        ...serviceStatementsByDomain[domain](args),
    ];
}

const encryptMessage = ["kms:GenerateDataKey*", "kms:Decrypt"];

/**
 * Statement for a service whose requests have neither `aws:SourceAccount` nor `aws:SourceArn` when SNS or SQS encrypts for
 * it: EventBridge (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html); of RDS, AWS does not say. SNS and SQS
 * put the ARN of the topic or queue into the encryption context, which also names the account.
 */
const encryptFor = (principal: string, context: Record<string, pulumi.Input<string>>): Statement => ({
    Effect: "Allow",
    Principal: { Service: principal },
    Action: encryptMessage,
    Resource: "*",
    Condition: { ArnLike: context },
});

/** Services that call KMS as service principals. All others use the permissions of their caller. */
const serviceStatementsByDomain: Record<KeyDomain, (args: EncryptionArgs) => Statement[]> = {
    data: () => [],
    // SNS delivers to encrypted queues.
    messaging: ({ scope }) => [allowService(scope, "sns.amazonaws.com", encryptMessage, "*")],
    alerts: ({ scope }) => {
        const alertTopics = { "kms:EncryptionContext:aws:sns:topicArn": arn(scope, "sns", alertTopicPattern(scope)) };
        const alertQueue = { "kms:EncryptionContext:aws:sqs:arn": arn(scope, "sqs", alertDeadLetterName(scope)) };
        // Alarms, rules and database events publish to encrypted topics, and EventBridge sends what it could not publish to
        // an encrypted queue. Without its statement a service drops the message.
        return [
            allowService(scope, "cloudwatch.amazonaws.com", encryptMessage, "*"),
            encryptFor("events.amazonaws.com", alertTopics),
            encryptFor("events.amazonaws.com", alertQueue),
            encryptFor("events.rds.amazonaws.com", alertTopics),
        ];
    },
    logs: ({ scope, hasTrail }) => [
        {
            Effect: "Allow",
            Principal: { Service: regionalHost("logs", scope.region) },
            Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            Resource: "*",
            Condition: {
                ArnLike: {
                    "kms:EncryptionContext:aws:logs:arn": logGroupPatterns(scope).map((pattern) =>
                        arn(scope, "logs", `log-group:${pattern}`),
                    ),
                },
            },
        },
        ...(hasTrail ? trailStatements(scope) : []),
    ],
};

/** Permissions that CloudTrail needs (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html). */
function trailStatements(scope: Scope): Statement[] {
    const cloudTrail = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Resource: "*" } as const;
    const ofTrail = { "aws:SourceArn": trailArn(scope) };
    return [
        {
            ...cloudTrail,
            Action: "kms:GenerateDataKey*",
            Condition: {
                StringEquals: ofTrail,
                StringLike: {
                    "kms:EncryptionContext:aws:cloudtrail:arn": pulumi.interpolate`arn:${scope.partition}:cloudtrail:*:${scope.accountId}:trail/*`,
                },
            },
        },
        {
            ...cloudTrail,
            // CreateTrail and UpdateTrail check that CloudTrail may decrypt, because the bucket has an S3 Bucket Key.
            Action: ["kms:DescribeKey", "kms:Decrypt"],
            Condition: { StringEquals: ofTrail },
        },
    ];
}
