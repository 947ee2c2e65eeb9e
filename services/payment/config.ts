import { z } from "zod";
import {
    arn,
    cacheVariables,
    commonVariables,
    databaseVariables,
    optionalServerVariables,
    queueUrl,
} from "../common/config.ts";

const variables = {
    ...commonVariables,
    ...optionalServerVariables,
    ...databaseVariables,
    ...cacheVariables,
    CONSUME_QUEUE_URL: queueUrl,
    EVENTS_TOPIC_ARN: arn,
};

/** Environment of the payment service. */
export const paymentConfig = z.object(variables);
export type PaymentConfig = z.output<typeof paymentConfig>;
