import { becomes, lowered, noLonger, type ProtectionCheck } from "./checks.ts";

/**
 * Inputs that keep a resource from being deleted. `deletionProtection` of the settings governs all of them at once
 * (docs/deploy.md, Destroying).
 */
export const deletionInputs: Readonly<Record<string, readonly ProtectionCheck[]>> = {
    "aws:rds/cluster:Cluster": [noLonger("deletionProtection", true), becomes("skipFinalSnapshot", true)],
    "aws:dynamodb/table:Table": [noLonger("deletionProtectionEnabled", true)],
    "aws:lb/loadBalancer:LoadBalancer": [noLonger("enableDeletionProtection", true)],
    "aws:s3/bucket:Bucket": [becomes("forceDestroy", true)],
    "aws:ecr/repository:Repository": [becomes("forceDelete", true)],
    "aws:kms/key:Key": [lowered("deletionWindowInDays", 30)],
    "aws:secretsmanager/secret:Secret": [lowered("recoveryWindowInDays", 30)],
};
