import { paginateDescribeMetricFilters, paginateDescribeSubscriptionFilters } from "@aws-sdk/client-cloudwatch-logs";
import { allOf } from "../../deploy/clients.ts";
import { read, type Scope } from "../../../analysis/deployer/grant.ts";
import { executionLogs, logGroups } from "../../../analysis/deployer/grants/observing.ts";
import { listing, type Holds } from "../listing.ts";

const groups: Scope = { arns: [...logGroups.arns, ...executionLogs.arns] };

const ofLogGroup = [
    listing({
        item: "subscription filter",
        rights: [read("logs: DescribeSubscriptionFilters", groups)],
        list: ({ logs: client }, { id }) =>
            allOf(
                paginateDescribeSubscriptionFilters({ client }, { logGroupName: id }),
                (page) => page.subscriptionFilters,
            ),
        key: ({ filterName }, { id }) => `${id} ${filterName}`,
        planned: {
            "cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": ({ text }) =>
                `${text("logGroup")} ${text("name")}`,
        },
        opens: ({ destinationArn, filterPattern }) =>
            `${destinationArn} gets ${filterPattern === "" ? "every line" : `the lines with ${filterPattern}`} of the log`,
        remove: ({ filterName }, { id }) =>
            `aws logs delete-subscription-filter --log-group-name ${id} --filter-name ${filterName}`,
    }),
    listing({
        item: "metric filter",
        rights: [read("logs: DescribeMetricFilters", groups)],
        list: ({ logs: client }, { id }) =>
            allOf(paginateDescribeMetricFilters({ client }, { logGroupName: id }), (page) => page.metricFilters),
        key: ({ filterName }, { id }) => `${id} ${filterName}`,
        planned: {
            "cloudwatch/logMetricFilter:LogMetricFilter": ({ text }) => `${text("logGroupName")} ${text("name")}`,
        },
        opens: ({ metricTransformations = [] }) =>
            `lines of the log count in ${metricTransformations.map(({ metricNamespace, metricName }) => `${metricNamespace} ${metricName}`).join(", ")}, which alarms may watch`,
        remove: ({ filterName }, { id }) =>
            `aws logs delete-metric-filter --log-group-name ${id} --filter-name ${filterName}`,
    }),
];

const whole = "nothing stands under it; Pulumi's refresh compares all of it";

export const observing: Readonly<Record<string, Holds>> = {
    "cloudwatch/logGroup:LogGroup": ofLogGroup,
    "cloudwatch/logMetricFilter:LogMetricFilter": whole,
    "cloudwatch/metricAlarm:MetricAlarm": whole,
    "cloudwatch/compositeAlarm:CompositeAlarm": whole,
    "cloudwatch/dashboard:Dashboard": whole,
    "cloudtrail/trail:Trail": "its event selectors are arguments of its own, which Pulumi's refresh compares",
};
