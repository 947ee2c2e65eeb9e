import {
    ListBucketAnalyticsConfigurationsCommand,
    ListBucketInventoryConfigurationsCommand,
    ListBucketMetricsConfigurationsCommand,
} from "@aws-sdk/client-s3";
import type { AwsClients } from "../../frame/aws-clients.ts";
import { readGrant } from "../../../plan/catalogue/deployer-grant.ts";
import { buckets } from "../../../plan/catalogue/s3.ts";
import { collectTokenPages } from "../../frame/aws-calls.ts";
import { asListedItems, defineLister, type ChildLister } from "../listing.ts";
import { textOrUnknown } from "../text.ts";

interface BucketReport {
    readonly id: string;
    readonly bucket?: string;
}

/** Configurations of which a bucket may have many, each with an id. */
const defineReportLister = (
    item: string,
    action: string,
    planned: string,
    command: string,
    opens: (bucket: string | undefined) => string,
    ask: (
        s3: AwsClients["s3"],
        bucket: string,
        token: string | undefined,
    ) => Promise<{ items: BucketReport[]; next: string | undefined }>,
): ChildLister =>
    defineLister<BucketReport>({
        item,
        permissions: [readGrant(`s3: ${action}`, buckets)],
        list: ({ s3 }, { id }) => collectTokenPages((token) => ask(s3, id, token)),
        key: ({ id }, bucket) => `${bucket.id}:${id}`,
        planned: { [planned]: ({ text }) => `${text("bucket")}:${text("name")}` },
        opens: ({ bucket }) => opens(bucket),
        remove: ({ id }, bucket) => `aws s3api ${command} --bucket ${bucket.id} --id ${id}`,
    });

export const bucketReportListers: readonly ChildLister[] = [
    defineReportLister(
        "inventory",
        "GetInventoryConfiguration",
        "s3/inventory:Inventory",
        "delete-bucket-inventory-configuration",
        (bucket) => `${textOrUnknown(bucket)} gets a list of all objects`,
        async (s3, Bucket, ContinuationToken) => {
            const command = new ListBucketInventoryConfigurationsCommand({ Bucket, ContinuationToken });
            const { InventoryConfigurationList: list = [], NextContinuationToken: next } = await s3.send(command);
            const items = asListedItems(list).map(({ Id, Destination }) => ({
                id: Id,
                bucket: Destination?.S3BucketDestination?.Bucket,
            }));
            return { items, next };
        },
    ),
    defineReportLister(
        "analytics configuration",
        "GetAnalyticsConfiguration",
        "s3/analyticsConfiguration:AnalyticsConfiguration",
        "delete-bucket-analytics-configuration",
        (bucket) =>
            bucket === undefined ? "nothing: it counts requests" : `${bucket} gets figures of how objects are used`,
        async (s3, Bucket, ContinuationToken) => {
            const command = new ListBucketAnalyticsConfigurationsCommand({ Bucket, ContinuationToken });
            const { AnalyticsConfigurationList: list = [], NextContinuationToken: next } = await s3.send(command);
            const items = asListedItems(list).map(({ Id, StorageClassAnalysis: analysis }) => ({
                id: Id,
                bucket: analysis?.DataExport?.Destination?.S3BucketDestination?.Bucket,
            }));
            return { items, next };
        },
    ),
    defineReportLister(
        "metrics configuration",
        "GetMetricsConfiguration",
        "s3/bucketMetric:BucketMetric",
        "delete-bucket-metrics-configuration",
        () => "nothing: CloudWatch counts requests, at a price",
        async (s3, Bucket, ContinuationToken) => {
            const command = new ListBucketMetricsConfigurationsCommand({ Bucket, ContinuationToken });
            const { MetricsConfigurationList: list = [], NextContinuationToken: next } = await s3.send(command);
            return { items: asListedItems(list).map(({ Id }) => ({ id: Id })), next };
        },
    ),
];
