import { dnsSuffixOf } from "../../lib/partitions.ts";
import { isArn } from "./principals.ts";
import type { RequestContext } from "./conditions.ts";
import { matchesAction } from "./wildcards.ts";

/** A call that an AWS service makes as itself, with the condition keys of its request that show for whom it acts. */
export interface ServicePrincipalCall {
    /** Service principal; `<region>` is the Region of the plan, with the suffix of its partition after it. */
    readonly principal: string;
    readonly actions: readonly string[];
    /** Keys that AWS sends. A policy may require them. */
    readonly sends: readonly string[];
    /** Keys of which AWS says nothing, or its pages and reports disagree. A policy must allow the call with and without them. */
    readonly maySend?: readonly string[];
    /** Why a policy that requires no key is safe; only where AWS sends none with the account. */
    readonly safeWithoutAccount?: string;
    /** AWS's page about the keys. */
    readonly source: string;
}

const [account, arn] = ["aws:SourceAccount", "aws:SourceArn"];
const encryptionContext = (key: string) => `kms:EncryptionContext:${key}`;
const ofTopic = encryptionContext("aws:sns:topicArn");
const ofQueue = encryptionContext("aws:sqs:arn");
const messageKey = ["kms:GenerateDataKey", "kms:Decrypt"];
const assumeRole = ["sts:AssumeRole"];
const passedRole = "who passes the role to the service needs iam:PassRole in the account of the role";
const docs = "https://docs.aws.amazon.com";
const topicKeys = `${docs}/sns/latest/dg/sns-key-management.html`;

/** Every call of AWS services that the stacks plan. */
export const serviceCalls: readonly ServicePrincipalCall[] = [
    {
        principal: "cloudwatch.amazonaws.com",
        actions: ["sns:Publish"],
        sends: [account, arn],
        source: `${docs}/sns/latest/dg/sns-access-policy-use-cases.html`,
    },
    { principal: "cloudwatch.amazonaws.com", actions: messageKey, sends: [account, arn, ofTopic], source: topicKeys },
    {
        principal: "events.amazonaws.com",
        actions: ["sns:Publish"],
        sends: [],
        maySend: [account, arn],
        safeWithoutAccount: "a rule of another account publishes with a role of that account, not as the service",
        source: `${docs}/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions`,
    },
    // "Not supported for EventBridge-to-encrypted topics": the request has no key but the encryption context.
    {
        principal: "events.amazonaws.com",
        actions: messageKey,
        sends: [ofTopic],
        source: topicKeys,
    },
    {
        principal: "events.amazonaws.com",
        actions: ["sqs:SendMessage"],
        sends: [account, arn],
        source: `${docs}/eventbridge/latest/userguide/eb-rule-dlq.html`,
    },
    {
        principal: "events.amazonaws.com",
        actions: messageKey,
        sends: [ofQueue],
        maySend: [account, arn],
        source: `${docs}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html`,
    },
    {
        principal: "events.rds.amazonaws.com",
        actions: ["sns:Publish"],
        sends: [account, arn],
        source: `${docs}/AmazonRDS/latest/AuroraUserGuide/USER_Events.GrantingPermissions.html`,
    },
    // The page of RDS about encrypted topics names no condition key.
    {
        principal: "events.rds.amazonaws.com",
        actions: messageKey,
        sends: [ofTopic],
        maySend: [account, arn],
        source: topicKeys,
    },
    {
        principal: "sns.amazonaws.com",
        actions: ["sqs:SendMessage"],
        sends: [account, arn],
        source: `${docs}/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html`,
    },
    {
        principal: "sns.amazonaws.com",
        actions: messageKey,
        sends: [account, arn, ofQueue],
        source: `${docs}/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html`,
    },
    {
        principal: "logs.<region>",
        actions: [...messageKey, "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:DescribeKey"],
        // AWS's example of the key policy has the condition for all these actions.
        sends: [encryptionContext("aws:logs:arn")],
        source: `${docs}/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html`,
    },
    {
        principal: "cloudtrail.amazonaws.com",
        actions: ["s3:GetBucketAcl", "s3:PutObject"],
        sends: [arn],
        source: `${docs}/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html`,
    },
    {
        principal: "cloudtrail.amazonaws.com",
        actions: ["kms:GenerateDataKey"],
        sends: [arn, encryptionContext("aws:cloudtrail:arn")],
        source: `${docs}/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html`,
    },
    {
        principal: "cloudtrail.amazonaws.com",
        // Decrypt, because the bucket has an S3 Bucket Key. AWS's example of the bucket's policy does not name it.
        actions: ["kms:DescribeKey", "kms:Decrypt"],
        sends: [arn],
        source: `${docs}/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html`,
    },
    {
        principal: "cloudtrail.amazonaws.com",
        actions: assumeRole,
        sends: [],
        maySend: [account, arn],
        safeWithoutAccount: passedRole,
        source: `${docs}/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html`,
    },
    {
        principal: "logging.s3.amazonaws.com",
        actions: ["s3:PutObject"],
        sends: [account, arn],
        source: `${docs}/AmazonS3/latest/userguide/enable-server-access-logging.html`,
    },
    {
        principal: "logdelivery.elasticloadbalancing.amazonaws.com",
        actions: ["s3:PutObject"],
        sends: [arn],
        source: `${docs}/elasticloadbalancing/latest/application/enable-access-logging.html`,
    },
    {
        principal: "ecs-tasks.amazonaws.com",
        actions: assumeRole,
        sends: [account, arn],
        source: `${docs}/AmazonECS/latest/developerguide/task-iam-roles.html`,
    },
    {
        principal: "monitoring.rds.amazonaws.com",
        actions: assumeRole,
        sends: [account, arn],
        source: `${docs}/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.Enabling.html`,
    },
    {
        principal: "vpc-flow-logs.amazonaws.com",
        actions: assumeRole,
        sends: [account, arn],
        source: `${docs}/vpc/latest/userguide/flow-logs-iam-role.html`,
    },
    {
        principal: "scheduler.amazonaws.com",
        actions: assumeRole,
        sends: [account, arn],
        source: `${docs}/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html`,
    },
    {
        principal: "lambda.amazonaws.com",
        actions: assumeRole,
        sends: [],
        safeWithoutAccount: `${passedRole}; Lambda assumes it before the function exists`,
        source: `${docs}/lambda/latest/dg/lambda-intro-execution-role.html`,
    },
    {
        principal: "apigateway.amazonaws.com",
        actions: assumeRole,
        sends: [],
        safeWithoutAccount: `${passedRole}; API Gateway assumes it before it accepts it`,
        source: `${docs}/apigateway/latest/developerguide/set-up-logging.html`,
    },
    {
        principal: "delivery.logs.amazonaws.com",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        sends: [account, arn],
        source: `${docs}/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html`,
    },
    {
        principal: "ecr.amazonaws.com",
        actions: ["s3:GetObject"],
        sends: [],
        safeWithoutAccount: "the bucket of image layers is AWS's, and ECR signs the request",
        source: `${docs}/AmazonECR/latest/userguide/vpc-endpoints.html`,
    },
    {
        principal: "config.amazonaws.com",
        actions: assumeRole,
        sends: [account],
        source: `${docs}/config/latest/developerguide/iamrole-permissions.html`,
    },
];

const isEncryptionContext = (key: string): boolean => key.startsWith(encryptionContext(""));

/** Whether a condition key shows for whom a service acts. The other keys of a request are its parameters. */
export const isSourceKey = (key: string): boolean => /^aws:Source/i.test(key) || isEncryptionContext(key);

/** The rows of a service principal with an action that the pattern matches. */
export const serviceCallsOf = (region: string, principal: string, pattern: string): ServicePrincipalCall[] =>
    serviceCalls.filter(
        (call) =>
            call.principal.replace("<region>", `${region}.${dnsSuffixOf(region)}`) === principal &&
            call.actions.some((action) => matchesAction(action, pattern)),
    );

interface ServiceRequest {
    readonly principal: string;
    readonly action: string;
    /** Every key that the service could send, with its value. */
    readonly context?: RequestContext;
}

/** What to add to the table for a call that has no row. */
export const missingServiceCall = (principal: string, action: string): string =>
    `{ principal: "${principal}", actions: ["${action}"], sends: [/* of AWS's page */], source: "${docs}/..." }`;

/**
 * The contexts that a request of an AWS service can have: with the keys that AWS sends, once without and once with those of
 * which it is not known. A role's request keeps its context. None where the table has no row for the call.
 */
export function contextsSentBy(
    { account: sourceAccount, region }: { readonly account: string; readonly region: string },
    { principal, action, context = {} }: ServiceRequest,
): RequestContext[] {
    if (isArn(principal)) {
        return [context];
    }
    const encryptedFor = Object.keys(context).filter(isEncryptionContext);
    const row = serviceCallsOf(region, principal, action).find(({ sends }) =>
        sends.filter(isEncryptionContext).every((key) => encryptedFor.includes(key)),
    );
    const known = Object.entries({ "aws:SourceAccount": sourceAccount, ...context });
    const sending = (keys: readonly string[]): RequestContext =>
        Object.fromEntries(known.filter(([key]) => !isSourceKey(key) || keys.includes(key)));
    return row === undefined
        ? []
        : [[], ...(row.maySend === undefined ? [] : [row.maySend])].map((more) => sending([...row.sends, ...more]));
}
