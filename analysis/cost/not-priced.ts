import type { Plan } from "../../plan/plan.ts";
import { countOf, inputsOf, instanceClasses, listOf, valuesOf } from "./inputs.ts";

/** A part of the bill without an amount. */
export interface NotPriced {
    readonly item: string;
    readonly reason: string;
}

interface NotPricedRow extends NotPriced {
    /** Whether the stack has it. */
    readonly isIn: (plan: Plan) => boolean;
}

const has =
    (type: string) =>
    (plan: Plan): boolean =>
        countOf(plan, type) > 0;

const bySize = "billed by GB and by request, and the plan has no sizes";

/** Everything that AWS bills for a stack and that no row prices. */
const notPricedRows: readonly NotPricedRow[] = [
    { item: "Aurora storage, I/O and backups", reason: bySize, isIn: has("rds/cluster:Cluster") },
    {
        item: "Extended Support of Aurora",
        reason: "it begins with the end of a version's standard support (docs/runbook.md)",
        isIn: has("rds/cluster:Cluster"),
    },
    {
        item: "Aurora above its minimum",
        reason: "capacity follows the statements, not the number of requests",
        isIn: (plan) => instanceClasses(plan).includes("db.serverless"),
    },
    { item: "Cache snapshots", reason: bySize, isIn: has("elasticache/replicationGroup:ReplicationGroup") },
    { item: "DynamoDB storage, backups and reads", reason: bySize, isIn: has("dynamodb/table:Table") },
    {
        item: "S3 storage, and requests but those that store audit records",
        reason: bySize,
        isIn: has("s3/bucket:Bucket"),
    },
    { item: "ECR image storage", reason: bySize, isIn: has("ecr/repository:Repository") },
    { item: "Stored logs", reason: bySize, isIn: has("cloudwatch/logGroup:LogGroup") },
    {
        item: "Logs of the VPC, the database, the cache, management events and Container Insights",
        reason: "billed by GB, and their volume does not follow from the number of requests",
        isIn: has("cloudwatch/logGroup:LogGroup"),
    },
    {
        // https://aws.amazon.com/cloudtrail/pricing/
        item: "Management events of a second trail in the account",
        reason: "the first copy is free, and each other one $2 for 100,000 events of the whole account",
        isIn: has("cloudtrail/trail:Trail"),
    },
    {
        item: "Metrics of the validator",
        reason: "a custom metric costs $0.30 a month, by the hours in which it is sent, and each outcome and each reason of a refusal is one",
        isIn: has("lambda/function:Function"),
    },
    {
        item: "Requests of services that wait for messages",
        reason: "each task asks its queue again after at most 20 seconds: about 130,000 requests a month, $0.05",
        isIn: has("sqs/queue:Queue"),
    },
    {
        // https://aws.amazon.com/kms/pricing/
        item: "Rotations of keys",
        reason: "a key costs $1 a month more after its first rotation and after its second, one and two years after the first update",
        isIn: (plan) => inputsOf(plan, "kms/key:Key").some(({ enableKeyRotation }) => enableKeyRotation === true),
    },
    { item: "KMS and Secrets Manager requests", reason: bySize, isIn: has("kms/key:Key") },
    {
        item: "X-Ray traces",
        reason: "billed by trace, and AWS's sampling rule decides which requests are traced",
        isIn: (plan) =>
            inputsOf(plan, "lambda/function:Function").some(({ tracingConfig }) => tracingConfig !== undefined),
    },
    {
        item: "Discount of Fargate Spot",
        reason: "the price of Spot tasks changes; they are counted at the price on demand",
        isIn: (plan) =>
            inputsOf(plan, "ecs/service:Service").some(({ capacityProviderStrategies }) =>
                listOf(capacityProviderStrategies).some((each) => valuesOf(each).capacityProvider === "FARGATE_SPOT"),
            ),
    },
    {
        item: "Tasks that an operator starts, such as the migration",
        reason: "billed while they run, which is some minutes",
        isIn: has("ecs/taskDefinition:TaskDefinition"),
    },
    {
        item: "GuardDuty, AWS Config and Security Hub",
        reason: "billed by events, evaluations and checks of the whole account",
        isIn: (plan) =>
            ["guardduty/detector:Detector", "cfg/recorder:Recorder", "securityhub/account:Account"].some((type) =>
                has(type)(plan),
            ),
    },
    {
        item: "E-mails of alarms",
        reason: "billed by notification",
        isIn: has("sns/topicSubscription:TopicSubscription"),
    },
];

/** What the stack has and no row prices. */
export const notPricedIn = (plan: Plan): NotPriced[] =>
    notPricedRows.filter(({ isIn }) => isIn(plan)).map(({ item, reason }) => ({ item, reason }));
