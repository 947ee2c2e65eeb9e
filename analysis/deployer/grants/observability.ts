import { logGroupPatterns } from "../../../lib/encryption.ts";
import {
    untaggedOnly,
    allResources,
    fixedNamePattern,
    globalArns,
    keyUseGrants,
    listsEverything,
    withRequestTag,
    regionalArns,
    withResourceTag,
    passRoles,
    readGrant,
    writeGrant,
    type DeployerGrants,
    type ResourceScope,
} from "../grant.ts";

/** AWS writes some of these ARNs with an end of their own, for the streams. */
const logGroupArns = (patterns: string[]) =>
    regionalArns("logs", ...patterns.flatMap((pattern) => [`log-group:${pattern}`, `log-group:${pattern}:*`]));
const hasSuffixPlaceholder = (pattern: string) => pattern.includes("{suffix}");
const patterns = logGroupPatterns({ suffix: "{suffix}" });
export const logGroups = logGroupArns(patterns.filter(hasSuffixPlaceholder));
/** Named by API Gateway after an id, so these hang on the tag. */
export const executionLogs = logGroupArns(patterns.filter((pattern) => !hasSuffixPlaceholder(pattern)));
const alarms = regionalArns("cloudwatch", `alarm:${fixedNamePattern}`);
const dashboards = globalArns("cloudwatch", `dashboard/${fixedNamePattern}`);
export const eventRules = regionalArns("events", `rule/${fixedNamePattern}`);
const trails = regionalArns("cloudtrail", `trail/${fixedNamePattern}`);
const scheduleGroups = regionalArns("scheduler", `schedule-group/${fixedNamePattern}`);
const schedules = regionalArns("scheduler", `schedule/${fixedNamePattern}/${fixedNamePattern}`);
export const topics = regionalArns("sns", fixedNamePattern);
export const queues = regionalArns("sqs", fixedNamePattern);
/** A subscription is its topic's, with an id at the end. */
const subscriptions: ResourceScope = { arns: [...topics.arns, ...regionalArns("sns", `${fixedNamePattern}:*`).arns] };

export const observabilityGrants: DeployerGrants = {
    "cloudwatch/logGroup:LogGroup": [
        writeGrant(
            "logs: AssociateKmsKey CreateLogGroup DeleteLogGroup DeleteRetentionPolicy DisassociateKmsKey PutRetentionPolicy TagResource UntagResource",
            logGroups,
        ),
        writeGrant("logs: CreateLogGroup", withRequestTag(executionLogs)),
        writeGrant("logs: TagResource", untaggedOnly(executionLogs)),
        writeGrant(
            "logs: AssociateKmsKey DeleteLogGroup DeleteRetentionPolicy DisassociateKmsKey PutRetentionPolicy TagResource UntagResource",
            withResourceTag(executionLogs),
        ),
        readGrant("logs: ListTagsForResource", { arns: [...logGroups.arns, ...executionLogs.arns] }),
        readGrant("logs: DescribeLogGroups", allResources(listsEverything)),
    ],
    "cloudwatch/logMetricFilter:LogMetricFilter": [
        writeGrant("logs: DeleteMetricFilter PutMetricFilter", logGroups),
        readGrant("logs: DescribeMetricFilters", logGroups),
    ],
    "cloudwatch/metricAlarm:MetricAlarm": [
        writeGrant("cloudwatch: DeleteAlarms PutMetricAlarm TagResource UntagResource", alarms),
        readGrant("cloudwatch: ListTagsForResource", alarms),
        readGrant("cloudwatch: DescribeAlarms", allResources("the provider asks for alarms of any name")),
    ],
    "cloudwatch/compositeAlarm:CompositeAlarm": [
        writeGrant("cloudwatch: DeleteAlarms PutCompositeAlarm TagResource UntagResource", alarms),
        readGrant("cloudwatch: ListTagsForResource", alarms),
        readGrant("cloudwatch: DescribeAlarms", allResources("a composite alarm may look at any alarm of the account")),
    ],
    "cloudwatch/dashboard:Dashboard": [
        writeGrant("cloudwatch: DeleteDashboards PutDashboard", dashboards),
        readGrant("cloudwatch: GetDashboard", dashboards),
    ],
    "cloudwatch/eventRule:EventRule": [
        writeGrant("events: DeleteRule DisableRule EnableRule PutRule TagResource UntagResource", eventRules),
        readGrant("events: DescribeRule ListTagsForResource", eventRules),
    ],
    "cloudwatch/eventTarget:EventTarget": [
        writeGrant("events: PutTargets RemoveTargets", eventRules),
        readGrant("events: ListTargetsByRule", eventRules),
    ],
    "cloudtrail/trail:Trail": [
        writeGrant(
            "cloudtrail: AddTags CreateTrail DeleteTrail PutEventSelectors PutInsightSelectors RemoveTags StartLogging StopLogging UpdateTrail",
            trails,
        ),
        readGrant("cloudtrail: GetEventSelectors GetInsightSelectors GetTrail GetTrailStatus ListTags", trails),
        readGrant("cloudtrail: DescribeTrails", allResources(listsEverything)),
        passRoles,
    ],
    "scheduler/scheduleGroup:ScheduleGroup": [
        writeGrant("scheduler: CreateScheduleGroup DeleteScheduleGroup TagResource UntagResource", scheduleGroups),
        readGrant("scheduler: GetScheduleGroup ListTagsForResource", scheduleGroups),
    ],
    "scheduler/schedule:Schedule": [
        writeGrant("scheduler: CreateSchedule DeleteSchedule UpdateSchedule", schedules),
        readGrant("scheduler: GetSchedule", schedules),
        ...keyUseGrants,
        passRoles,
    ],
    "sns/topic:Topic": [
        writeGrant("sns: CreateTopic DeleteTopic SetTopicAttributes TagResource UntagResource", topics),
        readGrant("sns: GetTopicAttributes ListTagsForResource", topics),
    ],
    "sns/topicPolicy:TopicPolicy": [
        writeGrant("sns: SetTopicAttributes", topics),
        readGrant("sns: GetTopicAttributes", topics),
    ],
    "sns/topicSubscription:TopicSubscription": [
        writeGrant("sns: Subscribe", topics),
        writeGrant("sns: SetSubscriptionAttributes Unsubscribe", subscriptions),
        readGrant("sns: GetSubscriptionAttributes ListSubscriptionsByTopic", subscriptions),
    ],
    "sqs/queue:Queue": [
        writeGrant("sqs: CreateQueue DeleteQueue SetQueueAttributes TagQueue UntagQueue", queues),
        readGrant("sqs: GetQueueAttributes GetQueueUrl ListQueueTags", queues),
    ],
    "sqs/queuePolicy:QueuePolicy": [
        writeGrant("sqs: SetQueueAttributes", queues),
        readGrant("sqs: GetQueueAttributes", queues),
    ],
    "sqs/redriveAllowPolicy:RedriveAllowPolicy": [
        writeGrant("sqs: SetQueueAttributes", queues),
        readGrant("sqs: GetQueueAttributes", queues),
    ],
};
