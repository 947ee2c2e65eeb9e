import type { Settings } from "../settings/schema.ts";

/** What a resource may keep. Which of them hold card data is for the assessment to say, not for the program. */
export const contentKinds = ["payments", "sessions", "messages", "secrets", "records", "logs", "images"] as const;

/** Whose key encrypts what is kept. */
export const encryptionKinds = ["customer-key", "aws-key", "none"] as const;

/** Where a resource's inputs say something: a path such as `rules.0.expiration.days`. */
interface InputLocation {
    readonly input: string;
    /**
     * Type of the resource of the same name that says it.
     * @default the resource itself
     */
    readonly ofType?: string;
}

interface Storage {
    /** Left out where the key is for something else than kept data. */
    readonly content?: (typeof contentKinds)[number];
    readonly key: InputLocation;
    /** AWS encrypts without a key of ours, too. */
    readonly withoutKey?: "aws-key";
    readonly retention?: InputLocation & { readonly unit: "days" | "seconds" };
    /** Days where no input says them, as the program deletes by itself. */
    readonly retentionDays?: (settings: Settings) => number;
}

const days = (input: string, ofType?: string) => ({ input, ofType, unit: "days" }) as const;

/** What keeps data, or is encrypted, by type. All other types keep only their configuration. */
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
        // The validator writes into each transaction when it expires.
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
    // A topic keeps a message only until its subscribers have it.
    "aws:sns/topic:Topic": { content: "messages", key: { input: "kmsMasterKeyId" } },
    "aws:sqs/queue:Queue": {
        content: "messages",
        key: { input: "kmsMasterKeyId" },
        retention: { input: "messageRetentionSeconds", unit: "seconds" },
    },
} satisfies Readonly<Record<string, Storage>>;

export const storageByType: Readonly<Record<string, Storage>> = storage;

export type { Storage, InputLocation };
