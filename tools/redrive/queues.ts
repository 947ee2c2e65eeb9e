import { GetQueueAttributesCommand, GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import { alertDeadLetterName } from "../../lib/alerts.ts";
import { nameOf } from "../../lib/scope.ts";
import { suggestName } from "../../lib/settings/problem.ts";
import type { PlatformSettings } from "../../lib/settings.ts";
import type { AwsClients } from "../frame/aws-clients.ts";
import { ExitError } from "../frame/exit.ts";

/** A dead-letter queue, by its name in AWS. */
export interface DeadLetterQueueName {
    readonly name: string;
    /** The queue from which its messages come; nothing where they come from another AWS service. */
    readonly sourceName?: string;
    /** The AWS service that sends its messages, where no queue does. */
    readonly sentBy?: string;
}

type QueueSettings = Pick<PlatformSettings, "environmentSuffix" | "queues">;

/** The stack's dead-letter queues, by the name that an operator gives. */
export const deadLetterQueues = ({
    environmentSuffix: suffix,
    queues,
}: QueueSettings): ReadonlyMap<string, DeadLetterQueueName> =>
    new Map<string, DeadLetterQueueName>([
        ["validator", { name: nameOf({ suffix }, "validator-dlq"), sentBy: "Lambda" }],
        ["alerts", { name: alertDeadLetterName({ suffix }), sentBy: "EventBridge" }],
        ...Object.keys(queues).map((name): [string, DeadLetterQueueName] => [
            name,
            { name: nameOf({ suffix }, `${name}-dlq`), sourceName: nameOf({ suffix }, name) },
        ]),
    ]);

/** The dead-letter queue of a queue in the settings. @throws ExitError `usage` for a name that the stack does not have */
export function deadLetterQueueOf(settings: QueueSettings, queue: string): DeadLetterQueueName {
    const known = deadLetterQueues(settings);
    const found = known.get(queue);
    if (found === undefined) {
        throw new ExitError("usage", `no queue "${queue}": ${suggestName(queue, [...known.keys()])}`);
    }
    return found;
}

export type SqsClient = Pick<AwsClients["sqs"], "send">;

/** A queue that exists. */
export interface FoundQueue {
    readonly name: string;
    readonly url: string;
    readonly arn: string;
    /** Messages that can be received, as SQS estimates them. */
    readonly visible: number;
    /** Messages that were received and not deleted yet, as SQS estimates them. */
    readonly inFlight: number;
    readonly retentionSeconds: number;
}

/**
 * A queue by its name.
 *
 * @throws ExitError `not-deployed` when it does not exist; `failed` for a dead-letter queue that has one itself, for SQS would
 * move its messages on when they are received often
 */
export async function findQueue(sqs: SqsClient, name: string, isDeadLetterQueue: boolean): Promise<FoundQueue> {
    const url = await queueUrl(sqs, name);
    const { Attributes: all = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
    );
    if (isDeadLetterQueue && all.RedrivePolicy !== undefined) {
        throw new ExitError("failed", `${name} has a redrive policy, so messages would leave it by being looked at`);
    }
    return {
        ...{ name, url },
        arn: all.QueueArn ?? "",
        visible: Number(all.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(all.ApproximateNumberOfMessagesNotVisible ?? 0),
        retentionSeconds: Number(all.MessageRetentionPeriod ?? 0),
    };
}

async function queueUrl(sqs: SqsClient, name: string): Promise<string> {
    try {
        const { QueueUrl: url = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
        return url;
    } catch (error) {
        if (error instanceof Error && /QueueDoesNotExist|NonExistentQueue/.test(error.name)) {
            throw new ExitError("not-deployed", `there is no queue ${name}: deploy the stack first`);
        }
        throw error;
    }
}
