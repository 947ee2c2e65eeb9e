/**
 * Inputs of which only one resource can have the same values at a time. Pulumi creates and updates before it deletes, so an
 * update cannot give the values of one resource to another.
 */
export interface ExclusiveInputs {
    /** Empty where an account has one such resource in a region. */
    readonly inputs: readonly string[];
    readonly second: SecondResource;
    /** AWS's documentation. */
    readonly source: string;
}

/**
 * What AWS does with a second resource:
 * - `refusedWith`: the error of the call that creates or changes it.
 * - `mergedBy`: the call that succeeds, because it returns or overwrites what the first resource has. Pulumi then has two
 *   resources for one in AWS, and the deletion of the first also removes what the second needs.
 */
export type SecondResource = { readonly refusedWith: string } | { readonly mergedBy: string };

/** Exclusive inputs of a type; or why AWS accepts two resources with the same inputs. */
export type Exclusivity = readonly ExclusiveInputs[] | { readonly none: string };

/** Folders of the API references, below https://docs.aws.amazon.com/. */
const apiReferences = {
    apigateway: "apigateway/latest/api",
    "application-autoscaling": "autoscaling/application/APIReference",
    cloudtrail: "awscloudtrail/latest/APIReference",
    cloudwatch: "AmazonCloudWatch/latest/APIReference",
    config: "config/latest/APIReference",
    dynamodb: "amazondynamodb/latest/APIReference",
    ec2: "AWSEC2/latest/APIReference",
    ecr: "AmazonECR/latest/APIReference",
    ecs: "AmazonECS/latest/APIReference",
    elasticache: "AmazonElastiCache/latest/APIReference",
    elasticloadbalancing: "elasticloadbalancing/latest/APIReference",
    events: "eventbridge/latest/APIReference",
    guardduty: "guardduty/latest/APIReference",
    iam: "IAM/latest/APIReference",
    kms: "kms/latest/APIReference",
    lambda: "lambda/latest/api",
    logs: "AmazonCloudWatchLogs/latest/APIReference",
    rds: "AmazonRDS/latest/APIReference",
    route53: "Route53/latest/APIReference",
    s3: "AmazonS3/latest/API",
    scheduler: "scheduler/latest/APIReference",
    secretsmanager: "secretsmanager/latest/apireference",
    securityhub: "securityhub/1.0/APIReference",
    sns: "sns/latest/api",
    sqs: "AWSSimpleQueueService/latest/APIReference",
    wafv2: "waf/latest/APIReference",
} as const;

type Service = keyof typeof apiReferences;

const exclusive = (service: Service, action: string, inputs: string, second: SecondResource): ExclusiveInputs => ({
    inputs: inputs === "" ? [] : inputs.split(" "),
    second,
    source: `https://docs.aws.amazon.com/${apiReferences[service]}/API_${action}.html`,
});

/**
 * Inputs for which AWS refuses a second resource.
 *
 * @param action call on whose page AWS documents the error
 * @param inputs separated by spaces
 */
export const refused = (service: Service, action: string, inputs: string, error: string): ExclusiveInputs =>
    exclusive(service, action, inputs, { refusedWith: error });

/**
 * Inputs for which AWS returns or overwrites what the first resource has.
 *
 * @param action call that does so
 * @param inputs separated by spaces
 */
export const merged = (service: Service, action: string, inputs: string): ExclusiveInputs =>
    exclusive(service, action, inputs, { mergedBy: action });
