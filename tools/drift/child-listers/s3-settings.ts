import {
    GetBucketAccelerateConfigurationCommand,
    GetBucketCorsCommand,
    GetBucketLifecycleConfigurationCommand,
    GetBucketLoggingCommand,
    GetBucketNotificationConfigurationCommand,
    GetBucketPolicyCommand,
    GetBucketReplicationCommand,
    GetBucketRequestPaymentCommand,
    GetBucketWebsiteCommand,
} from "@aws-sdk/client-s3";
import type { AwsClients } from "../../frame/aws-clients.ts";
import { readGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { buckets } from "../../../plan/catalogue/s3.ts";
import { defineLister, type ChildLister } from "../listing.ts";
import { describePolicy, textOrUnknown, joinNames } from "../text.ts";

/** A setting of a bucket that is a resource of its own in the program, and what it opens; nothing where it is not set. */
interface BucketSetting {
    readonly item: string;
    /** IAM action without `s3:`. */
    readonly action: string;
    readonly describe: (s3: AwsClients["s3"], bucket: string) => Promise<readonly string[]>;
    readonly planned: string;
    /** Command of `aws s3api`, without the bucket. */
    readonly remove: string;
}

const presentTexts = (...opened: (string | false | undefined)[]): string[] =>
    opened.filter((text) => text !== undefined && text !== false);

const bucketSettings: readonly BucketSetting[] = [
    {
        item: "policy",
        action: "GetBucketPolicy",
        describe: async (s3, Bucket) => {
            const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
            return Policy === undefined ? [] : [describePolicy(Policy)];
        },
        planned: "s3/bucketPolicy:BucketPolicy",
        remove: "delete-bucket-policy",
    },
    {
        item: "replication",
        action: "GetReplicationConfiguration",
        describe: async (s3, Bucket) => {
            const { ReplicationConfiguration: found } = await s3.send(new GetBucketReplicationCommand({ Bucket }));
            return (found?.Rules ?? []).map(
                ({ Destination }) => `${textOrUnknown(Destination?.Bucket)} gets a copy of the objects`,
            );
        },
        planned: "s3/bucketReplicationConfig:BucketReplicationConfig",
        remove: "delete-bucket-replication",
    },
    {
        item: "notification",
        action: "GetBucketNotification",
        describe: async (s3, Bucket) => {
            const found = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
            const notificationTargets = [
                ...(found.TopicConfigurations ?? []).map(({ TopicArn }) => TopicArn),
                ...(found.QueueConfigurations ?? []).map(({ QueueArn }) => QueueArn),
                ...(found.LambdaFunctionConfigurations ?? []).map(({ LambdaFunctionArn }) => LambdaFunctionArn),
                ...presentTexts(found.EventBridgeConfiguration && "EventBridge"),
            ];
            return notificationTargets.map((target) => `${textOrUnknown(target)} is told the names of objects`);
        },
        planned: "s3/bucketNotification:BucketNotification",
        remove: "put-bucket-notification-configuration --notification-configuration {}",
    },
    {
        item: "logging",
        action: "GetBucketLogging",
        describe: async (s3, Bucket) => {
            const { LoggingEnabled: found } = await s3.send(new GetBucketLoggingCommand({ Bucket }));
            return presentTexts(
                found && `${textOrUnknown(found.TargetBucket)} gets a log of who asks for which object`,
            );
        },
        planned: "s3/bucketLogging:BucketLogging",
        remove: "put-bucket-logging --bucket-logging-status {}",
    },
    {
        item: "lifecycle",
        action: "GetLifecycleConfiguration",
        describe: async (s3, Bucket) => {
            const { Rules = [] } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
            return presentTexts(Rules.length > 0 && "objects are moved or deleted after some time");
        },
        planned: "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        remove: "delete-bucket-lifecycle",
    },
    {
        item: "CORS rule",
        action: "GetBucketCORS",
        describe: async (s3, Bucket) => {
            const { CORSRules = [] } = await s3.send(new GetBucketCorsCommand({ Bucket }));
            return CORSRules.map(
                ({ AllowedOrigins, AllowedMethods }) =>
                    `pages of ${joinNames(AllowedOrigins)} may ${joinNames(AllowedMethods)} objects that their reader may`,
            );
        },
        planned: "s3/bucketCorsConfiguration:BucketCorsConfiguration",
        remove: "delete-bucket-cors",
    },
    {
        item: "website",
        action: "GetBucketWebsite",
        describe: async (s3, Bucket) => {
            const found = await s3.send(new GetBucketWebsiteCommand({ Bucket }));
            return presentTexts(
                (found.IndexDocument ?? found.RedirectAllRequestsTo) && "objects are offered without TLS, as a website",
            );
        },
        planned: "s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
        remove: "delete-bucket-website",
    },
    {
        item: "transfer acceleration",
        action: "GetAccelerateConfiguration",
        describe: async (s3, Bucket) => {
            const { Status } = await s3.send(new GetBucketAccelerateConfigurationCommand({ Bucket }));
            return presentTexts(Status === "Enabled" && "objects are reached through CloudFront's edge locations, too");
        },
        planned: "s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration",
        remove: "put-bucket-accelerate-configuration --accelerate-configuration Status=Suspended",
    },
    {
        item: "request payment",
        action: "GetBucketRequestPayment",
        describe: async (s3, Bucket) => {
            const { Payer } = await s3.send(new GetBucketRequestPaymentCommand({ Bucket }));
            return presentTexts(Payer === "Requester" && "who asks for objects pays, and anonymous requests fail");
        },
        planned: "s3/bucketRequestPaymentConfiguration:BucketRequestPaymentConfiguration",
        remove: "put-bucket-request-payment --request-payment-configuration Payer=BucketOwner",
    },
];

const defineSettingLister = ({ item, action, describe, planned, remove }: BucketSetting): ChildLister =>
    defineLister<string>({
        item,
        permissions: [readGrant(`s3: ${action}`, buckets)],
        list: ({ s3 }, { id }) => describe(s3, id),
        key: (_, { id }) => id,
        planned: { [planned]: ({ text }) => text("bucket") },
        opens: (opens) => opens,
        remove: (_, { id }) => `aws s3api ${remove.replace(/^\S+/, `$& --bucket ${id}`)}`,
    });

export const bucketSettingListers: readonly ChildLister[] = bucketSettings.map(defineSettingLister);
