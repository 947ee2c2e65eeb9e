import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { eventually } from "../../../tools/frame/eventually.ts";
import { localAccount } from "../../../tools/local/machine/machine.ts";
import { localSources } from "../../../tools/local/replacements.ts";
import { patience } from "./patience.ts";
import { underTest } from "./under-test.ts";

const sqs = () => localSources(underTest().machine).sqs;

/** @param queue its name in the settings, such as `processing`, or with `-dlq` the one of its dead letters */
export const urlOf = (queue: string): string =>
    `${underTest().machine.awsEndpoint}/${localAccount}/payment-${queue}-dev`;

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
