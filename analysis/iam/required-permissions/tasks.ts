import { regionalHost } from "../../../lib/partitions.ts";
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
import type { AccountPolicies } from "../policies.ts";
import { logWriteActions, requirePermissions, requireKeyPermissions, type RequiredPermission } from "./permission.ts";
import {
    containerStartCalls,
    ecsExecCalls,
    imagePullActions,
    secretArnsOf,
    secretReadCall,
    type AwsCall,
} from "./task-calls.ts";

/** Permissions for calls of a task that `task-calls.ts` lists. */
const requireCalls = (task: PlanNode, role: string, calls: readonly AwsCall[]): RequiredPermission[] =>
    calls.map(({ signedBy, ...call }) => ({ owner: task, principal: signedBy ?? role, ...call }));

/** Decryption of a secret, with its key and for this secret only. */
function decryptSecretPermissions(
    plan: Plan,
    { region }: AccountPolicies,
    task: PlanNode,
    role: string,
    arn: string,
): RequiredPermission[] {
    const service = regionalHost("secretsmanager", region);
    return requireKeyPermissions(task, role, ["kms:Decrypt"], keyOfSecret(plan, arn), service, {
        "kms:EncryptionContext:SecretARN": arn,
    });
}

/** Key of a secret of the stack, or of the secret that RDS creates for the master user of a cluster. */
function keyOfSecret(plan: Plan, arn: string): string {
    const secret = resourcesOfType(plan, "secretsmanager/secret:Secret").find((node) => arnOf(node) === arn);
    const cluster = resourcesOfType(plan, "rds/cluster:Cluster").find(
        ({ outputs }) => textAtPath(outputs, "masterUserSecrets.0.secretArn") === arn,
    );
    return secret === undefined ? inputText(cluster, "masterUserSecretKmsKeyId") : inputText(secret, "kmsKeyId");
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
    // A producer also decrypts: SQS verifies the data key before it encrypts with it
    // (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html).
    const ofKey = { send: ["kms:GenerateDataKey", "kms:Decrypt"], consume: ["kms:Decrypt"] };
    return [
        // A queue outside the stack stays a required permission, and no policy of the plan allows it.
        ...requirePermissions(task, role, actions[how], {
            resource: queue === undefined ? url : arnOf(queue),
            endpoint: "sqs",
        }),
        ...requireKeyPermissions(
            task,
            role,
            ofKey[how],
            inputText(queue, "kmsMasterKeyId"),
            regionalHost("sqs", access.region),
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
        ...requireKeyPermissions(task, role, ["kms:GenerateDataKey", "kms:Decrypt"], key, regionalHost("sns", region)),
    ];
}

/** The database cluster with this endpoint. */
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

function secretPermissions(
    plan: Plan,
    access: AccountPolicies,
    task: PlanNode,
    role: string,
    arn: string,
): RequiredPermission[] {
    return [
        ...requireCalls(task, role, [secretReadCall(arn)]),
        ...decryptSecretPermissions(plan, access, task, role, arn),
    ];
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

/** Permissions that a service needs for each variable of the container contract (docs/containers.md). */
const permissionsByVariable: Readonly<Record<string, PermissionsOfVariable>> = {
    ACQUIRER_SECRET_ARN: secretPermissions,
    CACHE_TOKEN_SECRET_ARN: secretPermissions,
    CONSUME_QUEUE_URL: (plan, access, task, role, url) => queuePermissions(plan, access, task, role, url, "consume"),
    DATABASE_MASTER_SECRET_ARN: secretPermissions,
    DATABASE_USER: (plan, access, task, role, user, variables) =>
        databaseLoginPermissions(plan, access, task, role, user, textAtPath(variables, "DATABASE_HOST")),
    GATEWAY_SECRET_ARN: secretPermissions,
};

/** The variables of queues and topics begin with the name of the queue or topic and end with these. */
const permissionsByVariableSuffix: readonly (readonly [string, PermissionsOfVariable])[] = [
    ["_QUEUE_URL", (plan, access, task, role, url) => queuePermissions(plan, access, task, role, url, "send")],
    ["_TOPIC_ARN", publishPermissions],
];

const permissionsOfVariable = (variable: string): PermissionsOfVariable | undefined =>
    permissionsByVariable[variable] ?? permissionsByVariableSuffix.find(([ending]) => variable.endsWith(ending))?.[1];

/** Environment variables of a container with their values. */
const environmentOf = ({ environment }: UnknownRecord): [string, string][] =>
    itemsOf(environment).map((each) => [toText(getPath(each, "name")), toText(getPath(each, "value"))]);

/** What ECS needs for a container before it runs: its image, its secrets and its log. */
function containerStartPermissions(
    plan: Plan,
    access: AccountPolicies,
    task: PlanNode,
    container: UnknownRecord,
): RequiredPermission[] {
    const role = inputText(task, "executionRoleArn");
    const repositories = new Set(resourcesOfType(plan, "ecr/repository:Repository").map(arnOf));
    const isForeignImage = ({ action, resource }: RequiredPermission) =>
        imagePullActions.includes(action) && !repositories.has(resource);
    return [
        ...requireCalls(task, role, containerStartCalls(access, container)).map((permission) =>
            isForeignImage(permission) ? { ...permission, outsideStack: true as const } : permission,
        ),
        ...secretArnsOf(container).flatMap((arn) => decryptSecretPermissions(plan, access, task, role, arn)),
    ];
}

/** What ECS Exec needs: its channels, the log groups of the sessions, and the key that encrypts the channels. */
function ecsExecPermissions(plan: Plan, access: AccountPolicies, task: PlanNode): RequiredPermission[] {
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
        const logs = resourcesOfType(plan, "cloudwatch/logGroup:LogGroup")
            .filter((node) => inputText(node, "name") === name)
            .map(arnOf);
        return [
            ...requireCalls(task, role, ecsExecCalls(access, logs)),
            ...logs.flatMap((resource) =>
                requirePermissions(task, role, logWriteActions, { resource, optional: true }),
            ),
            ...requirePermissions(task, role, ["kms:Decrypt"], {
                resource: textAtPath(command, "kmsKeyId"),
                context: { "kms:ViaService": undefined },
                endpoint: "kms",
            }),
        ];
    });
}

/** With GuardDuty enabled, ECS also pulls the image of its agent; the rule `guardduty-agent-reachable` proves that it can. */
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

/** Permissions that ECS and the containers of each task definition need. */
export const ecsTaskPermissions = (plan: Plan, access: AccountPolicies): RequiredPermission[] =>
    resourcesOfType(plan, "ecs/taskDefinition:TaskDefinition").flatMap((task) => {
        const role = inputText(task, "taskRoleArn");
        return [
            ...containersOf(task).flatMap((container) => {
                const variables = Object.fromEntries(environmentOf(container));
                return [
                    ...containerStartPermissions(plan, access, task, container),
                    ...Object.entries(variables).flatMap(
                        ([name, value]) =>
                            permissionsOfVariable(name)?.(plan, access, task, role, value, variables) ?? [],
                    ),
                ];
            }),
            ...ecsExecPermissions(plan, access, task),
            ...guardDutyAgentPermissions(access, task),
        ];
    });
