import { Cache } from "../common/cache.ts";
import { createConsumer, heartbeatFileOf } from "../common/consumer.ts";
import { connectDatabase } from "../common/database.ts";
import type { Running } from "../common/lifecycle.ts";
import { createLog, type Log } from "../common/log.ts";
import { processingMessage } from "../common/messages.ts";
import { measureSteadily } from "../common/measure.ts";
import { createMetrics } from "../common/metrics.ts";
import { outboxAge, publishToTopic, Relay } from "../common/outbox.ts";
import { listenForHealthChecks } from "../common/server.ts";
import type { Sources } from "../common/sources.ts";
import type { Acquirer } from "./acquirer.ts";
import type { PaymentConfig } from "./config.ts";
import { httpAcquirer } from "./http-acquirer.ts";
import { processMessage } from "./process.ts";
import { reconciliationState } from "./reconciliation/state.ts";
import { simulatedAcquirer } from "./simulated-acquirer.ts";
import { unfinishedAges } from "./unfinished.ts";

/** Starts the payment service. @returns its log, and its parts in the order in which they are stopped */
export async function startPayment(config: PaymentConfig, sources: Sources): Promise<{ log: Log; parts: Running[] }> {
    const log = createLog(config);
    const acquirer = acquirerOf(config, sources, log);
    const putMetric = createMetrics(config, (line) => process.stdout.write(line));
    const database = connectDatabase(config, config.DATABASE_HOST, sources, log);
    const cache = new Cache(config, sources, log);
    const send = publishToTopic(sources.sns, config.EVENTS_TOPIC_ARN);
    const relay = new Relay({ pool: database, table: "payment_outbox", send, log });
    const wakeRelay = () => {
        relay.wake();
    };
    const consumer = createConsumer({
        sqs: sources.sqs,
        queueUrl: config.CONSUME_QUEUE_URL,
        schema: processingMessage,
        process: (message) => processMessage({ database, cache, acquirer, log, putMetric, wakeRelay }, message),
        log,
        putMetric,
        heartbeatFile: heartbeatFileOf(config, sources),
    });

    cache.connect();
    relay.start();
    consumer.start();
    const measure = async () => ({
        OutboxAge: await outboxAge(database, "payment_outbox"),
        ...(await unfinishedAges(database)),
        // What is simulated has no report.
        ...(config.ACQUIRER_URL === undefined ? {} : await reconciliationState(database)),
    });
    const measurement = measureSteadily({ measure, log, putMetric });
    const server = await listenForHealthChecks({ config, sources, log, putMetric });
    const stores = {
        stop: async () => {
            cache.close();
            await database.end();
        },
    };
    return { log, parts: [consumer, relay, measurement, server, stores] };
}

function acquirerOf(
    { ACQUIRER_URL: url, ACQUIRER_SECRET_ARN: secretArn }: PaymentConfig,
    sources: Sources,
    log: Log,
): Acquirer {
    if (url === undefined || secretArn === undefined) {
        log.warn("the acquirer is simulated: no money is moved");
        return simulatedAcquirer();
    }
    return httpAcquirer({
        url,
        readCredential: () => sources.readSecret(secretArn),
        authorities: sources.acquirerAuthorities,
    });
}
