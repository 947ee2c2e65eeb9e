import type { Machine } from "./machine-types.ts";

export const serviceNames = ["api", "payment", "notification"] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The variables of the container contract for a service on this machine. */
export function environmentOf(service: ServiceName, port: number, machine: Machine): Record<string, string> {
    const queueUrl = (name: string) => `${machine.awsEndpoint}/000000000000/${name}`;
    const database = {
        DATABASE_HOST: "localhost",
        DATABASE_NAME: machine.databaseName,
        DATABASE_PORT: `${machine.databasePort}`,
        DATABASE_READER_HOST: "localhost",
        DATABASE_USER: `payment_${service}`,
    };
    const cache = {
        CACHE_HOST: "localhost",
        CACHE_PORT: `${machine.cachePort}`,
        CACHE_TOKEN_SECRET_ARN: machine.cacheSecretArn,
    };
    const own = {
        api: {
            ...cache,
            PROCESSING_QUEUE_URL: queueUrl("processing"),
            GATEWAY_SECRET_ARN: machine.gatewaySecretArn,
        },
        payment: {
            ...cache,
            CONSUME_QUEUE_URL: queueUrl("processing"),
            EVENTS_TOPIC_ARN: machine.topicArn,
            ...(machine.acquirerUrl === undefined
                ? {}
                : { ACQUIRER_URL: machine.acquirerUrl, ACQUIRER_SECRET_ARN: machine.acquirerSecretArn }),
        },
        notification: { CONSUME_QUEUE_URL: queueUrl("notifications") },
    };
    return {
        AWS_REGION: "us-east-1",
        ENVIRONMENT: "local",
        LOG_LEVEL: "debug",
        PORT: `${port}`,
        PROTOCOL: "HTTPS",
        SERVICE: service,
        ...database,
        ...own[service],
    };
}
