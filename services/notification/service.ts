import { createConsumer, heartbeatFileOf } from "../common/consumer.ts";
import { connectDatabase } from "../common/database.ts";
import type { Running } from "../common/lifecycle.ts";
import { createLog, type Log } from "../common/log.ts";
import { paymentEvent } from "../common/messages.ts";
import { createMetrics } from "../common/metrics.ts";
import { listenForHealthChecks } from "../common/server.ts";
import type { Sources } from "../common/sources.ts";
import type { NotificationConfig } from "./config.ts";
import { recordEvent } from "./record.ts";

/** Starts the notification service. @returns its log, and its parts in the order in which they are stopped */
export async function startNotification(
    config: NotificationConfig,
    sources: Sources,
): Promise<{ log: Log; parts: Running[] }> {
    const log = createLog(config);
    const putMetric = createMetrics(config, (line) => process.stdout.write(line));
    const database = connectDatabase(config, config.DATABASE_HOST, sources, log);
    const consumer = createConsumer({
        sqs: sources.sqs,
        queueUrl: config.CONSUME_QUEUE_URL,
        schema: paymentEvent,
        process: (event) => recordEvent(database, log, event),
        log,
        putMetric,
        heartbeatFile: heartbeatFileOf(config, sources),
    });

    consumer.start();
    const server = await listenForHealthChecks({ config, sources, log, putMetric });
    return { log, parts: [consumer, server, { stop: () => database.end() }] };
}
