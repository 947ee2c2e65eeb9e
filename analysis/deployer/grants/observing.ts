import { logGroupPatterns } from "../../../lib/encryption.ts";
import {
    claimed,
    everything,
    fixed,
    global,
    keyUse,
    lists,
    madeOurs,
    named,
    ours,
    passRoles,
    read,
    write,
    type Grants,
    type Scope,
} from "../grant.ts";

/** AWS writes some of these ARNs with an end of their own, for the streams. */
const groups = (patterns: string[]) =>
    named("logs", ...patterns.flatMap((pattern) => [`log-group:${pattern}`, `log-group:${pattern}:*`]));
const namedByStack = (pattern: string) => pattern.includes("{suffix}");
const patterns = logGroupPatterns({ suffix: "{suffix}" });
export const logGroups = groups(patterns.filter(namedByStack));
/** Named by API Gateway after an id, so these hang on the tag. */
export const executionLogs = groups(patterns.filter((pattern) => !namedByStack(pattern)));
const alarms = named("cloudwatch", `alarm:${fixed}`);
const dashboards = global("cloudwatch", `dashboard/${fixed}`);
export const eventRules = named("events", `rule/${fixed}`);
const trails = named("cloudtrail", `trail/${fixed}`);
const scheduleGroups = named("scheduler", `schedule-group/${fixed}`);
const schedules = named("scheduler", `schedule/${fixed}/${fixed}`);
export const topics = named("sns", fixed);
export const queues = named("sqs", fixed);
/** A subscription is its topic's, with an id at the end. */
const subscriptions: Scope = { arns: [...topics.arns, ...named("sns", `${fixed}:*`).arns] };

export const observing: Grants = {
    "cloudwatch/logGroup:LogGroup": [
        write(
            "logs: AssociateKmsKey CreateLogGroup DeleteLogGroup DeleteRetentionPolicy DisassociateKmsKey PutRetentionPolicy TagResource UntagResource",
            logGroups,
        ),
        write("logs: CreateLogGroup", madeOurs(executionLogs)),
        write("logs: TagResource", claimed(executionLogs)),
        write(
            "logs: AssociateKmsKey DeleteLogGroup DeleteRetentionPolicy DisassociateKmsKey PutRetentionPolicy TagResource UntagResource",
            ours(executionLogs),
        ),
        read("logs: ListTagsForResource", { arns: [...logGroups.arns, ...executionLogs.arns] }),
        read("logs: DescribeLogGroups", everything(lists)),
    ],
    "cloudwatch/logMetricFilter:LogMetricFilter": [
        write("logs: DeleteMetricFilter PutMetricFilter", logGroups),
        read("logs: DescribeMetricFilters", logGroups),
    ],
    "cloudwatch/metricAlarm:MetricAlarm": [
        write("cloudwatch: DeleteAlarms PutMetricAlarm TagResource UntagResource", alarms),
        read("cloudwatch: ListTagsForResource", alarms),
        read("cloudwatch: DescribeAlarms", everything("the provider asks for alarms of any name")),
    ],
    "cloudwatch/compositeAlarm:CompositeAlarm": [
        write("cloudwatch: DeleteAlarms PutCompositeAlarm TagResource UntagResource", alarms),
        read("cloudwatch: ListTagsForResource", alarms),
        read("cloudwatch: DescribeAlarms", everything("a composite alarm may look at any alarm of the account")),
    ],
    "cloudwatch/dashboard:Dashboard": [
        write("cloudwatch: DeleteDashboards PutDashboard", dashboards),
        read("cloudwatch: GetDashboard", dashboards),
    ],
    "cloudwatch/eventRule:EventRule": [
        write("events: DeleteRule DisableRule EnableRule PutRule TagResource UntagResource", eventRules),
        read("events: DescribeRule ListTagsForResource", eventRules),
    ],
    "cloudwatch/eventTarget:EventTarget": [
        write("events: PutTargets RemoveTargets", eventRules),
        read("events: ListTargetsByRule", eventRules),
    ],
    "cloudtrail/trail:Trail": [
        write(
            "cloudtrail: AddTags CreateTrail DeleteTrail PutEventSelectors PutInsightSelectors RemoveTags StartLogging StopLogging UpdateTrail",
            trails,
        ),
        read("cloudtrail: GetEventSelectors GetInsightSelectors GetTrail GetTrailStatus ListTags", trails),
        read("cloudtrail: DescribeTrails", everything(lists)),
        passRoles,
    ],
    "scheduler/scheduleGroup:ScheduleGroup": [
        write("scheduler: CreateScheduleGroup DeleteScheduleGroup TagResource UntagResource", scheduleGroups),
        read("scheduler: GetScheduleGroup ListTagsForResource", scheduleGroups),
    ],
    "scheduler/schedule:Schedule": [
        write("scheduler: CreateSchedule DeleteSchedule UpdateSchedule", schedules),
        read("scheduler: GetSchedule", schedules),
        ...keyUse,
        passRoles,
    ],
    "sns/topic:Topic": [
        write("sns: CreateTopic DeleteTopic SetTopicAttributes TagResource UntagResource", topics),
        read("sns: GetTopicAttributes ListTagsForResource", topics),
    ],
    "sns/topicPolicy:TopicPolicy": [write("sns: SetTopicAttributes", topics), read("sns: GetTopicAttributes", topics)],
    "sns/topicSubscription:TopicSubscription": [
        write("sns: Subscribe", topics),
        write("sns: SetSubscriptionAttributes Unsubscribe", subscriptions),
        read("sns: GetSubscriptionAttributes ListSubscriptionsByTopic", subscriptions),
    ],
    "sqs/queue:Queue": [
        write("sqs: CreateQueue DeleteQueue SetQueueAttributes TagQueue UntagQueue", queues),
        read("sqs: GetQueueAttributes GetQueueUrl ListQueueTags", queues),
    ],
    "sqs/queuePolicy:QueuePolicy": [write("sqs: SetQueueAttributes", queues), read("sqs: GetQueueAttributes", queues)],
    "sqs/redriveAllowPolicy:RedriveAllowPolicy": [
        write("sqs: SetQueueAttributes", queues),
        read("sqs: GetQueueAttributes", queues),
    ],
};
