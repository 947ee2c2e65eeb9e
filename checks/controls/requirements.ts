interface Requirement {
    /** The requirement, in our own words. */
    readonly title: string;
    /** Names of rules that show it, in addition to those of the checks that support it. */
    readonly rules?: readonly string[];
}

/** The requirements of PCI DSS v4.0.1 that a plan can help to meet. */
export const requirements: Readonly<Record<string, Requirement>> = {
    "PCI-1.2.4": { title: "Diagrams show every way that account data takes", rules: ["network-resources-supported"] },
    "PCI-1.3.1": {
        title: "Only traffic that is needed enters the cardholder data environment",
        rules: ["flows-only", "internet-reaches-https-only", "stores-behind-front-doors"],
    },
    "PCI-1.3.2": {
        title: "Only traffic that is needed leaves the cardholder data environment",
        rules: ["flows-only", "database-tier-closed", "egress-as-set", "aws-calls-have-a-route"],
    },
    "PCI-1.4.1": {
        title: "Controls stand between trusted and untrusted networks",
        rules: ["internet-routes-by-tier", "stores-behind-front-doors"],
    },
    "PCI-1.4.2": {
        title: "From untrusted networks only published services can be reached",
        rules: [
            "flows-only",
            "internet-reaches-https-only",
            "stores-behind-front-doors",
            "egress-as-set",
            "aws-calls-have-a-route",
        ],
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
    "PCI-2.2.6": { title: "Systems are configured so that they cannot be misused" },
    "PCI-3.2.1": { title: "Account data is kept only as long as it is needed", rules: ["transactions-kept-as-set"] },
    "PCI-3.5.1": {
        title: "Stored account numbers are unreadable",
        rules: ["encrypted-with-own-keys", "stores-locked-down"],
    },
    "PCI-3.6.1": { title: "Keys are protected against disclosure and misuse" },
    "PCI-3.7.4": { title: "Keys change at the end of their cryptoperiod", rules: ["stores-locked-down"] },
    "PCI-4.2.1": {
        title: "Account numbers are protected by strong cryptography on their way",
        rules: ["tls-only-policies", "stores-locked-down", "api-modern-tls"],
    },
    "PCI-6.2.4": { title: "Common attacks on software are prevented" },
    "PCI-6.3.3": { title: "Components are protected from known vulnerabilities by patches" },
    "PCI-6.4.2": {
        title: "An automated control detects and prevents attacks on public web applications",
        rules: ["public-endpoints-behind-waf"],
    },
    "PCI-6.5.3": { title: "Production is separated from other environments", rules: ["everything-tagged"] },
    "PCI-7.2.2": {
        title: "Access follows the job, with the least privileges",
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
        title: "Accounts of systems and applications have the least privileges",
        rules: [
            "no-service-wide-actions",
            "services-trusted-for-own-account",
            "narrow-trust",
            "functions-invoked-by-own-stack",
            "policies-supported",
            "no-privilege-escalation",
            "workloads-have-no-extra-permissions",
            "roles-have-one-workload",
        ],
    },
    "PCI-8.3.9": { title: "Passwords that are the only factor change every 90 days" },
    "PCI-8.6.2": {
        title: "Passwords of applications stand in no code and no configuration",
        rules: [
            "no-open-secrets",
            "no-secret-as-plain-variable",
            "no-credential-in-the-open",
            "task-secrets-are-the-stacks-own",
            "secrets-in-state-are-listed",
        ],
    },
    "PCI-8.6.3": { title: "Passwords of applications are protected against misuse and changed" },
    "PCI-10.2.1": { title: "Audit logs are on for all components", rules: ["stages-traced-and-throttled"] },
    "PCI-10.3.2": { title: "Audit logs cannot be changed" },
    "PCI-10.3.4": { title: "A change of an audit log is noticed" },
    "PCI-10.4.1.1": { title: "Audit logs are reviewed by automatic means" },
    "PCI-10.5.1": {
        title: "Audit logs are kept for twelve months",
        rules: ["records-kept-as-set", "logs-kept-as-set"],
    },
    "PCI-10.7.2": {
        title: "Failures of security controls are noticed and dealt with",
        rules: [
            "queues-watched",
            "alarms-notify-topics",
            "aws-services-allowed",
            "everything-watched",
            "alarms-name-their-runbook",
        ],
    },
    "PCI-11.3.1": { title: "Internal vulnerabilities are scanned for" },
    "PCI-11.5.1": { title: "Intrusions are detected" },
    "PCI-11.5.2": { title: "Changes of critical files and settings are detected" },
    "PCI-12.10.1": { title: "Incidents can be answered at once: what was lost can be restored" },
};
