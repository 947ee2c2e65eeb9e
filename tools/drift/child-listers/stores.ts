import { DescribeKinesisStreamingDestinationCommand, GetResourcePolicyCommand } from "@aws-sdk/client-dynamodb";
import { paginateDescribeSnapshots } from "@aws-sdk/client-elasticache";
import {
    DescribeDBClustersCommand,
    paginateDescribeDBClusterEndpoints,
    paginateDescribeDBClusterSnapshots,
    paginateDescribeDBInstances,
} from "@aws-sdk/client-rds";
import { collectPages } from "../../frame/aws-clients.ts";
import { readGrant, listGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { tables } from "../../../plan/catalogue/dynamodb.ts";
import { asListedItems, defineLister, type ChildListers } from "../listing.ts";
import { describePolicy, textOrUnknown } from "../text.ts";
import { scalableTargetLister } from "./scaling.ts";

const tableListers = [
    defineLister<string>({
        item: "resource policy",
        permissions: [readGrant("dynamodb: GetResourcePolicy", tables)],
        list: async ({ dynamodb }, { arn }) => {
            const { Policy } = await dynamodb.send(new GetResourcePolicyCommand({ ResourceArn: arn }));
            return Policy === undefined ? [] : [Policy];
        },
        key: (_, { arn }) => arn,
        planned: { "dynamodb/resourcePolicy:ResourcePolicy": ({ text }) => text("resourceArn") },
        opens: describePolicy,
        remove: (_, { arn }) => `aws dynamodb delete-resource-policy --resource-arn ${arn}`,
    }),
    defineLister({
        item: "Kinesis stream",
        permissions: [readGrant("dynamodb: DescribeKinesisStreamingDestination", tables)],
        list: async ({ dynamodb }, { id }) => {
            const command = new DescribeKinesisStreamingDestinationCommand({ TableName: id });
            return (await dynamodb.send(command)).KinesisDataStreamDestinations ?? [];
        },
        key: ({ StreamArn }, { id }) => `${id} ${StreamArn}`,
        planned: {
            "dynamodb/kinesisStreamingDestination:KinesisStreamingDestination": ({ text }) =>
                `${text("tableName")} ${text("streamArn")}`,
        },
        byAws: [
            {
                what: "a stream that gets nothing any more",
                source: "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_KinesisDataStreamDestination.html",
                matches: ({ DestinationStatus }) => ["DISABLED", "DISABLING"].includes(DestinationStatus),
            },
        ],
        opens: ({ StreamArn }) => `${StreamArn} gets every change of the table`,
        remove: ({ StreamArn }, { id }) =>
            `aws dynamodb disable-kinesis-streaming-destination --table-name ${id} --stream-arn ${StreamArn}`,
    }),
    scalableTargetLister("dynamodb", ({ id }) => `table/${id}`),
];

/** An IAM role or the activity stream of a cluster: for AWS a property of the cluster, in the program a resource. */
interface ClusterAttachment {
    readonly type: string;
    readonly key: string;
    readonly opens: string;
    readonly remove: string;
}

const clusterListers = [
    defineLister({
        item: "instance",
        permissions: [listGrant("rds: DescribeDBInstances")],
        list: ({ rds: client }, { id }) =>
            collectPages(
                paginateDescribeDBInstances({ client }, { Filters: [{ Name: "db-cluster-id", Values: [id] }] }),
                (page) => page.DBInstances,
            ),
        key: ({ DBInstanceIdentifier }) => DBInstanceIdentifier,
        planned: { "rds/clusterInstance:ClusterInstance": ({ id }) => id },
        opens: ({ PubliclyAccessible, Endpoint }) =>
            `${PubliclyAccessible ? "the internet" : "who may connect to the cluster"} has another way to the data, ${textOrUnknown(Endpoint?.Address)}`,
        remove: ({ DBInstanceIdentifier }) =>
            `aws rds delete-db-instance --db-instance-identifier ${DBInstanceIdentifier}`,
    }),
    defineLister({
        item: "endpoint",
        permissions: [listGrant("rds: DescribeDBClusterEndpoints")],
        list: ({ rds: client }, { id }) =>
            collectPages(
                paginateDescribeDBClusterEndpoints({ client }, { DBClusterIdentifier: id }),
                (page) => page.DBClusterEndpoints,
            ),
        key: ({ DBClusterEndpointIdentifier, Endpoint }) => DBClusterEndpointIdentifier || Endpoint,
        planned: { "rds/clusterEndpoint:ClusterEndpoint": ({ text }) => text("clusterEndpointIdentifier") },
        byAws: [
            {
                what: "the endpoint of the writer or of the readers",
                source: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html",
                matches: ({ EndpointType }) => ["WRITER", "READER"].includes(EndpointType),
            },
        ],
        opens: ({ Endpoint, CustomEndpointType }) =>
            `${Endpoint} leads to instances of the cluster (${CustomEndpointType})`,
        remove: ({ DBClusterEndpointIdentifier }) =>
            `aws rds delete-db-cluster-endpoint --db-cluster-endpoint-identifier ${DBClusterEndpointIdentifier}`,
    }),
    defineLister({
        item: "manual snapshot",
        permissions: [listGrant("rds: DescribeDBClusterSnapshots")],
        list: ({ rds: client }, { id }) =>
            collectPages(
                paginateDescribeDBClusterSnapshots({ client }, { DBClusterIdentifier: id, SnapshotType: "manual" }),
                (page) => page.DBClusterSnapshots,
            ),
        key: ({ DBClusterSnapshotIdentifier }) => DBClusterSnapshotIdentifier,
        planned: { "rds/clusterSnapshot:ClusterSnapshot": ({ text }) => text("dbClusterSnapshotIdentifier") },
        byAws: [
            {
                what: "an automated snapshot, which the cluster's retention deletes",
                source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBClusterSnapshot.html",
                matches: ({ SnapshotType }) => SnapshotType === "automated",
            },
        ],
        opens: () => "a copy of the data stays until somebody deletes it, and can be restored or shared",
        remove: ({ DBClusterSnapshotIdentifier }) =>
            `aws rds delete-db-cluster-snapshot --db-cluster-snapshot-identifier ${DBClusterSnapshotIdentifier}`,
    }),
    defineLister<ClusterAttachment>({
        item: "attachment",
        permissions: [listGrant("rds: DescribeDBClusters")],
        list: async ({ rds }, { id, arn }) => {
            const command = new DescribeDBClustersCommand({ DBClusterIdentifier: id });
            const { DBClusters: [found] = [] } = await rds.send(command);
            const roles = asListedItems(found?.AssociatedRoles ?? []).map(({ RoleArn, FeatureName }) => ({
                type: "rds/clusterRoleAssociation:ClusterRoleAssociation",
                key: `${id} ${RoleArn}`,
                opens: `the database may use role ${RoleArn} (${FeatureName || "any feature"})`,
                remove: `aws rds remove-role-from-db-cluster --db-cluster-identifier ${id} --role-arn ${RoleArn}`,
            }));
            const stream = {
                type: "rds/clusterActivityStream:ClusterActivityStream",
                key: arn,
                opens: `${found?.ActivityStreamKinesisStreamName ?? "a Kinesis stream"} gets every statement that the database runs`,
                remove: `aws rds stop-activity-stream --resource-arn ${arn}`,
            };
            const isStreaming = ["started", "starting"].includes(found?.ActivityStreamStatus ?? "");
            return [...roles, ...(isStreaming ? [stream] : [])];
        },
        key: ({ key }) => key,
        planned: {
            "rds/clusterRoleAssociation:ClusterRoleAssociation": ({ text }) =>
                `${text("dbClusterIdentifier")} ${text("roleArn")}`,
            "rds/clusterActivityStream:ClusterActivityStream": ({ text }) => text("resourceArn"),
        },
        typeOf: ({ type }) => type,
        opens: ({ opens }) => opens,
        remove: ({ remove }) => remove,
    }),
];

const cacheSnapshotLister = defineLister({
    item: "manual snapshot",
    permissions: [listGrant("elasticache: DescribeSnapshots")],
    list: ({ elasticache: client }, { id }) =>
        collectPages(
            paginateDescribeSnapshots({ client }, { ReplicationGroupId: id, SnapshotSource: "user" }),
            (page) => page.Snapshots,
        ),
    key: ({ SnapshotName }) => SnapshotName,
    byAws: [
        {
            what: "an automatic snapshot, which the cache's retention deletes",
            source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_Snapshot.html",
            matches: ({ SnapshotSource }) => SnapshotSource === "automated",
        },
    ],
    opens: () => "a copy of the cache stays until somebody deletes it, and can be restored or exported",
    remove: ({ SnapshotName }) => `aws elasticache delete-snapshot --snapshot-name ${SnapshotName}`,
});

export const storeListersByType: Readonly<Record<string, ChildListers>> = {
    "dynamodb/table:Table": tableListers,
    "rds/cluster:Cluster": clusterListers,
    "elasticache/replicationGroup:ReplicationGroup": [cacheSnapshotLister],
};
