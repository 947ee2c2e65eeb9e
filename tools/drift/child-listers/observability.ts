import { paginateDescribeMetricFilters, paginateDescribeSubscriptionFilters } from "@aws-sdk/client-cloudwatch-logs";
import { collectPages } from "../../frame/aws-clients.ts";
import { readGrant, type ResourceScope } from "../../../plan/catalogue/deployer-grant.ts";
import { executionLogs, logGroups } from "../../../plan/catalogue/logs.ts";
import { defineLister, type ChildListers } from "../listing.ts";

const logGroupScope: ResourceScope = { arns: [...logGroups.arns, ...executionLogs.arns] };

const logGroupListers = [
    defineLister({
        item: "subscription filter",
        permissions: [readGrant("logs: DescribeSubscriptionFilters", logGroupScope)],
        list: ({ logs: client }, { id }) =>
            collectPages(
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
    defineLister({
        item: "metric filter",
        permissions: [readGrant("logs: DescribeMetricFilters", logGroupScope)],
        list: ({ logs: client }, { id }) =>
            collectPages(paginateDescribeMetricFilters({ client }, { logGroupName: id }), (page) => page.metricFilters),
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

export const observabilityListersByType: Readonly<Record<string, ChildListers>> = {
    "cloudwatch/logGroup:LogGroup": logGroupListers,
};
