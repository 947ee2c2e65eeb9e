export interface ConfigRule {
    /** Requirement of PCI DSS v4.0.1 that the rule is evidence for. */
    readonly pci: string;
    /** Control of Security Hub by which AWS itself ties the rule to that requirement; without it the tie is ours. */
    readonly control?: string;
    /** What is so while the rule holds. At most 230 characters: AWS takes 256 with the requirement before it. */
    readonly promise: string;
    readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * AWS's managed rules over the types of resources that we use, by their identifiers
 * (https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html). Left out are rules that ask
 * for deletion protection, which is a setting here, and for caches of the API, which would keep payments.
 */
export const configRules: Record<string, ConfigRule> = {
    // Who reaches what.
    INCOMING_SSH_DISABLED: { pci: "1.3.1", control: "EC2.13", promise: "no port 22 open to the world" },
    RESTRICTED_INCOMING_TRAFFIC: {
        pci: "1.3.1",
        promise: "no FTP, RDP or database port open to the world",
        parameters: {
            blockedPort1: "20",
            blockedPort2: "21",
            blockedPort3: "3389",
            blockedPort4: "5432",
            blockedPort5: "6379",
        },
    },
    VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS: {
        pci: "1.3.1",
        promise: "nothing but HTTPS, and its redirect, open to the world",
        parameters: { authorizedTcpPorts: "80,443" },
    },
    VPC_DEFAULT_SECURITY_GROUP_CLOSED: { pci: "1.3.1", promise: "default security groups let nothing through" },
    SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED: { pci: "1.4.4", promise: "no subnet gives public addresses" },
    RDS_INSTANCE_PUBLIC_ACCESS_CHECK: { pci: "1.4.4", control: "RDS.2", promise: "no database has a public address" },
    RDS_SNAPSHOTS_PUBLIC_PROHIBITED: { pci: "1.4.4", promise: "no snapshot of a database is public" },
    S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED: {
        pci: "1.4.4",
        control: "S3.8",
        promise: "no bucket can be made public",
    },
    LAMBDA_INSIDE_VPC: { pci: "1.4.4", promise: "functions run in the VPC" },
    ECS_AWSVPC_NETWORKING_ENABLED: { pci: "1.4.4", promise: "each task has a network interface of its own" },

    // Safe configurations.
    ECS_CONTAINERS_NONPRIVILEGED: { pci: "2.2.6", promise: "no container is privileged" },
    ECS_CONTAINERS_READONLY_ACCESS: { pci: "2.2.6", promise: "no container changes its own root file system" },
    ECS_TASK_DEFINITION_PID_MODE_CHECK: { pci: "2.2.6", promise: "no task sees the processes of its host" },
    ECS_TASK_DEFINITION_NONROOT_USER: { pci: "2.2.6", promise: "no container runs as root" },
    RDS_CLUSTER_DEFAULT_ADMIN_CHECK: {
        pci: "2.2.2",
        control: "RDS.24",
        promise: "no database has its engine's default administrator",
    },

    // Stored data.
    RDS_STORAGE_ENCRYPTED: { pci: "3.5.1", promise: "the storage of each database instance is encrypted" },
    RDS_CLUSTER_ENCRYPTED_AT_REST: { pci: "3.5.1", promise: "each database is encrypted" },
    RDS_SNAPSHOT_ENCRYPTED: { pci: "3.5.1", promise: "each snapshot of a database is encrypted" },
    DYNAMODB_TABLE_ENCRYPTED_KMS: { pci: "3.5.1", promise: "tables are encrypted with a KMS key" },
    ELASTICACHE_REPL_GRP_ENCRYPTED_AT_REST: { pci: "3.5.1", promise: "caches are encrypted" },
    S3_DEFAULT_ENCRYPTION_KMS: { pci: "3.5.1", control: "S3.17", promise: "buckets encrypt with a KMS key" },
    SNS_ENCRYPTED_KMS: { pci: "3.5.1", promise: "topics are encrypted with a KMS key" },
    SECRETSMANAGER_USING_CMK: { pci: "3.6.1", promise: "secrets are encrypted with a key of the account" },
    CLOUDWATCH_LOG_GROUP_ENCRYPTED: { pci: "10.3.2", promise: "logs are encrypted with a KMS key" },
    CMK_BACKING_KEY_ROTATION_ENABLED: { pci: "3.7.4", control: "KMS.4", promise: "keys change every year" },

    // Data on its way.
    ELBV2_ACM_CERTIFICATE_REQUIRED: { pci: "4.2.1", promise: "load balancers have certificates of ACM" },
    ACM_CERTIFICATE_EXPIRATION_CHECK: {
        pci: "4.2.1",
        control: "ACM.1",
        promise: "no certificate runs out within 30 days",
        parameters: { daysToExpiration: "30" },
    },
    ACM_CERTIFICATE_RSA_CHECK: {
        pci: "4.2.1",
        control: "ACM.2",
        promise: "RSA keys of certificates have 2048 bits or more",
    },
    ELASTICACHE_REPL_GRP_ENCRYPTED_IN_TRANSIT: { pci: "4.2.1", promise: "caches speak TLS" },
    S3_BUCKET_SSL_REQUESTS_ONLY: { pci: "4.2.1", control: "S3.5", promise: "buckets refuse requests without TLS" },
    API_GW_SSL_ENABLED: { pci: "4.2.1", promise: "the API shows its backends a certificate" },

    // Software, and what stands before it.
    ECR_PRIVATE_IMAGE_SCANNING_ENABLED: {
        pci: "6.2.3",
        control: "ECR.1",
        promise: "images are scanned when they are pushed",
    },
    RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED: {
        pci: "6.3.3",
        control: "RDS.13",
        promise: "databases take minor versions by themselves",
    },
    ELASTICACHE_AUTO_MINOR_VERSION_UPGRADE_CHECK: {
        pci: "6.3.3",
        control: "ElastiCache.2",
        promise: "caches take minor versions by themselves",
    },
    ECS_FARGATE_LATEST_PLATFORM_VERSION: {
        pci: "6.3.3",
        control: "ECS.10",
        promise: "Fargate is of its latest version",
    },
    ALB_WAF_ENABLED: { pci: "6.4.2", promise: "load balancers stand behind a web firewall" },
    API_GW_ASSOCIATED_WITH_WAF: { pci: "6.4.2", promise: "the API stands behind a web firewall" },
    WAFV2_WEBACL_NOT_EMPTY: { pci: "6.4.2", promise: "no web firewall is without rules" },
    ALB_HTTP_DROP_INVALID_HEADER_ENABLED: {
        pci: "6.2.4",
        control: "ELB.4",
        promise: "load balancers drop headers that are not valid",
    },
    ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED: { pci: "6.5.1", promise: "the image behind a tag never changes" },

    // Who may do what.
    LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED: { pci: "7.2.1", control: "Lambda.1", promise: "no function is public" },
    IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS: { pci: "7.2.2", promise: "no policy allows everything" },
    IAM_USER_NO_POLICIES_CHECK: { pci: "7.2.2", promise: "rights hang on groups and roles, not on users" },
    IAM_ROOT_ACCESS_KEY_CHECK: { pci: "7.2.2", promise: "the root user has no access key" },
    RDS_CLUSTER_IAM_AUTHENTICATION_ENABLED: { pci: "8.3.1", promise: "databases take IAM tokens" },
    IAM_USER_UNUSED_CREDENTIALS_CHECK: {
        pci: "8.2.6",
        control: "IAM.8",
        promise: "credentials that nobody used for 90 days are gone",
        parameters: { maxCredentialUsageAge: "90" },
    },
    ACCESS_KEYS_ROTATED: {
        pci: "8.6.3",
        control: "IAM.3",
        promise: "no access key is older than 90 days",
        parameters: { maxAccessKeyAge: "90" },
    },
    MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS: {
        pci: "8.4.2",
        control: "IAM.5",
        promise: "console users have a second factor",
    },
    ROOT_ACCOUNT_MFA_ENABLED: { pci: "8.4.2", promise: "the root user has a second factor" },
    ECS_NO_ENVIRONMENT_SECRETS: {
        pci: "8.6.2",
        control: "ECS.8",
        promise: "no container finds AWS keys in its environment",
        parameters: { secretKeys: "AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY,ECS_ENGINE_AUTH_DATA" },
    },
    SECRETSMANAGER_ROTATION_ENABLED_CHECK: { pci: "8.6.3", control: "SecretsManager.1", promise: "secrets rotate" },
    SECRETSMANAGER_SCHEDULED_ROTATION_SUCCESS_CHECK: {
        pci: "8.6.3",
        control: "SecretsManager.2",
        promise: "no rotation of a secret has failed",
    },

    // What is logged, and kept.
    MULTI_REGION_CLOUD_TRAIL_ENABLED: { pci: "10.2.1", promise: "a trail records all regions" },
    CLOUD_TRAIL_ENCRYPTION_ENABLED: {
        pci: "10.3.2",
        control: "CloudTrail.2",
        promise: "trails are encrypted with a KMS key",
    },
    CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED: { pci: "10.3.4", promise: "trails sign what they record" },
    CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED: { pci: "10.4.1.1", promise: "trails can be searched and watched" },
    VPC_FLOW_LOGS_ENABLED: { pci: "10.2.1", promise: "VPCs log their traffic" },
    ELB_LOGGING_ENABLED: { pci: "10.2.1", promise: "load balancers log requests" },
    API_GW_EXECUTION_LOGGING_ENABLED: { pci: "10.2.1", promise: "the API logs" },
    API_GW_XRAY_ENABLED: { pci: "10.2.1", promise: "the API is traced" },
    ECS_TASK_DEFINITION_LOG_CONFIGURATION: { pci: "10.2.1", promise: "containers log" },
    RDS_LOGGING_ENABLED: { pci: "10.2.1", control: "RDS.9", promise: "databases export their logs" },
    S3_BUCKET_LOGGING_ENABLED: { pci: "10.2.1", control: "S3.9", promise: "buckets log requests" },
    WAFV2_LOGGING_ENABLED: { pci: "10.4.2", control: "WAF.11", promise: "web firewalls log" },
    S3_BUCKET_VERSIONING_ENABLED: { pci: "10.3.4", promise: "what is overwritten in a bucket is kept" },
    S3_BUCKET_DEFAULT_LOCK_ENABLED: { pci: "10.5.1", control: "S3.15", promise: "records in buckets can be locked" },
    S3_LIFECYCLE_POLICY_CHECK: { pci: "10.5.1", promise: "buckets keep their objects for a stated time" },
    CW_LOGGROUP_RETENTION_PERIOD_CHECK: { pci: "10.5.1", promise: "logs are kept for a year or longer" },
    CLOUDWATCH_ALARM_ACTION_ENABLED_CHECK: { pci: "10.7.2", promise: "no alarm is silenced" },
    GUARDDUTY_ENABLED_CENTRALIZED: { pci: "11.5.1", control: "GuardDuty.1", promise: "GuardDuty is on" },

    // Going on after a loss.
    RDS_CLUSTER_MULTI_AZ_ENABLED: { pci: "12.10.1", promise: "databases have an instance in another zone" },
    ELASTICACHE_REPL_GRP_AUTO_FAILOVER_ENABLED: { pci: "12.10.1", promise: "caches fail over by themselves" },
    DYNAMODB_PITR_ENABLED: { pci: "12.10.1", promise: "tables can be restored to any second" },
};
