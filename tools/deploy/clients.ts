import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { ConfigServiceClient } from "@aws-sdk/client-config-service";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ElastiCacheClient } from "@aws-sdk/client-elasticache";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { GuardDutyClient } from "@aws-sdk/client-guardduty";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { RDSClient } from "@aws-sdk/client-rds";
import { Route53Client } from "@aws-sdk/client-route-53";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SecurityHubClient } from "@aws-sdk/client-securityhub";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";
import { WAFV2Client } from "@aws-sdk/client-wafv2";

/** A client of each service that a deployment asks, all with the credentials that Pulumi takes. */
export const createClients = (region: string) => ({
    apiGateway: new APIGatewayClient({ region }),
    apiGatewayV2: new ApiGatewayV2Client({ region }),
    cloudTrail: new CloudTrailClient({ region }),
    cloudWatch: new CloudWatchClient({ region }),
    config: new ConfigServiceClient({ region }),
    dynamo: new DynamoDBClient({ region }),
    ec2: new EC2Client({ region }),
    ecr: new ECRClient({ region }),
    ecs: new ECSClient({ region }),
    elasticache: new ElastiCacheClient({ region }),
    elb: new ElasticLoadBalancingV2Client({ region }),
    events: new EventBridgeClient({ region }),
    guardDuty: new GuardDutyClient({ region }),
    iam: new IAMClient({ region }),
    kms: new KMSClient({ region }),
    lambda: new LambdaClient({ region }),
    logs: new CloudWatchLogsClient({ region }),
    quotas: new ServiceQuotasClient({ region }),
    rds: new RDSClient({ region }),
    route53: new Route53Client({ region }),
    s3: new S3Client({ region }),
    scaling: new ApplicationAutoScalingClient({ region }),
    scheduler: new SchedulerClient({ region }),
    secrets: new SecretsManagerClient({ region }),
    securityHub: new SecurityHubClient({ region }),
    sns: new SNSClient({ region }),
    sqs: new SQSClient({ region }),
    sts: new STSClient({ region }),
    waf: new WAFV2Client({ region }),
});

export type AwsClients = ReturnType<typeof createClients>;

/** All items of all pages. */
export async function collectPages<Page, Item>(
    pages: AsyncIterable<Page>,
    itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> {
    const items: Item[] = [];
    for await (const page of pages) {
        items.push(...(itemsOf(page) ?? []));
    }
    return items;
}
