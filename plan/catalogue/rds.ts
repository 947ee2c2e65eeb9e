import { storage } from "../../lib/manifest/storage-by-type.ts";
import { maxNameLengths } from "../../lib/settings/names.ts";
import { databasePort, rdsArnOutput, rdsHostName } from "../fake-provider/output-formats.ts";
import {
    createServiceLinkedRole,
    fixedNamePattern,
    keyUseGrants,
    passRoles,
    prefixed,
    regionalArns,
    writeGrant,
} from "./deployer-grant.ts";
import { refused } from "./exclusive-inputs.ts";
import { forceNew, isBelow } from "./force-new.ts";
import { changedFrom, changedTo, itemsRemoved, lowered } from "./protection-checks.ts";
import { clusterParameters, describeRds, rdsReadTagsGrant, rdsTagGrant, subnetGroups } from "./rds-grants.ts";
import { comparedByRefresh, type ServiceRows, type TagPropagation } from "./row.ts";

const rdsGuide = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide";

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Tagging.html */
const snapshotTags: TagPropagation = {
    createdResources: "snapshots",
    requirement: "have `copyTagsToSnapshot`",
    propagatesTags: ({ inputs }) => inputs.copyTagsToSnapshot === true,
};

const clusters = regionalArns("rds", `cluster:${fixedNamePattern}`);
/** AWS's default option and parameter groups, which a cluster and its instances use. */
const awsDefaultGroups = regionalArns("rds", "og:default:*", "pg:default.*");
const instances = regionalArns("rds", `db:${prefixed}`);

export const rds: ServiceRows = {
    "aws:rds/cluster:Cluster": {
        name: { input: "clusterIdentifier", maxLength: 63 },
        summary: [
            "{engine} {engineVersion}",
            "{serverlessv2ScalingConfiguration.minCapacity}-{serverlessv2ScalingConfiguration.maxCapacity} ACU",
            "{backupRetentionPeriod} days of backup",
            "CMK{kmsKeyId?}",
            "deletion protected{deletionProtection?}",
        ],
        fakeOutputs: {
            ...rdsArnOutput("cluster"),
            clusterMembers: [],
            clusterResourceId: ({ hex }) => `cluster-${hex(26).toUpperCase()}`,
            endpoint: (request) => rdsHostName(request, "cluster-"),
            readerEndpoint: (request) => rdsHostName(request, "cluster-ro-"),
            hostedZoneId: "Z2R2ITUGPM61AM",
            masterUserSecrets: (request) => [
                {
                    kmsKeyId: request.text("masterUserSecretKmsKeyId", request.arn("kms", `key/${request.uuid}`)),
                    secretArn: request.arn("secretsmanager", `secret:rds!cluster-${request.uuid}-${request.hex(6)}`),
                    secretStatus: "active",
                },
            ],
            port: databasePort,
        },
        providerDefaults: {
            deleteAutomatedBackups: true,
            enableGlobalWriteForwarding: false,
            enableHttpEndpoint: false,
            enableLocalWriteForwarding: false,
            engineMode: "provisioned",
        },
        forceNew: forceNew(
            "rds/cluster",
            [
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
            {
                keptWhenRemoved: [
                    "availabilityZones",
                    "clusterScalabilityType",
                    "databaseName",
                    "dbSubnetGroupName",
                    "dbSystemId",
                    "kmsKeyId",
                    "masterUsername",
                    "snapshotIdentifier",
                    "storageEncrypted",
                ],
            },
        ),
        loss: {
            content: "payments",
            losesData: true,
            restoreInputs: ["restoreToPointInTime", "snapshotIdentifier"],
        },
        storage: storage["aws:rds/cluster:Cluster"],
        otherKeyInputs: ["masterUserSecretKmsKeyId"],
        deletion: {
            inputs: [
                { input: "deletionProtection", unprotected: false, protected: true },
                { input: "skipFinalSnapshot", unprotected: true, protected: false },
            ],
            pulumiProtect: true,
            duration: "about 10 minutes, after its instances",
            remains: (inputs) => {
                const kept = [
                    ...(inputs.skipFinalSnapshot === true
                        ? []
                        : [`final snapshot ${String(inputs.finalSnapshotIdentifier)}`]),
                    ...(inputs.deleteAutomatedBackups === false
                        ? [
                              `backups of the last ${String(inputs.backupRetentionPeriod)} days, each until it is so old, and readable until the key is deleted`,
                          ]
                        : []),
                ];
                return kept.length === 0 ? undefined : kept.join("; ");
            },
        },
        weakerInputs: [
            {
                check: lowered("backupRetentionPeriod", 1),
                risk: "AWS deletes the older backups at once, and no later setting restores them",
                source: `${rdsGuide}/Aurora.Managing.Backups.html`,
            },
            {
                check: changedFrom("deleteAutomatedBackups", false),
                risk: "AWS deletes all backups with the cluster",
                source: `${rdsGuide}/Aurora.Managing.Backups.Retaining.html`,
            },
            {
                check: changedFrom("iamDatabaseAuthenticationEnabled", true),
                risk: "services need passwords",
                source: `${rdsGuide}/UsingWithRDS.IAMDBAuth.html`,
            },
            {
                check: changedTo("enableHttpEndpoint", true),
                risk: "the Data API reaches the database from outside the VPC",
                source: `${rdsGuide}/data-api.html`,
            },
            {
                check: itemsRemoved("enabledCloudwatchLogsExports"),
                risk: "the database's log is kept nowhere else",
                source: `${rdsGuide}/AuroraPostgreSQL.CloudWatch.html`,
            },
        ],
        tagPropagation: snapshotTags,
        waitsForMaintenance: {
            unless: "applyImmediately",
            references: ["dbClusterParameterGroupName"],
            refusedWith: "InvalidDBParameterGroupState",
            source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBClusterParameterGroup.html",
        },
        refusedChanges: [
            {
                input: "engineVersion",
                isRefused: (before, after) => isBelow(after, before),
                text: "RDS does not downgrade",
                steps: "Set database.engineVersion back; docs/runbook.md says how to undo an upgrade",
                source: `${rdsGuide}/USER_UpgradeDBInstance.Upgrading.html`,
            },
        ],
        exclusive: [refused("rds", "CreateDBCluster", "clusterIdentifier", "DBClusterAlreadyExistsFault")],
        recovery: { importId: "{clusterIdentifier}" },
        children: "listed",
        grants: [
            writeGrant("rds: CreateDBCluster ModifyDBCluster", {
                arns: [...clusters.arns, ...clusterParameters.arns, ...subnetGroups.arns, ...awsDefaultGroups.arns],
            }),
            // The Data API is switched by calls of its own.
            writeGrant("rds: DisableHttpEndpoint EnableHttpEndpoint", clusters),
            // The snapshots that RDS makes itself are called `rds:<cluster>-<time>`.
            writeGrant("rds: RestoreDBClusterFromSnapshot RestoreDBClusterToPointInTime", {
                arns: [
                    ...clusters.arns,
                    ...regionalArns(
                        "rds",
                        "cluster-snapshot:payment-*-{suffix}-*",
                        "cluster-snapshot:rds:payment-*-{suffix}-*",
                        // What RDS retains of a deleted cluster has an ID of RDS's. Only the stack's key is in the deployer's rights.
                        "cluster-auto-backup:*",
                    ).arns,
                    ...clusterParameters.arns,
                    ...subnetGroups.arns,
                    ...awsDefaultGroups.arns,
                ],
            }),
            // A deleted cluster may leave a last snapshot.
            writeGrant("rds: CreateDBClusterSnapshot DeleteDBCluster", {
                arns: [...clusters.arns, ...regionalArns("rds", "cluster-snapshot:payment-*-{suffix}-*").arns],
            }),
            rdsTagGrant(clusters),
            rdsReadTagsGrant(clusters),
            describeRds("DescribeDBClusters DescribeGlobalClusters"),
            // The password that RDS makes and keeps.
            writeGrant(
                "secretsmanager: CreateSecret RotateSecret TagResource",
                regionalArns("secretsmanager", "secret:rds!*"),
            ),
            createServiceLinkedRole("rds.amazonaws.com"),
            ...keyUseGrants,
        ],
    },
    "aws:rds/clusterInstance:ClusterInstance": {
        name: { input: "identifier", maxLength: maxNameLengths.databaseInstance },
        summary: ["{instanceClass}", "{availabilityZone}", "monitored every {monitoringInterval} s"],
        fakeOutputs: {
            ...rdsArnOutput("db"),
            identifier: ({ physicalName }) => physicalName,
            dbiResourceId: ({ hex }) => `db-${hex(26).toUpperCase()}`,
            endpoint: (request) => rdsHostName(request, ""),
            port: databasePort,
            writer: false,
        },
        providerDefaults: { forceDestroy: false, monitoringInterval: 0 },
        forceNew: forceNew(
            "rds/cluster_instance",
            [
                "availabilityZone",
                "clusterIdentifier",
                "customIamInstanceProfile",
                "dbSubnetGroupName",
                "engine",
                "identifier",
                "identifierPrefix",
            ],
            { keptWhenRemoved: ["availabilityZone", "dbSubnetGroupName"] },
        ),
        loss: {
            content: "connections, and with the only instance the database's availability",
            losesData: false,
            partOf: ["aws:rds/cluster:Cluster"],
        },
        deletion: {
            retainingInputs: ["skipDestroy"],
            remains: (inputs) =>
                Number(inputs.monitoringInterval ?? 0) > 0
                    ? "log group RDSOSMetrics, shared by the account"
                    : undefined,
        },
        weakerInputs: [
            {
                check: changedTo("publiclyAccessible", true),
                risk: "the database gets a public address",
                source: `${rdsGuide}/USER_VPC.WorkingWithRDSInstanceinaVPC.html`,
            },
        ],
        tagPropagation: snapshotTags,
        waitsForMaintenance: {
            unless: "applyImmediately",
            references: ["dbParameterGroupName"],
            refusedWith: "InvalidDBParameterGroupState",
            source: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBParameterGroup.html",
        },
        exclusive: [refused("rds", "CreateDBInstance", "identifier", "DBInstanceAlreadyExists")],
        recovery: "lookup",
        children: { none: comparedByRefresh },
        grants: [
            writeGrant("rds: CreateDBInstance ModifyDBInstance", {
                arns: [...instances.arns, ...clusters.arns, ...subnetGroups.arns, ...awsDefaultGroups.arns],
            }),
            writeGrant("rds: DeleteDBInstance RebootDBInstance", instances),
            rdsTagGrant(instances),
            rdsReadTagsGrant(instances),
            describeRds("DescribeDBInstances"),
            passRoles,
            ...keyUseGrants,
        ],
    },
};
