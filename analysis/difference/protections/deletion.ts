import { changedTo, lowered, changedFrom, type ProtectionCheck } from "./checks.ts";

/**
 * Inputs that keep a resource from being deleted. `deletionProtection` of the settings governs all of them at once
 * (docs/deploy.md, Destroying).
 */
export const deletionInputs: Readonly<Record<string, readonly ProtectionCheck[]>> = {
    "aws:rds/cluster:Cluster": [changedFrom("deletionProtection", true), changedTo("skipFinalSnapshot", true)],
    "aws:dynamodb/table:Table": [changedFrom("deletionProtectionEnabled", true)],
    "aws:lb/loadBalancer:LoadBalancer": [changedFrom("enableDeletionProtection", true)],
    "aws:s3/bucket:Bucket": [changedTo("forceDestroy", true)],
    "aws:ecr/repository:Repository": [changedTo("forceDelete", true)],
    "aws:kms/key:Key": [lowered("deletionWindowInDays", 30)],
    "aws:secretsmanager/secret:Secret": [lowered("recoveryWindowInDays", 30)],
};
