import { z } from "zod";
import {
    arn,
    cacheVariables,
    commonVariables,
    databaseVariables,
    optionalServerVariables,
    queueUrl,
} from "../common/config.ts";

/** Without a user, whose password would be in a variable, and without a query, to which no path can be added. */
export const acquirerUrl = z
    .url({ protocol: /^https$/, error: "must be an https URL" })
    .regex(/^[^?#@]*$/, { error: "must have no user, query and fragment" });

const variables = {
    ...commonVariables,
    ...optionalServerVariables,
    ...databaseVariables,
    ...cacheVariables,
    CONSUME_QUEUE_URL: queueUrl,
    EVENTS_TOPIC_ARN: arn,
    ACQUIRER_URL: acquirerUrl.optional(),
    ACQUIRER_SECRET_ARN: arn.optional(),
};

/** Environment of the payment service. Without the two variables of the acquirer, one is simulated. */
export const paymentConfig = z
    .object(variables)
    .refine((config) => (config.ACQUIRER_URL === undefined) === (config.ACQUIRER_SECRET_ARN === undefined), {
        error: "ACQUIRER_URL and ACQUIRER_SECRET_ARN: set both, or neither for the simulated acquirer",
    });
export type PaymentConfig = z.output<typeof paymentConfig>;
