import { z } from "zod";
import { uniqueList, integer } from "./fields.ts";

/**
 * One entry of the map of queues. SQS takes 0 to 43,200 s and 1 to 1,000 receives
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html).
 */
export const queue = z.strictObject({
    // A container has 60 s to stop (`stopTimeout`), and the message must not come to another one before.
    visibilityTimeoutSeconds: integer(60, 43_200)
        .default(60)
        .describe("Seconds that a consumer has for a message before another one gets it."),
    // Once is no second try: a consumer that is stopped would fail its message.
    maxReceiveCount: integer(2, 1000)
        .default(5)
        .describe("Deliveries after which a message moves to the dead-letter queue."),
    subscribesTo: uniqueList(z.string())
        .default([])
        .describe(
            "Topics whose messages the queue gets. Add to the end of the list: the subscription of the first bears the queue's name.",
        ),
});

/** One entry of the map of topics; the queues say who subscribes. */
export const topic = z.strictObject({});
