import { DescribeKinesisStreamingDestinationCommand, GetResourcePolicyCommand } from "@aws-sdk/client-dynamodb";
import { paginateDescribeSnapshots } from "@aws-sdk/client-elasticache";
import {
    DescribeDBClustersCommand,
    paginateDescribeDBClusterEndpoints,
    paginateDescribeDBClusterSnapshots,
    paginateDescribeDBInstances,
} from "@aws-sdk/client-rds";
import { allOf } from "../../deploy/clients.ts";
import { everything, lists, read } from "../../../analysis/deployer/grant.ts";
import { table } from "../../../analysis/deployer/grants/stores.ts";
import { listed, listing, type Holds } from "../listing.ts";
import { allowedIn, orUnknown } from "../words.ts";
import { scalableTargets } from "./scaling.ts";

const ofTable = [
    listing<string>({
        item: "resource policy",
        rights: [read("dynamodb: GetResourcePolicy", table)],
        list: async ({ dynamo }, { arn }) => {
            const { Policy } = await dynamo.send(new GetResourcePolicyCommand({ ResourceArn: arn }));
            return Policy === undefined ? [] : [Policy];
        },
        key: (_, { arn }) => arn,
        planned: { "dynamodb/resourcePolicy:ResourcePolicy": ({ text }) => text("resourceArn") },
        opens: allowedIn,
        remove: (_, { arn }) => `aws dynamodb delete-resource-policy --resource-arn ${arn}`,
    }),
    listing({
        item: "Kinesis stream",
        rights: [read("dynamodb: DescribeKinesisStreamingDestination", table)],
        list: async ({ dynamo }, { id }) => {
            const command = new DescribeKinesisStreamingDestinationCommand({ TableName: id });
            return (await dynamo.send(command)).KinesisDataStreamDestinations ?? [];
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
                is: ({ DestinationStatus }) => ["DISABLED", "DISABLING"].includes(DestinationStatus),
            },
        ],
        opens: ({ StreamArn }) => `${StreamArn} gets every change of the table`,
        remove: ({ StreamArn }, { id }) =>
            `aws dynamodb disable-kinesis-streaming-destination --table-name ${id} --stream-arn ${StreamArn}`,
    }),
    scalableTargets("dynamodb", ({ id }) => `table/${id}`),
];

/** One that connects with the cluster, or takes from it, and is a resource of its own in the program. */
interface Attachment {
    readonly type: string;
    readonly key: string;
    readonly opens: string;
    readonly remove: string;
}

const ofCluster = [
    listing({
        item: "instance",
        rights: [read("rds: DescribeDBInstances", everything(lists))],
        list: ({ rds: client }, { id }) =>
            allOf(
                paginateDescribeDBInstances({ client }, { Filters: [{ Name: "db-cluster-id", Values: [id] }] }),
                (page) => page.DBInstances,
            ),
        key: ({ DBInstanceIdentifier }) => DBInstanceIdentifier,
        planned: { "rds/clusterInstance:ClusterInstance": ({ id }) => id },
        opens: ({ PubliclyAccessible, Endpoint }) =>
            `${PubliclyAccessible ? "the internet" : "who may connect to the cluster"} has another way to the data, ${orUnknown(Endpoint?.Address)}`,
        remove: ({ DBInstanceIdentifier }) =>
            `aws rds delete-db-instance --db-instance-identifier ${DBInstanceIdentifier}`,
    }),
    listing({
        item: "endpoint",
        rights: [read("rds: DescribeDBClusterEndpoints", everything(lists))],
        list: ({ rds: client }, { id }) =>
            allOf(
                paginateDescribeDBClusterEndpoints({ client }, { DBClusterIdentifier: id }),
                (page) => page.DBClusterEndpoints,
            ),
        key: ({ DBClusterEndpointIdentifier, Endpoint }) => DBClusterEndpointIdentifier || Endpoint,
        planned: { "rds/clusterEndpoint:ClusterEndpoint": ({ text }) => text("clusterEndpointIdentifier") },
        byAws: [
            {
                what: "the endpoint of the writer or of the readers",
                source: "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html",
                is: ({ EndpointType }) => ["WRITER", "READER"].includes(EndpointType),
            },
        ],
        opens: ({ Endpoint, CustomEndpointType }) =>
            `${Endpoint} leads to instances of the cluster (${CustomEndpointType})`,
        remove: ({ DBClusterEndpointIdentifier }) =>
            `aws rds delete-db-cluster-endpoint --db-cluster-endpoint-identifier ${DBClusterEndpointIdentifier}`,
    }),
    listing({
        item: "manual snapshot",
        rights: [read("rds: DescribeDBClusterSnapshots", everything(lists))],
        list: ({ rds: client }, { id }) =>
            allOf(
                paginateDescribeDBClusterSnapshots({ client }, { DBClusterIdentifier: id, SnapshotType: "manual" }),
                (page) => page.DBClusterSnapshots,
            ),
        key: ({ DBClusterSnapshotIdentifier }) => DBClusterSnapshotIdentifier,
        planned: { "rds/clusterSnapshot:ClusterSnapshot": ({ text }) => text("dbClusterSnapshotIdentifier") },
        byAws: [
            {
                what: "an automated snapshot, which the cluster's retention deletes",
                source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBClusterSnapshot.html",
                is: ({ SnapshotType }) => SnapshotType === "automated",
            },
        ],
        opens: () => "a copy of the data stays until somebody deletes it, and can be restored or shared",
        remove: ({ DBClusterSnapshotIdentifier }) =>
            `aws rds delete-db-cluster-snapshot --db-cluster-snapshot-identifier ${DBClusterSnapshotIdentifier}`,
    }),
    listing<Attachment>({
        item: "attachment",
        rights: [read("rds: DescribeDBClusters", everything(lists))],
        list: async ({ rds }, { id, arn }) => {
            const command = new DescribeDBClustersCommand({ DBClusterIdentifier: id });
            const { DBClusters: [found] = [] } = await rds.send(command);
            const roles = listed(found?.AssociatedRoles ?? []).map(({ RoleArn, FeatureName }) => ({
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

const cacheSnapshots = listing({
    item: "manual snapshot",
    rights: [read("elasticache: DescribeSnapshots", everything(lists))],
    list: ({ elasticache: client }, { id }) =>
        allOf(
            paginateDescribeSnapshots({ client }, { ReplicationGroupId: id, SnapshotSource: "user" }),
            (page) => page.Snapshots,
        ),
    key: ({ SnapshotName }) => SnapshotName,
    byAws: [
        {
            what: "an automatic snapshot, which the cache's retention deletes",
            source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_Snapshot.html",
            is: ({ SnapshotSource }) => SnapshotSource === "automated",
        },
    ],
    opens: () => "a copy of the cache stays until somebody deletes it, and can be restored or exported",
    remove: ({ SnapshotName }) => `aws elasticache delete-snapshot --snapshot-name ${SnapshotName}`,
});

const whole = "nothing stands under it; Pulumi's refresh compares all of it";

export const stores: Readonly<Record<string, Holds>> = {
    "dynamodb/table:Table": ofTable,
    "rds/cluster:Cluster": ofCluster,
    "rds/clusterInstance:ClusterInstance": whole,
    "rds/clusterParameterGroup:ClusterParameterGroup": whole,
    "rds/subnetGroup:SubnetGroup": whole,
    "rds/eventSubscription:EventSubscription": whole,
    "elasticache/replicationGroup:ReplicationGroup": [cacheSnapshots],
    "elasticache/parameterGroup:ParameterGroup": whole,
    "elasticache/subnetGroup:SubnetGroup": whole,
};
