import { CloudWatchLogsClient, paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client, paginateDescribeVpcs } from "@aws-sdk/client-ec2";
import { ElastiCacheClient, paginateDescribeReplicationGroups } from "@aws-sdk/client-elasticache";
import { IAMClient, paginateListRoles } from "@aws-sdk/client-iam";
import { LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { paginateDescribeDBClusters, RDSClient } from "@aws-sdk/client-rds";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { paginateListSecrets, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { paginateListTopics, SNSClient } from "@aws-sdk/client-sns";
import { paginateListQueues, SQSClient } from "@aws-sdk/client-sqs";
import { collectPages } from "../../../tools/frame/aws-clients.ts";

/**
 * Names and ARNs of what AWS still has of a stack, of the types that hold data, cost money or grant access.
 *
 * @param suffix `environmentSuffix` of the stack
 */
export async function findRemainingResources(suffix: string): Promise<string[]> {
    const config = { region: process.env.AWS_REGION };
    const found = await Promise.all([
        collectPages(paginateListQueues({ client: new SQSClient(config) }, {}), (page) => page.QueueUrls),
        collectPages(paginateListTopics({ client: new SNSClient(config) }, {}), (page) =>
            page.Topics?.map((topic) => topic.TopicArn),
        ),
        collectPages(paginateDescribeDBClusters({ client: new RDSClient(config) }, {}), (page) =>
            page.DBClusters?.map((cluster) => cluster.DBClusterIdentifier),
        ),
        collectPages(paginateDescribeReplicationGroups({ client: new ElastiCacheClient(config) }, {}), (page) =>
            page.ReplicationGroups?.map((group) => group.ReplicationGroupId),
        ),
        collectPages(paginateListFunctions({ client: new LambdaClient(config) }, {}), (page) =>
            page.Functions?.map((each) => each.FunctionName),
        ),
        collectPages(paginateListRoles({ client: new IAMClient(config) }, {}), (page) =>
            page.Roles?.map((role) => role.RoleName),
        ),
        collectPages(paginateListSecrets({ client: new SecretsManagerClient(config) }, {}), (page) =>
            page.SecretList?.map((secret) => secret.Name),
        ),
        collectPages(paginateDescribeLogGroups({ client: new CloudWatchLogsClient(config) }, {}), (page) =>
            page.logGroups?.map((group) => group.logGroupName),
        ),
        collectPages(paginateDescribeVpcs({ client: new EC2Client(config) }, {}), (page) =>
            page.Vpcs?.map((vpc) => vpc.Tags?.find((tag) => tag.Key === "Name")?.Value),
        ),
        new S3Client({ ...config, forcePathStyle: true })
            .send(new ListBucketsCommand({}))
            .then(({ Buckets = [] }) => Buckets.map((bucket) => bucket.Name)),
    ]);
    const ofStack = new RegExp(`payment-.*-?${suffix}(?![a-z0-9])`);
    return found
        .flat()
        .filter((name) => name !== undefined && ofStack.test(name))
        .map(String)
        .sort();
}
