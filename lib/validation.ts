import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { metricNamespace } from "../contract/container.ts";
import { cachedBundle } from "../validator/bundle.ts";
import { merchantsFile, type KeyIds } from "../validator/merchants.ts";
import type { Audit } from "./audit.ts";
import { createDeadLetterQueue } from "./dead-letters.ts";
import { arn, grantRole, policyJson, viaService, type Statement } from "./iam.ts";
import { functionLogGroup, writeLogStatement, type LogStorage } from "./logs.ts";
import { after } from "./ordering.ts";
import { nameOf, type Scope } from "./scope.ts";
import type { Settings } from "./settings/schema.ts";
import { validatePath } from "./settings/service-path.ts";
import { sortedKeys } from "./sorted-keys.ts";
import type { Transactions } from "./transactions.ts";

export interface ValidationArgs {
    readonly scope: Scope;
    readonly settings: Pick<Settings, "validation" | "transactions" | "gateway">;
    readonly subnetIds: pulumi.Input<string>[];
    readonly securityGroupId: pulumi.Input<string>;
    /** Security group for the function's network interfaces after its deletion, so that its own group can be deleted at once. */
    readonly replacementSecurityGroupId: pulumi.Input<string>;
    readonly dataKeyArn: pulumi.Input<string>;
    readonly messagingKeyArn: pulumi.Input<string>;
    readonly logsKeyArn: pulumi.Input<string>;
    readonly logs: LogStorage;
    readonly transactions: Transactions;
    readonly audit: Audit;
    /** By merchant: IDs of its API keys. */
    readonly keyIds: pulumi.Input<KeyIds>;
    /** Listener for the rule that forwards POST /validate, if the settings have its priority. */
    readonly listenerArn: pulumi.Input<string>;
}

/** The payment validator: a Lambda function that records each payment once, and has no other permissions. */
export class Validation extends pulumi.ComponentResource {
    public readonly functionName: string;
    public readonly functionArn: pulumi.Output<string>;
    /** ARN with which API Gateway invokes the function. */
    public readonly invokeArn: pulumi.Output<string>;
    public readonly deadLetterName: string;
    public readonly logGroupNames: pulumi.Output<string>[];

    constructor(name: string, args: ValidationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Validation", name, {}, opts);
        const { settings } = args;
        const { validation } = settings;
        const inside = { parent: this };

        this.functionName = name;
        this.deadLetterName = nameOf(args.scope, "validator-dlq");
        // For asynchronous events that failed three times.
        const deadLetterArn = createDeadLetterQueue(this.deadLetterName, { keyArn: args.messagingKeyArn }, inside);
        const logGroup = new aws.cloudwatch.LogGroup(name, { name: functionLogGroup(name), ...args.logs }, inside);
        const lambda = new aws.lambda.Function(
            name,
            {
                name,
                description: "Checks a payment, refuses card data and records the payment once",
                runtime: validation.runtime,
                architectures: ["arm64"],
                handler: "handler.handler",
                code: pulumi.output(args.keyIds).apply(packageOf),
                role: this.role(args, logGroup, deadLetterArn),
                memorySize: validation.memoryMib,
                timeout: validation.timeoutSeconds,
                reservedConcurrentExecutions: validation.reservedConcurrency,
                environment: { variables: environmentOf(args) },
                kmsKeyArn: args.dataKeyArn,
                vpcConfig: { subnetIds: args.subnetIds, securityGroupIds: [args.securityGroupId] },
                // Lambda keeps a function's network interfaces for up to 45 minutes after its deletion.
                replaceSecurityGroupsOnDestroy: true,
                replacementSecurityGroupIds: [args.replacementSecurityGroupId],
                // Created first: Lambda would create the log group without a KMS key and retention.
                loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
                tracingConfig: { mode: "Active" },
                deadLetterConfig: { targetArn: deadLetterArn },
            },
            inside,
        );
        if (validation.albPriority !== undefined) {
            this.addListenerRule(args, lambda.arn, validation.albPriority);
        }

        this.functionArn = lambda.arn;
        this.invokeArn = lambda.invokeArn;
        this.logGroupNames = [logGroup.name];
        this.registerOutputs({
            functionName: this.functionName,
            functionArn: this.functionArn,
            invokeArn: this.invokeArn,
            deadLetterName: this.deadLetterName,
            logGroupNames: this.logGroupNames,
        });
    }

    /** The execution role; its ARN, once its policy is attached: Lambda tests the role when it creates the function. */
    private role(
        args: ValidationArgs,
        logGroup: aws.cloudwatch.LogGroup,
        deadLetterArn: pulumi.Output<string>,
    ): pulumi.Output<string> {
        const { scope, transactions, audit } = args;
        const statements = [
            ...transactions.recordStatements(),
            ...audit.writeRecordStatements(),
            writeLogStatement(logGroup),
            ...deadLetterStatements(args, deadLetterArn),
            ...lambdaServiceStatements(arn(scope, "lambda", `function:${this.functionName}`)),
        ] satisfies Statement[];
        return grantRole(
            this.functionName,
            {
                scope,
                description: "What may be done by the payment validator",
                // Without `aws:SourceArn`: Lambda assumes the role before the function exists.
                assumeRolePolicy: policyJson([
                    { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
                ]),
                statements,
            },
            { parent: this },
        );
    }

    /** Allows the load balancer to invoke the function as well. */
    private addListenerRule(
        { scope, listenerArn }: ValidationArgs,
        functionArn: pulumi.Output<string>,
        priority: number,
    ): void {
        const inside = { parent: this };
        const name = this.functionName;
        const group = new aws.lb.TargetGroup(
            // AWS allows 32 characters. Pulumi adds 8.
            `lambda-${scope.suffix}`,
            // The function rejects repeated headers and parameters, so it needs all of their values.
            { targetType: "lambda", lambdaMultiValueHeadersEnabled: true, tags: { Name: name } },
            inside,
        );
        const permission = new aws.lambda.Permission(
            name,
            {
                function: functionArn,
                action: "lambda:InvokeFunction",
                principal: "elasticloadbalancing.amazonaws.com",
                sourceArn: group.arn,
            },
            inside,
        );
        const attachment = new aws.lb.TargetGroupAttachment(
            name,
            { targetGroupArn: group.arn, targetId: after(functionArn, [permission]) },
            inside,
        );
        new aws.lb.ListenerRule(
            name,
            {
                listenerArn,
                priority,
                conditions: [{ pathPattern: { values: [validatePath] } }, { httpRequestMethod: { values: ["POST"] } }],
                actions: [{ type: "forward", targetGroupArn: after(group.arn, [attachment]) }],
                tags: { Name: name },
            },
            inside,
        );
    }
}

/** What Lambda unpacks: the code, and the file by which it knows the merchants. */
const packageOf = (keyIds: KeyIds): pulumi.asset.Archive =>
    new pulumi.asset.AssetArchive({
        "handler.mjs": new pulumi.asset.StringAsset(cachedBundle(process.cwd()).code),
        [merchantsFile]: new pulumi.asset.StringAsset(JSON.stringify(keyIds, sortedKeys)),
    });

/** Environment variables of the function (docs/validator.md). */
const environmentOf = ({ scope, settings, transactions, audit, logsKeyArn }: ValidationArgs) => ({
    TABLE_NAME: transactions.tableName,
    AUDIT_BUCKET: audit.auditBucketName,
    AUDIT_KEY_ARN: logsKeyArn,
    MAX_AMOUNT_MINOR: `${settings.validation.maxAmountMinor}`,
    RECORD_TTL_DAYS: `${settings.transactions.retentionDays}`,
    METRICS_NAMESPACE: metricNamespace,
    SERVICE: "validator",
    // Not the environment: two platforms in one account would share their metrics.
    ENVIRONMENT: scope.suffix,
    CORS_ORIGINS: settings.gateway.corsOrigins.join(","),
});

/** Permissions for Lambda to send failed events to the dead-letter queue. */
const deadLetterStatements = (
    { scope, messagingKeyArn }: ValidationArgs,
    queueArn: pulumi.Output<string>,
): Statement[] => [
    { Effect: "Allow", Action: "sqs:SendMessage", Resource: queueArn },
    {
        Effect: "Allow",
        Action: ["kms:GenerateDataKey", "kms:Decrypt"],
        Resource: messagingKeyArn,
        Condition: { StringEquals: viaService(scope, "sqs") },
    },
];

const interfaceActions = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
];

/** Permissions that Lambda itself uses with the execution role. */
const lambdaServiceStatements = (functionArn: pulumi.Output<string>): Statement[] => [
    {
        Effect: "Allow",
        Action: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
        // X-Ray has no resource types for these actions.
        Resource: "*",
    },
    {
        Effect: "Allow",
        Action: interfaceActions,
        // Lambda needs them before the network interface exists (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions).
        Resource: "*",
    },
    {
        // From the same page: otherwise the function's code could create network interfaces.
        Effect: "Deny",
        Action: interfaceActions,
        Resource: "*",
        Condition: { ArnEquals: { "lambda:SourceFunctionArn": functionArn } },
    },
];
