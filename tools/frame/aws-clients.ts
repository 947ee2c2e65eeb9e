import { ACMClient } from "@aws-sdk/client-acm";
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
import { RDSDataClient } from "@aws-sdk/client-rds-data";
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

/** What every client is made with. */
export interface ClientConfig {
    readonly region: string;
    /** Where an emulator answers. */
    readonly endpoint?: string;
    /** @default those that Pulumi takes, too */
    readonly credentials?: {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken?: string;
    };
}

/** The services that the commands call. */
const clientClasses = {
    acm: ACMClient,
    apiGateway: APIGatewayClient,
    apiGatewayV2: ApiGatewayV2Client,
    cloudTrail: CloudTrailClient,
    cloudWatch: CloudWatchClient,
    config: ConfigServiceClient,
    dynamodb: DynamoDBClient,
    ec2: EC2Client,
    ecr: ECRClient,
    ecs: ECSClient,
    elasticache: ElastiCacheClient,
    elb: ElasticLoadBalancingV2Client,
    events: EventBridgeClient,
    guardDuty: GuardDutyClient,
    iam: IAMClient,
    kms: KMSClient,
    lambda: LambdaClient,
    logs: CloudWatchLogsClient,
    quotas: ServiceQuotasClient,
    rds: RDSClient,
    rdsData: RDSDataClient,
    route53: Route53Client,
    s3: S3Client,
    autoscaling: ApplicationAutoScalingClient,
    scheduler: SchedulerClient,
    secrets: SecretsManagerClient,
    securityHub: SecurityHubClient,
    sns: SNSClient,
    sqs: SQSClient,
    sts: STSClient,
    waf: WAFV2Client,
};

/**
 * How often a call is sent, where it is not the SDK's three times. A repeated call does no harm, or AWS knows it again, such as
 * `RunTask` by the token that the SDK adds.
 */
const ownConfigs: { readonly [Service in keyof typeof clientClasses]?: { readonly maxAttempts: number } } = {
    // Evidence makes some simulations of policies for each role of the account, which may have hundreds: IAM throttles that.
    iam: { maxAttempts: 10 },
    // A statement is committed at once, and AWS cannot tell its repetition from a second one.
    rdsData: { maxAttempts: 1 },
};

type ClientClasses = typeof clientClasses;
export type AwsClients = { readonly [Service in keyof ClientClasses]: InstanceType<ClientClasses[Service]> };

/** A client of each service, made when it is first used: that takes time, and a command uses few of them. */
export function createClients(config: ClientConfig): AwsClients {
    const clients = {};
    for (const [service, Client] of Object.entries(clientClasses)) {
        Object.defineProperty(clients, service, {
            enumerable: true,
            configurable: true,
            get: () => {
                const value = new Client({ ...config, ...ownConfigs[service as keyof ClientClasses] });
                Object.defineProperty(clients, service, { value });
                return value;
            },
        });
    }
    return clients as AwsClients;
}

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
