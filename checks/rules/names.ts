import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    isNamedWithinParent,
    isObjectOrArray,
    physicalName,
    toText,
    inputText,
    findingsUnless,
} from "../../plan/query.ts";
import type { Rule } from "../rule.ts";

/** Longest names that AWS takes, by type; of API Gateway, which tells none for most of its parts, the least that it tells. */
const maxNameLengths: Readonly<Record<string, number>> = {
    "acm/certificate:Certificate": 256,
    "apigateway/apiKey:ApiKey": 1024,
    "apigateway/model:Model": 128,
    "apigateway/requestValidator:RequestValidator": 128,
    "apigateway/restApi:RestApi": 128,
    "apigateway/usagePlan:UsagePlan": 128,
    "apigatewayv2/vpcLink:VpcLink": 128,
    "appautoscaling/policy:Policy": 256,
    "cfg/deliveryChannel:DeliveryChannel": 256,
    "cfg/recorder:Recorder": 256,
    "cfg/recorderStatus:RecorderStatus": 256,
    "cfg/rule:Rule": 128,
    "cloudtrail/trail:Trail": 128,
    "cloudwatch/compositeAlarm:CompositeAlarm": 255,
    "cloudwatch/dashboard:Dashboard": 255,
    "cloudwatch/eventRule:EventRule": 64,
    "cloudwatch/logGroup:LogGroup": 512,
    "cloudwatch/logMetricFilter:LogMetricFilter": 512,
    "cloudwatch/metricAlarm:MetricAlarm": 255,
    "dynamodb/table:Table": 255,
    "ec2/securityGroup:SecurityGroup": 255,
    "ecr/repository:Repository": 256,
    "ecs/cluster:Cluster": 255,
    "ecs/service:Service": 255,
    "ecs/taskDefinition:TaskDefinition": 255,
    "elasticache/parameterGroup:ParameterGroup": 255,
    "elasticache/replicationGroup:ReplicationGroup": 40,
    "elasticache/subnetGroup:SubnetGroup": 255,
    "guardduty/detectorFeature:DetectorFeature": 64,
    "iam/role:Role": 64,
    "iam/rolePolicy:RolePolicy": 128,
    "kms/alias:Alias": 256,
    "lambda/function:Function": 64,
    "lb/loadBalancer:LoadBalancer": 32,
    "lb/targetGroup:TargetGroup": 32,
    "rds/cluster:Cluster": 63,
    "rds/clusterInstance:ClusterInstance": 63,
    "rds/clusterParameterGroup:ClusterParameterGroup": 255,
    "rds/eventSubscription:EventSubscription": 254,
    "rds/subnetGroup:SubnetGroup": 255,
    "s3/bucket:Bucket": 63,
    "scheduler/schedule:Schedule": 64,
    "scheduler/scheduleGroup:ScheduleGroup": 64,
    "secretsmanager/secret:Secret": 512,
    "sns/topic:Topic": 256,
    "sqs/queue:Queue": 80,
    "wafv2/ipSet:IpSet": 128,
    "wafv2/webAcl:WebAcl": 128,
};

/** Metric alarms and composite alarms share one namespace in AWS. */
const nameScopeOf = (type: string) => type.replace("compositeAlarm:CompositeAlarm", "metricAlarm:MetricAlarm");

/** The execution log group of API Gateway has a name with the API's ID, which is unique. */
const isNamedByApiId = (plan: Plan, node: PlanNode): boolean =>
    node.type === "aws:cloudwatch/logGroup:LogGroup" &&
    resourcesOfType(plan, "apigateway/restApi:RestApi").some(({ id }) =>
        inputText(node, "name").startsWith(`API-Gateway-Execution-Logs_${id}/`),
    );

export const nameRules: readonly Rule[] = [
    {
        name: "names-unique",
        description: "Every name ends with the environment suffix and is used only once",
        fix: "Build the name from the component's name, which ends with the suffix, and give two resources of one type different nouns.",
        check: (plan, { environmentSuffix }) => {
            const own = plan.nodes.filter(({ type }) => type !== "pulumi:pulumi:Stack");
            const named = own.flatMap((node) => {
                const name = physicalName(node);
                return name === undefined ? [] : [{ node, key: `${nameScopeOf(node.type)} ${name}` }];
            });
            const first = new Map(named.map(({ node, key }) => [key, node] as const).toReversed());
            const duplicates = named.filter(({ node, key }) => first.get(key) !== node);
            return [
                ...findingsUnless(
                    own,
                    ({ name }) => name.endsWith(`-${environmentSuffix}`),
                    "have a name that ends with the suffix",
                ),
                ...findingsUnless(
                    own.filter((node) => !isNamedWithinParent(node) && !isNamedByApiId(plan, node)),
                    // AWS requires a suffix for some names.
                    (node) =>
                        /^$|-(?=[-/]|$)/.test((physicalName(node) ?? "").split(`-${environmentSuffix}`).join("-")),
                    "have the suffix in its name in AWS",
                ),
                ...duplicates.map(({ node, key }) => ({ node, reason: `must not use a name twice: ${key}` })),
            ];
        },
    },
    {
        name: "names-fit",
        description: "Every name is within the length limit of AWS",
        fix: "Shorten the name, or add the limit that AWS documents for the type to the table of longest names.",
        check: ({ nodes }) => [
            ...nodes.flatMap((node) => {
                const name = physicalName(node);
                const limit = maxNameLengths[node.type.slice("aws:".length)];
                if (name === undefined) {
                    return [];
                }
                if (limit === undefined) {
                    return [{ node, reason: "must be of a type whose name limit is listed" }];
                }
                const reason = `must have a name of at most ${limit} characters, has ${name.length}: ${name}`;
                return name.length <= limit ? [] : [{ node, reason }];
            }),
            ...findingsUnless(
                nodes.filter(({ type }) => type === "tls:index/selfSignedCert:SelfSignedCert"),
                ({ inputs }) => isObjectOrArray(inputs.subject) && toText(inputs.subject.commonName).length <= 64,
                "have a common name of at most 64 characters (X.509)",
            ),
        ],
    },
];
