import { channel } from "node:diagnostics_channel";
import type { FastifyInstance } from "fastify";
import { startFauxqs, type FauxqsServer } from "fauxqs";
import { localArn, thisHostOnly } from "../replacements.ts";
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

/**
 * Starts SQS and SNS with the queues, the topics and the subscriptions of the plan. Only programs of this machine can connect: the
 * emulator checks no credentials, so that who reaches it could send an event that no service has sent.
 *
 * @throws Error if it listens on another address than 127.0.0.1
 */
export async function startEmulator({ region, queues, topics, subscriptions }: PlannedPlatform): Promise<Emulator> {
    const server = await withListenersOnThisHost(() =>
        startFauxqs({
            port: 0,
            logger: false,
            defaultRegion: region,
            messageSpies: { bufferSize: maxPassages },
            init: {
                queues: queues.map(({ name, attributes }) => ({ name, attributes: withLocalArns(attributes) })),
                topics: topics.map((name) => ({ name })),
                subscriptions: subscriptions.map((each) => ({ ...each, attributes: withLocalArns(each.attributes) })),
            },
        }),
    );
    const endpoint = `http://${thisHostOnly}:${server.port}`;
    if (server.address !== endpoint) {
        await server.stop();
        throw new Error(`the emulator of SQS and SNS listens on ${server.address}, where it must be ${endpoint}`);
    }
    return { endpoint, passages: () => passagesOf(server), stop: () => server.stop() };
}

/**
 * Calls a function, and lets the servers of Fastify that it creates before it returns listen on 127.0.0.1. The emulator has no option
 * for it. Fastify publishes each new server: https://fastify.dev/docs/latest/Reference/Hooks/#diagnostics-channel-hooks
 */
function withListenersOnThisHost<T>(start: () => T): T {
    const initialization = channel("fastify.initialization");
    const restrict = (message: unknown): void => {
        const { fastify } = message as { readonly fastify: FastifyInstance };
        const listen = fastify.listen.bind(fastify);
        Object.assign(fastify, { listen: (options: object) => listen({ ...options, host: thisHostOnly }) });
    };
    initialization.subscribe(restrict);
    try {
        return start();
    } finally {
        initialization.unsubscribe(restrict);
    }
}

/** Policies of redelivery name a queue by its ARN. */
const withLocalArns = (attributes: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, localArn(value)]));

const passagesOf = ({ spy }: FauxqsServer): Passage[] =>
    spy
        .getAllMessages()
        .filter((message) => message.service === "sqs")
        .map(({ queueName: queue, status, body, timestamp: time }) => ({ queue, status, body, time }));
