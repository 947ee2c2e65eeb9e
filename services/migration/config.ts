import { z } from "zod";
import type { migrationVariables } from "../../contract/container.ts";
import { arn, commonVariables, databaseVariables } from "../common/config.ts";

const { AWS_REGION, ENVIRONMENT, LOG_LEVEL } = commonVariables;
const { DATABASE_HOST, DATABASE_NAME, DATABASE_PORT } = databaseVariables;

/** Environment of the migration. */
export const migrationConfig = z.object({
    AWS_REGION,
    DATABASE_HOST,
    DATABASE_MASTER_SECRET_ARN: arn,
    DATABASE_NAME,
    DATABASE_PORT,
    ENVIRONMENT,
    LOG_LEVEL,
} satisfies Readonly<Record<keyof typeof migrationVariables, z.ZodType>>);

export type MigrationConfig = z.output<typeof migrationConfig>;
