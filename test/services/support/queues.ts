import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { eventually } from "../../integration/support/eventually.ts";
import { underTest } from "./merchant.ts";
import { patience } from "./patience.ts";

const sqs = () =>
    new SQSClient({
        region: "us-east-1",
        endpoint: underTest().machine.awsEndpoint,
        credentials: { accessKeyId: "local", secretAccessKey: "local" },
    });

const urlOf = (queue: string) => `${underTest().machine.awsEndpoint}/000000000000/${queue}`;

export const sendMessage = (queue: string, body: string) =>
    sqs().send(new SendMessageCommand({ QueueUrl: urlOf(queue), MessageBody: body }));

/** Sends a message and waits until the queue has been emptied. */
export async function resend(queue: string, message: object): Promise<void> {
    await sendMessage(queue, JSON.stringify(message));
    await eventually(
        `${queue} is empty`,
        async () => {
            const { Attributes = {} } = await sqs().send(
                new GetQueueAttributesCommand({ QueueUrl: urlOf(queue), AttributeNames: ["All"] }),
            );
            const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes;
            return ApproximateNumberOfMessages === "0" && ApproximateNumberOfMessagesNotVisible === "0"
                ? true
                : undefined;
        },
        patience,
    );
}

/** Waits for a message with this body. */
export const untilReceived = (queue: string, body: string) =>
    eventually(
        `a message in ${queue}`,
        async () => {
            const { Messages = [] } = await sqs().send(
                new ReceiveMessageCommand({ QueueUrl: urlOf(queue), MaxNumberOfMessages: 10, VisibilityTimeout: 1 }),
            );
            return Messages.find(({ Body }) => Body === body);
        },
        patience,
    );
