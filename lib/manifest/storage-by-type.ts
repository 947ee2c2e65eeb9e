import type { Settings } from "../settings/schema.ts";

/** Kinds of stored data. The PCI DSS assessment decides which of them contain card data. */
export const contentKinds = ["payments", "sessions", "messages", "secrets", "records", "logs", "images"] as const;

/** Which kind of KMS key encrypts the stored data. */
export const encryptionKinds = ["customer-key", "aws-key", "none"] as const;

/** An input of a resource: a path such as `rules.0.expiration.days`. */
interface InputLocation {
    readonly input: string;
    /**
     * Type of the resource with the same name that has the input.
     * @default the resource itself
     */
    readonly ofType?: string;
}

interface Storage {
    /** Undefined if the key does not encrypt stored data. */
    readonly content?: (typeof contentKinds)[number];
    readonly key: InputLocation;
    /** Without a customer managed key AWS encrypts with its own. */
    readonly withoutKey?: "aws-key";
    readonly retention?: InputLocation & { readonly unit: "days" | "seconds" };
    /** Retention in days, if our code deletes the data and no input sets it. */
    readonly retentionDays?: (settings: Settings) => number;
}

const days = (input: string, ofType?: string) => ({ input, ofType, unit: "days" }) as const;

/** Types that store data or are encrypted. All others store only their configuration. */
export const storage = {
    "aws:cloudtrail/trail:Trail": { key: { input: "kmsKeyId" } },
    "aws:cloudwatch/logGroup:LogGroup": {
        content: "logs",
        key: { input: "kmsKeyId" },
        retention: days("retentionInDays"),
    },
    "aws:dynamodb/table:Table": {
        content: "payments",
        key: { input: "serverSideEncryption.kmsKeyArn" },
        // The validator sets the time to live of each transaction.
        retentionDays: ({ transactions }) => transactions.retentionDays,
    },
    "aws:ecr/repository:Repository": { content: "images", key: { input: "encryptionConfigurations.0.kmsKey" } },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        content: "sessions",
        key: { input: "kmsKeyId" },
        retention: days("snapshotRetentionLimit"),
    },
    "aws:lambda/function:Function": { key: { input: "kmsKeyArn" } },
    "aws:rds/cluster:Cluster": {
        content: "payments",
        key: { input: "kmsKeyId" },
        retention: days("backupRetentionPeriod"),
    },
    "aws:s3/bucket:Bucket": {
        content: "records",
        key: {
            input: "rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId",
            ofType: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        },
        withoutKey: "aws-key",
        retention: days("rules.0.expiration.days", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"),
    },
    // The input of a schedule's target is configuration.
    "aws:scheduler/schedule:Schedule": { key: { input: "kmsKeyArn" } },
    "aws:secretsmanager/secret:Secret": { content: "secrets", key: { input: "kmsKeyId" } },
    // A topic stores a message only until it is delivered.
    "aws:sns/topic:Topic": { content: "messages", key: { input: "kmsMasterKeyId" } },
    "aws:sqs/queue:Queue": {
        content: "messages",
        key: { input: "kmsMasterKeyId" },
        retention: { input: "messageRetentionSeconds", unit: "seconds" },
    },
} satisfies Readonly<Record<string, Storage>>;

export const storageByType: Readonly<Record<string, Storage>> = storage;

export type { Storage, InputLocation };
