import { startFauxqs, type FauxqsServer } from "fauxqs";
import { localArn } from "../replacements.ts";
import type { PlannedPlatform } from "../platform.ts";
import type { Passage } from "./messages.ts";

/** Passages that are kept: those of the last few hundred payments. */
const maxPassages = 5_000;

/** SQS and SNS, in this process. */
export interface Emulator {
    readonly endpoint: string;
    readonly passages: () => Passage[];
    readonly stop: () => Promise<void>;
}

/** Starts SQS and SNS with the queues, the topics and the subscriptions of the plan. */
export async function startEmulator({ region, queues, topics, subscriptions }: PlannedPlatform): Promise<Emulator> {
    const server = await startFauxqs({
        port: 0,
        logger: false,
        defaultRegion: region,
        messageSpies: { bufferSize: maxPassages },
        init: {
            queues: queues.map(({ name, attributes }) => ({ name, attributes: withLocalArns(attributes) })),
            topics: topics.map((name) => ({ name })),
            subscriptions: subscriptions.map((each) => ({ ...each, attributes: withLocalArns(each.attributes) })),
        },
    });
    return {
        endpoint: `http://127.0.0.1:${server.port}`,
        passages: () => passagesOf(server),
        stop: () => server.stop(),
    };
}

/** Policies of redelivery name a queue by its ARN. */
const withLocalArns = (attributes: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, localArn(value)]));

const passagesOf = ({ spy }: FauxqsServer): Passage[] =>
    spy
        .getAllMessages()
        .filter((message) => message.service === "sqs")
        .map(({ queueName: queue, status, body, timestamp: time }) => ({ queue, status, body, time }));
