import { forceNewInputs } from "./force-new-inputs.ts";

/** What is lost with a resource, and which changes lose it. */
export interface StatefulType {
    /** What it holds, or what others know it by. */
    readonly content: string;
    /** Whether that is data, which is deleted with the resource, and not an address or a place that another one can take. */
    readonly losesData: boolean;
    /** Types of which it is a part: where one of them is lost, this one is lost with it, and nobody need be asked twice. */
    readonly partOf?: readonly string[];
    /** Inputs whose change makes AWS create another in its place. */
    readonly forceNewInputs: readonly string[];
    /** File of the provider that says so. */
    readonly source: string;
}

/**
 * Resources whose replacement or deletion loses data, or an address that somebody outside has noted down, by type.
 *
 * `forceNewInputs` has the inputs that force a replacement. Source: hashicorp/aws 5.100.0, asked to plan a change, an addition and
 * a removal of each input. That release lacks `nodeGroupConfigurations`, which 6.x replaces for most changes, and, not
 * verified, `bucketNamespace` and the IPAM inputs of subnets. For some inputs it depends on the values, too:
 * `force-new-conditions.ts`.
 *
 * Functions, services, alarms, rules and policies are not here: they hold nothing, and a new one does the same. Nor is
 * dev's self-signed certificate, which every client must be told to accept anyway.
 */
export const statefulTypes: Readonly<Record<string, StatefulType>> = {
    "pulumi:providers:aws": {
        content: "everything: another region makes every resource anew",
        losesData: true,
        forceNewInputs: ["region"],
        source: "https://www.pulumi.com/docs/iac/concepts/resources/providers/",
    },
    "aws:rds/cluster:Cluster": {
        content: "payments",
        losesData: true,
        forceNewInputs: [
            "availabilityZones",
            "clusterIdentifier",
            "clusterIdentifierPrefix",
            "clusterScalabilityType",
            "databaseName",
            "dbSubnetGroupName",
            "dbSystemId",
            "engine",
            "engineMode",
            "kmsKeyId",
            "masterUsername",
            "restoreToPointInTime",
            "s3Import",
            "snapshotIdentifier",
            "sourceRegion",
            "storageEncrypted",
        ],
        source: "internal/service/rds/cluster.go",
    },
    "aws:rds/clusterInstance:ClusterInstance": {
        content: "connections, and with the only instance the database's availability",
        losesData: false,
        partOf: ["aws:rds/cluster:Cluster"],
        forceNewInputs: [
            "availabilityZone",
            "clusterIdentifier",
            "customIamInstanceProfile",
            "dbSubnetGroupName",
            "engine",
            "identifier",
            "identifierPrefix",
        ],
        source: "internal/service/rds/cluster_instance.go",
    },
    "aws:rds/subnetGroup:SubnetGroup": {
        content: "the database cluster, which is replaced with it",
        losesData: false,
        partOf: ["aws:rds/cluster:Cluster"],
        forceNewInputs: ["name", "namePrefix"],
        source: "internal/service/rds/subnet_group.go",
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        content: "sessions, locks and idempotency keys",
        losesData: true,
        forceNewInputs: [
            "atRestEncryptionEnabled",
            "dataTieringEnabled",
            "engine",
            "engineVersion",
            "globalReplicationGroupId",
            "kmsKeyId",
            "networkType",
            "nodeGroupConfigurations",
            "port",
            "replicationGroupId",
            "securityGroupNames",
            "snapshotArns",
            "snapshotName",
            "subnetGroupName",
            "transitEncryptionEnabled",
        ],
        source: "internal/service/elasticache/replication_group.go",
    },
    "aws:elasticache/subnetGroup:SubnetGroup": {
        content: "the cache, which is replaced with it",
        losesData: false,
        partOf: ["aws:elasticache/replicationGroup:ReplicationGroup"],
        forceNewInputs: ["name"],
        source: "internal/service/elasticache/subnet_group.go",
    },
    "aws:dynamodb/table:Table": {
        content: "the transaction log",
        losesData: true,
        forceNewInputs: [
            "hashKey",
            "importTable",
            "localSecondaryIndexes",
            "name",
            "rangeKey",
            "restoreDateTime",
            "restoreSourceName",
            "restoreSourceTableArn",
            "restoreToLatestTime",
        ],
        source: "internal/service/dynamodb/table.go",
    },
    "aws:s3/bucket:Bucket": {
        content: "audit records and access logs",
        losesData: true,
        forceNewInputs: ["bucket", "bucketNamespace", "bucketPrefix", "objectLockEnabled"],
        source: "internal/service/s3/bucket.go",
    },
    "aws:kms/key:Key": {
        content: "the only way to read what it encrypts",
        losesData: true,
        forceNewInputs: ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"],
        source: "internal/service/kms/key.go",
    },
    "aws:sqs/queue:Queue": {
        content: "messages that nobody has consumed yet",
        losesData: true,
        forceNewInputs: ["fifoQueue", "name", "namePrefix"],
        source: "internal/service/sqs/queue.go",
    },
    "aws:sns/topic:Topic": {
        content: "subscriptions that people have confirmed",
        losesData: false,
        forceNewInputs: ["fifoTopic", "name", "namePrefix"],
        source: "internal/service/sns/topic.go",
    },
    "aws:ecr/repository:Repository": {
        content: "the images that run",
        losesData: true,
        forceNewInputs: ["encryptionConfigurations", "name"],
        source: "internal/service/ecr/repository.go",
    },
    "aws:secretsmanager/secret:Secret": {
        content: "what it keeps, under an ARN that tasks know",
        losesData: true,
        forceNewInputs: ["name", "namePrefix"],
        source: "internal/service/secretsmanager/secret.go",
    },
    "random:index/randomPassword:RandomPassword": {
        content: "the cache's AUTH token: another one logs every task out",
        losesData: false,
        forceNewInputs: [
            "keepers",
            "length",
            "lower",
            "minLower",
            "minNumeric",
            "minSpecial",
            "minUpper",
            "number",
            "numeric",
            "overrideSpecial",
            "special",
            "upper",
        ],
        source: "https://www.pulumi.com/registry/packages/random/api-docs/randompassword/",
    },
    "aws:cloudwatch/logGroup:LogGroup": {
        content: "logs that must be kept (PCI DSS 10.5.1)",
        losesData: true,
        forceNewInputs: ["logGroupClass", "name", "namePrefix"],
        source: "internal/service/logs/group.go",
    },
    "aws:apigateway/restApi:RestApi": {
        content: "the address that merchants call",
        losesData: false,
        forceNewInputs: [],
        source: "internal/service/apigateway/rest_api.go",
    },
    "aws:apigateway/stage:Stage": {
        content: "the path of that address",
        losesData: false,
        partOf: ["aws:apigateway/restApi:RestApi"],
        forceNewInputs: ["restApi", "stageName"],
        source: "internal/service/apigateway/stage.go",
    },
    "aws:apigateway/apiKey:ApiKey": {
        content: "the key that a merchant has been given",
        losesData: false,
        forceNewInputs: ["value"],
        source: "internal/service/apigateway/api_key.go",
    },
    "aws:lb/loadBalancer:LoadBalancer": {
        content: "the DNS name that clients and records point to",
        losesData: false,
        forceNewInputs: ["customerOwnedIpv4Pool", "internal", "loadBalancerType", "name", "namePrefix"],
        source: "internal/service/elbv2/load_balancer.go",
    },
    "aws:ec2/eip:Eip": {
        content: "the address from which tasks call out, which acquirers may have allowed",
        losesData: false,
        forceNewInputs: ["address", "domain", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool"],
        source: "internal/service/ec2/ec2_eip.go",
    },
    "aws:ec2/vpc:Vpc": {
        content: "the network of all stores",
        losesData: false,
        forceNewInputs: ["cidrBlock", "instanceTenancy", "ipv4IpamPoolId", "ipv4NetmaskLength"],
        source: "internal/service/ec2/vpc_.go",
    },
    "aws:ec2/subnet:Subnet": {
        content: "the addresses of stores and tasks, which AWS does not let go while they run",
        losesData: false,
        partOf: ["aws:ec2/vpc:Vpc"],
        forceNewInputs: [
            "availabilityZone",
            "availabilityZoneId",
            "cidrBlock",
            "ipv4IpamPoolId",
            "ipv4NetmaskLength",
            "ipv6IpamPoolId",
            "ipv6Native",
            "ipv6NetmaskLength",
            "outpostArn",
            "vpcId",
        ],
        source: "internal/service/ec2/vpc_subnet.go",
    },
};

/** Inputs that may replace a resource of the type. `region` may stand in any resource of AWS, and replaces it. */
export const forceNewInputsOf = (type: string): readonly string[] => [
    ...(statefulTypes[type]?.forceNewInputs ?? forceNewInputs[type]?.inputs ?? []),
    ...(type.startsWith("aws:") ? ["region"] : []),
];
