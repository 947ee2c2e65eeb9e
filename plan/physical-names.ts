import { hash } from "node:crypto";
import type { ResourceClass } from "./resource-class.ts";
import type { WireObject } from "./value.ts";

/** Types whose name is not called `name`. */
const nameInputsByType: Record<string, string> = {
    "aws:s3/bucket:Bucket": "bucket",
    "aws:rds/cluster:Cluster": "clusterIdentifier",
    "aws:rds/clusterInstance:ClusterInstance": "identifier",
    "aws:rds/instance:Instance": "identifier",
    "aws:elasticache/cluster:Cluster": "clusterId",
    "aws:elasticache/replicationGroup:ReplicationGroup": "replicationGroupId",
};

/** Hexadecimal digits that a URN always gets: nothing in a plan may change between two runs. */
export const hexDigitsOf = (urn: string, count: number): string => hash("sha256", urn).slice(0, count);

/** Characters that the provider adds where the program gives a prefix of the name (`PrefixedUniqueId` of Terraform's SDK). */
export const prefixedDigits = 26;

/** The property that holds the physical name. */
export const nameInputOf = (type: string): string => nameInputsByType[type] ?? "name";

/** The physical name that Pulumi invents where the program gives none. */
export function withAutomaticName(
    resource: { type: string; name: string; urn: string },
    inputs: WireObject,
    declared: ResourceClass,
): WireObject {
    const property = nameInputOf(resource.type);
    const given = property in inputs || `${property}Prefix` in inputs;
    return given || !resource.type.startsWith("aws:") || !declared.inputs.has(property)
        ? {}
        : { [property]: `${resource.name}-${hexDigitsOf(resource.urn, 7)}` };
}
