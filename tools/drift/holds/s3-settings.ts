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
import type { Clients } from "../../deploy/clients.ts";
import { read } from "../../../analysis/deployer/grant.ts";
import { buckets } from "../../../analysis/deployer/grants/stores.ts";
import { listing, type Lister } from "../listing.ts";
import { allowedIn, orUnknown, some } from "../words.ts";

/** A setting of a bucket that is a resource of its own in the program, and what it opens; nothing where it is not set. */
interface BucketSetting {
    readonly item: string;
    /** IAM action without `s3:`. */
    readonly action: string;
    readonly ask: (s3: Clients["s3"], bucket: string) => Promise<readonly string[]>;
    readonly planned: string;
    /** Command of `aws s3api`, without the bucket. */
    readonly remove: string;
}

const either = (...opened: (string | false | undefined)[]): string[] =>
    opened.filter((text) => text !== undefined && text !== false);

const settings: readonly BucketSetting[] = [
    {
        item: "policy",
        action: "GetBucketPolicy",
        ask: async (s3, Bucket) => {
            const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
            return Policy === undefined ? [] : [allowedIn(Policy)];
        },
        planned: "s3/bucketPolicy:BucketPolicy",
        remove: "delete-bucket-policy",
    },
    {
        item: "replication",
        action: "GetReplicationConfiguration",
        ask: async (s3, Bucket) => {
            const { ReplicationConfiguration: found } = await s3.send(new GetBucketReplicationCommand({ Bucket }));
            return (found?.Rules ?? []).map(
                ({ Destination }) => `${orUnknown(Destination?.Bucket)} gets a copy of the objects`,
            );
        },
        planned: "s3/bucketReplicationConfig:BucketReplicationConfig",
        remove: "delete-bucket-replication",
    },
    {
        item: "notification",
        action: "GetBucketNotification",
        ask: async (s3, Bucket) => {
            const found = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
            const told = [
                ...(found.TopicConfigurations ?? []).map(({ TopicArn }) => TopicArn),
                ...(found.QueueConfigurations ?? []).map(({ QueueArn }) => QueueArn),
                ...(found.LambdaFunctionConfigurations ?? []).map(({ LambdaFunctionArn }) => LambdaFunctionArn),
                ...either(found.EventBridgeConfiguration && "EventBridge"),
            ];
            return told.map((target) => `${orUnknown(target)} is told the names of objects`);
        },
        planned: "s3/bucketNotification:BucketNotification",
        remove: "put-bucket-notification-configuration --notification-configuration {}",
    },
    {
        item: "logging",
        action: "GetBucketLogging",
        ask: async (s3, Bucket) => {
            const { LoggingEnabled: found } = await s3.send(new GetBucketLoggingCommand({ Bucket }));
            return either(found && `${orUnknown(found.TargetBucket)} gets a log of who asks for which object`);
        },
        planned: "s3/bucketLogging:BucketLogging",
        remove: "put-bucket-logging --bucket-logging-status {}",
    },
    {
        item: "lifecycle",
        action: "GetLifecycleConfiguration",
        ask: async (s3, Bucket) => {
            const { Rules = [] } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
            return either(Rules.length > 0 && "objects are moved or deleted after some time");
        },
        planned: "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        remove: "delete-bucket-lifecycle",
    },
    {
        item: "CORS rule",
        action: "GetBucketCORS",
        ask: async (s3, Bucket) => {
            const { CORSRules = [] } = await s3.send(new GetBucketCorsCommand({ Bucket }));
            return CORSRules.map(
                ({ AllowedOrigins, AllowedMethods }) =>
                    `pages of ${some(AllowedOrigins)} may ${some(AllowedMethods)} objects that their reader may`,
            );
        },
        planned: "s3/bucketCorsConfiguration:BucketCorsConfiguration",
        remove: "delete-bucket-cors",
    },
    {
        item: "website",
        action: "GetBucketWebsite",
        ask: async (s3, Bucket) => {
            const found = await s3.send(new GetBucketWebsiteCommand({ Bucket }));
            return either(
                (found.IndexDocument ?? found.RedirectAllRequestsTo) && "objects are offered without TLS, as a website",
            );
        },
        planned: "s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
        remove: "delete-bucket-website",
    },
    {
        item: "transfer acceleration",
        action: "GetAccelerateConfiguration",
        ask: async (s3, Bucket) => {
            const { Status } = await s3.send(new GetBucketAccelerateConfigurationCommand({ Bucket }));
            return either(Status === "Enabled" && "objects are reached through CloudFront's edge locations, too");
        },
        planned: "s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration",
        remove: "put-bucket-accelerate-configuration --accelerate-configuration Status=Suspended",
    },
    {
        item: "request payment",
        action: "GetBucketRequestPayment",
        ask: async (s3, Bucket) => {
            const { Payer } = await s3.send(new GetBucketRequestPaymentCommand({ Bucket }));
            return either(Payer === "Requester" && "who asks for objects pays, and anonymous requests fail");
        },
        planned: "s3/bucketRequestPaymentConfiguration:BucketRequestPaymentConfiguration",
        remove: "put-bucket-request-payment --request-payment-configuration Payer=BucketOwner",
    },
];

const listerOf = ({ item, action, ask, planned, remove }: BucketSetting): Lister =>
    listing<string>({
        item,
        rights: [read(`s3: ${action}`, buckets)],
        list: ({ s3 }, { id }) => ask(s3, id),
        key: (_, { id }) => id,
        planned: { [planned]: ({ text }) => text("bucket") },
        opens: (opens) => opens,
        remove: (_, { id }) => `aws s3api ${remove.replace(/^\S+/, `$& --bucket ${id}`)}`,
    });

export const settingsOfBucket: readonly Lister[] = settings.map(listerOf);
