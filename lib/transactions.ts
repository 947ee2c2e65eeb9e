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

/** Finds a customer's transactions, latest last. */
export const customerIndex = "customer-index";

/** Percent of the provisioned units that scaling aims at. */
const utilizationTarget = 70;

/** The transaction log: each payment once, and for as long as the stack says. */
export class Transactions extends pulumi.ComponentResource {
    public readonly tableName: pulumi.Output<string>;
    public readonly tableArn: pulumi.Output<string>;
    private readonly args: TransactionsArgs;

    constructor(name: string, args: TransactionsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("payment:index:Transactions", name, {}, opts);
        const { scope, settings } = args;
        const inside = { parent: this };
        const { billing, units } = provisionedCapacityOf(settings.capacity);

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
                        // Not `keySchemas`: it is there for keys of several attributes, and tools that read the provider's
                        // version 5 do not know it.
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
                // Autoscaling owns the units, and an index is an element of a set, known by all that it holds.
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

    /** What it takes to record a payment once; DynamoDB asks for `PutItem` for each put of a transaction, too. */
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
                // What DynamoDB does with the caller's rights (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html);
                // the grant that it works with by itself was made with the table.
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

/** Units at rest, of the table and of each index; nothing where requests are paid one by one. */
function provisionedCapacityOf(capacity: Settings["transactions"]["capacity"]) {
    if (capacity.mode === "on-demand") {
        return { billing: { billingMode: "PAY_PER_REQUEST" }, units: {} };
    }
    const units = { readCapacity: capacity.units, writeCapacity: capacity.units };
    return { billing: { billingMode: "PROVISIONED", ...units }, units };
}

/** Keeps reads and writes of table and index apart, each between its bounds. */
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
        // An index that falls behind throttles the writes of its table.
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
