import { z } from "zod";
import { maxAmountLimit } from "../../validator/config.ts";
import {
    arn,
    cacheVariables,
    commonVariables,
    databaseVariables,
    queueUrl,
    serverVariables,
} from "../common/config.ts";

const variables = {
    ...commonVariables,
    ...serverVariables,
    ...databaseVariables,
    ...cacheVariables,
    PROCESSING_QUEUE_URL: queueUrl,
    GATEWAY_SECRET_ARN: arn,
    MAX_AMOUNT_MINOR: z.coerce.number({ error: "must be an amount" }).int().min(1).max(maxAmountLimit),
};

/** Environment of the api service. */
export const apiConfig = z.object(variables);
export type ApiConfig = z.output<typeof apiConfig>;
