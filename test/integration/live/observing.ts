import { DescribeTrailsCommand, GetEventSelectorsCommand, ListTagsCommand } from "@aws-sdk/client-cloudtrail";
import {
    DescribeAlarmsCommand,
    ListTagsForResourceCommand as ListAlarmTagsCommand,
    type MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";
import {
    DescribeLogGroupsCommand,
    DescribeMetricFiltersCommand,
    DescribeResourcePoliciesCommand,
    ListTagsForResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeRuleCommand, ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge";
import type { Clients } from "./clients.ts";
import { tagsOf, type At, type Row } from "./row.ts";

const dimensionsOf = (list: readonly { Name?: string | undefined; Value?: string | undefined }[] | undefined) =>
    Object.fromEntries((list ?? []).map(({ Name = "", Value = "" }) => [Name, Value]));

const queryOf = ({ Id, Expression, Label, ReturnData, MetricStat: stat }: MetricDataQuery) => ({
    id: Id,
    expression: Expression,
    label: Label,
    returnData: ReturnData,
    metric: stat && {
        dimensions: dimensionsOf(stat.Metric?.Dimensions),
        metricName: stat.Metric?.MetricName,
        namespace: stat.Metric?.Namespace,
        period: stat.Period,
        stat: stat.Stat,
    },
});

const alarmTags = async ({ alarms: cloudwatch }: Clients, { arn }: At) =>
    tagsOf((await cloudwatch.send(new ListAlarmTagsCommand({ ResourceARN: arn }))).Tags);

export const observingRows: readonly Row[] = [
    {
        type: "cloudwatch/metricAlarm:MetricAlarm",
        read: async (aws, at) => {
            const { MetricAlarms: [found] = [] } = await aws.alarms.send(
                new DescribeAlarmsCommand({ AlarmNames: [at.name] }),
            );
            return (
                found && {
                    actionsEnabled: found.ActionsEnabled,
                    alarmActions: found.AlarmActions,
                    okActions: found.OKActions,
                    alarmDescription: found.AlarmDescription,
                    comparisonOperator: found.ComparisonOperator,
                    datapointsToAlarm: found.DatapointsToAlarm,
                    dimensions: dimensionsOf(found.Dimensions),
                    evaluationPeriods: found.EvaluationPeriods,
                    metricName: found.MetricName,
                    namespace: found.Namespace,
                    period: found.Period,
                    statistic: found.Statistic,
                    extendedStatistic: found.ExtendedStatistic,
                    threshold: found.Threshold,
                    treatMissingData: found.TreatMissingData,
                    metricQueries: found.Metrics?.map(queryOf),
                    tagsAll: await alarmTags(aws, at),
                }
            );
        },
    },
    {
        type: "cloudwatch/compositeAlarm:CompositeAlarm",
        read: async (aws, at) => {
            const { CompositeAlarms = [] } = await aws.alarms.send(
                new DescribeAlarmsCommand({ AlarmTypes: ["CompositeAlarm"], AlarmNamePrefix: at.name }),
            );
            const found = CompositeAlarms.find(({ AlarmName }) => AlarmName === at.name);
            return (
                found && {
                    actionsEnabled: found.ActionsEnabled,
                    alarmActions: found.AlarmActions,
                    okActions: found.OKActions,
                    alarmDescription: found.AlarmDescription,
                    alarmRule: found.AlarmRule,
                    tagsAll: await alarmTags(aws, at),
                }
            );
        },
    },
    {
        type: "cloudwatch/logGroup:LogGroup",
        read: async ({ logs }, { name, arn }) => {
            const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
            const found = logGroups.find(({ logGroupName }) => logGroupName === name);
            const { tags } = await logs.send(new ListTagsForResourceCommand({ resourceArn: arn }));
            return (
                found && {
                    retentionInDays: found.retentionInDays,
                    kmsKeyId: found.kmsKeyId,
                    logGroupClass: found.logGroupClass,
                    tagsAll: tags,
                }
            );
        },
    },
    {
        type: "cloudwatch/logResourcePolicy:LogResourcePolicy",
        read: async ({ logs }, { text }) => {
            const { resourcePolicies = [] } = await logs.send(new DescribeResourcePoliciesCommand({}));
            const found = resourcePolicies.find(({ policyName }) => policyName === text("policyName"));
            return found && { policyDocument: found.policyDocument };
        },
    },
    {
        type: "cloudwatch/logMetricFilter:LogMetricFilter",
        read: async ({ logs }, { name, text }) => {
            const { metricFilters: [found] = [] } = await logs.send(
                new DescribeMetricFiltersCommand({ logGroupName: text("logGroupName"), filterNamePrefix: name }),
            );
            const metric = found?.metricTransformations?.[0];
            return (
                found && {
                    pattern: found.filterPattern,
                    metricTransformation: {
                        name: metric?.metricName,
                        namespace: metric?.metricNamespace,
                        value: metric?.metricValue,
                        defaultValue: metric?.defaultValue,
                        unit: metric?.unit,
                    },
                }
            );
        },
    },
    {
        type: "cloudwatch/eventRule:EventRule",
        read: async ({ events }, { name }) => {
            const found = await events.send(new DescribeRuleCommand({ Name: name }));
            return { description: found.Description, eventPattern: found.EventPattern };
        },
    },
    {
        type: "cloudwatch/eventTarget:EventTarget",
        read: async ({ events }, { text }) => {
            const { Targets: [found] = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: text("rule") }));
            return found && { arn: found.Arn, deadLetterConfig: { arn: found.DeadLetterConfig?.Arn } };
        },
    },
    {
        type: "cloudtrail/trail:Trail",
        read: async ({ trails }, { name, arn }) => {
            const { trailList: [found] = [] } = await trails.send(new DescribeTrailsCommand({ trailNameList: [name] }));
            const { AdvancedEventSelectors } = await trails.send(new GetEventSelectorsCommand({ TrailName: arn }));
            const { ResourceTagList } = await trails.send(new ListTagsCommand({ ResourceIdList: [arn] }));
            return (
                found && {
                    s3BucketName: found.S3BucketName,
                    s3KeyPrefix: found.S3KeyPrefix,
                    isMultiRegionTrail: found.IsMultiRegionTrail,
                    includeGlobalServiceEvents: found.IncludeGlobalServiceEvents,
                    enableLogFileValidation: found.LogFileValidationEnabled,
                    kmsKeyId: found.KmsKeyId,
                    cloudWatchLogsGroupArn: found.CloudWatchLogsLogGroupArn,
                    cloudWatchLogsRoleArn: found.CloudWatchLogsRoleArn,
                    advancedEventSelectors: AdvancedEventSelectors?.map(({ Name, FieldSelectors }) => ({
                        name: Name,
                        fieldSelectors: FieldSelectors?.map((selector) => ({
                            field: selector.Field,
                            equals: selector.Equals,
                            startsWiths: selector.StartsWith,
                            notEquals: selector.NotEquals,
                        })),
                    })),
                    tagsAll: tagsOf(ResourceTagList?.[0]?.TagsList),
                }
            );
        },
    },
];
