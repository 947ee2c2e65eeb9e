import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Bucket } from "./bucket.ts";
import { trailArn } from "./encryption.ts";
import {
    allowService,
    arn,
    grantRole,
    sameAccountAndRegion,
    trustPolicyIfSent,
    viaService,
    type Statement,
} from "./iam.ts";
import { trailLogGroup } from "./logs.ts";
import { nameOf, type Scope } from "./scope.ts";
import type { Settings } from "./settings/schema.ts";

export interface AuditArgs {
    readonly scope: Scope;
    readonly settings: Settings["audit"];
    /** Retention of audit records, trail and access logs. */
    readonly retentionDays: number;
    readonly keyArn: pulumi.Input<string>;
    /**
     * Names of the database clusters with the Data API, whose calls the trail logs.
     * @default none
     */
    readonly dataApiClusters?: readonly string[];
}

/** The stack's trail, and where it delivers. */
export interface TrailParts {
    readonly arn: pulumi.Output<string>;
    readonly name: pulumi.Output<string>;
    readonly logGroupName: pulumi.Output<string>;
    readonly bucketName: pulumi.Output<string>;
}

/** Prefixes of the audit bucket: the records of the platform, and the account's CloudTrail logs. */
export const auditPrefixes = { records: "audit/", trail: "cloudtrail" } as const;

/** Prefixes of the access-log bucket. */
export const accessLogPrefixes = { loadBalancer: "alb", buckets: "s3" } as const;

/** Where a bucket writes its access logs: into this bucket, under the prefix of all buckets. */
export const logRequestsTo = (bucket: pulumi.Input<string>) => ({ bucket, prefix: `${accessLogPrefixes.buckets}/` });

/** The audit trail: the audit bucket, the bucket of access logs, and the account's CloudTrail trail. */
export class Audit extends pulumi.ComponentResource {
    public readonly auditBucketName: pulumi.Output<string>;
    public readonly auditBucketArn: pulumi.Output<string>;
    /** ARN pattern of the validator's records, by year. Not those of operators, under `audit/operations/`. */
    public readonly recordsArn: pulumi.Output<string>;
    /** Receives the access logs of the load balancer and of the audit bucket. */
    public readonly accessLogBucketName: pulumi.Output<string>;
    public readonly logGroupNames: pulumi.Output<string>[];
    /** Undefined where the account has a trail of its own. */
    public readonly trail: TrailParts | undefined;
    private readonly args: AuditArgs;

    constructor(name: string, args: AuditArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Audit", name, {}, opts);
        const { scope, retentionDays, keyArn } = args;
        const inside = { parent: this };

        const accessLogs = new Bucket(
            nameOf(scope, "access-logs"),
            { scope, retentionDays, statements: (bucketArn) => accessLogStatements(scope, bucketArn) },
            inside,
        );
        const records = new Bucket(
            nameOf(scope, "audit"),
            {
                scope,
                keyArn,
                retentionDays,
                objectLockDays: args.settings.objectLock ? retentionDays : 0,
                accessLogs: logRequestsTo(accessLogs.bucketName),
                statements: (bucketArn) => [
                    denyOverwrites(bucketArn),
                    ...(args.settings.cloudTrail ? trailStatements(scope, bucketArn) : []),
                ],
            },
            inside,
        );

        this.auditBucketName = records.bucketName;
        this.auditBucketArn = records.arn;
        this.recordsArn = pulumi.interpolate`${records.arn}/${auditPrefixes.records}????/*`;
        this.accessLogBucketName = accessLogs.bucketName;
        this.args = args;
        this.trail = args.settings.cloudTrail ? this.createTrail(args) : undefined;
        this.logGroupNames = this.trail === undefined ? [] : [this.trail.logGroupName];
        this.registerOutputs({
            auditBucketName: this.auditBucketName,
            auditBucketArn: this.auditBucketArn,
            recordsArn: this.recordsArn,
            accessLogBucketName: this.accessLogBucketName,
            logGroupNames: this.logGroupNames,
        });
    }

    /** Permissions to write a record. No role may read or delete one. */
    public writeRecordStatements(): Statement[] {
        const { scope, keyArn } = this.args;
        const here = sameAccountAndRegion(scope);
        return [
            {
                Effect: "Allow",
                Action: "s3:PutObject",
                Resource: this.recordsArn,
                Condition: { StringEquals: here },
            },
            {
                Effect: "Allow",
                Action: "kms:GenerateDataKey",
                Resource: keyArn,
                Condition: { StringEquals: { ...here, ...viaService(scope, "s3") } },
            },
        ];
    }

    /** Logs management events of all regions, access to the platform's records and calls of the Data API. */
    private createTrail({ scope, retentionDays, keyArn, dataApiClusters = [] }: AuditArgs): TrailParts {
        const inside = { parent: this };
        const name = nameOf(scope, "trail");
        const group = new aws.cloudwatch.LogGroup(
            name,
            { name: trailLogGroup(name), retentionInDays: retentionDays, kmsKeyId: keyArn },
            inside,
        );
        const cloudWatchLogsRoleArn = grantRole(
            name,
            {
                scope,
                description: "Lets CloudTrail write to its log group",
                assumeRolePolicy: trustPolicyIfSent(scope, "cloudtrail.amazonaws.com", {
                    service: "cloudtrail",
                    resource: `trail/${name}`,
                }),
                statements: [
                    {
                        Effect: "Allow",
                        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                        Resource: pulumi.interpolate`${group.arn}:log-stream:${scope.accountId}_CloudTrail_${scope.region}*`,
                    },
                ],
            },
            inside,
        );
        const trail = new aws.cloudtrail.Trail(
            name,
            {
                name,
                s3BucketName: this.auditBucketName,
                s3KeyPrefix: auditPrefixes.trail,
                kmsKeyId: keyArn,
                isMultiRegionTrail: true,
                includeGlobalServiceEvents: true,
                enableLogFileValidation: true,
                cloudWatchLogsGroupArn: pulumi.interpolate`${group.arn}:*`,
                cloudWatchLogsRoleArn,
                advancedEventSelectors: [
                    {
                        name: "Management events",
                        fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }],
                    },
                    {
                        // Records only: the trail's own deliveries to the bucket would each cause another event.
                        name: "Access to audit records",
                        fieldSelectors: [
                            { field: "eventCategory", equals: ["Data"] },
                            { field: "resources.type", equals: ["AWS::S3::Object"] },
                            {
                                field: "resources.ARN",
                                startsWiths: [pulumi.interpolate`${this.auditBucketArn}/${auditPrefixes.records}`],
                            },
                        ],
                    },
                    ...dataApiSelectors(scope, dataApiClusters),
                ],
            },
            inside,
        );
        return { arn: trail.arn, name: trail.name, logGroupName: group.name, bucketName: this.auditBucketName };
    }
}

/**
 * Calls of the Data API are data events of the cluster, which a trail logs only where it selects them
 * (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html).
 */
const dataApiSelectors = (scope: Scope, clusters: readonly string[]) =>
    clusters.length === 0
        ? []
        : [
              {
                  name: "Statements of the Data API",
                  fieldSelectors: [
                      { field: "eventCategory", equals: ["Data"] },
                      { field: "resources.type", equals: ["AWS::RDS::DBCluster"] },
                      {
                          field: "resources.ARN",
                          equals: clusters.map((cluster) => arn(scope, "rds", `cluster:${cluster}`)),
                      },
                  ],
              },
          ];

/**
 * Denies to write a record without `If-None-Match`, with which S3 refuses a key that exists: Object Lock keeps the older
 * version, but readers get the newest. This also refuses copies and uploads in parts, which nobody makes
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html).
 */
const denyOverwrites = (bucketArn: pulumi.Output<string>): Statement => ({
    Sid: "DenyOverwrites",
    Effect: "Deny",
    Principal: { AWS: "*" },
    Action: "s3:PutObject",
    Resource: pulumi.interpolate`${bucketArn}/${auditPrefixes.records}*`,
    Condition: { Null: { "s3:if-none-match": "true" } },
});

/** Permissions that CloudTrail needs (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html). */
function trailStatements(scope: Scope, bucketArn: pulumi.Output<string>): Statement[] {
    const cloudTrail = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" } } as const;
    const ofTrail = { "aws:SourceArn": trailArn(scope) };
    return [
        {
            ...cloudTrail,
            Action: "s3:GetBucketAcl",
            Resource: bucketArn,
            Condition: { StringEquals: ofTrail },
        },
        {
            ...cloudTrail,
            Action: "s3:PutObject",
            Resource: pulumi.interpolate`${bucketArn}/${auditPrefixes.trail}/AWSLogs/${scope.accountId}/*`,
            Condition: { StringEquals: { ...ofTrail, "s3:x-amz-acl": "bucket-owner-full-control" } },
        },
    ];
}

/** Permissions that S3 and load balancers need to deliver their access logs. */
function accessLogStatements(scope: Scope, bucketArn: pulumi.Output<string>): Statement[] {
    const albLogs = pulumi.interpolate`${bucketArn}/${accessLogPrefixes.loadBalancer}/AWSLogs/${scope.accountId}/*`;
    const bucketLogs = pulumi.interpolate`${bucketArn}/${accessLogPrefixes.buckets}/*`;
    return [
        allowService(scope, "logging.s3.amazonaws.com", "s3:PutObject", bucketLogs),
        allowService(
            scope,
            "logdelivery.elasticloadbalancing.amazonaws.com",
            "s3:PutObject",
            albLogs,
            arn(scope, "elasticloadbalancing", "loadbalancer/*"),
        ),
    ];
}
