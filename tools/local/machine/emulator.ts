import { channel } from "node:diagnostics_channel";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { startFauxqs, type FauxqsServer } from "fauxqs";
import { textAtPath } from "../../../plan/query.ts";
import { localArn, thisHostOnly } from "../replacements.ts";
import type { PlannedPlatform } from "../platform.ts";
import type { CallCounts, Passage } from "./messages.ts";

/** Passages that are kept: those of the last few hundred payments. */
const maxPassages = 5_000;

/** SQS and SNS, in this process. */
export interface Emulator {
    readonly endpoint: string;
    readonly passages: () => Passage[];
    /** Calls since the start. */
    readonly calls: () => CallCounts;
    readonly stop: () => Promise<void>;
}

/**
 * Starts SQS and SNS with the queues, the topics and the subscriptions of the plan. Only programs of this machine can connect: the
 * emulator checks no credentials, so that who reaches it could send an event that no service has sent.
 *
 * @throws Error if it listens on another address than 127.0.0.1
 */
export async function startEmulator({ region, queues, topics, subscriptions }: PlannedPlatform): Promise<Emulator> {
    const calls = new Map<string, number>();
    const server = await withNewServers(
        (fastify) => {
            restrictToThisHost(fastify);
            fastify.addHook("preHandler", (request, _, done) => {
                const action = actionOf(request);
                calls.set(action, (calls.get(action) ?? 0) + 1);
                done();
            });
        },
        () =>
            startFauxqs({
                port: 0,
                logger: false,
                defaultRegion: region,
                messageSpies: { bufferSize: maxPassages },
                init: {
                    queues: queues.map(({ name, attributes }) => ({ name, attributes: withLocalArns(attributes) })),
                    topics: topics.map((name) => ({ name })),
                    subscriptions: subscriptions.map((each) => ({
                        ...each,
                        attributes: withLocalArns(each.attributes),
                    })),
                },
            }),
    );
    const endpoint = `http://${thisHostOnly}:${server.port}`;
    if (server.address !== endpoint) {
        await server.stop();
        throw new Error(`the emulator of SQS and SNS listens on ${server.address}, where it must be ${endpoint}`);
    }
    return {
        endpoint,
        passages: () => passagesOf(server),
        calls: () => Object.fromEntries(calls),
        stop: () => server.stop(),
    };
}

/**
 * Calls a function, and changes each server of Fastify that it creates before it returns. Fastify publishes each new one:
 * https://fastify.dev/docs/latest/Reference/Hooks/#diagnostics-channel-hooks
 */
function withNewServers<T>(change: (fastify: FastifyInstance) => void, start: () => T): T {
    const initialization = channel("fastify.initialization");
    const receive = (message: unknown): void => {
        change((message as { readonly fastify: FastifyInstance }).fastify);
    };
    initialization.subscribe(receive);
    try {
        return start();
    } finally {
        initialization.unsubscribe(receive);
    }
}

/** Lets a server listen on 127.0.0.1: the emulator has no option for it. */
function restrictToThisHost(fastify: FastifyInstance): void {
    const listen = fastify.listen.bind(fastify);
    Object.assign(fastify, { listen: (options: object) => listen({ ...options, host: thisHostOnly }) });
}

/** `AmazonSQS.SendMessage` in a header of SQS's protocol; `Action` in the body of SNS's. */
const actionOf = ({ headers, body }: FastifyRequest): string =>
    String(headers["x-amz-target"] ?? textAtPath(body, "Action")).replace(/^AmazonSQS\./, "");

/** Policies of redelivery name a queue by its ARN. */
const withLocalArns = (attributes: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, localArn(value)]));

const passagesOf = ({ spy }: FauxqsServer): Passage[] =>
    spy
        .getAllMessages()
        .filter((message) => message.service === "sqs")
        .map(({ queueName: queue, status, body, timestamp: time }) => ({ queue, status, body, time }));
