import {
    GetBucketAccelerateConfigurationCommand,
    GetBucketAclCommand,
    GetBucketCorsCommand,
    GetBucketLifecycleConfigurationCommand,
    GetBucketLoggingCommand,
    GetBucketNotificationConfigurationCommand,
    GetBucketPolicyCommand,
    GetBucketReplicationCommand,
    GetBucketRequestPaymentCommand,
    GetBucketWebsiteCommand,
    ListBucketAnalyticsConfigurationsCommand,
    ListBucketInventoryConfigurationsCommand,
    ListBucketMetricsConfigurationsCommand,
    type Grant as AclGrant,
} from "@aws-sdk/client-s3";
import type { Clients } from "../../deploy/clients.ts";
import { read } from "../../deployer/grant.ts";
import { buckets } from "../../deployer/grants/stores.ts";
import { pages } from "../asking.ts";
import { listing, type Holds, type Lister } from "../listing.ts";
import { allowedIn } from "../words.ts";

type S3 = Clients["s3"];

/** A setting of a bucket that is a resource of its own in the program, and what it opens; nothing where it is not set. */
interface BucketSetting {
    readonly item: string;
    /** IAM action without `s3:`. */
    readonly action: string;
    readonly ask: (s3: S3, bucket: string) => Promise<readonly string[]>;
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
                ({ Destination }) => `${Destination?.Bucket ?? "?"} gets a copy of the objects`,
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
            return told.map((target) => `${target ?? "?"} is told the names of objects`);
        },
        planned: "s3/bucketNotification:BucketNotification",
        remove: "put-bucket-notification-configuration --notification-configuration {}",
    },
    {
        item: "logging",
        action: "GetBucketLogging",
        ask: async (s3, Bucket) => {
            const { LoggingEnabled: found } = await s3.send(new GetBucketLoggingCommand({ Bucket }));
            return either(found && `${found.TargetBucket ?? "?"} gets a log of who asks for which object`);
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
                ({ AllowedOrigins = [], AllowedMethods = [] }) =>
                    `pages of ${AllowedOrigins.join(", ")} may ${AllowedMethods.join(", ")} objects that their reader may`,
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

const settingOf = ({ item, action, ask, planned, remove }: BucketSetting): Lister =>
    listing<string>({
        item,
        rights: [read(`s3: ${action}`, buckets)],
        list: ({ s3 }, { id }) => ask(s3, id),
        key: (_, { id }) => id,
        planned: { [planned]: ({ text }) => text("bucket") },
        opens: (opens) => opens,
        remove: (_, { id }) => `aws s3api ${remove.replace(/^\S+/, `$& --bucket ${id}`)}`,
    });

interface Report {
    readonly id: string;
    readonly bucket?: string;
}

/** Configurations of which a bucket may have many, each with an id. */
const reports = (
    item: string,
    action: string,
    planned: string,
    command: string,
    opens: (bucket: string | undefined) => string,
    ask: (s3: S3, bucket: string, token: string | undefined) => Promise<{ items: Report[]; next: string | undefined }>,
): Lister =>
    listing<Report>({
        item,
        rights: [read(`s3: ${action}`, buckets)],
        list: ({ s3 }, { id }) => pages((token) => ask(s3, id, token)),
        key: ({ id }, bucket) => `${bucket.id}:${id}`,
        planned: { [planned]: ({ text }) => `${text("bucket")}:${text("name")}` },
        opens: ({ bucket }) => opens(bucket),
        remove: ({ id }, bucket) => `aws s3api ${command} --bucket ${bucket.id} --id ${id}`,
    });

const reporting: readonly Lister[] = [
    reports(
        "inventory",
        "GetInventoryConfiguration",
        "s3/inventory:Inventory",
        "delete-bucket-inventory-configuration",
        (bucket) => `${bucket ?? "?"} gets a list of all objects`,
        async (s3, Bucket, ContinuationToken) => {
            const command = new ListBucketInventoryConfigurationsCommand({ Bucket, ContinuationToken });
            const { InventoryConfigurationList: list = [], NextContinuationToken: next } = await s3.send(command);
            const items = list.map(({ Id = "", Destination }) => ({
                id: Id,
                bucket: Destination?.S3BucketDestination?.Bucket,
            }));
            return { items, next };
        },
    ),
    reports(
        "analytics configuration",
        "GetAnalyticsConfiguration",
        "s3/analyticsConfiguration:AnalyticsConfiguration",
        "delete-bucket-analytics-configuration",
        (bucket) =>
            bucket === undefined ? "nothing: it counts requests" : `${bucket} gets figures of how objects are used`,
        async (s3, Bucket, ContinuationToken) => {
            const command = new ListBucketAnalyticsConfigurationsCommand({ Bucket, ContinuationToken });
            const { AnalyticsConfigurationList: list = [], NextContinuationToken: next } = await s3.send(command);
            const items = list.map(({ Id = "", StorageClassAnalysis: analysis }) => ({
                id: Id,
                bucket: analysis?.DataExport?.Destination?.S3BucketDestination?.Bucket,
            }));
            return { items, next };
        },
    ),
    reports(
        "metrics configuration",
        "GetMetricsConfiguration",
        "s3/bucketMetric:BucketMetric",
        "delete-bucket-metrics-configuration",
        () => "nothing: CloudWatch counts requests, at a price",
        async (s3, Bucket, ContinuationToken) => {
            const command = new ListBucketMetricsConfigurationsCommand({ Bucket, ContinuationToken });
            const { MetricsConfigurationList: list = [], NextContinuationToken: next } = await s3.send(command);
            return { items: list.map(({ Id = "" }) => ({ id: Id })), next };
        },
    ),
];

/** ACLs say nothing while `BucketOwnerEnforced` is on, but would once it is off. */
const acl = listing<AclGrant & { readonly owner: string }>({
    item: "ACL grant",
    rights: [read("s3: GetBucketAcl", buckets)],
    list: async ({ s3 }, { id }) => {
        const { Grants = [], Owner } = await s3.send(new GetBucketAclCommand({ Bucket: id }));
        return Grants.map((grant) => ({ ...grant, owner: Owner?.ID ?? "" }));
    },
    key: ({ Grantee, Permission }, { id }) => `${id} ${Grantee?.URI ?? Grantee?.ID ?? "?"} ${Permission}`,
    byAws: [
        {
            what: "the owner's right to the bucket, which it is made with",
            source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html",
            is: ({ Grantee, owner }) => Grantee?.ID !== undefined && Grantee.ID === owner,
        },
    ],
    opens: ({ Grantee, Permission }) =>
        `${Grantee?.URI?.endsWith("/AllUsers") ? "anybody" : (Grantee?.URI ?? Grantee?.ID ?? "?")} has ${Permission} of the bucket, where ACLs count`,
    remove: (_, { id }) => `aws s3api put-bucket-acl --bucket ${id} --acl private`,
});

const isSetting = "it is a setting of its bucket, which Pulumi's refresh compares";

export const s3: Readonly<Record<string, Holds>> = {
    "s3/bucket:Bucket": [...settings.map(settingOf), ...reporting, acl],
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": isSetting,
    "s3/bucketLogging:BucketLogging": isSetting,
    "s3/bucketOwnershipControls:BucketOwnershipControls": isSetting,
    "s3/bucketPolicy:BucketPolicy": isSetting,
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock": isSetting,
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": isSetting,
    "s3/bucketVersioning:BucketVersioning": isSetting,
};
