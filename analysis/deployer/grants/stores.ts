import {
    autonamed,
    everything,
    fixed,
    keyUse,
    linkedRole,
    lists,
    named,
    passRoles,
    prefixed,
    read,
    write,
    type Grant,
    type Grants,
    type Scope,
} from "../grant.ts";

export const table = named("dynamodb", `table/${fixed}`, `table/${fixed}/*`);

export const buckets: Scope = { arns: ["arn:{partition}:s3:::payment-*-{suffix}-{account}"] };
const objects: Scope = { arns: buckets.arns.map((bucket) => `${bucket}/*`) };
/** The provider looks at every side of a bucket, also those that nobody sets. */
const shownBucket = read(
    "s3: GetAccelerateConfiguration GetBucketAbac GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging GetBucketNotification GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListBucket ListTagsForResource",
    buckets,
);
const bucketPart = (...actions: string[]): Grant[] => [write(`s3: ${actions.join(" ")}`, buckets), shownBucket];

const clusters = named("rds", `cluster:${fixed}`);
const instances = named("rds", `db:${prefixed}`);
const clusterParameters = named("rds", `cluster-pg:${autonamed}`);
const subnetGroups = named("rds", `subgrp:${autonamed}`);
const eventSubscriptions = named("rds", `es:${autonamed}`);
const tagging = (on: Scope): Grant => write("rds: AddTagsToResource RemoveTagsFromResource", on);
const shown = (on: Scope): Grant => read("rds: ListTagsForResource", on);
const describe = (names: string): Grant => read(`rds: ${names}`, everything(lists));
/** Option and parameter groups of AWS's own, which a cluster and its instances take part in. */
const defaults = named("rds", "og:default:*", "pg:default.*");

const caches = named("elasticache", `replicationgroup:${fixed}`, `cluster:${fixed}-*`);
const cacheParameters = named("elasticache", `parametergroup:${autonamed}`);
const cacheSubnets = named("elasticache", `subnetgroup:${autonamed}`);
const cacheTags = (on: Scope): Grant[] => [
    write("elasticache: AddTagsToResource RemoveTagsFromResource", on),
    read("elasticache: ListTagsForResource", on),
];

export const stores: Grants = {
    "dynamodb/table:Table": [
        write(
            "dynamodb: CreateTable DeleteTable TagResource UntagResource UpdateContinuousBackups UpdateTable UpdateTimeToLive",
            table,
        ),
        read(
            "dynamodb: DescribeContinuousBackups DescribeContributorInsights DescribeTable DescribeTimeToLive ListTagsOfResource",
            table,
        ),
        ...keyUse,
    ],
    "s3/bucket:Bucket": [
        write(
            "s3: CreateBucket DeleteBucket PutBucketObjectLockConfiguration PutBucketTagging TagResource UntagResource",
            buckets,
        ),
        // Forced deletion empties the bucket.
        write("s3: DeleteObject DeleteObjectVersion", objects),
        read("s3: ListBucketVersions", buckets),
        shownBucket,
    ],
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketPart("PutLifecycleConfiguration"),
    "s3/bucketLogging:BucketLogging": bucketPart("PutBucketLogging"),
    "s3/bucketOwnershipControls:BucketOwnershipControls": bucketPart("PutBucketOwnershipControls"),
    "s3/bucketPolicy:BucketPolicy": bucketPart("DeleteBucketPolicy", "PutBucketPolicy"),
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketPart("PutBucketPublicAccessBlock"),
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
        bucketPart("PutEncryptionConfiguration"),
    "s3/bucketVersioning:BucketVersioning": bucketPart("PutBucketVersioning"),
    "rds/cluster:Cluster": [
        write("rds: CreateDBCluster ModifyDBCluster", {
            arns: [...clusters.arns, ...clusterParameters.arns, ...subnetGroups.arns, ...defaults.arns],
        }),
        // A deleted cluster may leave a last snapshot.
        write("rds: CreateDBClusterSnapshot DeleteDBCluster", {
            arns: [...clusters.arns, ...named("rds", "cluster-snapshot:payment-*-{suffix}-*").arns],
        }),
        tagging(clusters),
        shown(clusters),
        describe("DescribeDBClusters DescribeGlobalClusters"),
        // The password that RDS makes and keeps.
        write("secretsmanager: CreateSecret RotateSecret TagResource", named("secretsmanager", "secret:rds!*")),
        linkedRole("rds.amazonaws.com"),
        ...keyUse,
    ],
    "rds/clusterInstance:ClusterInstance": [
        write("rds: CreateDBInstance ModifyDBInstance", {
            arns: [...instances.arns, ...clusters.arns, ...subnetGroups.arns, ...defaults.arns],
        }),
        write("rds: DeleteDBInstance RebootDBInstance", instances),
        tagging(instances),
        shown(instances),
        describe("DescribeDBInstances"),
        passRoles,
        ...keyUse,
    ],
    "rds/clusterParameterGroup:ClusterParameterGroup": [
        write(
            "rds: CreateDBClusterParameterGroup DeleteDBClusterParameterGroup ModifyDBClusterParameterGroup ResetDBClusterParameterGroup",
            clusterParameters,
        ),
        tagging(clusterParameters),
        shown(clusterParameters),
        describe("DescribeDBClusterParameterGroups DescribeDBClusterParameters"),
    ],
    "rds/subnetGroup:SubnetGroup": [
        write("rds: CreateDBSubnetGroup DeleteDBSubnetGroup ModifyDBSubnetGroup", subnetGroups),
        tagging(subnetGroups),
        shown(subnetGroups),
        describe("DescribeDBSubnetGroups"),
    ],
    "rds/eventSubscription:EventSubscription": [
        write(
            "rds: AddSourceIdentifierToSubscription CreateEventSubscription DeleteEventSubscription ModifyEventSubscription RemoveSourceIdentifierFromSubscription",
            eventSubscriptions,
        ),
        tagging(eventSubscriptions),
        shown(eventSubscriptions),
        describe("DescribeEventSubscriptions"),
    ],
    "elasticache/replicationGroup:ReplicationGroup": [
        write("elasticache: CreateReplicationGroup ModifyReplicationGroup", {
            arns: [...caches.arns, ...cacheParameters.arns, ...cacheSubnets.arns],
        }),
        write(
            "elasticache: DecreaseReplicaCount DeleteReplicationGroup IncreaseReplicaCount ModifyReplicationGroupShardConfiguration",
            caches,
        ),
        ...cacheTags(caches),
        read("elasticache: DescribeCacheClusters DescribeReplicationGroups", everything(lists)),
        linkedRole("elasticache.amazonaws.com"),
        ...keyUse,
    ],
    "elasticache/parameterGroup:ParameterGroup": [
        write(
            "elasticache: CreateCacheParameterGroup DeleteCacheParameterGroup ModifyCacheParameterGroup ResetCacheParameterGroup",
            cacheParameters,
        ),
        ...cacheTags(cacheParameters),
        read("elasticache: DescribeCacheParameterGroups DescribeCacheParameters", cacheParameters),
    ],
    "elasticache/subnetGroup:SubnetGroup": [
        write("elasticache: CreateCacheSubnetGroup DeleteCacheSubnetGroup ModifyCacheSubnetGroup", cacheSubnets),
        ...cacheTags(cacheSubnets),
        read("elasticache: DescribeCacheSubnetGroups", cacheSubnets),
    ],
};
