/** The function's configuration, from its environment variables (docs/validator.md). */
export interface Config {
    tableName: string;
    auditBucket: string;
    auditKeyArn: string;
    maxAmountMinor: number;
    recordTtlDays: number;
    metricsNamespace: string;
    service: string;
    environment: string;
    corsOrigins: readonly string[];
}

// 13 digits could be a card number, and a limit that the card check undercuts would mislead.
export const maxAmountLimit = 999_999_999_999;

/** Reads the environment once, at cold start, and names every missing or wrong variable in one error. */
export function readConfig(env: Record<string, string | undefined>): Config {
    const problems: string[] = [];
    const text = (name: string, pattern: RegExp, shape: string): string => {
        const value = env[name] ?? "";
        if (!pattern.test(value)) {
            problems.push(`${name} must be ${shape}, got ${value === "" ? "nothing" : `"${value}"`}`);
        }
        return value;
    };
    const integer = (name: string, max: number): number => {
        const value = Number(text(name, /^[1-9]\d*$/, `a whole number from 1 to ${max}`));
        if (value > max) {
            problems.push(`${name} must be at most ${max}, got ${value}`);
        }
        return value;
    };
    const config = {
        tableName: text("TABLE_NAME", /^[A-Za-z0-9_.-]{3,255}$/, "a DynamoDB table's name"),
        auditBucket: text("AUDIT_BUCKET", /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "an S3 bucket's name"),
        auditKeyArn: text("AUDIT_KEY_ARN", /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, "a KMS key's ARN"),
        maxAmountMinor: integer("MAX_AMOUNT_MINOR", maxAmountLimit),
        recordTtlDays: integer("RECORD_TTL_DAYS", 36_500),
        metricsNamespace: text("METRICS_NAMESPACE", /^[A-Za-z0-9._/#:-]{1,255}$/, "a CloudWatch namespace"),
        service: text("SERVICE", /^[\w-]{1,64}$/, "a dimension's value"),
        environment: text("ENVIRONMENT", /^[\w-]{1,64}$/, "a dimension's value"),
        corsOrigins: (env.CORS_ORIGINS ?? "").split(",").filter((origin) => origin !== ""),
    };
    if (problems.length > 0) {
        throw new Error(`payment validator: ${problems.join("; ")}`);
    }
    return config;
}
