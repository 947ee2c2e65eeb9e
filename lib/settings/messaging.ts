import { z } from "zod";
import { uniqueList, integer } from "./fields.ts";

/**
 * One entry of the map of queues. SQS allows 0 to 43,200 s and 1 to 1,000 receives
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html).
 */
export const queue = z.strictObject({
    // A container has 60 s to stop (`stopTimeout`). Until then no other one may receive its message.
    visibilityTimeoutSeconds: integer(60, 43_200)
        .default(60)
        .describe(
            "Visibility timeout: seconds until another consumer can receive an unprocessed message, unless the receive has its own.",
        ),
    // With 1 there would be no retry: the message of a stopped consumer would move to the dead-letter queue.
    maxReceiveCount: integer(2, 1000)
        .default(5)
        .describe("Receives after which a message moves to the dead-letter queue."),
    subscribesTo: uniqueList(z.string()).default([]).describe("Topics that the queue subscribes to."),
});

/** One entry of the map of topics. The settings of the queues contain the subscriptions. */
export const topic = z.strictObject({});
