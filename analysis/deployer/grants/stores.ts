import {
    automaticNamePattern,
    allResources,
    fixedNamePattern,
    keyUseGrants,
    createServiceLinkedRole,
    listsEverything,
    regionalArns,
    passRoles,
    prefixed,
    readGrant,
    writeGrant,
    type DeployerGrant,
    type DeployerGrants,
    type ResourceScope,
} from "../grant.ts";

export const tables = regionalArns("dynamodb", `table/${fixedNamePattern}`, `table/${fixedNamePattern}/*`);

export const buckets: ResourceScope = { arns: ["arn:{partition}:s3:::payment-*-{suffix}-{account}"] };
const objects: ResourceScope = { arns: buckets.arns.map((bucket) => `${bucket}/*`) };
/** The provider looks at every side of a bucket, also those that nobody sets. */
const readBucket = readGrant(
    "s3: GetAccelerateConfiguration GetBucketAbac GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging GetBucketNotification GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListBucket ListTagsForResource",
    buckets,
);
const bucketSettingGrants = (...actions: string[]): DeployerGrant[] => [
    writeGrant(`s3: ${actions.join(" ")}`, buckets),
    readBucket,
];

const clusters = regionalArns("rds", `cluster:${fixedNamePattern}`);
const instances = regionalArns("rds", `db:${prefixed}`);
const clusterParameters = regionalArns("rds", `cluster-pg:${automaticNamePattern}`);
const subnetGroups = regionalArns("rds", `subgrp:${automaticNamePattern}`);
const eventSubscriptions = regionalArns("rds", `es:${automaticNamePattern}`);
const tagGrant = (on: ResourceScope): DeployerGrant => writeGrant("rds: AddTagsToResource RemoveTagsFromResource", on);
const readTagsGrant = (on: ResourceScope): DeployerGrant => readGrant("rds: ListTagsForResource", on);
const describeGrant = (names: string): DeployerGrant => readGrant(`rds: ${names}`, allResources(listsEverything));
/** Option and parameter groups of AWS's own, which a cluster and its instances take part in. */
const awsDefaultGroups = regionalArns("rds", "og:default:*", "pg:default.*");

const replicationGroups = regionalArns(
    "elasticache",
    `replicationgroup:${fixedNamePattern}`,
    `cluster:${fixedNamePattern}-*`,
);
const cacheParameters = regionalArns("elasticache", `parametergroup:${automaticNamePattern}`);
const cacheSubnets = regionalArns("elasticache", `subnetgroup:${automaticNamePattern}`);
const cacheTagGrants = (on: ResourceScope): DeployerGrant[] => [
    writeGrant("elasticache: AddTagsToResource RemoveTagsFromResource", on),
    readGrant("elasticache: ListTagsForResource", on),
];

export const storeGrants: DeployerGrants = {
    "dynamodb/table:Table": [
        writeGrant(
            "dynamodb: CreateTable DeleteTable TagResource UntagResource UpdateContinuousBackups UpdateTable UpdateTimeToLive",
            tables,
        ),
        readGrant(
            "dynamodb: DescribeContinuousBackups DescribeContributorInsights DescribeTable DescribeTimeToLive ListTagsOfResource",
            tables,
        ),
        ...keyUseGrants,
    ],
    "s3/bucket:Bucket": [
        writeGrant(
            "s3: CreateBucket DeleteBucket PutBucketObjectLockConfiguration PutBucketTagging TagResource UntagResource",
            buckets,
        ),
        // Forced deletion empties the bucket.
        writeGrant("s3: DeleteObject DeleteObjectVersion", objects),
        readGrant("s3: ListBucketVersions", buckets),
        readBucket,
    ],
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": bucketSettingGrants("PutLifecycleConfiguration"),
    "s3/bucketLogging:BucketLogging": bucketSettingGrants("PutBucketLogging"),
    "s3/bucketOwnershipControls:BucketOwnershipControls": bucketSettingGrants("PutBucketOwnershipControls"),
    "s3/bucketPolicy:BucketPolicy": bucketSettingGrants("DeleteBucketPolicy", "PutBucketPolicy"),
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock": bucketSettingGrants("PutBucketPublicAccessBlock"),
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
        bucketSettingGrants("PutEncryptionConfiguration"),
    "s3/bucketVersioning:BucketVersioning": bucketSettingGrants("PutBucketVersioning"),
    "rds/cluster:Cluster": [
        writeGrant("rds: CreateDBCluster ModifyDBCluster", {
            arns: [...clusters.arns, ...clusterParameters.arns, ...subnetGroups.arns, ...awsDefaultGroups.arns],
        }),
        // A deleted cluster may leave a last snapshot.
        writeGrant("rds: CreateDBClusterSnapshot DeleteDBCluster", {
            arns: [...clusters.arns, ...regionalArns("rds", "cluster-snapshot:payment-*-{suffix}-*").arns],
        }),
        tagGrant(clusters),
        readTagsGrant(clusters),
        describeGrant("DescribeDBClusters DescribeGlobalClusters"),
        // The password that RDS makes and keeps.
        writeGrant(
            "secretsmanager: CreateSecret RotateSecret TagResource",
            regionalArns("secretsmanager", "secret:rds!*"),
        ),
        createServiceLinkedRole("rds.amazonaws.com"),
        ...keyUseGrants,
    ],
    "rds/clusterInstance:ClusterInstance": [
        writeGrant("rds: CreateDBInstance ModifyDBInstance", {
            arns: [...instances.arns, ...clusters.arns, ...subnetGroups.arns, ...awsDefaultGroups.arns],
        }),
        writeGrant("rds: DeleteDBInstance RebootDBInstance", instances),
        tagGrant(instances),
        readTagsGrant(instances),
        describeGrant("DescribeDBInstances"),
        passRoles,
        ...keyUseGrants,
    ],
    "rds/clusterParameterGroup:ClusterParameterGroup": [
        writeGrant(
            "rds: CreateDBClusterParameterGroup DeleteDBClusterParameterGroup ModifyDBClusterParameterGroup ResetDBClusterParameterGroup",
            clusterParameters,
        ),
        tagGrant(clusterParameters),
        readTagsGrant(clusterParameters),
        describeGrant("DescribeDBClusterParameterGroups DescribeDBClusterParameters"),
    ],
    "rds/subnetGroup:SubnetGroup": [
        writeGrant("rds: CreateDBSubnetGroup DeleteDBSubnetGroup ModifyDBSubnetGroup", subnetGroups),
        tagGrant(subnetGroups),
        readTagsGrant(subnetGroups),
        describeGrant("DescribeDBSubnetGroups"),
    ],
    "rds/eventSubscription:EventSubscription": [
        writeGrant(
            "rds: AddSourceIdentifierToSubscription CreateEventSubscription DeleteEventSubscription ModifyEventSubscription RemoveSourceIdentifierFromSubscription",
            eventSubscriptions,
        ),
        tagGrant(eventSubscriptions),
        readTagsGrant(eventSubscriptions),
        describeGrant("DescribeEventSubscriptions"),
    ],
    "elasticache/replicationGroup:ReplicationGroup": [
        writeGrant("elasticache: CreateReplicationGroup ModifyReplicationGroup", {
            arns: [...replicationGroups.arns, ...cacheParameters.arns, ...cacheSubnets.arns],
        }),
        writeGrant(
            "elasticache: DecreaseReplicaCount DeleteReplicationGroup IncreaseReplicaCount ModifyReplicationGroupShardConfiguration",
            replicationGroups,
        ),
        ...cacheTagGrants(replicationGroups),
        readGrant("elasticache: DescribeCacheClusters DescribeReplicationGroups", allResources(listsEverything)),
        createServiceLinkedRole("elasticache.amazonaws.com"),
        ...keyUseGrants,
    ],
    "elasticache/parameterGroup:ParameterGroup": [
        writeGrant(
            "elasticache: CreateCacheParameterGroup DeleteCacheParameterGroup ModifyCacheParameterGroup ResetCacheParameterGroup",
            cacheParameters,
        ),
        ...cacheTagGrants(cacheParameters),
        readGrant("elasticache: DescribeCacheParameterGroups DescribeCacheParameters", cacheParameters),
    ],
    "elasticache/subnetGroup:SubnetGroup": [
        writeGrant("elasticache: CreateCacheSubnetGroup DeleteCacheSubnetGroup ModifyCacheSubnetGroup", cacheSubnets),
        ...cacheTagGrants(cacheSubnets),
        readGrant("elasticache: DescribeCacheSubnetGroups", cacheSubnets),
    ],
};
