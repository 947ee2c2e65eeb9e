import type { ControlGroup } from "./control-group.ts";

/** Database, cache, tables and queues. */
export const storesControls: readonly ControlGroup[] = [
    {
        ids: ["RDS.2", "CKV_AWS_17", "aws-rds-clusterinstance-disallow-public-access"],
        title: "Database instances are not publicly accessible",
        requirements: ["PCI-1.4.4"],
        rules: ["no-public-addresses", "public-edge-only"],
    },
    {
        ids: ["RDS.46"],
        title: "The database is in subnets without a route to the internet",
        requirements: ["PCI-1.4.4"],
        rules: ["internet-routes-by-tier", "tiers-in-own-subnets", "database-tier-closed", "public-edge-only"],
    },
    {
        ids: [
            "RDS.27",
            "CKV_AWS_96",
            "CKV_AWS_327",
            "aws-rds-cluster-disallow-unencrypted-storage",
            "aws-rds-cluster-configure-customer-managed-key",
        ],
        title: "The database is encrypted with a KMS key of the platform",
        requirements: ["PCI-3.5.1"],
        rules: ["encrypted-with-own-keys", "stores-locked-down"],
    },
    {
        ids: ["RDS.1", "RDS.4"],
        title: "Snapshots are private and encrypted",
        requirements: ["PCI-3.5.1"],
        rules: ["encrypted-with-own-keys"],
    },
    {
        ids: ["RDS.7", "RDS.8", "CKV_AWS_139"],
        title: "The database has deletion protection",
        requirements: ["PCI-12.10.1"],
        unmetReason: "Stacks can be destroyed by design; production may set `deletionProtection`",
    },
    {
        ids: [
            "RDS.11",
            "RDS.50",
            "CKV_AWS_133",
            "aws-rds-cluster-enable-backup-retention",
            "aws-rds-cluster-configure-backup-retention",
        ],
        title: "The database has automatic backups with a sufficient retention",
        requirements: ["PCI-12.10.1"],
        rules: ["database-recoverable"],
    },
    {
        ids: ["RDS.10", "RDS.12", "CKV_AWS_162"],
        title: "The database has IAM authentication",
        requirements: ["PCI-8.6.3"],
        rules: ["database-accounts"],
    },
    {
        ids: ["RDS.13", "RDS.35", "CKV_AWS_226"],
        title: "The database has automatic minor version upgrades",
        requirements: ["PCI-6.3.3"],
        rules: ["database-instances-maintained"],
    },
    {
        ids: ["RDS.5", "RDS.15", "aws-rds-cluster-disallow-single-availability-zone"],
        title: "The database runs in two Availability Zones or more",
        requirements: ["PCI-12.10.1"],
        unmetReason:
            "Dev runs one instance to save cost; a stack with compliance PCI-DSS is rejected without a reader (guardrail database-reader)",
    },
    {
        ids: ["RDS.16", "RDS.47", "CKV_AWS_313"],
        title: "Snapshots keep the tags of the database",
        requirements: ["PCI-6.5.3"],
        rules: ["database-recoverable", "database-instances-maintained", "tags-propagated"],
    },
    {
        ids: ["RDS.19", "RDS.20", "RDS.21", "RDS.22"],
        title: "Event subscriptions exist for critical events of the database",
        requirements: ["PCI-10.7.2", "PCI-11.5.2"],
        rules: ["database-events-notified", "database-loss-reported"],
    },
    {
        ids: ["RDS.23"],
        title: "The database does not use the default port of its engine",
        requirements: ["PCI-1.3.1"],
        unmetReason: "The port is no secret: security groups restrict connections, and clients expect 5432",
    },
    {
        ids: ["RDS.24", "RDS.25"],
        title: "The database has a custom administrator user name",
        requirements: ["PCI-2.2.2"],
        rules: ["database-accounts"],
    },
    {
        ids: ["RDS.9", "RDS.37", "CKV_AWS_324"],
        title: "The database exports its logs to CloudWatch Logs",
        requirements: ["PCI-10.2.1"],
        rules: ["database-logs-exported"],
    },
    {
        ids: ["CKV2_AWS_27"],
        title: "The database logs schema changes and slow statements: their text with its literals, no values of bind parameters",
        requirements: ["PCI-10.2.1"],
        rules: ["database-parameters"],
    },
    {
        ids: ["RDS.6", "CKV_AWS_118"],
        title: "Database instances have the enhanced monitoring that the stack sets",
        requirements: ["PCI-10.7.2"],
        rules: ["database-instances-maintained"],
    },
    {
        ids: [
            "CKV_AWS_353",
            "CKV_AWS_354",
            "aws-rds-clusterinstance-enable-performance-insights",
            "aws-rds-clusterinstance-disallow-unencrypted-performance-insights",
        ],
        title: "Performance Insights is enabled and encrypted with a KMS key of the platform",
        requirements: ["PCI-10.7.2"],
        rules: ["encrypted-with-own-keys", "database-instances-maintained"],
    },
    {
        ids: ["RDS.26", "CKV2_AWS_8"],
        title: "An AWS Backup plan includes the database",
        requirements: ["PCI-12.10.1"],
        unmetReason:
            "Aurora has continuous backups of up to 35 days; AWS Backup recovery points would remain after a stack is destroyed",
    },
    {
        ids: ["ElastiCache.1", "CKV_AWS_134"],
        title: "The cache has automatic backups",
        requirements: ["PCI-12.10.1"],
        rules: ["cache-recoverable"],
    },
    {
        ids: ["ElastiCache.2", "CKV_AWS_322"],
        title: "The cache has automatic minor version upgrades",
        requirements: ["PCI-6.3.3"],
        rules: ["cache-recoverable"],
    },
    {
        ids: ["ElastiCache.3", "CKV2_AWS_50"],
        title: "A cache with replicas has automatic failover to another zone",
        requirements: ["PCI-12.10.1"],
        rules: ["cache-recoverable"],
    },
    {
        ids: ["ElastiCache.4", "CKV_AWS_29", "CKV_AWS_191"],
        title: "The cache is encrypted with a KMS key of the platform",
        requirements: ["PCI-3.5.1"],
        rules: ["encrypted-with-own-keys", "stores-locked-down"],
    },
    {
        ids: ["ElastiCache.5", "CKV_AWS_30"],
        title: "The cache is encrypted in transit",
        requirements: ["PCI-4.2.1"],
        rules: ["stores-locked-down"],
    },
    {
        ids: ["ElastiCache.6", "CKV_AWS_31"],
        title: "The cache requires an AUTH token",
        requirements: ["PCI-8.6.3"],
        rules: ["cache-requires-token"],
    },
    {
        ids: ["ElastiCache.7", "CKV_AWS_323"],
        title: "The cache does not use the default subnet group",
        requirements: ["PCI-1.4.4"],
        rules: ["tiers-in-own-subnets"],
    },
    {
        ids: ["DynamoDB.1", "CKV2_AWS_16"],
        title: "Tables scale with demand",
        requirements: ["PCI-12.10.1"],
        rules: ["tables-scale"],
    },
    {
        ids: ["DynamoDB.2", "CKV_AWS_28"],
        title: "Tables have point-in-time recovery where the stack sets it",
        requirements: ["PCI-12.10.1"],
        rules: ["transactions-kept-as-set"],
    },
    {
        ids: ["DynamoDB.4"],
        title: "An AWS Backup plan includes the tables",
        requirements: ["PCI-12.10.1"],
        unmetReason:
            "Point-in-time recovery covers 35 days; AWS Backup recovery points would remain after a stack is destroyed",
    },
    {
        ids: ["DynamoDB.6"],
        title: "Tables have deletion protection",
        requirements: ["PCI-12.10.1"],
        unmetReason: "Stacks can be destroyed by design; production may set `deletionProtection`",
    },
    {
        ids: ["CKV_AWS_119"],
        title: "Tables are encrypted with a KMS key of the platform",
        requirements: ["PCI-3.5.1"],
        rules: ["encrypted-with-own-keys"],
    },
    {
        ids: ["SQS.1", "CKV_AWS_27", "CKV2_AWS_73"],
        title: "Queues are encrypted with a KMS key of the platform",
        requirements: ["PCI-3.5.1"],
        rules: ["encrypted-with-own-keys"],
    },
    {
        ids: ["SQS.3", "CKV_AWS_72", "CKV_AWS_168", "CKV_AWS_387"],
        title: "Queue policies allow no public or cross-account access",
        requirements: ["PCI-7.2.2"],
        rules: ["no-outside-principals"],
    },
    {
        ids: ["SNS.1", "CKV_AWS_26"],
        title: "Topics are encrypted with a KMS key of the platform",
        requirements: ["PCI-3.5.1"],
        rules: ["encrypted-with-own-keys"],
    },
    {
        ids: ["SNS.4", "CKV_AWS_169", "CKV_AWS_385"],
        title: "Topic policies allow no public or cross-account access",
        requirements: ["PCI-7.2.2"],
        rules: ["no-outside-principals"],
    },
];
