import { expect, test } from "@jest/globals";
import { plannedPlatform } from "../../../../tools/local/platform.ts";
import { planTestStack } from "../../../stacks.ts";

test("queues, topics and subscriptions are those of the plan, in the words of SQS and SNS", async () => {
    const { region, queues, topics, subscriptions } = plannedPlatform(await planTestStack("dev"));
    expect(region).toBe("us-east-1");
    expect(queues.find(({ name }) => name === "payment-processing-dev")?.attributes).toEqual({
        MessageRetentionPeriod: "1209600",
        ReceiveMessageWaitTimeSeconds: "20",
        RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: "arn:aws:sqs:us-east-1:123456789012:payment-processing-dlq-dev",
            maxReceiveCount: 50,
        }),
        VisibilityTimeout: "120",
    });
    expect(topics).toContain("payment-events-dev");
    expect(subscriptions).toEqual([
        {
            topic: "payment-events-dev",
            queue: "payment-notifications-dev",
            attributes: {
                RawMessageDelivery: "true",
                RedrivePolicy: JSON.stringify({
                    deadLetterTargetArn: "arn:aws:sqs:us-east-1:123456789012:payment-notifications-dlq-dev",
                }),
            },
        },
    ]);
});
