/** What each output of a stack is, for docs/outputs.md. The program returns exactly these (`index.ts`). */
export const outputDescriptions = {
    environment: "The setting `environment`",
    environmentSuffix: "The setting `environmentSuffix`, the last part of every name",
    region: "AWS region of the stack",
    apiUrl: "URL of the load balancer for customers",
    apiGatewayUrl: "URL of the API for merchants ([merchants.md](merchants.md))",
    apiGatewayId: "ID of that API in API Gateway",
    merchantKeySecretArns: "By merchant: ARN of the secret with the API key",
    acquirerSecretArns:
        "By service with `acquirer`: ARN of the secret for its credential, whose value an operator puts ([rotation.md](rotation.md#the-credential-for-the-acquirer))",
    albDnsName: "DNS name that AWS gave to the load balancer",
    vpcId: "ID of the VPC",
    publicSubnetIds: "IDs of the subnets of the load balancer",
    privateSubnetIds: "IDs of the subnets of the tasks and of the validator",
    databaseSubnetIds: "IDs of the subnets of Aurora and ElastiCache, which have no route to the internet",
    databaseEndpoint: "Endpoint of the writer of Aurora PostgreSQL",
    databaseReaderEndpoint: "Endpoint of its readers; the writer's where the stack has no reader",
    databaseSecretArn: "ARN of the secret with the password of the master user, which RDS rotates",
    cacheEndpoint: "Primary endpoint of ElastiCache",
    queueUrls: "By queue: its URL",
    deadLetterQueueNames: "By queue: the name of its dead-letter queue",
    topicArns: "By topic, and for alerts by severity: its ARN",
    ecsClusterName: "Name of the ECS cluster",
    serviceNames: "By service: its name in ECS",
    repositoryUrls: "By service, and for `migration`: the ECR repository to which its image is pushed",
    logGroupNames: "Names of all log groups of the stack",
    auditBucketName: "Name of the bucket with the trail and the audit records",
    transactionTableName: "Name of the DynamoDB table of the transaction log",
    validatorFunctionName: "Name of the Lambda function that validates payments",
    dashboardUrl: "URL of the CloudWatch dashboard",
    manifest: "The manifest for auditors ([manifest.md](manifest.md)); a secret output, so that `up` does not print it",
} as const;

/** Name of an output of a stack. */
export type OutputName = keyof typeof outputDescriptions;
