export interface ConfigRule {
    /** Requirement of PCI DSS v4.0.1 for which the rule is evidence. */
    readonly pciRequirement: string;
    /** Security Hub control that maps the rule to that requirement; if undefined, the mapping is ours. */
    readonly securityHubControl?: string;
    /** What a compliant resource has. At most 230 characters: AWS allows 256, and the requirement is put before it. */
    readonly description: string;
    readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * AWS Config managed rules for the resource types that we use, by identifier
 * (https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html). Not
 * included: rules that require deletion protection, which is a setting here, API caches, which would store payments, and traces
 * of the API, which would store URLs.
 */
export const configRules: Record<string, ConfigRule> = {
    // Network access.
    INCOMING_SSH_DISABLED: {
        pciRequirement: "1.3.1",
        securityHubControl: "EC2.13",
        description: "no port 22 open to the world",
    },
    RESTRICTED_INCOMING_TRAFFIC: {
        pciRequirement: "1.3.1",
        description: "no FTP, RDP or database port open to the world",
        parameters: {
            blockedPort1: "20",
            blockedPort2: "21",
            blockedPort3: "3389",
            blockedPort4: "5432",
            blockedPort5: "6379",
        },
    },
    VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS: {
        pciRequirement: "1.3.1",
        description: "nothing but HTTPS, and its redirect, open to the world",
        parameters: { authorizedTcpPorts: "80,443" },
    },
    VPC_DEFAULT_SECURITY_GROUP_CLOSED: {
        pciRequirement: "1.3.1",
        description: "default security groups let nothing through",
    },
    SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED: { pciRequirement: "1.4.4", description: "no subnet gives public addresses" },
    RDS_INSTANCE_PUBLIC_ACCESS_CHECK: {
        pciRequirement: "1.4.4",
        securityHubControl: "RDS.2",
        description: "no database has a public address",
    },
    RDS_SNAPSHOTS_PUBLIC_PROHIBITED: { pciRequirement: "1.4.4", description: "no snapshot of a database is public" },
    S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED: {
        pciRequirement: "1.4.4",
        securityHubControl: "S3.8",
        description: "no bucket can be made public",
    },
    LAMBDA_INSIDE_VPC: { pciRequirement: "1.4.4", description: "functions run in the VPC" },
    ECS_AWSVPC_NETWORKING_ENABLED: {
        pciRequirement: "1.4.4",
        description: "each task has a network interface of its own",
    },

    // Safe configurations.
    ECS_CONTAINERS_NONPRIVILEGED: { pciRequirement: "2.2.6", description: "no container is privileged" },
    ECS_CONTAINERS_READONLY_ACCESS: {
        pciRequirement: "2.2.6",
        description: "no container changes its own root file system",
    },
    ECS_TASK_DEFINITION_PID_MODE_CHECK: {
        pciRequirement: "2.2.6",
        description: "no task sees the processes of its host",
    },
    ECS_TASK_DEFINITION_NONROOT_USER: { pciRequirement: "2.2.6", description: "no container runs as root" },
    RDS_CLUSTER_DEFAULT_ADMIN_CHECK: {
        pciRequirement: "2.2.2",
        securityHubControl: "RDS.24",
        description: "no database has its engine's default administrator",
    },

    // Stored data.
    RDS_STORAGE_ENCRYPTED: {
        pciRequirement: "3.5.1",
        description: "the storage of each database instance is encrypted",
    },
    RDS_CLUSTER_ENCRYPTED_AT_REST: { pciRequirement: "3.5.1", description: "each database is encrypted" },
    RDS_SNAPSHOT_ENCRYPTED: { pciRequirement: "3.5.1", description: "each snapshot of a database is encrypted" },
    DYNAMODB_TABLE_ENCRYPTED_KMS: { pciRequirement: "3.5.1", description: "tables are encrypted with a KMS key" },
    ELASTICACHE_REPL_GRP_ENCRYPTED_AT_REST: { pciRequirement: "3.5.1", description: "caches are encrypted" },
    S3_DEFAULT_ENCRYPTION_KMS: {
        pciRequirement: "3.5.1",
        securityHubControl: "S3.17",
        description: "buckets encrypt with a KMS key",
    },
    SNS_ENCRYPTED_KMS: { pciRequirement: "3.5.1", description: "topics are encrypted with a KMS key" },
    SECRETSMANAGER_USING_CMK: {
        pciRequirement: "3.6.1",
        description: "secrets are encrypted with a key of the account",
    },
    CLOUDWATCH_LOG_GROUP_ENCRYPTED: { pciRequirement: "10.3.2", description: "logs are encrypted with a KMS key" },
    CMK_BACKING_KEY_ROTATION_ENABLED: {
        pciRequirement: "3.7.4",
        securityHubControl: "KMS.4",
        description: "keys change every year",
    },

    // Data in transit.
    ELBV2_ACM_CERTIFICATE_REQUIRED: { pciRequirement: "4.2.1", description: "load balancers have certificates of ACM" },
    ACM_CERTIFICATE_EXPIRATION_CHECK: {
        pciRequirement: "4.2.1",
        securityHubControl: "ACM.1",
        description: "no certificate runs out within 30 days",
        parameters: { daysToExpiration: "30" },
    },
    ACM_CERTIFICATE_RSA_CHECK: {
        pciRequirement: "4.2.1",
        securityHubControl: "ACM.2",
        description: "RSA keys of certificates have 2048 bits or more",
    },
    ELASTICACHE_REPL_GRP_ENCRYPTED_IN_TRANSIT: { pciRequirement: "4.2.1", description: "caches speak TLS" },
    S3_BUCKET_SSL_REQUESTS_ONLY: {
        pciRequirement: "4.2.1",
        securityHubControl: "S3.5",
        description: "buckets refuse requests without TLS",
    },
    API_GW_SSL_ENABLED: { pciRequirement: "4.2.1", description: "the API shows its backends a certificate" },

    // Software updates and web application firewalls.
    ECR_PRIVATE_IMAGE_SCANNING_ENABLED: {
        pciRequirement: "6.2.3",
        securityHubControl: "ECR.1",
        description: "images are scanned when they are pushed",
    },
    RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED: {
        pciRequirement: "6.3.3",
        securityHubControl: "RDS.13",
        description: "databases take minor versions by themselves",
    },
    ELASTICACHE_AUTO_MINOR_VERSION_UPGRADE_CHECK: {
        pciRequirement: "6.3.3",
        securityHubControl: "ElastiCache.2",
        description: "caches take minor versions by themselves",
    },
    ECS_FARGATE_LATEST_PLATFORM_VERSION: {
        pciRequirement: "6.3.3",
        securityHubControl: "ECS.10",
        description: "Fargate is of its latest version",
    },
    ALB_WAF_ENABLED: { pciRequirement: "6.4.2", description: "load balancers stand behind a web firewall" },
    API_GW_ASSOCIATED_WITH_WAF: { pciRequirement: "6.4.2", description: "the API stands behind a web firewall" },
    WAFV2_WEBACL_NOT_EMPTY: { pciRequirement: "6.4.2", description: "no web firewall is without rules" },
    ALB_HTTP_DROP_INVALID_HEADER_ENABLED: {
        pciRequirement: "6.2.4",
        securityHubControl: "ELB.4",
        description: "load balancers drop headers that are not valid",
    },
    ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED: {
        pciRequirement: "6.5.1",
        description: "the image behind a tag never changes",
    },

    // Access control.
    LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED: {
        pciRequirement: "7.2.1",
        securityHubControl: "Lambda.1",
        description: "no function is public",
    },
    IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS: { pciRequirement: "7.2.2", description: "no policy allows everything" },
    IAM_USER_NO_POLICIES_CHECK: {
        pciRequirement: "7.2.2",
        description: "rights hang on groups and roles, not on users",
    },
    IAM_ROOT_ACCESS_KEY_CHECK: { pciRequirement: "7.2.2", description: "the root user has no access key" },
    RDS_CLUSTER_IAM_AUTHENTICATION_ENABLED: { pciRequirement: "8.3.1", description: "databases take IAM tokens" },
    IAM_USER_UNUSED_CREDENTIALS_CHECK: {
        pciRequirement: "8.2.6",
        securityHubControl: "IAM.8",
        description: "credentials that nobody used for 90 days are gone",
        parameters: { maxCredentialUsageAge: "90" },
    },
    ACCESS_KEYS_ROTATED: {
        pciRequirement: "8.6.3",
        securityHubControl: "IAM.3",
        description: "no access key is older than 90 days",
        parameters: { maxAccessKeyAge: "90" },
    },
    MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS: {
        pciRequirement: "8.4.2",
        securityHubControl: "IAM.5",
        description: "console users have a second factor",
    },
    ROOT_ACCOUNT_MFA_ENABLED: { pciRequirement: "8.4.2", description: "the root user has a second factor" },
    ECS_NO_ENVIRONMENT_SECRETS: {
        pciRequirement: "8.6.2",
        securityHubControl: "ECS.8",
        description: "no container finds AWS keys in its environment",
        parameters: { secretKeys: "AWS_ACCESS_KEY_ID,AWS_SECRET_ACCESS_KEY,ECS_ENGINE_AUTH_DATA" },
    },
    SECRETSMANAGER_ROTATION_ENABLED_CHECK: {
        pciRequirement: "8.6.3",
        securityHubControl: "SecretsManager.1",
        description: "secrets rotate",
    },
    SECRETSMANAGER_SCHEDULED_ROTATION_SUCCESS_CHECK: {
        pciRequirement: "8.6.3",
        securityHubControl: "SecretsManager.2",
        description: "no rotation of a secret has failed",
    },

    // Logging and retention.
    MULTI_REGION_CLOUD_TRAIL_ENABLED: { pciRequirement: "10.2.1", description: "a trail records all regions" },
    CLOUD_TRAIL_ENCRYPTION_ENABLED: {
        pciRequirement: "10.3.2",
        securityHubControl: "CloudTrail.2",
        description: "trails are encrypted with a KMS key",
    },
    CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED: { pciRequirement: "10.3.4", description: "trails sign what they record" },
    CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED: {
        pciRequirement: "10.4.1.1",
        description: "trails can be searched and watched",
    },
    VPC_FLOW_LOGS_ENABLED: { pciRequirement: "10.2.1", description: "VPCs log their traffic" },
    ELB_LOGGING_ENABLED: { pciRequirement: "10.2.1", description: "load balancers log requests" },
    API_GW_EXECUTION_LOGGING_ENABLED: { pciRequirement: "10.2.1", description: "the API logs" },
    ECS_TASK_DEFINITION_LOG_CONFIGURATION: { pciRequirement: "10.2.1", description: "containers log" },
    RDS_LOGGING_ENABLED: {
        pciRequirement: "10.2.1",
        securityHubControl: "RDS.9",
        description: "databases export their logs",
    },
    S3_BUCKET_LOGGING_ENABLED: {
        pciRequirement: "10.2.1",
        securityHubControl: "S3.9",
        description: "buckets log requests",
    },
    WAFV2_LOGGING_ENABLED: { pciRequirement: "10.4.2", securityHubControl: "WAF.11", description: "web firewalls log" },
    S3_BUCKET_VERSIONING_ENABLED: { pciRequirement: "10.3.4", description: "what is overwritten in a bucket is kept" },
    S3_BUCKET_DEFAULT_LOCK_ENABLED: {
        pciRequirement: "10.5.1",
        securityHubControl: "S3.15",
        description: "records in buckets can be locked",
    },
    S3_LIFECYCLE_POLICY_CHECK: {
        pciRequirement: "10.5.1",
        description: "buckets keep their objects for a stated time",
    },
    CW_LOGGROUP_RETENTION_PERIOD_CHECK: { pciRequirement: "10.5.1", description: "logs are kept for a year or longer" },
    CLOUDWATCH_ALARM_ACTION_ENABLED_CHECK: { pciRequirement: "10.7.2", description: "no alarm is silenced" },
    GUARDDUTY_ENABLED_CENTRALIZED: {
        pciRequirement: "11.5.1",
        securityHubControl: "GuardDuty.1",
        description: "GuardDuty is on",
    },

    // Recovery.
    RDS_CLUSTER_MULTI_AZ_ENABLED: {
        pciRequirement: "12.10.1",
        description: "databases have an instance in another zone",
    },
    ELASTICACHE_REPL_GRP_AUTO_FAILOVER_ENABLED: {
        pciRequirement: "12.10.1",
        description: "caches fail over by themselves",
    },
    DYNAMODB_PITR_ENABLED: { pciRequirement: "12.10.1", description: "tables can be restored to any second" },
};
