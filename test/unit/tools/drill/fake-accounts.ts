import { startTime, switchAfterTimes, errorNamed, type CallInput, type FakeAccount } from "./fakes.ts";

export const keyArn = "arn:aws:kms:us-east-1:123456789012:key/data";

const textOrEmpty = (value: unknown): string => (typeof value === "string" ? value : "");

/** Aurora and DynamoDB: a copy is available at the third call, and deleted at the second. */
export function fakeAccountForRestore(
    source: CallInput = {},
    copied: CallInput = {},
    recovery = "ENABLED",
): FakeAccount {
    const tags = { DatabaseName: "payments", Engine: "aurora-postgresql", Port: 5432 };
    const database = {
        ...tags,
        DBClusterIdentifier: "payment-database-dev",
        Status: "available",
        LatestRestorableTime: new Date(startTime - 120_000),
        DBSubnetGroup: "subnets",
        DBClusterParameterGroup: "parameters",
        StorageEncrypted: true,
        KmsKeyId: keyArn,
        VpcSecurityGroups: [{ VpcSecurityGroupId: "sg-database" }],
        ...source,
    };
    const clusters = new Map<string, () => CallInput>([["payment-database-dev", () => database]]);
    const instances = new Map<string, () => CallInput>();
    const table = {
        TableStatus: "ACTIVE",
        SSEDescription: { KMSMasterKeyArn: keyArn },
        GlobalSecondaryIndexes: [{ IndexName: "customer-index" }],
    };
    const tables = new Map<string, () => CallInput>([["payment-transactions-dev", () => table]]);
    const rows = new Map<string, CallInput>();
    const latest = switchAfterTimes(3, new Date(startTime - 300_000), new Date(startTime + 3_600_000));
    const going = new Set<string>();
    const schedule = { StartDate: new Date(0) };

    const find = (map: Map<string, () => CallInput>, id: unknown, missing: string): CallInput => {
        const found = map.get(textOrEmpty(id));
        if (found === undefined) {
            throw errorNamed(missing);
        }
        return found();
    };
    /** Is busy once, then is deleted. */
    const remove = (map: Map<string, () => CallInput>, id: unknown, missing: string, busy: string): undefined => {
        find(map, id, missing);
        if (going.has(textOrEmpty(id))) {
            map.delete(textOrEmpty(id));
            throw errorNamed(busy);
        }
        going.add(textOrEmpty(id));
        return undefined;
    };
    return {
        state: () => ({
            clusters: [...clusters.keys()],
            instances: [...instances.keys()],
            tables: [...tables.keys()],
            rows: [...rows],
        }),
        handlers: {
            DescribeDBClusters: ({ DBClusterIdentifier: id }) => ({
                DBClusters: [find(clusters, id, "DBClusterNotFoundFault")],
            }),
            RestoreDBClusterToPointInTime: ({ DBClusterIdentifier: id }) => {
                const status = switchAfterTimes(2, "creating", "available");
                clusters.set(textOrEmpty(id), () => ({
                    ...database,
                    DBClusterIdentifier: id,
                    ...copied,
                    Status: status(),
                }));
                return undefined;
            },
            CreateDBInstance: ({ DBInstanceIdentifier: id, PubliclyAccessible }) => {
                const status = switchAfterTimes(2, "creating", "available");
                instances.set(textOrEmpty(id), () => ({
                    DBInstanceIdentifier: id,
                    PubliclyAccessible,
                    DBInstanceStatus: status(),
                }));
                return undefined;
            },
            DescribeDBInstances: ({ DBInstanceIdentifier: id }) => ({
                DBInstances: [find(instances, id, "DBInstanceNotFoundFault")],
            }),
            DeleteDBInstance: ({ DBInstanceIdentifier: id }) => {
                remove(instances, id, "DBInstanceNotFoundFault", "InvalidDBInstanceStateFault");
            },
            DeleteDBCluster: ({ DBClusterIdentifier: id }) => {
                remove(clusters, id, "DBClusterNotFoundFault", "InvalidDBClusterStateFault");
            },
            DescribeContinuousBackups: () => ({
                ContinuousBackupsDescription: {
                    PointInTimeRecoveryDescription: {
                        PointInTimeRecoveryStatus: recovery,
                        LatestRestorableDateTime: latest(),
                    },
                },
            }),
            DescribeTable: ({ TableName: name }) => ({ Table: find(tables, name, "ResourceNotFoundException") }),
            PutItem: ({ Item }) => {
                const item = Item as { transaction_id: { S: string } };
                rows.set(item.transaction_id.S, item);
                return undefined;
            },
            DeleteItem: ({ Key }) => {
                rows.delete((Key as { transaction_id: { S: string } }).transaction_id.S);
                return undefined;
            },
            GetItem: ({ Key }) => ({ Item: rows.get((Key as { transaction_id: { S: string } }).transaction_id.S) }),
            RestoreTableToPointInTime: ({ TargetTableName: name }) => {
                const status = switchAfterTimes(2, "CREATING", "ACTIVE");
                tables.set(textOrEmpty(name), () => ({ ...table, TableStatus: status() }));
                return undefined;
            },
            DeleteTable: ({ TableName: name }) => {
                remove(tables, name, "ResourceNotFoundException", "ResourceInUseException");
            },
            PutMetricData: () => undefined,
            GetSchedule: () => ({
                Name: "payment-recovery-dev",
                GroupName: "payment-recovery-dev",
                Arn: "arn:aws:scheduler:us-east-1:123456789012:schedule/payment-recovery-dev/payment-recovery-dev",
                ScheduleExpression: "rate(12 hours)",
                State: "ENABLED",
                FlexibleTimeWindow: { Mode: "OFF" },
                Target: { Arn: "arn:aws:scheduler:::aws-sdk:cloudwatch:putMetricData", RoleArn: "role" },
                KmsKeyArn: "key",
                ...schedule,
            }),
            UpdateSchedule: ({ StartDate }) => Object.assign(schedule, { StartDate }),
        },
    };
}

/** EC2 with Reachability Analyzer. `blocked` says which pairs of groups a filter stops. */
export function fakeAccountForPaths(
    analysis: (fromGroups: string, toGroups: string) => CallInput,
    groups: readonly string[] = [
        "payment-tasks-dev",
        "payment-database-clients-dev",
        "payment-database-dev",
        "payment-cache-dev",
    ],
): FakeAccount {
    const interfaces = new Map<string, { description: string; groups: string }>();
    const paths = new Map<string, { source: string; destination: string }>();
    const analyses = new Map<string, { path: string; status: () => string }>();
    const going = new Set<string>();
    let count = 0;
    const next = (prefix: string): string => {
        count += 1;
        return `${prefix}-${count}`;
    };
    const result = (path: string): CallInput => {
        const { source = "", destination = "" } = paths.get(path) ?? {};
        return analysis(interfaces.get(source)?.groups ?? "", interfaces.get(destination)?.groups ?? "");
    };
    return {
        state: () => ({ interfaces: [...interfaces.keys()], paths: [...paths.keys()], analyses: [...analyses.keys()] }),
        handlers: {
            DescribeSecurityGroups: () => ({
                SecurityGroups: [
                    // The VPC's own, and one that was created by hand.
                    { GroupId: "sg-default" },
                    { GroupId: "sg-other", Tags: [{ Key: "Owner", Value: "somebody" }] },
                    ...groups.map((name) => ({
                        GroupId: `sg:${name}`,
                        Tags: [
                            { Key: "Environment", Value: "dev" },
                            { Key: "Name", Value: name },
                        ],
                    })),
                ],
            }),
            CreateNetworkInterface: ({ Description, Groups }) => {
                const id = next("eni");
                interfaces.set(id, { description: textOrEmpty(Description), groups: (Groups as string[]).join() });
                return { NetworkInterface: { NetworkInterfaceId: id } };
            },
            DescribeNetworkInterfaces: ({ Filters }) => {
                const [{ Values }] = Filters as [{ Values: string[] }];
                return {
                    NetworkInterfaces: [...interfaces]
                        .filter(([, { description }]) => Values.includes(description))
                        .map(([id]) => ({ NetworkInterfaceId: id })),
                };
            },
            DeleteNetworkInterface: ({ NetworkInterfaceId: id }) => {
                if (!interfaces.has(textOrEmpty(id))) {
                    throw errorNamed("InvalidNetworkInterfaceID.NotFound");
                }
                if (!going.has(textOrEmpty(id))) {
                    going.add(textOrEmpty(id));
                    throw errorNamed("InvalidNetworkInterface.InUse");
                }
                interfaces.delete(textOrEmpty(id));
                return undefined;
            },
            CreateNetworkInsightsPath: ({ Source, Destination }) => {
                const id = next("nip");
                paths.set(id, { source: textOrEmpty(Source), destination: textOrEmpty(Destination) });
                return { NetworkInsightsPath: { NetworkInsightsPathId: id } };
            },
            DescribeNetworkInsightsPaths: ({ Filters }) => {
                const [{ Values }] = Filters as [{ Values: string[] }];
                return {
                    NetworkInsightsPaths: [...paths]
                        .filter(([, { source }]) => Values.includes(source))
                        .map(([id]) => ({ NetworkInsightsPathId: id })),
                };
            },
            StartNetworkInsightsAnalysis: ({ NetworkInsightsPathId: path }) => {
                const id = next("nia");
                analyses.set(id, { path: textOrEmpty(path), status: switchAfterTimes(1, "running", "succeeded") });
                return { NetworkInsightsAnalysis: { NetworkInsightsAnalysisId: id } };
            },
            DescribeNetworkInsightsAnalyses: ({ NetworkInsightsAnalysisIds: ids, NetworkInsightsPathId: path }) => ({
                NetworkInsightsAnalyses: [...analyses]
                    .filter(([id, of]) => (ids as string[] | undefined)?.includes(id) ?? of.path === path)
                    .map(([id, of]) => ({ NetworkInsightsAnalysisId: id, Status: of.status(), ...result(of.path) })),
            }),
            DeleteNetworkInsightsAnalysis: ({ NetworkInsightsAnalysisId: id }) => {
                analyses.delete(textOrEmpty(id));
                return undefined;
            },
            DeleteNetworkInsightsPath: ({ NetworkInsightsPathId: id }) => {
                if ([...analyses.values()].some(({ path }) => path === id)) {
                    throw errorNamed("AnalysisExists");
                }
                paths.delete(textOrEmpty(id));
                return undefined;
            },
        },
    };
}

/** A service of two tasks, its role, the queue it consumes, the endpoint, the cache's secret and the alarms. */
export function fakeAccountForService({
    desired = 2,
    alarmed = true,
}: { desired?: number; alarmed?: boolean } = {}): FakeAccount {
    const policies = new Set<string>();
    const interfaces = switchAfterTimes(3, true, false);
    let deployments = 1;
    let endpointPolicy = '{"Statement":["endpoint"]}';
    let queuePolicy = '{"Version":"2012-10-17","Statement":[{"Sid":"TlsOnly"}]}';
    const messages = new Map<string, string>([["receipt-other", "a payment"]]);
    const stages = new Map<string, string>([
        ["AWSCURRENT", "right"],
        ["AWSPREVIOUS", "old"],
    ]);
    const original = { endpointPolicy, queuePolicy };
    const isBroken = (): boolean =>
        endpointPolicy !== original.endpointPolicy ||
        queuePolicy !== original.queuePolicy ||
        stages.get("AWSCURRENT") !== "right";
    const isAlarmDue = switchAfterTimes(2, false, true);
    return {
        state: () => ({
            policies: [...policies],
            endpointPolicy,
            queuePolicy,
            messages: [...messages],
            stages: Object.fromEntries(stages),
        }),
        handlers: {
            DescribeServices: () => {
                const under = deployments;
                deployments = 1;
                return {
                    services: [
                        {
                            desiredCount: desired,
                            runningCount: desired,
                            deployments: Array(under).fill({}),
                            taskDefinition: "definition:7",
                        },
                    ],
                };
            },
            ListTasks: () => ({ taskArns: ["task-1", "task-2"] }),
            DescribeTasks: () => ({
                tasks: [
                    {
                        taskArn: "task-1",
                        taskDefinitionArn: "definition:7",
                        startedAt: new Date(startTime - 3_600_000),
                        containers: [{ imageDigest: "sha256:1" }],
                        attachments: [{ details: [{ name: "networkInterfaceId", value: "eni-task" }] }],
                    },
                ],
            }),
            DescribeTaskDefinition: () => ({
                taskDefinition: { taskRoleArn: "arn:aws:iam::123456789012:role/payment-payment-task-dev-1a2b3c4" },
            }),
            DescribeNetworkInterfaces: () => {
                if (!interfaces()) {
                    throw errorNamed("InvalidNetworkInterfaceID.NotFound");
                }
                return { NetworkInterfaces: [{ PrivateIpAddress: "10.0.1.7" }] };
            },
            PutRolePolicy: ({ PolicyName }) => {
                policies.add(textOrEmpty(PolicyName));
                return undefined;
            },
            DeleteRolePolicy: ({ PolicyName }) => {
                if (!policies.delete(textOrEmpty(PolicyName))) {
                    throw errorNamed("NoSuchEntityException");
                }
                return undefined;
            },
            StopTask: () => undefined,
            UpdateService: () => {
                deployments = 2;
                return undefined;
            },
            DescribeAlarms: ({ AlarmNames }) => ({
                MetricAlarms: (AlarmNames as string[]).map((AlarmName) => ({
                    AlarmName,
                    StateValue: alarmed && isBroken() && isAlarmDue() ? "ALARM" : "OK",
                })),
            }),
            DescribeVpcEndpoints: () => ({
                VpcEndpoints: [{ VpcEndpointId: "vpce-sqs", PolicyDocument: endpointPolicy }],
            }),
            ModifyVpcEndpoint: ({ PolicyDocument }) => {
                endpointPolicy = textOrEmpty(PolicyDocument);
                return undefined;
            },
            // SQS returns only the requested attributes.
            GetQueueAttributes: ({ AttributeNames: asked = [] }) => ({
                Attributes: Object.fromEntries(
                    Object.entries({ Policy: queuePolicy, QueueArn: "arn:queue" }).filter(([name]) =>
                        (asked as string[]).includes(name),
                    ),
                ),
            }),
            SetQueueAttributes: ({ Attributes }) => {
                queuePolicy = (Attributes as { Policy: string }).Policy;
                return undefined;
            },
            SendMessage: ({ MessageBody }) => {
                messages.set("receipt-drill", textOrEmpty(MessageBody));
                return undefined;
            },
            ReceiveMessage: () => ({
                Messages: [...messages].map(([ReceiptHandle, Body]) => ({ ReceiptHandle, Body })),
            }),
            DeleteMessage: ({ ReceiptHandle }) => {
                messages.delete(textOrEmpty(ReceiptHandle));
                return undefined;
            },
            ChangeMessageVisibility: () => undefined,
            ListSecretVersionIds: () => {
                const ids = new Set(stages.values());
                return {
                    Versions: [...ids].map((VersionId) => ({
                        VersionId,
                        VersionStages: [...stages].filter(([, id]) => id === VersionId).map(([stage]) => stage),
                    })),
                };
            },
            PutSecretValue: ({ ClientRequestToken }) => {
                stages.set("AWSPREVIOUS", stages.get("AWSCURRENT") ?? "");
                stages.set("AWSCURRENT", textOrEmpty(ClientRequestToken));
                return undefined;
            },
            UpdateSecretVersionStage: ({ VersionStage, MoveToVersionId: to, RemoveFromVersionId: from }) => {
                if (stages.get(textOrEmpty(VersionStage)) !== from) {
                    throw errorNamed("InvalidParameterException");
                }
                if (to === undefined) {
                    stages.delete(textOrEmpty(VersionStage));
                } else {
                    stages.set(textOrEmpty(VersionStage), textOrEmpty(to));
                }
                if (VersionStage === "AWSCURRENT") {
                    stages.set("AWSPREVIOUS", textOrEmpty(from));
                }
                return undefined;
            },
        },
    };
}
