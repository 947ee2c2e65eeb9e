import { partitionOfRegion } from "../partitions.ts";
import type { PlatformSettings } from "../settings.ts";
import { regionKey } from "./problem.ts";
import type { SettingRule } from "./rule.ts";

/** A setting with the ARN of something that exists. */
interface ArnSetting extends Pick<SettingRule, "field" | "reads" | "why"> {
    /** AWS accepts it from another account, which shares it. */
    readonly mayBeShared?: true;
    readonly valueIn: (settings: PlatformSettings) => string | undefined;
}

const arnSettings: readonly ArnSetting[] = [
    {
        field: "permissionsBoundaryArn",
        reads: [],
        why: "A policy bounds the roles of its own account only.",
        valueIn: ({ permissionsBoundaryArn }) => permissionsBoundaryArn,
    },
    {
        field: "certificate.arn",
        reads: ["certificate.source"],
        why: "A load balancer accepts certificates of its own account and region only.",
        valueIn: ({ certificate }) => (certificate.source === "arn" ? certificate.arn : undefined),
    },
    {
        field: "database.restoreFrom.snapshot",
        reads: ["database.restoreFrom.source"],
        why: "RDS restores no snapshot of another region; one of another account, if that shares it with the stack's (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-share-snapshot.html).",
        mayBeShared: true,
        valueIn: ({ database: { restoreFrom } }) =>
            restoreFrom?.source === "snapshot" ? restoreFrom.snapshot : undefined,
    },
    {
        field: "database.restoreFrom.cluster",
        reads: ["database.restoreFrom.source"],
        why: "RDS restores to a point in time from a cluster of its own account and region: another account can share a snapshot.",
        valueIn: ({ database: { restoreFrom } }) =>
            restoreFrom?.source === "point-in-time" ? restoreFrom.cluster : undefined,
    },
];

type Place = Pick<PlatformSettings, "region" | "accountId">;

/** A name in place of an ARN is of the stack's account and region. ARNs of IAM have no region. */
function isOfStack(value: string | undefined, { region, accountId }: Place): boolean {
    if (!value?.startsWith("arn:")) {
        return true;
    }
    const [, partition, , ownRegion = "", account] = value.split(":");
    return (
        partition === partitionOfRegion(region).name &&
        ["", region].includes(ownRegion) &&
        [undefined, account].includes(accountId)
    );
}

const placeText = ({ region, accountId }: Place): string =>
    [`partition (${partitionOfRegion(region).name})`, `region (${region})`]
        .concat(accountId === undefined ? [] : [`account (${accountId})`])
        .join(", ");

export const arnRules: readonly SettingRule[] = arnSettings.map(({ valueIn, reads, mayBeShared, ...rest }) => {
    const placeIn = ({ region, accountId }: PlatformSettings): Place =>
        mayBeShared ? { region } : { region, accountId };
    return {
        ...rest,
        name: "arn-of-stack",
        reads: [...reads, regionKey, "accountId"],
        must: (settings) => `be of the stack's ${placeText(placeIn(settings))}`,
        isMet: (settings) => isOfStack(valueIn(settings), placeIn(settings)),
    };
});
