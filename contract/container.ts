/**
 * The container contract: the environment of a service's container, and how the service must behave. Without Pulumi, so that
 * the platform and the source of a service can both import it.
 */

/** Form of a region, in every partition of AWS. */
export const regionPattern = /^[a-z]{2,4}(-[a-z]+)+-\d+$/;

/** The setting of a service that adds the variable; `always`: every service has it. */
export type VariableReason =
    "always" | "path" | "stores: database" | "stores: cache" | "consumes" | "sends" | "publishes" | "acquirer";

export interface VariableContract {
    readonly when: VariableReason;
    readonly meaning: string;
}

/**
 * Environment variables by name. No value is secret: the service reads a secret by its ARN when it needs it, so that a rotated
 * secret needs no deployment.
 */
export const variables = {
    ACQUIRER_SECRET_ARN: {
        when: "acquirer",
        meaning:
            "Secret with the credential for the acquirer, which an operator stores and replaces; read it again when the acquirer refuses it",
    },
    ACQUIRER_URL: { when: "acquirer", meaning: "Base URL of the acquirer's API: HTTPS on port 443" },
    AWS_REGION: { when: "always", meaning: "Region of every AWS call" },
    CACHE_HOST: { when: "stores: cache", meaning: "Primary endpoint of Redis; TLS is required" },
    CACHE_PORT: { when: "stores: cache", meaning: "Port of Redis" },
    CACHE_TOKEN_SECRET_ARN: {
        when: "stores: cache",
        meaning: "Secret with the AUTH token; read it at each connect",
    },
    CONSUME_QUEUE_URL: { when: "consumes", meaning: "Queue that the service consumes" },
    DATABASE_HOST: {
        when: "stores: database",
        meaning:
            "Writer of PostgreSQL; verify its certificate with the RDS bundle (`sslmode=verify-full`), and pass values as bind parameters: the text of slow and failed statements is logged",
    },
    DATABASE_NAME: { when: "stores: database", meaning: "Name of the database" },
    DATABASE_PORT: { when: "stores: database", meaning: "Port of PostgreSQL" },
    DATABASE_READER_HOST: {
        when: "stores: database",
        meaning: "Readers of PostgreSQL; the writer if the stack has none",
    },
    DATABASE_USER: {
        when: "stores: database",
        meaning: "User of the service; its password is an IAM token, signed locally and valid for 15 minutes",
    },
    ENVIRONMENT: { when: "always", meaning: "Suffix of the platform" },
    GATEWAY_SECRET_ARN: {
        when: "path",
        meaning:
            "Secret that tells requests of the merchants' API, and their merchants (`contract/gateway.ts`); read it again every five minutes, and for a token or key that it did not have",
    },
    LOG_LEVEL: { when: "always", meaning: "`debug`, `info`, `warn` or `error`" },
    MAX_AMOUNT_MINOR: {
        when: "path",
        meaning: "Largest amount of a payment, in the minor unit of its currency: the same as of `POST /validate`",
    },
    PORT: { when: "path", meaning: "Port to listen on, for requests and health checks" },
    PROTOCOL: {
        when: "path",
        meaning: "Protocol of that port: `HTTPS`, with any certificate, also a self-signed one",
    },
    SERVICE: { when: "always", meaning: "Name of the service" },
} as const satisfies Readonly<Record<string, VariableContract>>;

/** One variable for each entry of a list in the settings; `*` is replaced by the entry's name (`listVariableName`). */
export const listVariables = {
    "*_QUEUE_URL": { when: "sends", meaning: "For each queue that the service sends to: its URL" },
    "*_TOPIC_ARN": { when: "publishes", meaning: "For each topic that the service publishes to: its ARN" },
} as const satisfies Readonly<Record<`*${string}`, VariableContract>>;

/** Name of the variable for an entry: in upper case, with `_` for each hyphen. */
export const listVariableName = (pattern: keyof typeof listVariables, entry: string): string =>
    pattern.replace("*", entry.toUpperCase().replaceAll("-", "_"));

/**
 * Environment variables of the migration's container. The secret holds JSON with the `username` and the `password` of the master
 * user; RDS rotates it, so it is read at each start.
 */
export const migrationVariables = {
    AWS_REGION: variables.AWS_REGION.meaning,
    DATABASE_HOST: variables.DATABASE_HOST.meaning,
    DATABASE_MASTER_SECRET_ARN: "Secret with the name and the password of the master user",
    DATABASE_NAME: variables.DATABASE_NAME.meaning,
    DATABASE_PORT: variables.DATABASE_PORT.meaning,
    ENVIRONMENT: variables.ENVIRONMENT.meaning,
    LOG_LEVEL: variables.LOG_LEVEL.meaning,
} as const satisfies Readonly<Record<string, string>>;

/**
 * Program of the migration's image that migrates, and then prepares restored data so that merchants can be let in again (docs/recovery.md). It can
 * be run again.
 */
export const afterRestoreCommand: readonly string[] = ["node", "/app/after-restore.mjs"];

/**
 * Environment variables of the task that compares payments with the acquirer's report: those of its service that it needs, with a
 * database user of its own. The last two are set for one task only, by `npm run reconcile`.
 */
export const reconciliationVariables = {
    ACCEPTED_DIFFERENCE:
        "Idempotency key and kind of a difference that a person has settled, as `<key>/<kind>`; nothing is compared then",
    ACQUIRER_SECRET_ARN: variables.ACQUIRER_SECRET_ARN.meaning,
    ACQUIRER_URL: variables.ACQUIRER_URL.meaning,
    AWS_REGION: variables.AWS_REGION.meaning,
    COMPARED_FROM:
        "The first day to compare, such as 2026-01-31 (UTC), where an acquirer was simulated before it; nothing is compared then",
    DATABASE_HOST: variables.DATABASE_HOST.meaning,
    DATABASE_NAME: variables.DATABASE_NAME.meaning,
    DATABASE_PORT: variables.DATABASE_PORT.meaning,
    DATABASE_USER: "User of the task; its password is an IAM token, signed locally and valid for 15 minutes",
    ENVIRONMENT: variables.ENVIRONMENT.meaning,
    LOG_LEVEL: variables.LOG_LEVEL.meaning,
    RECONCILED_DAY: "The day to compare, such as 2026-01-31 (UTC); otherwise all days that are due",
    SERVICE: variables.SERVICE.meaning,
} as const satisfies Readonly<Record<string, string>>;

/** Variables of that task that only a single run has, one of them at most: they are not in its task definition. */
export const singleRunVariables = [
    "ACCEPTED_DIFFERENCE",
    "COMPARED_FROM",
    "RECONCILED_DAY",
] as const satisfies readonly (keyof typeof reconciliationVariables)[];

/** Kinds of differences between payments and the acquirer's report (docs/reconciliation.md). A key may have several. */
export const differenceKinds = ["only-acquirer", "only-database", "other-amount", "twice"] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

/** Form of an idempotency key, and of a payment's ID, in the acquirer's report. */
export const reportedIdPattern = /^[\w.:-]{1,128}$/;

/** Exit code of that task where all was compared and something differs. */
export const differsExitCode = 2;

/** Connections of a task to each host of the database, the writer's and the readers', at most. Where both are the same it is one host. */
export const databaseConnections = 10;

/** TCP port on which a service listens, for requests and health checks. */
export const servicePort = 8080;

/** Protocol of that port: card data is encrypted up to the task (PCI DSS 4.2.1, Security Hub ELB.21). */
export const serviceProtocol = "HTTPS";

/**
 * Stage of the merchants' API. API Gateway may send it before the path of a service, and may leave it out. No service may have its
 * name.
 */
export const stageName = "v1";

/** Path of the load balancer's health check. A service responds 200 without using the database. */
export const healthPath = (service: string): string => `/${service}/health`;

/** UID and GID of the container's process. */
export const user = "1000:1000";

/** The writable directory of a container; the rest of its root file system is read-only. */
export const writablePath = "/tmp";

/**
 * Directories that an image declares as `VOLUME`, after it has given them to `user`: Fargate mounts the volume of a task with
 * the owner and the mode that the image declares, and otherwise as root's, with 0755
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html).
 */
export const imageVolumes: readonly string[] = [writablePath];

/** Seconds for which a service keeps an idle connection open: longer than the load balancer, which reuses connections. */
export const keepAliveSeconds = 75;

/** Seconds between SIGTERM and SIGKILL: twice the 30 s of the load balancer's deregistration delay. */
export const stopSeconds = 60;

/** CloudWatch namespace of the platform's own metrics. */
export const metricNamespace = "PaymentPlatform";
