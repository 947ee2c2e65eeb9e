import { z } from "zod";
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
};

/** Environment of the api service. */
export const apiConfig = z.object(variables);
export type ApiConfig = z.output<typeof apiConfig>;
