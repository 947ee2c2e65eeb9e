import { resourcesOfType, isObjectOrArray, getPath, toText, inputText, splitPart } from "../../../plan/query.ts";
import { findManifest } from "../../../plan/manifest.ts";
import type { Plan, PlanNode, Values } from "../../../plan/plan.ts";
import { clientsOf, type Clients } from "../../integration/live/clients.ts";
import { outputsSchema, type Outputs } from "../../integration/support/outputs.ts";

/** What AWS answers to a command, in the form of its API reference. */
type CommandHandler = (input: Record<string, unknown>) => unknown;
export type CommandHandlers = Readonly<Record<string, CommandHandler>>;

const reverseText = (id: string) => Array.from(id).reverse().join("");

/** The IDs, keys and the account of another deployment: nothing may hang on those that the plan makes up. */
const replaceIds = (json: string): string =>
    json
        .replace(/\b(sg|vpc|subnet)-([0-9a-f]{17})\b/g, (_, kind: string, id: string) => `${kind}-${reverseText(id)}`)
        .replace(/:key\/([0-9a-f-]{36})/g, (_, id: string) => `:key/${reverseText(id)}`)
        .replaceAll("123456789012", "210987654321");

const withOtherIds = <T>(value: T): T =>
    value === undefined ? value : (JSON.parse(replaceIds(JSON.stringify(value))) as T);

export const outputsWithOtherIds = ({ outputs }: Plan): Outputs =>
    outputsSchema.parse(withOtherIds({ ...outputs, manifest: findManifest(outputs) }));

/** `Rules` for `rules`, at every depth. */
const toPascalCase = (value: unknown): unknown =>
    Array.isArray(value)
        ? value.map(toPascalCase)
        : isObjectOrArray(value)
          ? Object.fromEntries(
                Object.entries(value).map(([key, inner]) => [
                    key.replace(/^./, (a) => a.toUpperCase()),
                    toPascalCase(inner),
                ]),
            )
          : value;

const tagsOf = (node: PlanNode | undefined) =>
    Object.entries((node?.outputs.tagsAll ?? {}) as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));

interface Container {
    readonly portMappings?: readonly { readonly containerPort: number }[];
}

const containersOf = (definitions: unknown): Container[] => JSON.parse(toText(definitions)) as Container[];

/** Answers of an AWS that has exactly what is planned, for some of the types that are read. */
export function handlersFromPlan(plan: Plan): CommandHandlers {
    const one = (type: string, is: (node: PlanNode) => boolean) => resourcesOfType(plan, type).find(is);
    const queue = ({ QueueUrl }: Record<string, unknown>) =>
        one("sqs/queue:Queue", ({ id }) => withOtherIds(id) === QueueUrl);
    const rules = (isEgress: boolean, group: unknown) =>
        resourcesOfType(
            plan,
            `vpc/securityGroup${isEgress ? "Egress" : "Ingress"}Rule:SecurityGroup${isEgress ? "Egress" : "Ingress"}Rule`,
        )
            .filter(({ inputs }) => withOtherIds(inputs.securityGroupId) === group)
            .map(({ inputs }) => ({
                IsEgress: isEgress,
                IpProtocol: inputs.ipProtocol,
                FromPort: inputs.fromPort,
                ToPort: inputs.toPort,
                CidrIpv4: inputs.cidrIpv4,
                PrefixListId: inputs.prefixListId,
                ReferencedGroupInfo:
                    inputs.referencedSecurityGroupId === undefined
                        ? undefined
                        : { GroupId: inputs.referencedSecurityGroupId },
                Description: inputs.description,
            }));
    return {
        DescribeManagedPrefixListsCommand: () => ({ PrefixLists: [] }),
        DescribeDBClustersCommand: () => {
            const [node] = resourcesOfType(plan, "rds/cluster:Cluster");
            const given = node?.inputs ?? {};
            return {
                DBClusters: [
                    {
                        DBClusterIdentifier: given.clusterIdentifier,
                        DbClusterResourceId: node?.outputs.clusterResourceId,
                        Engine: given.engine,
                        EngineVersion: `${toText(given.engineVersion)}.6`,
                        DatabaseName: given.databaseName,
                        Port: given.port,
                        StorageEncrypted: true,
                        KmsKeyId: given.kmsKeyId,
                        MasterUserSecret: { KmsKeyId: given.masterUserSecretKmsKeyId },
                        IAMDatabaseAuthenticationEnabled: true,
                        BackupRetentionPeriod: given.backupRetentionPeriod,
                        DatabaseInsightsMode: given.databaseInsightsMode,
                        PerformanceInsightsEnabled: given.performanceInsightsEnabled,
                        PerformanceInsightsKMSKeyId: given.performanceInsightsKmsKeyId,
                        PerformanceInsightsRetentionPeriod: given.performanceInsightsRetentionPeriod,
                        PreferredBackupWindow: given.preferredBackupWindow,
                        PreferredMaintenanceWindow: given.preferredMaintenanceWindow,
                        DeletionProtection: given.deletionProtection,
                        CopyTagsToSnapshot: true,
                        EnabledCloudwatchLogsExports: given.enabledCloudwatchLogsExports,
                        ServerlessV2ScalingConfiguration: toPascalCase(given.serverlessv2ScalingConfiguration),
                        DBClusterParameterGroup: given.dbClusterParameterGroupName,
                        DBSubnetGroup: given.dbSubnetGroupName,
                        VpcSecurityGroups: (given.vpcSecurityGroupIds as string[]).map((VpcSecurityGroupId) => ({
                            VpcSecurityGroupId,
                        })),
                        TagList: tagsOf(node),
                    },
                ],
            };
        },
        GetQueueAttributesCommand: (input) => {
            const { inputs = {} } = queue(input) ?? {};
            const policies = [
                ...resourcesOfType(plan, "sqs/queuePolicy:QueuePolicy"),
                ...resourcesOfType(plan, "sqs/redriveAllowPolicy:RedriveAllowPolicy"),
            ];
            const queuePolicies = policies.filter((node) => withOtherIds(node.inputs.queueUrl) === input.QueueUrl);
            return {
                Attributes: {
                    KmsMasterKeyId: inputs.kmsMasterKeyId,
                    KmsDataKeyReusePeriodSeconds:
                        inputs.kmsDataKeyReusePeriodSeconds && toText(inputs.kmsDataKeyReusePeriodSeconds),
                    MessageRetentionPeriod: toText(inputs.messageRetentionSeconds),
                    VisibilityTimeout: toText(inputs.visibilityTimeoutSeconds ?? 30),
                    ReceiveMessageWaitTimeSeconds: toText(inputs.receiveWaitTimeSeconds ?? 0),
                    DelaySeconds: "0",
                    RedrivePolicy: inputs.redrivePolicy,
                    Policy: queuePolicies.map((node) => inputText(node, "policy")).find((policy) => policy !== ""),
                    RedriveAllowPolicy: queuePolicies
                        .map((node) => inputText(node, "redriveAllowPolicy"))
                        .find((policy) => policy !== ""),
                },
            };
        },
        ListQueueTagsCommand: (input) => ({ Tags: queue(input)?.outputs.tagsAll }),
        GetPublicAccessBlockCommand: () => ({
            PublicAccessBlockConfiguration: {
                BlockPublicAcls: true,
                BlockPublicPolicy: true,
                IgnorePublicAcls: true,
                RestrictPublicBuckets: true,
            },
        }),
        GetBucketLifecycleConfigurationCommand: ({ Bucket }) => {
            const bucket = one(
                "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
                ({ inputs }) => withOtherIds(inputs.bucket) === Bucket,
            );
            return {
                Rules: (bucket?.inputs.rules as Values[]).map(({ id, ...rule }) => ({
                    ID: id,
                    ...(toPascalCase(rule) as object),
                    Filter: { Prefix: "" },
                })),
            };
        },
        DescribeFlowLogsCommand: () => {
            const [node] = resourcesOfType(plan, "ec2/flowLog:FlowLog");
            return {
                FlowLogs: [
                    {
                        ResourceId: node?.inputs.vpcId,
                        TrafficType: node?.inputs.trafficType,
                        LogGroupName: node && splitPart(inputText(node, "logDestination"), ":", 6),
                        DeliverLogsPermissionArn: node?.inputs.iamRoleArn,
                        LogFormat:
                            "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}",
                        Tags: tagsOf(node),
                    },
                ],
            };
        },
        DescribeSecurityGroupRulesCommand: (input) => {
            const group = getPath(input, "Filters.0.Values.0");
            return { SecurityGroupRules: [...rules(false, group), ...rules(true, group)] };
        },
        DescribeTaskDefinitionCommand: ({ taskDefinition }) => {
            const { inputs = {}, outputs } =
                one("ecs/taskDefinition:TaskDefinition", (node) => withOtherIds(node.outputs.arn) === taskDefinition) ??
                {};
            return {
                taskDefinition: {
                    ...inputs,
                    containerDefinitions: containersOf(inputs.containerDefinitions).map(
                        ({ portMappings = [], ...container }) => ({
                            ...container,
                            // What ECS adds.
                            cpu: 0,
                            volumesFrom: [],
                            portMappings: portMappings.map((mapping) => ({
                                ...mapping,
                                hostPort: mapping.containerPort,
                            })),
                        }),
                    ),
                },
                tags: Object.entries(outputs?.tagsAll ?? {}).map(([key, value]) => ({ key, value: String(value) })),
            };
        },
        GetWebACLCommand: ({ Name }) => {
            const node = one("wafv2/webAcl:WebAcl", ({ outputs }) => outputs.name === Name);
            const { defaultAction, rules: given, visibilityConfig } = node?.inputs ?? {};
            return {
                WebACL: {
                    DefaultAction: toPascalCase(defaultAction),
                    Rules: JSON.parse(
                        JSON.stringify(toPascalCase(given))
                            .replaceAll('"CloudwatchMetricsEnabled"', '"CloudWatchMetricsEnabled"')
                            .replaceAll('"IpSetReferenceStatement":{"Arn"', '"IPSetReferenceStatement":{"ARN"'),
                    ) as unknown,
                    VisibilityConfig: visibilityConfig && {
                        CloudWatchMetricsEnabled: getPath(visibilityConfig, "cloudwatchMetricsEnabled"),
                        MetricName: getPath(visibilityConfig, "metricName"),
                        SampledRequestsEnabled: getPath(visibilityConfig, "sampledRequestsEnabled"),
                    },
                },
            };
        },
    };
}

/** Changes what AWS answers to one command, where it answers about a text. */
export const withChangedResponse = (
    answers: CommandHandlers,
    command: string,
    change: (answer: string) => string,
): CommandHandlers => ({
    ...answers,
    [command]: (input) => {
        const answer = JSON.stringify(answers[command]?.(input));
        return JSON.parse(change(answer)) as unknown;
    },
});

/** Clients that never leave the process. What they were given no answer for fails, and is a difference of its own. */
export function liveClientsWith(answers: CommandHandlers): Clients {
    const send = async (command: { readonly input: Record<string, unknown> }) => {
        const { name } = command.constructor;
        const answer = answers[name];
        if (answer === undefined) {
            throw new Error(`nothing recorded for ${name}`);
        }
        return withOtherIds(await answer(command.input));
    };
    // Real ones: the SDK's paginators take no others.
    const clients = clientsOf({ region: "us-east-1" });
    for (const client of Object.values(clients)) {
        client.send = send as never;
    }
    return clients;
}
