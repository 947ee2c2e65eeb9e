import { storage } from "../../lib/manifest/storage-by-type.ts";
import { maxNameLengths } from "../../lib/settings/names.ts";
import { cacheHostName, elastiCacheArnOutput } from "../fake-provider/output-formats.ts";
import {
    automaticNamePattern,
    createServiceLinkedRole,
    fixedNamePattern,
    keyUseGrants,
    readGrant,
    regionalArns,
    writeGrant,
    type DeployerGrant,
    type ResourceScope,
    listGrant,
    logDeliveryGrants,
    withResourceTag,
} from "./deployer-grant.ts";
import { deleteUntaggedInterfaces, ec2Arns } from "./ec2-grants.ts";
import { refused } from "./exclusive-inputs.ts";
import { forceNew, isBelow } from "./force-new.ts";
import { changedFrom, lowered, removed } from "./protection-checks.ts";
import { comparedByRefresh, type ServiceRows } from "./row.ts";

const cacheParameters = regionalArns("elasticache", `parametergroup:${automaticNamePattern}`);

const cacheTagGrants = (on: ResourceScope): DeployerGrant[] => [
    writeGrant("elasticache: AddTagsToResource RemoveTagsFromResource", on),
    readGrant("elasticache: ListTagsForResource", on),
];

const cacheGuide = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg";

const replicationGroups = regionalArns(
    "elasticache",
    `replicationgroup:${fixedNamePattern}`,
    `cluster:${fixedNamePattern}-*`,
);

const cacheSubnets = regionalArns("elasticache", `subnetgroup:${automaticNamePattern}`);

export const elasticache: ServiceRows = {
    "aws:elasticache/parameterGroup:ParameterGroup": {
        name: { maxLength: 255 },
        fakeOutputs: elastiCacheArnOutput("parametergroup"),
        forceNew: forceNew("elasticache/parameter_group", ["description", "family", "name"]),
        exclusive: [refused("elasticache", "CreateCacheParameterGroup", "name", "CacheParameterGroupAlreadyExists")],
        recovery: { importId: "{name}" },
        children: { none: comparedByRefresh },
        grants: [
            writeGrant(
                "elasticache: CreateCacheParameterGroup DeleteCacheParameterGroup ModifyCacheParameterGroup ResetCacheParameterGroup",
                cacheParameters,
            ),
            ...cacheTagGrants(cacheParameters),
            readGrant("elasticache: DescribeCacheParameterGroups DescribeCacheParameters", cacheParameters),
        ],
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        name: { input: "replicationGroupId", maxLength: maxNameLengths.cache },
        summary: [
            "{engine} {engineVersion}",
            "{numCacheClusters} x {nodeType}",
            "multi-AZ{multiAzEnabled?}",
            "TLS{transitEncryptionEnabled?}",
            "CMK{kmsKeyId?}",
        ],
        fakeOutputs: {
            ...elastiCacheArnOutput("replicationgroup"),
            memberClusters: ({ physicalName, inputs }) => {
                const { numCacheClusters: count } = inputs;
                return Array.from(
                    { length: typeof count === "number" ? count : 1 },
                    (_, index) => `${physicalName}-${String(index + 1).padStart(3, "0")}`,
                );
            },
            port: 6379,
            primaryEndpointAddress: (request) => cacheHostName(request, "master"),
            readerEndpointAddress: (request) => cacheHostName(request, "replica"),
            configurationEndpointAddress: (request) => cacheHostName(request, "clustercfg"),
        },
        providerDefaults: { authTokenUpdateStrategy: "ROTATE" },
        forceNew: forceNew(
            "elasticache/replication_group",
            [
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
            {
                conditions: {
                    engine: (before, after) =>
                        after.engine !== undefined && !(before.engine === "redis" && after.engine === "valkey"),
                    engineVersion: (before, after) => isBelow(after.engineVersion, before.engineVersion),
                    // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html
                    transitEncryptionEnabled: ({ engineVersion }) => isBelow(engineVersion, "7.0.5"),
                },
                keptWhenRemoved: [
                    "atRestEncryptionEnabled",
                    "dataTieringEnabled",
                    "globalReplicationGroupId",
                    "networkType",
                    "securityGroupNames",
                    "subnetGroupName",
                ],
            },
        ),
        loss: { content: "sessions that are not used, and copies of payments", losesData: true },
        storage: storage["aws:elasticache/replicationGroup:ReplicationGroup"],
        deletion: { pulumiProtect: true, duration: "about 10 minutes" },
        weakerInputs: [
            {
                check: lowered("snapshotRetentionLimit"),
                risk: "the older snapshots are deleted",
                source: `${cacheGuide}/backups-automatic.html`,
            },
            {
                check: changedFrom("transitEncryptionEnabled", true),
                risk: "sessions and the token cross the network unencrypted",
                source: `${cacheGuide}/in-transit-encryption.html`,
            },
            {
                check: changedFrom("transitEncryptionMode", "required"),
                risk: "the cache accepts connections without TLS",
                source: `${cacheGuide}/in-transit-encryption.html`,
            },
            {
                check: removed("authToken"),
                risk: "everyone in the network of the cache can read it",
                source: `${cacheGuide}/auth.html`,
            },
        ],
        waitsForMaintenance: {
            unless: "applyImmediately",
            references: ["parameterGroupName"],
            refusedWith: "InvalidCacheParameterGroupState",
            source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DeleteCacheParameterGroup.html",
        },
        exclusive: [
            refused("elasticache", "CreateReplicationGroup", "replicationGroupId", "ReplicationGroupAlreadyExists"),
        ],
        recovery: { importId: "{replicationGroupId}" },
        children: "listed",
        grants: [
            writeGrant("elasticache: CreateReplicationGroup ModifyReplicationGroup", {
                arns: [...replicationGroups.arns, ...cacheParameters.arns, ...cacheSubnets.arns],
            }),
            writeGrant(
                "elasticache: DecreaseReplicaCount DeleteReplicationGroup IncreaseReplicaCount ModifyReplicationGroupShardConfiguration",
                replicationGroups,
            ),
            ...cacheTagGrants(replicationGroups),
            listGrant("elasticache: DescribeCacheClusters DescribeReplicationGroups"),
            // ElastiCache makes and deletes the interfaces of the nodes, which have no tags, with the rights of the caller.
            writeGrant("ec2: CreateNetworkInterface", ec2Arns("network-interface")),
            writeGrant("ec2: CreateNetworkInterface", withResourceTag(ec2Arns("subnet", "security-group"))),
            deleteUntaggedInterfaces,
            listGrant("ec2: DescribeNetworkInterfaces DescribeSubnets DescribeVpcs"),
            ...logDeliveryGrants,
            createServiceLinkedRole("elasticache.amazonaws.com"),
            ...keyUseGrants,
        ],
    },
    "aws:elasticache/subnetGroup:SubnetGroup": {
        name: { maxLength: 255 },
        fakeOutputs: elastiCacheArnOutput("subnetgroup"),
        forceNew: forceNew("elasticache/subnet_group", ["name"]),
        loss: {
            content: "the cache, which is replaced with it",
            losesData: false,
            partOf: ["aws:elasticache/replicationGroup:ReplicationGroup"],
        },
        subnets: {
            input: "subnetIds",
            source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyCacheSubnetGroup.html",
            members: {
                type: "aws:elasticache/replicationGroup:ReplicationGroup",
                reference: "subnetGroupName",
                count: "numCacheClusters",
                refusedWith: "SubnetInUse",
                setting: "cache.nodes",
            },
        },
        exclusive: [refused("elasticache", "CreateCacheSubnetGroup", "name", "CacheSubnetGroupAlreadyExists")],
        recovery: { importId: "{name}" },
        children: { none: comparedByRefresh },
        grants: [
            writeGrant(
                "elasticache: CreateCacheSubnetGroup DeleteCacheSubnetGroup ModifyCacheSubnetGroup",
                cacheSubnets,
            ),
            ...cacheTagGrants(cacheSubnets),
            readGrant("elasticache: DescribeCacheSubnetGroups", cacheSubnets),
        ],
    },
};
