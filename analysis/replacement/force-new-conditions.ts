import type { Value } from "../../plan/value.ts";

type Inputs = Readonly<Record<string, Value>>;

/** Whether a change of the input forces a replacement, by the resource's inputs before and after it. */
type Condition = (before: Inputs, after: Inputs) => boolean;

const numbersOf = (version: Value | undefined): number[] =>
    typeof version === "string" ? version.split(".").map(Number) : [];

/** The versions' numbers compared from the left, as far as both have numbers: `6.x` is not below `6.2`. */
function isBelow(version: Value | undefined, other: Value | undefined): boolean {
    const others = numbersOf(other);
    const differing = numbersOf(version).map((number, index) => [number, others[index] ?? NaN] as const);
    const [number, otherNumber] = differing.find(([one, another]) => one !== another) ?? [0, 0];
    return number < otherNumber;
}

const isEmpty = (value: Value | undefined): boolean =>
    value === undefined || (Array.isArray(value) && value.length === 0);

/** The provider changes one address for another, but not an address for a security group. */
const setOrRemoved =
    (input: string): Condition =>
    (before, after) =>
        isEmpty(before[input]) !== isEmpty(after[input]);

const peers: Readonly<Record<string, Condition>> = Object.fromEntries(
    ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"].map((input) => [input, setOrRemoved(input)]),
);

/**
 * Inputs that force a replacement for some values only, by type. Source: hashicorp/aws 5.100.0, asked to plan each case. The
 * cache's were read in the source of 6.x, too, and are the same there.
 */
export const conditions: Readonly<Record<string, Readonly<Record<string, Condition>>>> = {
    "aws:ec2/vpc:Vpc": {
        // AWS can change the tenancy of a VPC to `default` only.
        instanceTenancy: (_, { instanceTenancy = "default" }) => instanceTenancy !== "default",
    },
    "aws:ecs/service:Service": {
        capacityProviderStrategies: (before, after) =>
            after.forceNewDeployment !== true || setOrRemoved("capacityProviderStrategies")(before, after),
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        engine: (before, after) =>
            after.engine !== undefined && !(before.engine === "redis" && after.engine === "valkey"),
        engineVersion: (before, after) => isBelow(after.engineVersion, before.engineVersion),
        // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html
        transitEncryptionEnabled: ({ engineVersion }) => isBelow(engineVersion, "7.0.5"),
    },
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": peers,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": peers,
};

/**
 * Inputs that force a replacement when they change, and that the resource keeps when they are removed: `Optional` and
 * `Computed` in the schema of hashicorp/aws 5.100.0, or with a condition that says so (`snapshotIdentifier`,
 * `restoreSourceName`, `restoreSourceTableArn`). Names are not here: Pulumi gives another one in their place.
 */
export const keptWhenRemoved: Readonly<Record<string, readonly string[]>> = {
    "aws:acm/certificate:Certificate": ["keyAlgorithm", "validationMethod"],
    "aws:apigateway/apiKey:ApiKey": ["value"],
    "aws:apigateway/integration:Integration": ["passthroughBehavior"],
    "aws:cloudwatch/logGroup:LogGroup": ["logGroupClass"],
    "aws:dynamodb/table:Table": ["restoreSourceName", "restoreSourceTableArn"],
    "aws:ec2/eip:Eip": ["domain", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool"],
    "aws:ec2/flowLog:FlowLog": ["logDestination", "logFormat"],
    "aws:ec2/natGateway:NatGateway": ["privateIp"],
    "aws:ec2/securityGroup:SecurityGroup": ["vpcId"],
    "aws:ec2/subnet:Subnet": ["availabilityZone", "availabilityZoneId"],
    "aws:ec2/vpc:Vpc": ["cidrBlock"],
    "aws:ec2/vpcEndpoint:VpcEndpoint": ["serviceRegion"],
    "aws:ecs/service:Service": ["cluster", "iamRole", "launchType"],
    "aws:ecs/taskDefinition:TaskDefinition": ["enableFaultInjection", "networkMode"],
    "aws:elasticache/replicationGroup:ReplicationGroup": [
        "atRestEncryptionEnabled",
        "dataTieringEnabled",
        "globalReplicationGroupId",
        "networkType",
        "securityGroupNames",
        "subnetGroupName",
    ],
    "aws:kms/key:Key": ["multiRegion"],
    "aws:lb/loadBalancer:LoadBalancer": ["internal"],
    "aws:lb/targetGroup:TargetGroup": ["ipAddressType", "protocolVersion"],
    "aws:rds/cluster:Cluster": [
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
    "aws:rds/clusterInstance:ClusterInstance": ["availabilityZone", "dbSubnetGroupName"],
    "aws:s3/bucket:Bucket": ["objectLockEnabled"],
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ["expectedBucketOwner"],
    "aws:scheduler/schedule:Schedule": ["groupName"],
};

/** Whether it depends on its values, before and after, if a change of the input forces a replacement. */
export const isConditional = (type: string, input: string): boolean => conditions[type]?.[input] !== undefined;

/** Whether this change of an input that may replace a resource of the type does replace it. */
export function isForced(type: string, input: string, before: Inputs, after: Inputs): boolean {
    if (after[input] === undefined && keptWhenRemoved[type]?.includes(input) === true) {
        return false;
    }
    return conditions[type]?.[input]?.(before, after) ?? true;
}
