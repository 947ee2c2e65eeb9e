import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import { ApplicationAutoScalingClient } from "@aws-sdk/client-application-auto-scaling";
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ElastiCacheClient } from "@aws-sdk/client-elasticache";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import { readOnly } from "../support/guard.ts";

/** Region, endpoint and credentials of every client. */
export interface ClientConfig {
    readonly region: string;
    readonly endpoint?: string;
    readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Clients that only read. AWS throttles hundreds of calls in a row: the clients wait and retry. */
export const clientsOf = (given: ClientConfig) => {
    const config = { ...given, maxAttempts: 8, retryMode: "adaptive" };
    const isPlain = given.endpoint !== undefined;
    return {
        alarms: readOnly(new CloudWatchClient(config)),
        api: readOnly(new APIGatewayClient(config)),
        apiV2: readOnly(new ApiGatewayV2Client(config)),
        cache: readOnly(new ElastiCacheClient(config)),
        dynamo: readOnly(new DynamoDBClient(config)),
        ec2: readOnly(new EC2Client(config)),
        ecr: readOnly(new ECRClient(config)),
        ecs: readOnly(new ECSClient(config)),
        events: readOnly(new EventBridgeClient(config)),
        iam: readOnly(new IAMClient(config)),
        kms: readOnly(new KMSClient(config)),
        lambda: readOnly(new LambdaClient(config)),
        lb: readOnly(new ElasticLoadBalancingV2Client(config)),
        logs: readOnly(new CloudWatchLogsClient(config)),
        rds: readOnly(new RDSClient(config)),
        // An emulator has one address: neither a DNS name per bucket nor the host in a queue's URL resolves to it.
        s3: readOnly(new S3Client({ ...config, forcePathStyle: isPlain })),
        scaling: readOnly(new ApplicationAutoScalingClient(config)),
        secrets: readOnly(new SecretsManagerClient(config)),
        sns: readOnly(new SNSClient(config)),
        sqs: readOnly(new SQSClient({ ...config, useQueueUrlAsEndpoint: !isPlain })),
        trails: readOnly(new CloudTrailClient(config)),
        waf: readOnly(new WAFV2Client(config)),
    };
};
export type Clients = ReturnType<typeof clientsOf>;
