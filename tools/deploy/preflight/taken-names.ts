import { DescribeTrailsCommand } from "@aws-sdk/client-cloudtrail";
import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { DescribeRepositoriesCommand } from "@aws-sdk/client-ecr";
import { DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { DescribeReplicationGroupsCommand } from "@aws-sdk/client-elasticache";
import { DescribeKeyCommand } from "@aws-sdk/client-kms";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { DescribeDBClustersCommand } from "@aws-sdk/client-rds";
import { HeadBucketCommand } from "@aws-sdk/client-s3";
import { GetScheduleGroupCommand } from "@aws-sdk/client-scheduler";
import { GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import { nameInputOf } from "../../../plan/physical-names.ts";
import type { PlanNode } from "../../../plan/plan.ts";
import { inputText } from "../../../plan/query.ts";
import { isNotFoundError } from "../../frame/aws-errors.ts";
import type { AwsClients } from "../../frame/aws-clients.ts";
import { importIdFromInputs } from "../import-ids.ts";
import type { PreflightCheck, PreflightInput } from "./check.ts";

/** A type whose creation AWS refuses where the name is taken. */
interface NamedType {
    readonly noun: string;
    readonly iamAction: string;
    /** A "not found" error of AWS means that the name is free, too. */
    readonly exists: (clients: AwsClients, name: string, node: PlanNode) => Promise<boolean>;
    /** Arguments of AWS's CLI that delete it; the name follows. */
    readonly deletion: string;
}

/** By type. AWS's page on the call that creates the type lists the error for a taken name. */
export const namedTypes: Readonly<Record<string, NamedType>> = {
    "aws:cloudtrail/trail:Trail": {
        noun: "trail",
        iamAction: "cloudtrail:DescribeTrails",
        exists: async ({ cloudTrail }, name) => {
            const { trailList = [] } = await cloudTrail.send(new DescribeTrailsCommand({ trailNameList: [name] }));
            return trailList.some(({ Name }) => Name === name);
        },
        deletion: "cloudtrail delete-trail --name",
    },
    "aws:cloudwatch/logGroup:LogGroup": {
        noun: "log group",
        iamAction: "logs:DescribeLogGroups",
        exists: async ({ logs }, name) => {
            const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name }));
            return logGroups.some(({ logGroupName }) => logGroupName === name);
        },
        deletion: "logs delete-log-group --log-group-name",
    },
    "aws:dynamodb/table:Table": {
        noun: "table",
        iamAction: "dynamodb:DescribeTable",
        exists: async ({ dynamodb }, TableName) => found(await dynamodb.send(new DescribeTableCommand({ TableName }))),
        deletion: "dynamodb delete-table --table-name",
    },
    "aws:ecr/repository:Repository": {
        noun: "repository",
        iamAction: "ecr:DescribeRepositories",
        exists: async ({ ecr }, name) =>
            isNotEmpty((await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [name] }))).repositories),
        deletion: "ecr delete-repository --force --repository-name",
    },
    "aws:ecs/service:Service": {
        noun: "service",
        iamAction: "ecs:DescribeServices",
        exists: async ({ ecs }, name, node) => {
            const cluster = inputText(node, "cluster");
            const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [name] }));
            return services.some(({ status }) => status !== "INACTIVE");
        },
        deletion: "ecs delete-service --force --cluster <cluster> --service",
    },
    "aws:elasticache/replicationGroup:ReplicationGroup": {
        noun: "replication group",
        iamAction: "elasticache:DescribeReplicationGroups",
        exists: async ({ elasticache }, ReplicationGroupId) =>
            isNotEmpty(
                (await elasticache.send(new DescribeReplicationGroupsCommand({ ReplicationGroupId })))
                    .ReplicationGroups,
            ),
        deletion: "elasticache delete-replication-group --replication-group-id",
    },
    "aws:kms/alias:Alias": {
        noun: "alias",
        iamAction: "kms:DescribeKey",
        exists: async ({ kms }, KeyId) => found(await kms.send(new DescribeKeyCommand({ KeyId }))),
        deletion: "kms delete-alias --alias-name",
    },
    "aws:lambda/function:Function": {
        noun: "function",
        iamAction: "lambda:GetFunctionConfiguration",
        exists: async ({ lambda }, FunctionName) =>
            found(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))),
        deletion: "lambda delete-function --function-name",
    },
    "aws:rds/cluster:Cluster": {
        noun: "database cluster",
        iamAction: "rds:DescribeDBClusters",
        exists: async ({ rds }, DBClusterIdentifier) =>
            isNotEmpty((await rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier }))).DBClusters),
        deletion: "rds delete-db-cluster --final-db-snapshot-identifier <snapshot> --db-cluster-identifier",
    },
    "aws:s3/bucket:Bucket": {
        noun: "bucket",
        iamAction: "s3:ListBucket",
        exists: async ({ s3 }, Bucket) => found(await s3.send(new HeadBucketCommand({ Bucket }))),
        deletion: "s3api delete-bucket --bucket",
    },
    "aws:scheduler/scheduleGroup:ScheduleGroup": {
        noun: "schedule group",
        iamAction: "scheduler:GetScheduleGroup",
        exists: async ({ scheduler }, Name) => found(await scheduler.send(new GetScheduleGroupCommand({ Name }))),
        deletion: "scheduler delete-schedule-group --name",
    },
    "aws:sqs/queue:Queue": {
        noun: "queue",
        iamAction: "sqs:GetQueueUrl",
        exists: async ({ sqs }, QueueName) => found(await sqs.send(new GetQueueUrlCommand({ QueueName }))),
        deletion: "sqs delete-queue --queue-url <URL> # of",
    },
};

/** A GET or Describe call of one resource: without an error it exists. */
const found = (answer: unknown): boolean => answer !== undefined;
const isNotEmpty = (list: readonly unknown[] | undefined): boolean => (list ?? []).length > 0;

/** The name that the program gives a planned resource; nothing where Pulumi or AWS makes it up. */
export const fixedNameOf = ({ type, inputs }: PlanNode): string | undefined => {
    const name = inputs[nameInputOf(type)];
    return typeof name === "string" ? name : undefined;
};

/** Planned resources with a fixed name that the state does not have, not even as a creation that was interrupted. */
function newNamedNodes({ plan, state }: PreflightInput, type: string): [name: string, node: PlanNode][] {
    const known = new Set(
        [...state.resources, ...state.pending.map(({ resource }) => resource)]
            .filter((each) => each.type === type)
            .map(({ inputs }) => inputs?.[nameInputOf(type)]),
    );
    return plan.nodes
        .filter((node) => node.type === type)
        .flatMap((node): [string, PlanNode][] => {
            const name = fixedNameOf(node);
            return name === undefined || known.has(name) ? [] : [[name, node]];
        });
}

/**
 * Whether names of planned resources are taken in AWS by something that the state does not have: what an earlier stack left
 * behind, such as a log group into which AWS wrote once more after its owner was deleted.
 */
export const takenNameChecks: readonly PreflightCheck[] = Object.entries(namedTypes).map(
    ([type, { noun, iamAction, exists, deletion }]) => ({
        name: `names of each ${noun}`,
        iamActions: [iamAction],
        run: async (clients, subject) => {
            const taken: string[] = [];
            for (const [name, node] of newNamedNodes(subject, type)) {
                if (await isTaken(() => exists(clients, name, node))) {
                    const remedies = [importCommand(subject, node), `delete it: aws ${deletion} ${name}`];
                    taken.push(
                        `${name} exists and is not in the state, so that its creation would be refused; ` +
                            remedies.filter((text) => text !== undefined).join(", or "),
                    );
                }
            }
            return taken;
        },
    }),
);

async function isTaken(exists: () => Promise<boolean>): Promise<boolean> {
    try {
        return await exists();
    } catch (error) {
        if (isNotFoundError(error)) {
            return false;
        }
        throw error;
    }
}

/** The command that takes it into the state; nothing for a stack that does not have the parent yet. */
function importCommand({ plan: { stack }, state }: PreflightInput, node: PlanNode): string | undefined {
    const parent = state.resources.find(({ urn }) => urn === node.parent);
    const id = importIdFromInputs(node);
    const provider = state.resources.find(({ type }) => type === "pulumi:providers:aws");
    if (parent === undefined || id === undefined || provider === undefined) {
        return undefined;
    }
    return (
        `take it over: npm run deploy -- ${stack} pulumi import ${node.type} ${node.name} '${id}' --protect=false ` +
        `--parent parent='${parent.urn}' --provider provider='${provider.urn}'`
    );
}
