import { z } from "zod";
import type { reconciliationVariables } from "../../../contract/container.ts";
import { arn, commonVariables, databaseVariables } from "../../common/config.ts";
import { acquirerUrl } from "../config.ts";
import { reportedId } from "./report.ts";

const { DATABASE_HOST, DATABASE_NAME, DATABASE_PORT, DATABASE_USER } = databaseVariables;

/** Environment of the task that compares payments with the acquirer's report. */
export const reconciliationConfig = z
    .object({
        ...commonVariables,
        ACCEPTED_DIFFERENCE: reportedId.optional(),
        ACQUIRER_SECRET_ARN: arn,
        ACQUIRER_URL: acquirerUrl,
        DATABASE_HOST,
        DATABASE_NAME,
        DATABASE_PORT,
        DATABASE_USER,
        RECONCILED_DAY: z.iso.date({ error: "must be a day such as 2026-01-31" }).optional(),
    } satisfies Readonly<Record<keyof typeof reconciliationVariables, z.ZodType>>)
    .refine((config) => config.ACCEPTED_DIFFERENCE === undefined || config.RECONCILED_DAY === undefined, {
        error: "ACCEPTED_DIFFERENCE and RECONCILED_DAY: set one of them, as a difference is accepted without a comparison",
    });
export type ReconciliationConfig = z.output<typeof reconciliationConfig>;
