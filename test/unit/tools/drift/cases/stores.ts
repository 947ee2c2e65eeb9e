import { awsError } from "../../deploy/fakes.ts";
import { publicPolicy, resourceInState, type DriftCase } from "./case.ts";

const bucket = { under: "s3/bucket:Bucket", parent: { id: "audit" } };
const table = { under: "dynamodb/table:Table", parent: { id: "payments", outputs: { arn: "arn:table" } } };
const cluster = { under: "rds/cluster:Cluster", parent: { id: "database", outputs: { arn: "arn:cluster" } } };

/** A setting that no bucket of the state has. */
const bucketSettingCase = (item: string, call: string, answer: object, opens: string, remove: string): DriftCase => ({
    ...bucket,
    item,
    answers: { [call]: answer },
    knownCount: 0,
    opens,
    remove: `aws s3api ${remove.replace(" ", " --bucket audit ")}`.replace(/^(aws s3api \S+)$/, "$1 --bucket audit"),
});

const bucketSettingCases: readonly DriftCase[] = [
    bucketSettingCase(
        "policy",
        "GetBucketPolicy",
        { Policy: publicPolicy("s3:GetObject") },
        "anybody may s3:GetObject on *",
        "delete-bucket-policy",
    ),
    bucketSettingCase(
        "replication",
        "GetBucketReplication",
        { ReplicationConfiguration: { Rules: [{ Destination: { Bucket: "arn:copy" } }] } },
        "arn:copy gets a copy of the objects",
        "delete-bucket-replication",
    ),
    ...(
        [
            [{ TopicConfigurations: [{ TopicArn: "arn:told" }] }, "arn:told"],
            [{ QueueConfigurations: [{ QueueArn: "arn:told" }] }, "arn:told"],
            [{ LambdaFunctionConfigurations: [{ LambdaFunctionArn: "arn:told" }] }, "arn:told"],
            [{ EventBridgeConfiguration: {} }, "EventBridge"],
        ] as const
    ).map(([answer, told]) =>
        bucketSettingCase(
            "notification",
            "GetBucketNotificationConfiguration",
            answer,
            `${told} is told the names of objects`,
            "put-bucket-notification-configuration --notification-configuration {}",
        ),
    ),
    bucketSettingCase(
        "logging",
        "GetBucketLogging",
        { LoggingEnabled: { TargetBucket: "copy" } },
        "copy gets a log of who asks for which object",
        "put-bucket-logging --bucket-logging-status {}",
    ),
    bucketSettingCase(
        "lifecycle",
        "GetBucketLifecycleConfiguration",
        { Rules: [{ ID: "by-hand" }] },
        "objects are moved or deleted after some time",
        "delete-bucket-lifecycle",
    ),
    bucketSettingCase(
        "CORS rule",
        "GetBucketCors",
        { CORSRules: [{ AllowedOrigins: ["*"], AllowedMethods: ["GET", "PUT"] }] },
        "pages of * may GET, PUT objects that their reader may",
        "delete-bucket-cors",
    ),
    bucketSettingCase(
        "website",
        "GetBucketWebsite",
        { IndexDocument: { Suffix: "index.html" } },
        "objects are offered without TLS, as a website",
        "delete-bucket-website",
    ),
    bucketSettingCase(
        "transfer acceleration",
        "GetBucketAccelerateConfiguration",
        { Status: "Enabled" },
        "objects are reached through CloudFront's edge locations, too",
        "put-bucket-accelerate-configuration --accelerate-configuration Status=Suspended",
    ),
    bucketSettingCase(
        "request payment",
        "GetBucketRequestPayment",
        { Payer: "Requester" },
        "who asks for objects pays, and anonymous requests fail",
        "put-bucket-request-payment --request-payment-configuration Payer=BucketOwner",
    ),
    bucketSettingCase(
        "inventory",
        "ListBucketInventoryConfigurations",
        { InventoryConfigurationList: [{ Id: "all", Destination: { S3BucketDestination: { Bucket: "arn:copy" } } }] },
        "arn:copy gets a list of all objects",
        "delete-bucket-inventory-configuration --id all",
    ),
    ...(
        [
            [
                { DataExport: { Destination: { S3BucketDestination: { Bucket: "arn:copy" } } } },
                "arn:copy gets figures of how objects are used",
            ],
            [undefined, "nothing: it counts requests"],
        ] as const
    ).map(([StorageClassAnalysis, opens]) =>
        bucketSettingCase(
            "analytics configuration",
            "ListBucketAnalyticsConfigurations",
            { AnalyticsConfigurationList: [{ Id: "all", StorageClassAnalysis }] },
            opens,
            "delete-bucket-analytics-configuration --id all",
        ),
    ),
    bucketSettingCase(
        "metrics configuration",
        "ListBucketMetricsConfigurations",
        { MetricsConfigurationList: [{ Id: "all" }] },
        "nothing: CloudWatch counts requests, at a price",
        "delete-bucket-metrics-configuration --id all",
    ),
    ...(
        [
            [{ URI: "http://acs.amazonaws.com/groups/global/AllUsers" }, "anybody"],
            [
                { URI: "http://acs.amazonaws.com/groups/s3/LogDelivery" },
                "http://acs.amazonaws.com/groups/s3/LogDelivery",
            ],
            [{ ID: "stranger" }, "stranger"],
        ] as const
    ).map(([Grantee, who]): DriftCase => ({
        ...bucket,
        item: "ACL grant",
        answers: {
            GetBucketAcl: {
                Owner: { ID: "owner" },
                Grants: [
                    { Grantee: { ID: "owner" }, Permission: "FULL_CONTROL" },
                    { Grantee, Permission: "READ" },
                ],
            },
        },
        knownCount: 0,
        createdByAws: ["the owner's right"],
        opens: `${who} has READ of the bucket, where ACLs count`,
        remove: "aws s3api put-bucket-acl --bucket audit --acl private",
    })),
];

const databaseCases: readonly DriftCase[] = [
    {
        ...cluster,
        item: "instance",
        state: [resourceInState("rds/clusterInstance:ClusterInstance", { id: "writer" })],
        answers: {
            DescribeDBInstances: {
                DBInstances: [
                    { DBInstanceIdentifier: "writer" },
                    { DBInstanceIdentifier: "by-hand", PubliclyAccessible: true, Endpoint: { Address: "by-hand.rds" } },
                ],
            },
        },
        opens: "the internet has another way to the data, by-hand.rds",
        remove: "aws rds delete-db-instance --db-instance-identifier by-hand",
    },
    {
        ...cluster,
        item: "instance",
        // It has no address while AWS creates it.
        answers: { DescribeDBInstances: { DBInstances: [{ DBInstanceIdentifier: "by-hand" }] } },
        knownCount: 0,
        opens: "who may connect to the cluster has another way to the data, ?",
        remove: "aws rds delete-db-instance --db-instance-identifier by-hand",
    },
    {
        ...cluster,
        item: "endpoint",
        state: [
            resourceInState("rds/clusterEndpoint:ClusterEndpoint", {
                inputs: { clusterEndpointIdentifier: "planned" },
            }),
        ],
        answers: {
            DescribeDBClusterEndpoints: {
                DBClusterEndpoints: [
                    { Endpoint: "database.cluster", EndpointType: "WRITER" },
                    { Endpoint: "database.cluster-ro", EndpointType: "READER" },
                    { DBClusterEndpointIdentifier: "planned", EndpointType: "CUSTOM" },
                    {
                        DBClusterEndpointIdentifier: "by-hand",
                        Endpoint: "by-hand.cluster-custom",
                        EndpointType: "CUSTOM",
                        CustomEndpointType: "ANY",
                    },
                ],
            },
        },
        createdByAws: ["of the writer or of the readers", "of the writer or of the readers"],
        opens: "by-hand.cluster-custom leads to instances of the cluster (ANY)",
        remove: "aws rds delete-db-cluster-endpoint --db-cluster-endpoint-identifier by-hand",
    },
    {
        ...cluster,
        item: "manual snapshot",
        answers: {
            DescribeDBClusterSnapshots: {
                DBClusterSnapshots: [
                    { DBClusterSnapshotIdentifier: "rds:database-1", SnapshotType: "automated" },
                    { DBClusterSnapshotIdentifier: "by-hand", SnapshotType: "manual" },
                ],
            },
        },
        knownCount: 0,
        createdByAws: ["an automated snapshot"],
        opens: "a copy of the data stays until somebody deletes it, and can be restored or shared",
        remove: "aws rds delete-db-cluster-snapshot --db-cluster-snapshot-identifier by-hand",
    },
    {
        ...cluster,
        item: "attachment",
        state: [
            resourceInState("rds/clusterRoleAssociation:ClusterRoleAssociation", {
                inputs: { dbClusterIdentifier: "database", roleArn: "arn:planned" },
            }),
        ],
        answers: {
            DescribeDBClusters: {
                DBClusters: [
                    { AssociatedRoles: [{ RoleArn: "arn:planned" }, { RoleArn: "arn:role", FeatureName: "s3Export" }] },
                ],
            },
        },
        opens: "the database may use role arn:role (s3Export)",
        remove: "aws rds remove-role-from-db-cluster --db-cluster-identifier database --role-arn arn:role",
    },
    {
        ...cluster,
        item: "attachment",
        answers: {
            DescribeDBClusters: {
                DBClusters: [{ ActivityStreamStatus: "started", ActivityStreamKinesisStreamName: "aws-rds-das" }],
            },
        },
        knownCount: 0,
        opens: "aws-rds-das gets every statement that the database runs",
        remove: "aws rds stop-activity-stream --resource-arn arn:cluster",
    },
    {
        under: "elasticache/replicationGroup:ReplicationGroup",
        item: "manual snapshot",
        parent: { id: "cache" },
        answers: {
            DescribeSnapshots: {
                Snapshots: [
                    { SnapshotName: "automatic.cache", SnapshotSource: "automated" },
                    { SnapshotName: "by-hand", SnapshotSource: "manual" },
                ],
            },
        },
        knownCount: 0,
        createdByAws: ["an automatic snapshot"],
        opens: "a copy of the cache stays until somebody deletes it, and can be restored or exported",
        remove: "aws elasticache delete-snapshot --snapshot-name by-hand",
    },
];

const tableCases: readonly DriftCase[] = [
    {
        ...table,
        item: "resource policy",
        answers: { GetResourcePolicy: { Policy: publicPolicy("dynamodb:GetItem") } },
        knownCount: 0,
        opens: "anybody may dynamodb:GetItem on *",
        remove: "aws dynamodb delete-resource-policy --resource-arn arn:table",
    },
    {
        ...table,
        item: "Kinesis stream",
        state: [
            resourceInState("dynamodb/kinesisStreamingDestination:KinesisStreamingDestination", {
                inputs: { tableName: "payments", streamArn: "arn:planned" },
            }),
        ],
        answers: {
            DescribeKinesisStreamingDestination: {
                KinesisDataStreamDestinations: [
                    { StreamArn: "arn:planned", DestinationStatus: "ACTIVE" },
                    { StreamArn: "arn:old", DestinationStatus: "DISABLED" },
                    { StreamArn: "arn:stream", DestinationStatus: "ACTIVE" },
                ],
            },
        },
        createdByAws: ["gets nothing any more"],
        opens: "arn:stream gets every change of the table",
        remove: "aws dynamodb disable-kinesis-streaming-destination --table-name payments --stream-arn arn:stream",
    },
];

/** How services say that there is nothing: no finding. */
export const emptyResponses: readonly (readonly [item: string, under: string, call: string, answer: object])[] = [
    ["policy", bucket.under, "GetBucketPolicy", awsError("NoSuchBucketPolicy")],
    ["replication", bucket.under, "GetBucketReplication", awsError("ReplicationConfigurationNotFoundError")],
    ["notification", bucket.under, "GetBucketNotificationConfiguration", {}],
    ["logging", bucket.under, "GetBucketLogging", {}],
    ["lifecycle", bucket.under, "GetBucketLifecycleConfiguration", awsError("NoSuchLifecycleConfiguration")],
    ["CORS rule", bucket.under, "GetBucketCors", awsError("NoSuchCORSConfiguration")],
    ["website", bucket.under, "GetBucketWebsite", awsError("NoSuchWebsiteConfiguration")],
    ["transfer acceleration", bucket.under, "GetBucketAccelerateConfiguration", { Status: "Suspended" }],
    ["request payment", bucket.under, "GetBucketRequestPayment", { Payer: "BucketOwner" }],
    ["inventory", bucket.under, "ListBucketInventoryConfigurations", {}],
    ["resource policy", table.under, "GetResourcePolicy", awsError("PolicyNotFoundException")],
    ["Kinesis stream", table.under, "DescribeKinesisStreamingDestination", {}],
    ["resource policy", "secretsmanager/secret:Secret", "GetResourcePolicy", {}],
    ["setting", "secretsmanager/secret:Secret", "DescribeSecret", {}],
    ["attachment", cluster.under, "DescribeDBClusters", { DBClusters: [{ ActivityStreamStatus: "stopped" }] }],
    ["policy", "sqs/queue:Queue", "GetQueueAttributes", {}],
    ["policy", "sqs/queue:Queue", "GetQueueAttributes", awsError("QueueDoesNotExist")],
    ["rule", "ec2/securityGroup:SecurityGroup", "DescribeSecurityGroupRules", awsError("InvalidGroup.NotFound")],
    ["inline policy", "iam/role:Role", "ListRolePolicies", awsError("NoSuchEntityException")],
    ["permission", "lambda/function:Function", "GetPolicy", awsError("ResourceNotFoundException")],
    ["policy", "ecr/repository:Repository", "GetRepositoryPolicy", awsError("RepositoryPolicyNotFoundException")],
    ["target", "lb/targetGroup:TargetGroup", "DescribeTargetHealth", {}],
    ["method setting", "apigateway/stage:Stage", "GetStage", {}],
    ["address range", "ec2/vpc:Vpc", "DescribeVpcs", {}],
];

export const storeCases: readonly DriftCase[] = [...bucketSettingCases, ...databaseCases, ...tableCases];
