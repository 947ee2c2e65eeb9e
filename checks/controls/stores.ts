import type { ControlGroup } from "./control-group.ts";

/** Database, cache, tables and queues. */
export const storesControls: readonly ControlGroup[] = [
    {
        ids: ["RDS.2", "CKV_AWS_17", "aws-rds-clusterinstance-disallow-public-access"],
        title: "The database has no public address",
        requirements: ["PCI-1.4.4"],
    },
    {
        ids: ["RDS.46"],
        title: "The database stands in subnets without a way to the internet",
        requirements: ["PCI-1.4.4"],
    },
    {
        ids: [
            "RDS.27",
            "CKV_AWS_96",
            "CKV_AWS_327",
            "aws-rds-cluster-disallow-unencrypted-storage",
            "aws-rds-cluster-configure-customer-managed-key",
        ],
        title: "The database is encrypted with a key of the platform",
        requirements: ["PCI-3.5.1"],
    },
    {
        ids: ["RDS.1", "RDS.4"],
        title: "Snapshots are private and encrypted",
        requirements: ["PCI-3.5.1"],
    },
    {
        ids: ["RDS.7", "RDS.8", "CKV_AWS_139"],
        title: "The database cannot be deleted by a slip",
        requirements: ["PCI-12.10.1"],
        unmetReason: "Stacks are destroyable by decision; production may set protect",
    },
    {
        ids: [
            "RDS.11",
            "RDS.50",
            "CKV_AWS_133",
            "aws-rds-cluster-enable-backup-retention",
            "aws-rds-cluster-configure-backup-retention",
        ],
        title: "The database is backed up for a week or more",
        requirements: ["PCI-12.10.1"],
    },
    {
        ids: ["RDS.10", "RDS.12", "CKV_AWS_162"],
        title: "Logins by IAM are possible",
        requirements: ["PCI-8.6.3"],
    },
    {
        ids: ["RDS.13", "RDS.35", "CKV_AWS_226"],
        title: "Minor upgrades are taken",
        requirements: ["PCI-6.3.3"],
    },
    {
        ids: ["RDS.5", "RDS.15", "aws-rds-cluster-disallow-single-availability-zone"],
        title: "The database runs in two zones",
        requirements: ["PCI-12.10.1"],
        unmetReason:
            "Dev runs one instance to save; a stack with compliance PCI-DSS is refused without a reader (guardrail database-reader)",
    },
    {
        ids: ["RDS.16", "RDS.47", "CKV_AWS_313"],
        title: "Snapshots keep their tags",
        requirements: ["PCI-6.5.3"],
    },
    {
        ids: ["RDS.19", "RDS.20", "RDS.21", "RDS.22"],
        title: "Events of the database are told",
        requirements: ["PCI-10.7.2", "PCI-11.5.2"],
    },
    {
        ids: ["RDS.23"],
        title: "The database listens on a port of its own",
        requirements: ["PCI-1.3.1"],
        unmetReason: "The port is no secret; security groups decide who connects, and clients expect 5432",
    },
    {
        ids: ["RDS.24", "RDS.25"],
        title: "The administrator is not called by a default name",
        requirements: ["PCI-2.2.2"],
    },
    {
        ids: ["RDS.9", "RDS.37", "CKV_AWS_324"],
        title: "Logs of the database go to CloudWatch",
        requirements: ["PCI-10.2.1"],
    },
    {
        ids: ["CKV2_AWS_27"],
        title: "The database logs changes and slow statements",
        requirements: ["PCI-10.2.1"],
    },
    {
        ids: ["RDS.6", "CKV_AWS_118"],
        title: "Instances are monitored as the stack says",
        requirements: ["PCI-10.7.2"],
    },
    {
        ids: [
            "CKV_AWS_353",
            "CKV_AWS_354",
            "aws-rds-clusterinstance-enable-performance-insights",
            "aws-rds-clusterinstance-disallow-unencrypted-performance-insights",
        ],
        title: "Performance Insights is on, under a key of the platform",
        requirements: ["PCI-10.7.2"],
    },
    {
        ids: ["RDS.26", "CKV2_AWS_8"],
        title: "AWS Backup has a plan for the database",
        requirements: ["PCI-12.10.1"],
        unmetReason: "Aurora's own backups reach back 35 days; recovery points would outlive a destroyed stack",
    },
    {
        ids: ["ElastiCache.1", "CKV_AWS_134"],
        title: "The cache is backed up",
        requirements: ["PCI-12.10.1"],
    },
    {
        ids: ["ElastiCache.2", "CKV_AWS_322"],
        title: "The cache takes minor upgrades",
        requirements: ["PCI-6.3.3"],
    },
    {
        ids: ["ElastiCache.3", "CKV2_AWS_50"],
        title: "A cache with replicas fails over to another zone",
        requirements: ["PCI-12.10.1"],
    },
    {
        ids: ["ElastiCache.4", "CKV_AWS_29", "CKV_AWS_191"],
        title: "The cache is encrypted with a key of the platform",
        requirements: ["PCI-3.5.1"],
    },
    {
        ids: ["ElastiCache.5", "CKV_AWS_30"],
        title: "The cache is called over TLS only",
        requirements: ["PCI-4.2.1"],
    },
    {
        ids: ["ElastiCache.6", "CKV_AWS_31"],
        title: "The cache asks for a token",
        requirements: ["PCI-8.6.3"],
    },
    {
        ids: ["ElastiCache.7", "CKV_AWS_323"],
        title: "The cache stands in subnets of its own",
        requirements: ["PCI-1.4.4"],
    },
    {
        ids: ["DynamoDB.1", "CKV2_AWS_16"],
        title: "Tables grow with their load",
        requirements: ["PCI-12.10.1"],
    },
    {
        ids: ["DynamoDB.2", "CKV_AWS_28"],
        title: "Tables can be brought back to any second where the stack says so",
        requirements: ["PCI-12.10.1"],
    },
    {
        ids: ["DynamoDB.4"],
        title: "AWS Backup has a plan for tables",
        requirements: ["PCI-12.10.1"],
        unmetReason: "Point-in-time recovery reaches back 35 days; recovery points would outlive a destroyed stack",
    },
    {
        ids: ["DynamoDB.6"],
        title: "Tables cannot be deleted by a slip",
        requirements: ["PCI-12.10.1"],
        unmetReason: "Stacks are destroyable by decision; production may set protect",
    },
    {
        ids: ["CKV_AWS_119"],
        title: "Tables are encrypted with a key of the platform",
        requirements: ["PCI-3.5.1"],
    },
    {
        ids: ["SQS.1", "CKV_AWS_27", "CKV2_AWS_73"],
        title: "Queues are encrypted with a key of the platform",
        requirements: ["PCI-3.5.1"],
    },
    {
        ids: ["SQS.3", "CKV_AWS_72", "CKV_AWS_168", "CKV_AWS_387"],
        title: "Queues are open to nobody else",
        requirements: ["PCI-7.2.2"],
    },
    {
        ids: ["SNS.1", "CKV_AWS_26"],
        title: "Topics are encrypted with a key of the platform",
        requirements: ["PCI-3.5.1"],
    },
    {
        ids: ["SNS.4", "CKV_AWS_169", "CKV_AWS_385"],
        title: "Topics are open to nobody else",
        requirements: ["PCI-7.2.2"],
    },
];
