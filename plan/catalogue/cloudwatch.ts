import { allResources, fixedNamePattern, globalArns, readGrant, regionalArns, writeGrant } from "./deployer-grant.ts";
import { merged } from "./exclusive-inputs.ts";
import { forceNew } from "./force-new.ts";
import { comparedByRefresh, type ServiceRows } from "./row.ts";

const alarms = regionalArns("cloudwatch", `alarm:${fixedNamePattern}`);
const dashboards = globalArns("cloudwatch", `dashboard/${fixedNamePattern}`);

export const cloudwatch: ServiceRows = {
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": {
        name: { input: "alarmName", maxLength: 255, sharedWith: "aws:cloudwatch/metricAlarm:MetricAlarm" },
        summary: ["{alarmName}"],
        fakeOutputs: {
            id: (request) => request.text("alarmName", request.name),
            arn: (request) => request.arn("cloudwatch", `alarm:${request.text("alarmName", request.name)}`),
        },
        providerDefaults: { actionsEnabled: true },
        forceNew: forceNew("cloudwatch/composite_alarm", ["actionsEnabled", "alarmName"]),
        exclusive: [merged("cloudwatch", "PutCompositeAlarm", "alarmName")],
        recovery: { importId: "{alarmName}" },
        children: { none: comparedByRefresh },
        grants: [
            writeGrant("cloudwatch: DeleteAlarms TagResource UntagResource", alarms),
            // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
            writeGrant(
                "cloudwatch: PutCompositeAlarm",
                allResources("AWS refuses the call with a narrower scope, as a composite alarm may look at any alarm"),
            ),
            readGrant("cloudwatch: ListTagsForResource", alarms),
            readGrant(
                "cloudwatch: DescribeAlarms",
                allResources("a composite alarm may look at any alarm of the account"),
            ),
        ],
    },
    "aws:cloudwatch/dashboard:Dashboard": {
        name: { input: "dashboardName", maxLength: 255 },
        summary: ["{dashboardName}"],
        fakeOutputs: {
            id: (request) => request.text("dashboardName", request.name),
            dashboardArn: (request) =>
                request.arn("cloudwatch", `dashboard/${request.text("dashboardName", request.name)}`, { region: "" }),
        },
        forceNew: forceNew("cloudwatch/dashboard", ["dashboardName"]),
        exclusive: [merged("cloudwatch", "PutDashboard", "dashboardName")],
        recovery: { importId: "{dashboardName}" },
        children: { none: comparedByRefresh },
        grants: [
            writeGrant("cloudwatch: DeleteDashboards PutDashboard", dashboards),
            readGrant("cloudwatch: GetDashboard", dashboards),
        ],
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        name: { maxLength: 255 },
        summary: [
            "{metricName} {comparisonOperator} {threshold}",
            "metric maths {comparisonOperator} {threshold}{metricQueries?}",
            "{evaluationPeriods} x {period} s",
        ],
        fakeOutputs: {
            id: (request) => request.text("name", request.name),
            arn: (request) => request.arn("cloudwatch", `alarm:${request.physicalName}`),
        },
        providerDefaults: { actionsEnabled: true, "metricQueries.*.returnData": false },
        forceNew: forceNew("cloudwatch/metric_alarm", ["name"]),
        exclusive: [merged("cloudwatch", "PutMetricAlarm", "name")],
        recovery: { importId: "{name}" },
        children: { none: comparedByRefresh },
        grants: [
            writeGrant("cloudwatch: DeleteAlarms PutMetricAlarm TagResource UntagResource", alarms),
            readGrant("cloudwatch: ListTagsForResource", alarms),
            readGrant("cloudwatch: DescribeAlarms", allResources("the provider lists alarms without their names")),
        ],
    },
};
