import { Cache } from "../common/cache.ts";
import { connectDatabase } from "../common/database.ts";
import type { Running } from "../common/lifecycle.ts";
import { createLog, type Log } from "../common/log.ts";
import { measureSteadily } from "../common/measure.ts";
import { createMetrics } from "../common/metrics.ts";
import { outboxAge, Relay, sendToQueue } from "../common/outbox.ts";
import { createServer, listen } from "../common/server.ts";
import type { Sources } from "../common/sources.ts";
import type { ApiConfig } from "./config.ts";
import { Merchants } from "./merchant.ts";
import { addRoutes } from "./routes.ts";

/** Starts the api service. @returns its log, and its parts in the order in which they are stopped */
export async function startApi(config: ApiConfig, sources: Sources): Promise<{ log: Log; parts: Running[] }> {
    const log = createLog(config);
    const putMetric = createMetrics(config, (line) => process.stdout.write(line));
    const database = connectDatabase(config, config.DATABASE_HOST, sources, log);
    const { DATABASE_HOST: writerHost, DATABASE_READER_HOST: readerHost } = config;
    // Without readers both are the writer's.
    const readers = readerHost === writerHost ? database : connectDatabase(config, readerHost, sources, log);
    const cache = new Cache(config, sources, log);
    const send = sendToQueue(sources.sqs, config.PROCESSING_QUEUE_URL);
    const relay = new Relay({ pool: database, table: "api_outbox", send, log });
    const wakeRelay = () => {
        relay.wake();
    };
    const app = await createServer({ config, log, putMetric });
    const merchants = new Merchants(() => sources.readSecret(config.GATEWAY_SECRET_ARN), log);
    await addRoutes(app, { config, stores: { database, readers, cache, wakeRelay }, merchants, putMetric });

    cache.connect();
    relay.start();
    const measure = async () => ({ OutboxAge: await outboxAge(database, "api_outbox") });
    const measurement = measureSteadily({ measure, log, putMetric });
    const server = await listen(app, config, sources);
    const stores = {
        stop: async () => {
            cache.close();
            await Promise.all([...new Set([database, readers])].map((pool) => pool.end()));
        },
    };
    return { log, parts: [server, relay, measurement, stores] };
}
