import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { all, arnOf, items, look, shown, text, textAt, type Tree } from "../../../plan/query.ts";
import { containersOf } from "../../../plan/ecs-services.ts";
import { layerBucket, type Access } from "../policies.ts";
import { needs, throughKey, type Need } from "./permission.ts";

const pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
const write = ["logs:CreateLogStream", "logs:PutLogEvents"];

/** To read a secret: itself, and its key for it alone. */
function readSecret(plan: Plan, { region }: Access, task: PlanNode, role: string, arn: string): Need[] {
    const secret = all(plan, "secretsmanager/secret:Secret").find((node) => arnOf(node) === arn);
    const service = `secretsmanager.${region}.amazonaws.com`;
    return [
        ...needs(task, role, ["secretsmanager:GetSecretValue"], { resource: arn, endpoint: "secretsmanager" }),
        ...throughKey(task, role, ["kms:Decrypt"], text(secret, "kmsKeyId"), service, {
            "kms:EncryptionContext:SecretARN": arn,
        }),
    ];
}

function useQueue(plan: Plan, access: Access, task: PlanNode, role: string, url: string, how: "send" | "consume") {
    const queue = all(plan, "sqs/queue:Queue").find((node) => shown(node.outputs.url) === url);
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
        ...needs(task, role, actions[how], { resource: queue === undefined ? url : arnOf(queue), endpoint: "sqs" }),
        ...throughKey(task, role, ofKey[how], text(queue, "kmsMasterKeyId"), `sqs.${access.region}.amazonaws.com`),
    ];
}

function publish(plan: Plan, { region }: Access, task: PlanNode, role: string, arn: string): Need[] {
    const topic = all(plan, "sns/topic:Topic").find((node) => arnOf(node) === arn);
    const key = text(topic, "kmsMasterKeyId");
    return [
        ...needs(task, role, ["sns:Publish"], { resource: arn, endpoint: "sns" }),
        ...throughKey(task, role, ["kms:GenerateDataKey", "kms:Decrypt"], key, `sns.${region}.amazonaws.com`),
    ];
}

/** The cluster of databases that a host name belongs to. */
const clusterAt = (plan: Plan, host: string): PlanNode | undefined =>
    all(plan, "rds/cluster:Cluster").find(({ outputs }) => outputs.endpoint === host);

function connect(plan: Plan, access: Access, task: PlanNode, role: string, user: string, host: string): Need[] {
    const { partition, region, account } = access;
    const cluster = clusterAt(plan, host);
    const id = cluster === undefined ? host : shown(cluster.outputs.clusterResourceId);
    const resource = `arn:${partition}:rds-db:${region}:${account}:dbuser:${id}/${user}`;
    return needs(task, role, ["rds-db:connect"], { resource });
}

type Reading = (plan: Plan, access: Access, task: PlanNode, role: string, value: string, all: Variables) => Need[];
type Variables = Readonly<Record<string, string>>;

/** What the variables of the container contract (README.md) let a service do. */
const byVariable: Readonly<Record<string, Reading>> = {
    CACHE_TOKEN_SECRET_ARN: readSecret,
    CONSUME_QUEUE_URL: (plan, access, task, role, url) => useQueue(plan, access, task, role, url, "consume"),
    DATABASE_USER: (plan, access, task, role, user, variables) =>
        connect(plan, access, task, role, user, textAt(variables, "DATABASE_HOST")),
};

/** A variable for each queue and topic has its name before these. */
const byEnding: readonly (readonly [string, Reading])[] = [
    ["_QUEUE_URL", (plan, access, task, role, url) => useQueue(plan, access, task, role, url, "send")],
    ["_TOPIC_ARN", publish],
];

const readingOf = (variable: string): Reading | undefined =>
    byVariable[variable] ?? byEnding.find(([ending]) => variable.endsWith(ending))?.[1];

/** Pairs of a list such as `environment`. */
const pairs = (container: Tree, list: string, value: string): [string, string][] =>
    items(container[list]).map((each) => [shown(look(each, "name")), shown(look(each, value))]);

/** What ECS does for a container before it runs: pull its image, hand it its secrets, keep its log. */
function start(plan: Plan, access: Access, task: PlanNode, container: Tree): Need[] {
    const role = text(task, "executionRoleArn");
    const [, registry, name] = /^(\d+\.dkr\.ecr\.[^/]+)\/([^:@]+)/.exec(shown(container.image)) ?? [];
    const repositories = all(plan, "ecr/repository:Repository").filter((node) => text(node, "name") === name);
    const group = look(container, "logConfiguration.options.awslogs-group");
    const logs = all(plan, "cloudwatch/logGroup:LogGroup").filter((node) => text(node, "name") === group);
    return [
        ...(registry === undefined
            ? []
            : needs(task, role, ["ecr:GetAuthorizationToken"], { resource: "*", endpoint: "ecr.api" })),
        ...repositories.flatMap((repository) => [
            ...["ecr.api", "ecr.dkr"].flatMap((endpoint) =>
                needs(task, role, pull, { resource: arnOf(repository), endpoint }),
            ),
            ...needs(task, "ecr.amazonaws.com", ["s3:GetObject"], {
                resource: `${layerBucket(access)}/*`,
                endpoint: "s3",
            }),
        ]),
        ...logs.flatMap((log) =>
            needs(task, role, write, { resource: `${arnOf(log)}:log-stream:*`, endpoint: "logs" }),
        ),
        ...pairs(container, "secrets", "valueFrom").flatMap(([, arn]) => readSecret(plan, access, task, role, arn)),
    ];
}

/** A shell in a task opens its channels and records itself. */
function shell(plan: Plan, task: PlanNode): Need[] {
    const role = text(task, "taskRoleArn");
    const services = all(plan, "ecs/service:Service").filter(
        (node) => text(node, "taskDefinition") === arnOf(task) && node.inputs.enableExecuteCommand === true,
    );
    return services.flatMap((service) => {
        const cluster = all(plan, "ecs/cluster:Cluster").find((node) => arnOf(node) === text(service, "cluster"));
        const command = look(cluster?.inputs, "configuration.executeCommandConfiguration");
        const name = look(command, "logConfiguration.cloudWatchLogGroupName");
        const logs = all(plan, "cloudwatch/logGroup:LogGroup").filter((node) => text(node, "name") === name);
        const channels = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"];
        return [
            ...needs(
                task,
                role,
                channels.map((channel) => `ssmmessages:${channel}`),
                { resource: "*", endpoint: "ssmmessages" },
            ),
            ...needs(task, role, ["logs:DescribeLogGroups"], { resource: "*", endpoint: "logs" }),
            ...logs.flatMap((log) => [
                ...needs(task, role, ["logs:DescribeLogStreams"], { resource: arnOf(log), endpoint: "logs" }),
                ...needs(task, role, [...write, "logs:DescribeLogStreams"], {
                    resource: `${arnOf(log)}:log-stream:*`,
                    endpoint: "logs",
                }),
                ...needs(task, role, write, { resource: arnOf(log), optional: true }),
            ]),
            ...needs(task, role, ["kms:Decrypt"], {
                resource: textAt(command, "kmsKeyId"),
                context: { "kms:ViaService": undefined },
                endpoint: "kms",
            }),
        ];
    });
}

/** Where GuardDuty watches, ECS pulls the image of its agent, too; `agent-reached-where-watched` proves that it can. */
const startAgent = ({ partition, region, endpoints }: Access, task: PlanNode): Need[] =>
    endpoints.has("guardduty-data")
        ? needs(task, text(task, "executionRoleArn"), pull, {
              resource: `arn:${partition}:ecr:${region}:*:repository/aws-guardduty-agent-fargate`,
              optional: true,
          })
        : [];

/** What ECS and the containers of a task must be able to do, as its definition says. */
export const taskNeeds = (plan: Plan, access: Access): Need[] =>
    all(plan, "ecs/taskDefinition:TaskDefinition").flatMap((task) => {
        const role = text(task, "taskRoleArn");
        return [
            ...containersOf(task).flatMap((container) => {
                const variables = Object.fromEntries(pairs(container, "environment", "value"));
                return [
                    ...start(plan, access, task, container),
                    ...Object.entries(variables).flatMap(
                        ([name, value]) => readingOf(name)?.(plan, access, task, role, value, variables) ?? [],
                    ),
                ];
            }),
            ...shell(plan, task),
            ...startAgent(access, task),
        ];
    });
