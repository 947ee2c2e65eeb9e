interface Requirement {
    /** The requirement, in our own words. */
    readonly title: string;
    /** Names of rules that show it, in addition to those of the checks that support it. */
    readonly rules?: readonly string[];
    /** Why the checks that support it do not meet it, where they help only. */
    readonly unmetReason?: string;
}

/** The requirements of PCI DSS v4.0.1 that a plan can help to meet. */
export const requirements: Readonly<Record<string, Requirement>> = {
    "PCI-1.2.4": { title: "Network diagrams show all flows of account data", rules: ["network-resources-supported"] },
    "PCI-1.2.5": {
        title: "All services, protocols and ports that are allowed are identified, approved and needed",
        rules: ["flows-only", "network-acls-narrow", "network-resources-supported"],
    },
    "PCI-1.3.1": {
        title: "Inbound traffic to the cardholder data environment is restricted to what is necessary",
        rules: ["flows-only", "internet-reaches-https-only", "stores-behind-front-doors"],
    },
    "PCI-1.3.2": {
        title: "Outbound traffic from the cardholder data environment is restricted to what is necessary",
        rules: [
            "flows-only",
            "database-tier-closed",
            "egress-as-set",
            "aws-calls-have-a-route",
            "no-outside-resources",
        ],
    },
    "PCI-1.4.1": {
        title: "Network security controls are in place between trusted and untrusted networks",
        rules: ["internet-routes-by-tier", "stores-behind-front-doors"],
    },
    "PCI-1.4.2": {
        title: "Untrusted networks can reach only published services",
        rules: [
            "flows-only",
            "internet-reaches-https-only",
            "stores-behind-front-doors",
            "egress-as-set",
            "aws-calls-have-a-route",
        ],
    },
    // AWS drops them at each network interface but those of EC2 instances that switch the check off, and no stack may have an instance in
    // its network (https://docs.aws.amazon.com/vpc/latest/userguide/work-with-nat-instances.html#EIP_Disable_SrcDestCheck).
    "PCI-1.4.3": {
        title: "Forged source addresses are detected and blocked",
        rules: ["network-resources-supported"],
    },
    "PCI-1.4.4": {
        title: "Systems that store cardholder data cannot be reached directly from untrusted networks",
        rules: [
            "internet-routes-by-tier",
            "no-public-addresses",
            "tiers-in-own-subnets",
            "stores-behind-front-doors",
            "database-tier-closed",
            "public-edge-only",
        ],
    },
    "PCI-2.2.2": { title: "Vendors' default accounts are not used" },
    "PCI-2.2.6": { title: "System security parameters prevent misuse" },
    "PCI-3.2.1": {
        title: "Retention of account data is limited to what is necessary",
        rules: ["transactions-kept-as-set"],
    },
    "PCI-3.3.1": {
        title: "Sensitive authentication data is not stored after authorization",
        rules: ["firewall-logs-redacted", "stages-throttled-and-redacted", "database-parameters"],
    },
    "PCI-3.5.1": {
        title: "Stored primary account numbers are unreadable",
        unmetReason:
            "The platform stores no primary account number: the validator refuses a payment with one (docs/validator.md), which a plan does not show. The encryption at rest below would not meet it alone: 3.5.1.2 accepts the encryption of disks for removable media only",
    },
    "PCI-3.6.1": {
        title: "Cryptographic keys are protected against disclosure and misuse",
        rules: ["key-loss-reported"],
    },
    "PCI-3.7.4": {
        title: "Cryptographic keys are changed at the end of their cryptoperiod",
        rules: ["stores-locked-down"],
    },
    "PCI-4.2.1": {
        title: "Strong cryptography protects primary account numbers during transmission",
        rules: ["tls-only-policies", "stores-locked-down", "api-modern-tls"],
    },
    "PCI-6.2.4": { title: "Software is protected against common attacks", rules: ["api-names-the-merchant"] },
    "PCI-6.3.3": { title: "Components are protected from known vulnerabilities by security patches" },
    "PCI-6.4.2": {
        title: "An automated control detects and prevents attacks on public web applications",
        rules: ["public-endpoints-behind-waf"],
    },
    "PCI-6.5.3": {
        title: "Production is separated from other environments by access controls",
        rules: [
            "workloads-have-no-extra-permissions",
            "roles-within-boundary",
            "no-outside-principals",
            "functions-invoked-by-own-stack",
            "task-secrets-are-the-stacks-own",
            "everything-tagged",
        ],
    },
    "PCI-7.2.2": {
        title: "Access is assigned by job function, with least privileges",
        rules: [
            "no-service-wide-actions",
            "no-allow-by-exception",
            "no-outside-principals",
            "no-privilege-escalation",
            "workloads-have-required-permissions",
            "workloads-have-no-extra-permissions",
            "wildcards-listed",
            "roles-within-boundary",
            "roles-have-one-workload",
        ],
    },
    "PCI-7.2.5": {
        title: "Application and system accounts have least privileges",
        rules: [
            "no-service-wide-actions",
            "service-calls-known",
            "services-trusted-for-own-account",
            "narrow-trust",
            "functions-invoked-by-own-stack",
            "policies-supported",
            "no-privilege-escalation",
            "workloads-have-no-extra-permissions",
            "roles-have-one-workload",
        ],
    },
    "PCI-8.3.9": { title: "Passwords that are the only factor are changed every 90 days" },
    "PCI-8.6.2": {
        title: "Passwords of application accounts are not in code or configuration",
        rules: [
            "no-open-secrets",
            "no-secret-as-plain-variable",
            "no-credential-in-the-open",
            "task-secrets-are-the-stacks-own",
            "secrets-in-state-are-listed",
        ],
    },
    "PCI-8.6.3": { title: "Passwords of application accounts are protected against misuse and changed periodically" },
    "PCI-10.2.1": {
        title: "Audit logs are enabled for all components",
        rules: ["stages-throttled-and-redacted", "data-api-watched"],
    },
    "PCI-10.2.1.6": {
        title: "Audit logs record when they are started, stopped or paused",
        rules: ["trail-complete", "trail-change-reported"],
    },
    "PCI-10.3.1": {
        title: "Only those who need to can read audit logs",
        rules: ["stores-locked-down", "no-outside-principals", "workloads-have-no-extra-permissions"],
    },
    "PCI-10.3.2": { title: "Audit logs are protected from modification" },
    "PCI-10.3.3": {
        title: "Audit logs are copied promptly to a place where they are difficult to modify",
    },
    "PCI-10.3.4": {
        title: "Changes of audit logs raise an alert",
        unmetReason:
            "Object Lock keeps what was delivered, and the trail's digests show a change, but only to a person who validates the files with the AWS CLI: nothing does so by itself",
    },
    "PCI-10.4.1.1": {
        title: "Audit logs are reviewed automatically",
        unmetReason:
            "GuardDuty reviews the trail, flow logs and DNS queries, where the account's owner or accountServices.guardDuty turns it on. Of the other logs only errors are counted, by alarms: a person or another product reviews them",
    },
    "PCI-10.5.1": {
        title: "Audit logs are kept for twelve months",
        rules: ["records-kept-as-set", "logs-kept-as-set"],
    },
    // Of Fargate and Lambda, by AWS, with Amazon Time Sync; no container may set a clock
    // (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate-response.html).
    "PCI-10.6.1": {
        title: "System clocks are synchronized",
        rules: ["fargate-tasks-valid", "services-current", "containers-hardened", "functions-supported"],
    },
    "PCI-10.7.2": {
        title: "Failures of critical security controls are detected and responded to",
        rules: [
            "queues-watched",
            "failed-events-set-aside",
            "alarms-notify-topics",
            "aws-services-allowed",
            "service-calls-known",
            "everything-watched",
            "alarms-name-their-runbook",
            "failure-alarms-relative",
            "trail-change-reported",
            "key-loss-reported",
        ],
    },
    "PCI-11.3.1": {
        title: "Internal vulnerability scans are performed every three months",
        unmetReason:
            "ECR scans an image when it is pushed, and never again. A scan every three months of what runs takes Amazon Inspector, which the account's owner enables, or another scanner",
    },
    "PCI-11.5.1": { title: "Intrusions are detected" },
    "PCI-11.5.2": {
        title: "Changes of critical files are detected and raise an alert",
        unmetReason:
            "Files of containers cannot change, as images are named by digest and file systems are read-only. Changes of settings are recorded by AWS Config, where the account's owner or accountServices.config turns it on, and shown by `drift`, which a plan does not run",
    },
    "PCI-12.10.1": { title: "An incident response plan exists: lost data can be restored" },
};
