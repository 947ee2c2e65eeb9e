import { DeleteResourcePolicyCommand, PutResourcePolicyCommand } from "@aws-sdk/client-dynamodb";
import { DeleteRepositoryPolicyCommand, SetRepositoryPolicyCommand } from "@aws-sdk/client-ecr";
import { CreateSnapshotCommand, DeleteSnapshotCommand } from "@aws-sdk/client-elasticache";
import {
    CreateDBClusterSnapshotCommand,
    CreateDBInstanceCommand,
    DeleteDBClusterSnapshotCommand,
    DeleteDBInstanceCommand,
} from "@aws-sdk/client-rds";
import {
    DeleteBucketCorsCommand,
    DeleteBucketReplicationCommand,
    DeleteBucketWebsiteCommand,
    PutBucketAccelerateConfigurationCommand,
    PutBucketAclCommand,
    PutBucketCorsCommand,
    PutBucketLoggingCommand,
    PutBucketNotificationConfigurationCommand,
    PutBucketReplicationCommand,
    PutBucketWebsiteCommand,
} from "@aws-sdk/client-s3";
import type { ManualAddition } from "./addition.ts";

const bucket = "s3/bucket:Bucket";
const table = "dynamodb/table:Table";
const cluster = "rds/cluster:Cluster";

const bucketAdditions: readonly ManualAddition[] = [
    {
        under: bucket,
        item: "CORS rule",
        opens: /^pages of https:\/\/example\.net may GET objects that their reader may$/,
        add: async ({ s3 }, find) => {
            const Bucket = find(bucket, "audit").id;
            const CORSRules = [{ AllowedOrigins: ["https://example.net"], AllowedMethods: ["GET"] }];
            await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
            return { key: Bucket, remove: () => s3.send(new DeleteBucketCorsCommand({ Bucket })) };
        },
    },
    {
        under: bucket,
        item: "website",
        opens: /^objects are offered without TLS, as a website$/,
        add: async ({ s3 }, find) => {
            const Bucket = find(bucket, "audit").id;
            const WebsiteConfiguration = { IndexDocument: { Suffix: "index.html" } };
            await s3.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }));
            return { key: Bucket, remove: () => s3.send(new DeleteBucketWebsiteCommand({ Bucket })) };
        },
    },
    {
        under: bucket,
        item: "notification",
        opens: /payment-events-dev is told the names of objects$/,
        add: async ({ s3 }, find) => {
            const Bucket = find(bucket, "audit").id;
            const TopicArn = find("sns/topic:Topic", "events").arn;
            const set = (TopicConfigurations: { TopicArn: string; Events: "s3:ObjectCreated:*"[] }[]) =>
                s3.send(
                    new PutBucketNotificationConfigurationCommand({
                        Bucket,
                        NotificationConfiguration: { TopicConfigurations },
                    }),
                );
            await set([{ TopicArn, Events: ["s3:ObjectCreated:*"] }]);
            return { key: Bucket, remove: () => set([]) };
        },
    },
    {
        under: bucket,
        item: "replication",
        opens: /^arn:aws:s3:::payment-access-logs-dev-\d+ gets a copy of the objects$/,
        add: async ({ s3 }, find) => {
            const Bucket = find(bucket, "audit").id;
            const Destination = { Bucket: find(bucket, "access-logs").arn };
            const rule = {
                ID: "by-hand",
                Status: "Enabled" as const,
                Priority: 1,
                Filter: { Prefix: "" },
                Destination,
            };
            const ReplicationConfiguration = { Role: find("iam/role:Role", "validator").arn, Rules: [rule] };
            await s3.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration }));
            return { key: Bucket, remove: () => s3.send(new DeleteBucketReplicationCommand({ Bucket })) };
        },
    },
    {
        under: bucket,
        item: "logging",
        opens: /^payment-access-logs-dev-\d+ gets a log of who asks for which object$/,
        add: async ({ s3 }, find) => {
            const Bucket = find(bucket, "access-logs").id;
            const LoggingEnabled = { TargetBucket: Bucket, TargetPrefix: "s3/" };
            await s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled } }));
            const off = { Bucket, BucketLoggingStatus: {} };
            return { key: Bucket, remove: () => s3.send(new PutBucketLoggingCommand(off)) };
        },
    },
    {
        under: bucket,
        item: "transfer acceleration",
        opens: /^objects are reached through CloudFront's edge locations, too$/,
        add: async ({ s3 }, find) => {
            const Bucket = find(bucket, "audit").id;
            const set = (Status: "Enabled" | "Suspended") =>
                s3.send(new PutBucketAccelerateConfigurationCommand({ Bucket, AccelerateConfiguration: { Status } }));
            await set("Enabled");
            return { key: Bucket, remove: () => set("Suspended") };
        },
    },
    {
        under: bucket,
        item: "ACL grant",
        opens: /^anybody has READ of the bucket, where ACLs count$/,
        add: async ({ s3 }, find) => {
            const Bucket = find(bucket, "audit").id;
            await s3.send(new PutBucketAclCommand({ Bucket, ACL: "public-read" }));
            return { key: "AllUsers READ", remove: () => s3.send(new PutBucketAclCommand({ Bucket, ACL: "private" })) };
        },
    },
];

const publicPolicy = (Action: string, Resource?: string) =>
    JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Sid: "ByHand", Effect: "Allow", Principal: "*", Action, Resource }],
    });

export const storeAdditions: readonly ManualAddition[] = [
    ...bucketAdditions,
    {
        under: table,
        item: "resource policy",
        opens: /^anybody may dynamodb:GetItem on arn:aws:dynamodb:/,
        add: async ({ dynamodb }, find) => {
            const ResourceArn = find(table).arn;
            const Policy = publicPolicy("dynamodb:GetItem", ResourceArn);
            await dynamodb.send(new PutResourcePolicyCommand({ ResourceArn, Policy }));
            const remove = () => dynamodb.send(new DeleteResourcePolicyCommand({ ResourceArn }));
            return { key: ResourceArn, remove };
        },
    },
    {
        under: "ecr/repository:Repository",
        item: "policy",
        opens: /^anybody may ecr:BatchGetImage$/,
        add: async ({ ecr }, find) => {
            const repositoryName = find("ecr/repository:Repository", "payment-api").id;
            const policyText = publicPolicy("ecr:BatchGetImage");
            await ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
            const remove = () => ecr.send(new DeleteRepositoryPolicyCommand({ repositoryName }));
            return { key: repositoryName, remove };
        },
    },
    {
        under: cluster,
        item: "instance",
        opens: /has another way to the data, by-hand\./,
        add: async ({ rds }, find) => {
            const DBInstanceIdentifier = "by-hand";
            await rds.send(
                new CreateDBInstanceCommand({
                    DBInstanceIdentifier,
                    DBClusterIdentifier: find(cluster).id,
                    DBInstanceClass: "db.serverless",
                    Engine: "aurora-postgresql",
                }),
            );
            return {
                key: DBInstanceIdentifier,
                remove: () => rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier, SkipFinalSnapshot: true })),
            };
        },
    },
    {
        under: cluster,
        item: "manual snapshot",
        opens: /^a copy of the data stays until somebody deletes it/,
        add: async ({ rds }, find) => {
            const DBClusterSnapshotIdentifier = "by-hand";
            const DBClusterIdentifier = find(cluster).id;
            await rds.send(new CreateDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier, DBClusterIdentifier }));
            const remove = () => rds.send(new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier }));
            return { key: "by-hand", remove };
        },
    },
    {
        under: "elasticache/replicationGroup:ReplicationGroup",
        item: "manual snapshot",
        opens: /^a copy of the cache stays until somebody deletes it/,
        add: async ({ elasticache }, find) => {
            const SnapshotName = "by-hand";
            const ReplicationGroupId = find("elasticache/replicationGroup:ReplicationGroup").id;
            await elasticache.send(new CreateSnapshotCommand({ SnapshotName, ReplicationGroupId }));
            return { key: SnapshotName, remove: () => elasticache.send(new DeleteSnapshotCommand({ SnapshotName })) };
        },
    },
];
