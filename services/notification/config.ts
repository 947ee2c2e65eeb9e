import { z } from "zod";
import { commonVariables, databaseVariables, optionalServerVariables, queueUrl } from "../common/config.ts";

const variables = {
    ...commonVariables,
    ...optionalServerVariables,
    ...databaseVariables,
    CONSUME_QUEUE_URL: queueUrl,
};

/** Environment of the notification service. */
export const notificationConfig = z.object(variables);
export type NotificationConfig = z.output<typeof notificationConfig>;
