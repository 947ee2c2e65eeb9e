import { openStrings, Secret, type Value } from "../../../tools/plan/value.ts";
import type { PlatformSettings } from "../../../lib/settings.ts";
import type { Plan, PlanNode } from "../../../tools/plan/plan.ts";
import {
    all,
    isInsideAnother,
    isTree,
    kindOf,
    physicalName,
    shown,
    text,
    unless,
    type Invariants,
} from "../../../policies/look.ts";

/** Longest names that AWS takes, by type; of API Gateway, which tells none for most of its parts, the least that it tells. */
const longestNames: Readonly<Record<string, number>> = {
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
    "secretsmanager/secret:Secret": 512,
    "sns/topic:Topic": 256,
    "sqs/queue:Queue": 80,
    "wafv2/ipSet:IpSet": 128,
    "wafv2/webAcl:WebAcl": 128,
};

/** Alarms of both kinds share their names in AWS. */
const namespaceOf = (type: string) => type.replace("compositeAlarm:CompositeAlarm", "metricAlarm:MetricAlarm");

/** API Gateway writes errors to a group that it names after the API's id, which no other stack has. */
const isNamedById = (plan: Plan, node: PlanNode): boolean =>
    node.type === "aws:cloudwatch/logGroup:LogGroup" &&
    all(plan, "apigateway/restApi:RestApi").some(({ id }) =>
        text(node, "name").startsWith(`API-Gateway-Execution-Logs_${id}/`),
    );

/** Parts of which nothing is used, and what they do instead. */
const selfContained: Readonly<Record<string, string>> = {
    "payment:index:Configuration": "records by itself",
    "payment:index:GuardDuty": "tells the topics by itself",
    "payment:index:SecurityHub": "tells the topics by itself",
};

/** A part that has nothing to tell; account services tell only when the API may log. */
const tellsNothing = ({ type }: PlanNode, { accountServices }: PlatformSettings): boolean =>
    type in selfContained || (type === "payment:index:AccountServices" && accountServices.apiGatewayRole === "skip");

/** Each secret string of a plan, wherever it is marked as one. */
function secretsOf(plan: Plan): Set<string> {
    const found = new Set<string>();
    const visit = (value: unknown): void => {
        if (value instanceof Secret) {
            openStrings(value.value, (text) => found.add(text));
        } else if (isTree(value)) {
            Object.values(value).forEach(visit);
        }
    };
    plan.nodes.forEach(({ inputs, outputs }) => {
        visit(inputs);
        visit(outputs);
    });
    return found;
}

/** Inputs that AWS itself would show to whoever may describe the resource. */
const sensitive = ["authToken", "secretString", "privateKey", "privateKeyPem", "masterPassword", "password"];

export const treeInvariants: Invariants = {
    "everything stands under one platform": ({ nodes }) => {
        const types = new Map(nodes.map((node) => [node.urn, node.type]));
        const atTop = nodes.filter((node) => types.get(node.parent ?? "") === "pulumi:pulumi:Stack");
        const kinds = atTop.map(kindOf).toSorted().join(", ");
        return [
            ...(kinds === "PaymentPlatform, aws" ? [] : [`at the top stand ${kinds}`]),
            ...unless(
                nodes,
                ({ parent, type }) => types.has(parent ?? "") || type === "pulumi:pulumi:Stack",
                "have a parent",
            ),
        ];
    },
    "every AWS resource is made by the one tagged provider": ({ nodes }, settings) => {
        const providers = nodes.filter(({ type }) => type === "pulumi:providers:aws");
        const tags = {
            ...settings.tags,
            Project: "payment-platform",
            Environment: settings.environment,
            EnvironmentSuffix: settings.environmentSuffix,
            CostCenter: settings.costCenter,
            DataClassification: settings.dataClassification,
            Compliance: settings.compliance,
            ManagedBy: "pulumi",
        };
        const sorted = (values: object) => JSON.stringify(Object.entries(values).toSorted());
        return [
            ...(providers.length === 1 ? [] : [`there are ${providers.length} AWS providers`]),
            ...unless(
                providers,
                ({ inputs }) =>
                    isTree(inputs.defaultTags) &&
                    isTree(inputs.defaultTags.tags) &&
                    sorted(inputs.defaultTags.tags) === sorted(tags) &&
                    JSON.stringify(inputs.allowedAccountIds) ===
                        (settings.accountId === undefined ? undefined : JSON.stringify([settings.accountId])),
                `tag with ${sorted(tags)} and refuse any account but ${settings.accountId ?? "that of the credentials"}`,
            ),
            ...unless(
                nodes.filter(({ type }) => type.startsWith("aws:")),
                ({ provider }) => provider === providers[0]?.urn,
                "use the tagged provider",
            ),
        ];
    },
    "every name ends in the suffix, and no name is taken twice": (plan, { environmentSuffix }) => {
        const own = plan.nodes.filter(({ type }) => type !== "pulumi:pulumi:Stack");
        const named = own.flatMap((node) => {
            const name = physicalName(node);
            return name === undefined ? [] : [{ node, key: `${namespaceOf(node.type)} ${name}` }];
        });
        const twice = named.filter(({ key }, i) => named.findIndex((other) => other.key === key) !== i);
        return [
            ...unless(own, ({ name }) => name.endsWith(`-${environmentSuffix}`), "have a name that ends in the suffix"),
            ...unless(
                own.filter((node) => !isInsideAnother(node) && !isNamedById(plan, node)),
                // AWS dictates what stands behind some names.
                (node) => /^$|-(?=[-/]|$)/.test((physicalName(node) ?? "").split(`-${environmentSuffix}`).join("-")),
                "carry the suffix in AWS",
            ),
            ...twice.map(({ key }) => `${key} exists twice`),
        ];
    },
    "every name is within the limit of AWS": ({ nodes }) => [
        ...nodes.flatMap((node) => {
            const name = physicalName(node);
            const limit = longestNames[node.type.slice("aws:".length)];
            if (name === undefined) {
                return [];
            }
            if (limit === undefined) {
                return [`nobody knows how long the name of a ${node.type} may be`];
            }
            return name.length <= limit
                ? []
                : [`${name} has ${name.length} characters, AWS takes ${limit} (${node.type})`];
        }),
        ...unless(
            nodes.filter(({ type }) => type === "tls:index/selfSignedCert:SelfSignedCert"),
            ({ inputs }) => isTree(inputs.subject) && shown(inputs.subject.commonName).length <= 64,
            "have a common name of at most 64 characters (X.509)",
        ),
    ],
    "no secret stands in the open": (plan) => {
        const secrets = [...secretsOf(plan)];
        const leaks: string[] = [];
        const search = (where: string, values: Record<string, Value>) => {
            openStrings(values, (text, path) => {
                if (secrets.some((secret) => text.includes(secret))) {
                    leaks.push(`${where} shows a secret in ${path}`);
                }
            });
        };
        plan.nodes.forEach((node) => {
            search(node.name, node.inputs);
            search(node.name, node.outputs);
        });
        search("the stack", plan.outputs);
        const open = plan.nodes.flatMap((node) =>
            sensitive
                .filter((key) => typeof node.inputs[key] === "string")
                .map((key) => `${node.name} shows its ${key}`),
        );
        return [...(secrets.length > 0 ? [] : ["nothing is secret"]), ...leaks, ...open];
    },
    "every part says what others may use of it": ({ nodes }, settings) =>
        unless(
            nodes.filter((node) => node.type.startsWith("payment:") && !tellsNothing(node, settings)),
            ({ outputs }) => Object.keys(outputs).length > 0,
            "register its outputs",
        ),
};
