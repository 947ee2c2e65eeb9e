import type { Settings } from "../settings/schema.ts";

type EngineVersion = Settings["database"]["engineVersion"];

interface Parameter {
    readonly value: string;
    /**
     * Whether PostgreSQL reads the parameter only when it starts
     * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Reference.ParameterGroups.html).
     * @default false
     */
    readonly isStatic?: true;
    /**
     * Versions that have this value as their default
     * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Security.html).
     * @default none
     */
    readonly defaultOf?: readonly EngineVersion[];
}

/**
 * Connections, schema changes and slow statements are logged (PCI DSS 10.2.1), and of bind parameters, which may be cardholder
 * data, no value that PostgreSQL has read (PCI DSS 3.3). Of a value with a wrong syntax the message itself has the text, and the text of
 * a slow or failed statement is logged as it is, with the literals in it.
 */
const parameters: Readonly<Record<string, Parameter>> = {
    "rds.force_ssl": { value: "1", defaultOf: ["17"] },
    log_connections: { value: "1" },
    log_disconnections: { value: "1" },
    log_statement: { value: "ddl" },
    log_min_duration_statement: { value: "1000" },
    log_parameter_max_length: { value: "0" },
    // Without the details, which have the values of a row that breaks a constraint.
    log_error_verbosity: { value: "terse" },
};

/**
 * pgAudit logs each change of a role or of the schema with its user, and no values
 * (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Appendix.PostgreSQL.CommonDBATasks.pgaudit.html).
 */
const auditParameters: Readonly<Record<string, Parameter>> = {
    // The list replaces that of Aurora, of which pg_stat_statements is a member.
    shared_preload_libraries: { value: "pg_stat_statements,pgaudit", isStatic: true },
    "pgaudit.log": { value: "role,ddl" },
};

/** The parameters of a cluster's parameter group, for a version of Aurora PostgreSQL. */
export const clusterParameters = (engineVersion: EngineVersion, { pgaudit }: Settings["database"]) =>
    Object.entries({ ...parameters, ...(pgaudit ? auditParameters : {}) }).map(
        ([name, { value, isStatic, defaultOf = [] }]) => ({
            name,
            value,
            // RDS keeps a value that is its own default as `pending-reboot`, and every update would find a difference.
            applyMethod: isStatic || defaultOf.includes(engineVersion) ? "pending-reboot" : "immediate",
        }),
    );
