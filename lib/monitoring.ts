import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { TrailParts } from "./audit.ts";
import { routeEvents, type AlertTargets } from "./events.ts";
import { arn } from "./iam.ts";
import { requireItem } from "./list.ts";
import { deploymentAlarms } from "./monitoring/alarm-table.ts";
import { alarmName, createAlarms } from "./monitoring/alarms.ts";
import { dashboardBody } from "./monitoring/dashboard.ts";
import { createErrorBudgetAlarms } from "./monitoring/slo.ts";
import { subjectsOf, type SubjectsArgs } from "./monitoring/subjects.ts";
import { consoleUrl } from "./partitions.ts";
import { nameOf } from "./scope.ts";
import { breakGlassNoun, breakGlassRole } from "./settings/break-glass.ts";
import { databaseClusterName, generationsOf } from "./settings/database-generations.ts";
import type { Settings } from "./settings/schema.ts";

export interface MonitoringArgs extends SubjectsArgs {
    readonly settings: SubjectsArgs["settings"] & Pick<Settings, "alarmThresholds">;
    readonly alerts: AlertTargets & SubjectsArgs["alerts"];
    /** KMS keys whose loss is reported. */
    readonly keyArns: readonly pulumi.Input<string>[];
    /** The trail whose changes are reported; undefined where the stack has none. */
    readonly trail: TrailParts | undefined;
}

/**
 * Alarms on every component, on the error budget and on failed deployments, and the dashboard. Created before the services,
 * because ECS accepts only deployment alarms that exist.
 */
export class Monitoring extends pulumi.ComponentResource {
    /** Alarms that roll back a deployment, by service. */
    public readonly deploymentAlarmNames: Readonly<Record<string, pulumi.Output<string>[]>>;
    public readonly dashboardUrl: string;

    constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Monitoring", name, {}, opts);
        const { scope, alerts, settings } = args;
        const inside = { parent: this };
        const context = { scope, topicArns: alerts.topicArns, thresholds: settings.alarmThresholds };

        const eventRules = [
            ...args.eventRules,
            this.reportFailedDeployments(args),
            this.reportKeyLoss(args),
            this.reportDatabaseLoss(args),
            ...(args.trail ? [this.reportTrailChange(args, args.trail)] : []),
            ...(settings.database.breakGlass ? [this.reportBreakGlass(args)] : []),
        ];
        const subjects = subjectsOf({ ...args, eventRules });
        const alarms = createAlarms(context, subjects, inside);
        const budgetAlarms = createErrorBudgetAlarms(context, args.loadBalancerArnSuffix, inside);

        const dashboard = nameOf(scope, "dashboard");
        new aws.cloudwatch.Dashboard(
            dashboard,
            {
                dashboardName: dashboard,
                dashboardBody: dashboardBody({
                    region: scope.region,
                    subjects,
                    loadBalancer: args.loadBalancerArnSuffix,
                    alarmArns: [...budgetAlarms, ...Object.values(alarms)].map((alarm) => alarm.arn),
                }),
            },
            inside,
        );

        this.deploymentAlarmNames = Object.fromEntries(
            Object.entries(settings.services).map(([service, { path }]) => [
                service,
                deploymentAlarms[path === undefined ? "worker" : "path"].map(
                    (alarm) => requireItem(alarms, alarmName(scope, { name: service }, alarm)).name,
                ),
            ]),
        );
        this.dashboardUrl = `${consoleUrl(scope.region)}/cloudwatch/home?region=${scope.region}#dashboards/dashboard/${dashboard}`;
        this.registerOutputs({ deploymentAlarmNames: this.deploymentAlarmNames, dashboardUrl: this.dashboardUrl });
    }

    /** After a rollback the service runs normally, so no other alarm reports the failed deployment. */
    private reportFailedDeployments({ scope, alerts, clusterName }: MonitoringArgs): string {
        return routeEvents(
            {
                scope,
                noun: "deployment-failed",
                description: "ECS gave up a deployment or rolled it back",
                pattern: {
                    source: ["aws.ecs"],
                    "detail-type": ["ECS Deployment State Change"],
                    resources: [{ prefix: arn(scope, "ecs", `service/${clusterName}/`) }],
                    detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED"] },
                },
                severity: "critical",
                alerts,
            },
            { parent: this },
        );
    }

    /**
     * A key that is disabled, scheduled for deletion or closed to its users takes the data with it that it encrypts. By CloudTrail,
     * which must record management events of the account. The caller may name the key by its ID: only `resources` always has the ARN.
     */
    private reportKeyLoss({ scope, alerts, keyArns }: MonitoringArgs): string {
        return routeEvents(
            {
                scope,
                noun: "key-loss",
                description: "Somebody disabled a KMS key of the stack, scheduled its deletion or changed its policy",
                pattern: {
                    source: ["aws.kms"],
                    "detail-type": ["AWS API Call via CloudTrail"],
                    detail: {
                        eventName: ["DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy"],
                        resources: { ARN: keyArns },
                    },
                },
                severity: "critical",
                alerts,
            },
            { parent: this },
        );
    }

    /**
     * A database without a cluster sends no metric, and its alarms see nothing. The events are those of
     * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.Messages.html: stopped, and deleted.
     */
    private reportDatabaseLoss({ scope, alerts, settings }: MonitoringArgs): string {
        const clusters = generationsOf(settings.database).map((generation) =>
            arn(scope, "rds", `cluster:${databaseClusterName(scope, generation)}`),
        );
        return routeEvents(
            {
                scope,
                noun: "database-lost",
                description: "A database cluster of the stack was stopped or deleted",
                pattern: {
                    source: ["aws.rds"],
                    "detail-type": ["RDS DB Cluster Event"],
                    resources: clusters,
                    detail: { EventID: ["RDS-EVENT-0150", "RDS-EVENT-0171"] },
                },
                severity: "critical",
                alerts,
            },
            { parent: this },
        );
    }

    /**
     * What stops, changes or deletes the trail, deletes from its log group, or changes the policy of its bucket (PCI DSS 10.7.2).
     * A change of the role with which CloudTrail writes to the log group is not reported: files still reach the bucket. The rule
     * depends on the trail, whose creation is therefore not reported.
     */
    private reportTrailChange({ scope, alerts }: MonitoringArgs, trail: TrailParts): string {
        // The caller may name the trail either way.
        const names = [trail.name, trail.arn];
        return routeEvents(
            {
                scope,
                noun: "trail-change",
                description: "Somebody stopped, changed or deleted the stack's trail, or where it delivers",
                pattern: {
                    source: ["aws.cloudtrail", "aws.logs", "aws.s3"],
                    "detail-type": ["AWS API Call via CloudTrail"],
                    detail: {
                        eventName: [
                            ...["StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"],
                            ...["DeleteLogGroup", "DeleteLogStream", "PutRetentionPolicy"],
                            ...["PutBucketPolicy", "DeleteBucketPolicy"],
                        ],
                        $or: [
                            { requestParameters: { name: names } },
                            // Of `PutEventSelectors`.
                            { requestParameters: { trailName: names } },
                            { requestParameters: { logGroupName: [trail.logGroupName] } },
                            { requestParameters: { bucketName: [trail.bucketName] } },
                        ],
                    },
                },
                severity: "critical",
                alerts,
            },
            { parent: this },
        );
    }

    /** By CloudTrail, too. */
    private reportBreakGlass({ scope, alerts }: MonitoringArgs): string {
        const role = pulumi.interpolate`arn:${scope.partition}:iam::${scope.accountId}:role/${breakGlassRole(scope.suffix)}`;
        return routeEvents(
            {
                scope,
                noun: breakGlassNoun,
                description: "A person assumed the role that may run statements in the database",
                pattern: {
                    source: ["aws.sts"],
                    "detail-type": ["AWS API Call via CloudTrail"],
                    detail: { eventName: ["AssumeRole"], requestParameters: { roleArn: [role] } },
                },
                receivesReadOnlyCalls: true,
                severity: "critical",
                alerts,
            },
            { parent: this },
        );
    }
}
