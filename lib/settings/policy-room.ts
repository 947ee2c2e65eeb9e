import { partitionOfRegion } from "../partitions.ts";
import { nameOf } from "../scope.ts";
import type { PlatformSettings } from "../settings.ts";

/**
 * Characters of ARNs of queues and topics that fit into one policy, with what the platform writes there besides. IAM allows
 * 10,240 characters for the policies of a role (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html), and SQS
 * 8,192 bytes for that of a queue (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html).
 */
export const maxArnsLength = 6000;

/** Length of the ARNs of queues or topics in a list, each with its quotes and a comma. */
export const arnsLength = (
    { region, environmentSuffix: suffix }: Pick<PlatformSettings, "region" | "environmentSuffix">,
    names: readonly string[],
): number => {
    // The name of either service has three letters, and an account twelve digits.
    const arnOf = (name: string) =>
        `"arn:${partitionOfRegion(region).name}:sqs:${region}:123456789012:${nameOf({ suffix }, name)}",`;
    return names.reduce((sum, name) => sum + arnOf(name).length, 0);
};
