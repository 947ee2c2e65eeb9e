import type { Plan, PlanNode } from "../../../plan/plan.ts";
import {
    resourcesOfType,
    arnOf,
    itemsOf,
    getPath,
    toText,
    inputText,
    textAtPath,
    type UnknownRecord,
} from "../../../plan/query.ts";
import { containersOf } from "../../../plan/ecs-services.ts";
import { layerBucketArn, type AccountPolicies } from "../policies.ts";
import { logWriteActions, requirePermissions, requireKeyPermissions, type RequiredPermission } from "./permission.ts";

const imagePullActions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

/** To read a secret: itself, and its key for it alone. */
function readSecretPermissions(
    plan: Plan,
    { region }: AccountPolicies,
    task: PlanNode,
    role: string,
    arn: string,
): RequiredPermission[] {
    const secret = resourcesOfType(plan, "secretsmanager/secret:Secret").find((node) => arnOf(node) === arn);
    const service = `secretsmanager.${region}.amazonaws.com`;
    return [
        ...requirePermissions(task, role, ["secretsmanager:GetSecretValue"], {
            resource: arn,
            endpoint: "secretsmanager",
        }),
        ...requireKeyPermissions(task, role, ["kms:Decrypt"], inputText(secret, "kmsKeyId"), service, {
            "kms:EncryptionContext:SecretARN": arn,
        }),
    ];
}

function queuePermissions(
    plan: Plan,
    access: AccountPolicies,
    task: PlanNode,
    role: string,
    url: string,
    how: "send" | "consume",
) {
    const queue = resourcesOfType(plan, "sqs/queue:Queue").find((node) => toText(node.outputs.url) === url);
    const actions = {
        send: ["sqs:SendMessage", "sqs:GetQueueUrl"],
        consume: [
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:ChangeMessageVisibility",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
        ],
    };
    // A producer decrypts, too: SQS verifies the data key before it encrypts with it
    // (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html).
    const ofKey = { send: ["kms:GenerateDataKey", "kms:Decrypt"], consume: ["kms:Decrypt"] };
    return [
        // A queue that the stack does not have stays a need, which nothing can meet.
        ...requirePermissions(task, role, actions[how], {
            resource: queue === undefined ? url : arnOf(queue),
            endpoint: "sqs",
        }),
        ...requireKeyPermissions(
            task,
            role,
            ofKey[how],
            inputText(queue, "kmsMasterKeyId"),
            `sqs.${access.region}.amazonaws.com`,
        ),
    ];
}

function publishPermissions(
    plan: Plan,
    { region }: AccountPolicies,
    task: PlanNode,
    role: string,
    arn: string,
): RequiredPermission[] {
    const topic = resourcesOfType(plan, "sns/topic:Topic").find((node) => arnOf(node) === arn);
    const key = inputText(topic, "kmsMasterKeyId");
    return [
        ...requirePermissions(task, role, ["sns:Publish"], { resource: arn, endpoint: "sns" }),
        ...requireKeyPermissions(
            task,
            role,
            ["kms:GenerateDataKey", "kms:Decrypt"],
            key,
            `sns.${region}.amazonaws.com`,
        ),
    ];
}

/** The cluster of databases that a host name belongs to. */
const clusterWithEndpoint = (plan: Plan, host: string): PlanNode | undefined =>
    resourcesOfType(plan, "rds/cluster:Cluster").find(({ outputs }) => outputs.endpoint === host);

function databaseLoginPermissions(
    plan: Plan,
    access: AccountPolicies,
    task: PlanNode,
    role: string,
    user: string,
    host: string,
): RequiredPermission[] {
    const { partition, region, account } = access;
    const cluster = clusterWithEndpoint(plan, host);
    const id = cluster === undefined ? host : toText(cluster.outputs.clusterResourceId);
    const resource = `arn:${partition}:rds-db:${region}:${account}:dbuser:${id}/${user}`;
    return requirePermissions(task, role, ["rds-db:connect"], { resource });
}

type PermissionsOfVariable = (
    plan: Plan,
    access: AccountPolicies,
    task: PlanNode,
    role: string,
    value: string,
    all: Variables,
) => RequiredPermission[];
type Variables = Readonly<Record<string, string>>;

/** What the variables of the container contract (README.md) let a service do. */
const permissionsByVariable: Readonly<Record<string, PermissionsOfVariable>> = {
    CACHE_TOKEN_SECRET_ARN: readSecretPermissions,
    CONSUME_QUEUE_URL: (plan, access, task, role, url) => queuePermissions(plan, access, task, role, url, "consume"),
    DATABASE_USER: (plan, access, task, role, user, variables) =>
        databaseLoginPermissions(plan, access, task, role, user, textAtPath(variables, "DATABASE_HOST")),
};

/** A variable for each queue and topic has its name before these. */
const permissionsByVariableSuffix: readonly (readonly [string, PermissionsOfVariable])[] = [
    ["_QUEUE_URL", (plan, access, task, role, url) => queuePermissions(plan, access, task, role, url, "send")],
    ["_TOPIC_ARN", publishPermissions],
];

const permissionsOfVariable = (variable: string): PermissionsOfVariable | undefined =>
    permissionsByVariable[variable] ?? permissionsByVariableSuffix.find(([ending]) => variable.endsWith(ending))?.[1];

/** Pairs of a list such as `environment`. */
const namedEntries = (container: UnknownRecord, list: string, value: string): [string, string][] =>
    itemsOf(container[list]).map((each) => [toText(getPath(each, "name")), toText(getPath(each, value))]);

/** What ECS does for a container before it runs: pull its image, hand it its secrets, keep its log. */
function containerStartPermissions(
    plan: Plan,
    access: AccountPolicies,
    task: PlanNode,
    container: UnknownRecord,
): RequiredPermission[] {
    const role = inputText(task, "executionRoleArn");
    const [, registry, name] = /^(\d+\.dkr\.ecr\.[^/]+)\/([^:@]+)/.exec(toText(container.image)) ?? [];
    const repositories = resourcesOfType(plan, "ecr/repository:Repository").filter(
        (node) => inputText(node, "name") === name,
    );
    const group = getPath(container, "logConfiguration.options.awslogs-group");
    const logs = resourcesOfType(plan, "cloudwatch/logGroup:LogGroup").filter(
        (node) => inputText(node, "name") === group,
    );
    return [
        ...(registry === undefined
            ? []
            : requirePermissions(task, role, ["ecr:GetAuthorizationToken"], { resource: "*", endpoint: "ecr.api" })),
        ...repositories.flatMap((repository) => [
            ...["ecr.api", "ecr.dkr"].flatMap((endpoint) =>
                requirePermissions(task, role, imagePullActions, { resource: arnOf(repository), endpoint }),
            ),
            ...requirePermissions(task, "ecr.amazonaws.com", ["s3:GetObject"], {
                resource: `${layerBucketArn(access)}/*`,
                endpoint: "s3",
            }),
        ]),
        ...logs.flatMap((log) =>
            requirePermissions(task, role, logWriteActions, {
                resource: `${arnOf(log)}:log-stream:*`,
                endpoint: "logs",
            }),
        ),
        ...namedEntries(container, "secrets", "valueFrom").flatMap(([, arn]) =>
            readSecretPermissions(plan, access, task, role, arn),
        ),
    ];
}

/** A shell in a task opens its channels and records itself. */
function ecsExecPermissions(plan: Plan, task: PlanNode): RequiredPermission[] {
    const role = inputText(task, "taskRoleArn");
    const services = resourcesOfType(plan, "ecs/service:Service").filter(
        (node) => inputText(node, "taskDefinition") === arnOf(task) && node.inputs.enableExecuteCommand === true,
    );
    return services.flatMap((service) => {
        const cluster = resourcesOfType(plan, "ecs/cluster:Cluster").find(
            (node) => arnOf(node) === inputText(service, "cluster"),
        );
        const command = getPath(cluster?.inputs, "configuration.executeCommandConfiguration");
        const name = getPath(command, "logConfiguration.cloudWatchLogGroupName");
        const logs = resourcesOfType(plan, "cloudwatch/logGroup:LogGroup").filter(
            (node) => inputText(node, "name") === name,
        );
        const channels = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];
        return [
            ...requirePermissions(
                task,
                role,
                channels.map((channel) => `ssmmessages:${channel}`),
                { resource: "*", endpoint: "ssmmessages" },
            ),
            ...requirePermissions(task, role, ["logs:DescribeLogGroups"], { resource: "*", endpoint: "logs" }),
            ...logs.flatMap((log) => [
                ...requirePermissions(task, role, ["logs:DescribeLogStreams"], {
                    resource: arnOf(log),
                    endpoint: "logs",
                }),
                ...requirePermissions(task, role, [...logWriteActions, "logs:DescribeLogStreams"], {
                    resource: `${arnOf(log)}:log-stream:*`,
                    endpoint: "logs",
                }),
                ...requirePermissions(task, role, logWriteActions, { resource: arnOf(log), optional: true }),
            ]),
            ...requirePermissions(task, role, ["kms:Decrypt"], {
                resource: textAtPath(command, "kmsKeyId"),
                context: { "kms:ViaService": undefined },
                endpoint: "kms",
            }),
        ];
    });
}

/** Where GuardDuty watches, ECS pulls the image of its agent, too; `guardduty-agent-reachable` proves that it can. */
const guardDutyAgentPermissions = (
    { partition, region, endpoints }: AccountPolicies,
    task: PlanNode,
): RequiredPermission[] =>
    endpoints.has("guardduty-data")
        ? requirePermissions(task, inputText(task, "executionRoleArn"), imagePullActions, {
              resource: `arn:${partition}:ecr:${region}:*:repository/aws-guardduty-agent-fargate`,
              optional: true,
          })
        : [];

/** What ECS and the containers of a task must be able to do, as its definition says. */
export const ecsTaskPermissions = (plan: Plan, access: AccountPolicies): RequiredPermission[] =>
    resourcesOfType(plan, "ecs/taskDefinition:TaskDefinition").flatMap((task) => {
        const role = inputText(task, "taskRoleArn");
        return [
            ...containersOf(task).flatMap((container) => {
                const variables = Object.fromEntries(namedEntries(container, "environment", "value"));
                return [
                    ...containerStartPermissions(plan, access, task, container),
                    ...Object.entries(variables).flatMap(
                        ([name, value]) =>
                            permissionsOfVariable(name)?.(plan, access, task, role, value, variables) ?? [],
                    ),
                ];
            }),
            ...ecsExecPermissions(plan, task),
            ...guardDutyAgentPermissions(access, task),
        ];
    });
