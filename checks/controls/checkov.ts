/**
 * What Checkov scanned: Terraform's plan of the stack, in which values that AWS assigns are unknown, or the Terraform
 * configuration of that plan, in which references are visible.
 */
export type Scan = "plan" | "configuration";

const stacks = ["dev", "staging", "prod"] as const;
type Stack = (typeof stacks)[number];

interface Failure {
    /** Names of the resources without the stack's suffix, such as `payment-trail`. */
    readonly names: readonly string[];
    readonly stacks: readonly Stack[];
    readonly scans: readonly Scan[];
}

/** A Checkov check that fails on a stack of `test/project/`, and is accepted. */
export interface CheckovFinding {
    readonly id: string;
    /** Type of the resources on which it fails, such as `s3/bucket:Bucket`. */
    readonly type: string;
    readonly failures: readonly Failure[];
    /** The stack only looks the resource up, so its plan does not create it. */
    readonly isLookup?: true;
    /** Why it is accepted. @default `unmetReason` of the control with this id */
    readonly reason?: string;
}

const failureIn =
    (...scans: readonly Scan[]) =>
    (names: readonly string[], failingStacks: readonly Stack[] = stacks): Failure => ({
        names,
        stacks: failingStacks,
        scans,
    });
const inBoth = failureIn("plan", "configuration");
const inPlan = failureIn("plan");
const inConfiguration = failureIn("configuration");

const buckets = ["payment-access-logs", "payment-audit"];
const metBySeparateResource =
    "Met by a separate resource: in a plan, references have no values yet, so Checkov cannot connect the two; the check passes on the configuration";
const createdBeforeDeleted =
    "Met: Checkov reads Terraform's `create_before_destroy`, and Pulumi creates the replacement first by default";

export const checkovFindings: readonly CheckovFinding[] = [
    {
        id: "CKV_AWS_18",
        type: "s3/bucket:Bucket",
        failures: [inPlan(buckets)],
        reason: metBySeparateResource,
    },
    {
        id: "CKV_AWS_21",
        type: "s3/bucket:Bucket",
        failures: [inPlan(buckets)],
        reason: metBySeparateResource,
    },
    {
        id: "CKV_AWS_28",
        type: "dynamodb/table:Table",
        failures: [inBoth(["payment-transactions"], ["dev"])],
        reason: "Dev sets `transactions.pointInTimeRecovery` to false to save cost: it has no payments",
    },
    {
        id: "CKV_AWS_73",
        type: "apigateway/stage:Stage",
        failures: [inBoth(["payment-gateway-stage"])],
    },
    {
        id: "CKV_AWS_115",
        type: "lambda/function:Function",
        failures: [inConfiguration(["payment-validator"])],
    },
    {
        id: "CKV_AWS_118",
        type: "rds/clusterInstance:ClusterInstance",
        failures: [inBoth(["payment-database-1"], ["dev"])],
        reason: "Dev sets `database.monitoringIntervalSeconds` to 0 to save cost: the CloudWatch metrics of each minute remain",
    },
    {
        id: "CKV_AWS_120",
        type: "apigateway/stage:Stage",
        failures: [inBoth(["payment-gateway-stage"])],
    },
    {
        id: "CKV_AWS_139",
        type: "rds/cluster:Cluster",
        failures: [inBoth(["payment-database"])],
    },
    {
        id: "CKV_AWS_144",
        type: "s3/bucket:Bucket",
        failures: [inBoth(buckets)],
    },
    {
        id: "CKV_AWS_145",
        type: "s3/bucket:Bucket",
        failures: [inBoth(["payment-access-logs"]), inPlan(["payment-audit"])],
        reason: "AWS delivers access logs only to buckets with SSE-S3; the audit bucket has a KMS key of the platform, set by a separate resource that Checkov cannot connect in a plan",
    },
    {
        id: "CKV_AWS_150",
        type: "lb/loadBalancer:LoadBalancer",
        failures: [inBoth(["payment"])],
    },
    {
        id: "CKV_AWS_217",
        type: "apigateway/deployment:Deployment",
        failures: [inConfiguration(["payment-gateway"])],
        reason: createdBeforeDeleted,
    },
    {
        id: "CKV_AWS_225",
        type: "apigateway/methodSettings:MethodSettings",
        failures: [inBoth(["payment-gateway-stage"])],
    },
    {
        id: "CKV_AWS_233",
        type: "acm/certificate:Certificate",
        failures: [
            inConfiguration(["payment-self-signed"], ["dev"]),
            inConfiguration(["payment-certificate"], ["staging", "prod"]),
        ],
        reason: createdBeforeDeleted,
    },
    {
        id: "CKV_AWS_237",
        type: "apigateway/restApi:RestApi",
        failures: [inConfiguration(["payment-gateway"])],
    },
    {
        id: "CKV_AWS_252",
        type: "cloudtrail/trail:Trail",
        failures: [inBoth(["payment-trail"])],
    },
    {
        id: "CKV_AWS_272",
        type: "lambda/function:Function",
        failures: [inBoth(["payment-validator"])],
    },
    {
        id: "CKV_AWS_338",
        type: "cloudwatch/logGroup:LogGroup",
        failures: [
            inBoth(
                [
                    "payment-api",
                    "payment-cache-engine-log",
                    "payment-cache-slow-log",
                    "payment-database",
                    "payment-exec",
                    "payment-firewall",
                    "payment-flow-logs",
                    "payment-gateway-access",
                    "payment-gateway-execution",
                    "payment-gateway-firewall",
                    "payment-insights",
                    "payment-migration",
                    "payment-notification",
                    "payment-payment",
                    "payment-validator",
                ],
                ["dev"],
            ),
        ],
    },
    {
        id: "CKV_AWS_353",
        type: "rds/clusterInstance:ClusterInstance",
        failures: [
            inBoth(["payment-database-1"]),
            inBoth(["payment-database-2"], ["staging", "prod"]),
            inBoth(["payment-database-3"], ["prod"]),
        ],
        reason: "Met by the cluster: Performance Insights is enabled there and applies to its instances",
    },
    {
        id: "CKV2_AWS_4",
        type: "apigateway/stage:Stage",
        failures: [inBoth(["payment-gateway-stage"])],
        reason: "Met but for one part: Checkov asks for metrics of each method, too, which CloudWatch bills as custom metrics and no alarm reads",
    },
    {
        id: "CKV2_AWS_5",
        type: "ec2/securityGroup:SecurityGroup",
        failures: [inBoth(["payment-migration"])],
        reason: "Met by the task that migrates the database: `npm run migrate` starts it in this group, and no resource of the stack has it",
    },
    {
        id: "CKV2_AWS_6",
        type: "s3/bucket:Bucket",
        failures: [inPlan(buckets)],
        reason: metBySeparateResource,
    },
    {
        id: "CKV2_AWS_8",
        type: "rds/cluster:Cluster",
        failures: [inBoth(["payment-database"])],
    },
    {
        id: "CKV2_AWS_16",
        type: "dynamodb/table:Table",
        failures: [inPlan(["payment-transactions"], ["staging", "prod"])],
        reason: metBySeparateResource,
    },
    {
        id: "CKV2_AWS_27",
        type: "rds/cluster:Cluster",
        failures: [inPlan(["payment-database"])],
        reason: metBySeparateResource,
    },
    {
        id: "CKV2_AWS_38",
        type: "route53/zone:Zone",
        failures: [inBoth(["payments.example.com"], ["prod"]), inBoth(["staging.payments.example.com"], ["staging"])],
        isLookup: true,
    },
    {
        id: "CKV2_AWS_39",
        type: "route53/zone:Zone",
        failures: [
            inConfiguration(["payments.example.com"], ["prod"]),
            inConfiguration(["staging.payments.example.com"], ["staging"]),
        ],
        isLookup: true,
    },
    {
        id: "CKV2_AWS_50",
        type: "elasticache/replicationGroup:ReplicationGroup",
        failures: [inBoth(["payment-cache"], ["dev"])],
        reason: "Dev runs one node to save cost, without a replica to fail over to",
    },
    {
        id: "CKV2_AWS_57",
        type: "secretsmanager/secret:Secret",
        failures: [inBoth(["payment-cache-token", "payment-gateway-merchant-example-shop", "payment-gateway-token"])],
    },
    {
        id: "CKV2_AWS_61",
        type: "s3/bucket:Bucket",
        failures: [inPlan(buckets)],
        reason: metBySeparateResource,
    },
    {
        id: "CKV2_AWS_62",
        type: "s3/bucket:Bucket",
        failures: [inBoth(buckets)],
    },
];
