import { z } from "zod";
import { differenceKinds, singleRunVariables, type reconciliationVariables } from "../../../contract/container.ts";
import { arn, commonVariables, databaseVariables } from "../../common/config.ts";
import { acquirerUrl } from "../config.ts";
import { reportedId } from "./report.ts";

const { DATABASE_HOST, DATABASE_NAME, DATABASE_PORT, DATABASE_USER } = databaseVariables;

const day = z.iso.date({ error: "must be a day such as 2026-01-31" });

const difference = z.object({
    idempotencyKey: reportedId,
    kind: z.enum(differenceKinds, { error: `must have one of ${differenceKinds.join(", ")} behind a slash` }),
});
export type AcceptedDifference = z.output<typeof difference>;

/** In one variable, so that an image of before, which knows no kinds, refuses it and does not settle all of the key. */
const acceptedDifference = z.string().transform((text, context): AcceptedDifference => {
    const [idempotencyKey, ...behind] = text.split("/");
    const { data, error } = difference.safeParse({ idempotencyKey, kind: behind.join("/") });
    error?.issues.forEach(({ message }) => {
        context.addIssue(message);
    });
    return data ?? z.NEVER;
});

/** Environment of the task that compares payments with the acquirer's report. */
export const reconciliationConfig = z
    .object({
        ...commonVariables,
        ACCEPTED_DIFFERENCE: acceptedDifference.optional(),
        ACQUIRER_SECRET_ARN: arn,
        ACQUIRER_URL: acquirerUrl,
        COMPARED_FROM: day.optional(),
        DATABASE_HOST,
        DATABASE_NAME,
        DATABASE_PORT,
        DATABASE_USER,
        RECONCILED_DAY: day.optional(),
    } satisfies Readonly<Record<keyof typeof reconciliationVariables, z.ZodType>>)
    .refine((config) => singleRunVariables.filter((name) => config[name] !== undefined).length <= 1, {
        error: `${singleRunVariables.join(", ")}: set one of them at most, as each is what a task does alone`,
    });
export type ReconciliationConfig = z.output<typeof reconciliationConfig>;
