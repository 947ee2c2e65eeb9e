import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { sameAccountAndRegion, viaService, type Statement } from "./iam.ts";
import { nameOf, type Scope } from "./scope.ts";
import type { Settings } from "./settings/schema.ts";
import { addTargetTracking } from "./target-tracking.ts";

export interface TransactionsArgs {
    readonly scope: Scope;
    readonly settings: Settings["transactions"];
    readonly keyArn: pulumi.Input<string>;
}

/** Index of a customer's transactions, sorted by time. */
export const customerIndex = "customer-index";

/** Target percentage of the provisioned capacity units. */
const utilizationTarget = 70;

/** The transaction log: a DynamoDB table with one item per payment, deleted after the retention of the settings. */
export class Transactions extends pulumi.ComponentResource {
    public readonly tableName: pulumi.Output<string>;
    public readonly tableArn: pulumi.Output<string>;
    private readonly args: TransactionsArgs;

    constructor(name: string, args: TransactionsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Transactions", name, {}, opts);
        const { scope, settings } = args;
        const inside = { parent: this };
        const { billing, units } = billingOf(settings.capacity);

        const table = new aws.dynamodb.Table(
            name,
            {
                name,
                ...billing,
                hashKey: "transaction_id",
                rangeKey: "timestamp",
                attributes: ["transaction_id", "timestamp", "customer_id"].map((key) => ({ name: key, type: "S" })),
                globalSecondaryIndexes: [
                    {
                        name: customerIndex,
                        // Not `keySchemas`, which is for keys of several attributes: tools that read version 5 of the
                        // provider do not support it.
                        hashKey: "customer_id",
                        rangeKey: "timestamp",
                        projectionType: "ALL",
                        ...units,
                    },
                ],
                ttl: { attributeName: "expires_at", enabled: true },
                serverSideEncryption: { enabled: true, kmsKeyArn: args.keyArn },
                pointInTimeRecovery: { enabled: settings.pointInTimeRecovery },
                deletionProtectionEnabled: scope.deletionProtection,
            },
            {
                ...inside,
                protect: scope.deletionProtection,
                // Autoscaling sets the units. Indexes are a set, so a changed unit would show as another index.
                ignoreChanges:
                    settings.capacity.mode === "provisioned"
                        ? ["readCapacity", "writeCapacity", "globalSecondaryIndexes"]
                        : [],
            },
        );
        autoscale(args, table.name, inside);

        this.tableName = table.name;
        this.tableArn = table.arn;
        this.args = args;
        this.registerOutputs({ tableName: this.tableName, tableArn: this.tableArn });
    }

    /** Permissions to record a payment once. TransactWriteItems needs `PutItem` for each put. */
    public recordStatements(): Statement[] {
        const { scope, keyArn } = this.args;
        const here = sameAccountAndRegion(scope);
        return [
            {
                Effect: "Allow",
                Action: ["dynamodb:GetItem", "dynamodb:PutItem"],
                Resource: this.tableArn,
                Condition: { StringEquals: here },
            },
            {
                // DynamoDB calls KMS with the caller's permissions (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html);
                // its own grant was created with the table.
                Effect: "Allow",
                Action: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
                Resource: keyArn,
                Condition: {
                    StringEquals: { ...here, ...viaService(scope, "dynamodb") },
                },
            },
        ];
    }
}

/** Billing of the table, and the minimum units of each index; `units` is empty with on-demand capacity. */
function billingOf(capacity: Settings["transactions"]["capacity"]) {
    if (capacity.mode === "on-demand") {
        return { billing: { billingMode: "PAY_PER_REQUEST" }, units: {} };
    }
    const units = { readCapacity: capacity.units, writeCapacity: capacity.units };
    return { billing: { billingMode: "PROVISIONED", ...units }, units };
}

/** Scales reads and writes of the table and of its index, each between minimum and maximum. */
function autoscale(
    { scope, settings: { capacity } }: TransactionsArgs,
    tableName: pulumi.Output<string>,
    opts: pulumi.CustomResourceOptions,
): void {
    if (capacity.mode === "on-demand") {
        return;
    }
    const parts = {
        transactions: { dimension: "table", resourceId: pulumi.interpolate`table/${tableName}` },
        // An index without enough write units throttles the writes of its table.
        "transactions-index": {
            dimension: "index",
            resourceId: pulumi.interpolate`table/${tableName}/index/${customerIndex}`,
        },
    };
    for (const [part, { dimension, resourceId }] of Object.entries(parts)) {
        for (const kind of ["Read", "Write"]) {
            const name = nameOf(scope, `${part}-${kind.toLowerCase()}`);
            const target = new aws.appautoscaling.Target(
                name,
                {
                    serviceNamespace: "dynamodb",
                    resourceId,
                    scalableDimension: `dynamodb:${dimension}:${kind}CapacityUnits`,
                    minCapacity: capacity.units,
                    maxCapacity: capacity.maxUnits,
                },
                opts,
            );
            addTargetTracking(
                name,
                target,
                {
                    targetValue: utilizationTarget,
                    predefinedMetricSpecification: { predefinedMetricType: `DynamoDB${kind}CapacityUtilization` },
                },
                opts,
            );
        }
    }
}
