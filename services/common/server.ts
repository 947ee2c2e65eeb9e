import { performance } from "node:perf_hooks";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type RawServerDefault } from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { maxHeaderSize, type IncomingMessage, type ServerResponse } from "node:http";
import { healthPath, keepAliveSeconds } from "../../contract/container.ts";
import { jsonMediaType, maxBodyBytes } from "../../validator/http.ts";
import { problemMediaType } from "../../validator/problem.ts";
import { selfSignedCertificate } from "./certificate.ts";
import type { CommonConfig, ServerConfig } from "./config.ts";
import type { Running } from "./lifecycle.ts";
import { errorFields, type Log } from "./log.ts";
import type { PutMetric } from "./metrics.ts";
import type { Sources } from "./sources.ts";
import { Problem } from "./problem.ts";
import { checkUrlAndHeaders, correlationIdOf, parseBody, problemOf, routedUrl } from "./request.ts";

export type Server = FastifyInstance<
    RawServerDefault,
    IncomingMessage,
    ServerResponse,
    FastifyBaseLogger,
    ZodTypeProvider
>;

export interface ServerArgs {
    readonly config: ServerConfig;
    readonly log: Log;
    readonly putMetric: PutMetric;
}

type ListenSources = Pick<Sources, "listenHost">;

/** Milliseconds for a whole request: API Gateway waits 29 s for the response. */
const requestTimeoutMs = 25_000;
/** Milliseconds between two searches for idle connections while the server stops. */
const closeIdleMs = 100;

/**
 * An HTTPS server that answers the load balancer's health check, without the database, and refuses card data wherever it is. Each
 * request has one line in the log, with its route and never its path, query or body.
 */
export async function createServer(args: ServerArgs): Promise<Server> {
    const { SERVICE, PROTOCOL } = args.config;
    const app = Fastify({
        https: PROTOCOL === "HTTPS" ? await selfSignedCertificate(SERVICE) : null,
        bodyLimit: maxBodyBytes,
        keepAliveTimeout: keepAliveSeconds * 1_000,
        requestTimeout: requestTimeoutMs,
        // While the server stops, requests that have arrived are answered, and idle connections are closed.
        forceCloseConnections: "idle",
        return503OnClosing: false,
        rewriteUrl: ({ url }) => routedUrl(url),
        // No parameter is too long for a route: the router would answer by itself. No request has a longer line.
        routerOptions: { maxParamLength: maxHeaderSize },
        genReqId: ({ headers }) => correlationIdOf(headers["x-correlation-id"]),
    }).withTypeProvider<ZodTypeProvider>();
    app.setValidatorCompiler(validatorCompiler);
    app.setSerializerCompiler(serializerCompiler);
    acceptJsonOnly(app);
    handleErrors(app, args);
    recordRequests(app, args);
    app.addHook("onRequest", (request, _reply, done) => {
        checkUrlAndHeaders(request);
        done();
    });
    app.addHook("onSend", (request, reply, _payload, done) => {
        reply.headers({
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            "x-correlation-id": request.id,
        });
        done();
    });
    app.get(healthPath(SERVICE), { schema: { hide: true } }, () => ({ status: "ok" }));
    return app;
}

/** Listens for the health check of the load balancer where the service has a path; a worker has a command instead. */
export async function listenForHealthChecks({
    config,
    sources,
    ...args
}: Omit<ServerArgs, "config"> & {
    readonly config: CommonConfig & Partial<Pick<ServerConfig, "PORT" | "PROTOCOL">>;
    readonly sources: ListenSources;
}): Promise<Running> {
    const { PORT, PROTOCOL } = config;
    if (PORT === undefined || PROTOCOL === undefined) {
        return { stop: () => Promise.resolve() };
    }
    const serverConfig = { ...config, PORT, PROTOCOL };
    return listen(await createServer({ config: serverConfig, ...args }), serverConfig, sources);
}

/** Listens until it is stopped. */
export async function listen(
    app: Server,
    { PORT }: ServerConfig,
    { listenHost = "0.0.0.0" }: ListenSources,
): Promise<Running> {
    await app.listen({ port: PORT, host: listenHost });
    const stop = async () => {
        // A connection whose last request is answered while the server stops becomes idle after `close` has looked.
        const closing = setInterval(() => {
            app.server.closeIdleConnections();
        }, closeIdleMs);
        try {
            await app.close();
        } finally {
            clearInterval(closing);
        }
    };
    return { stop };
}

function acceptJsonOnly(app: Server): void {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(jsonMediaType, { parseAs: "string" }, (_request, body, done) => {
        try {
            // Many clients send the header without a body, too.
            done(null, body === "" ? undefined : parseBody(String(body)));
        } catch (error) {
            done(error instanceof Error ? error : new Error("not parsed"));
        }
    });
}

function handleErrors(app: Server, { log, putMetric }: ServerArgs): void {
    app.setNotFoundHandler(() => {
        throw new Problem("not-found");
    });
    app.setErrorHandler<Error>((error, request, reply) => {
        const problem = problemOf(error);
        const { kind, status, errors } = problem;
        const fields = {
            correlationId: request.id,
            kind,
            problems: errors.map(({ field, rule }) => ({ field, rule })),
        };
        if (status >= 500) {
            log.error({ ...fields, ...errorFields(error) }, "request failed");
        } else {
            const isCardData = errors.some(({ rule }) => rule.startsWith("card-"));
            log[isCardData ? "warn" : "info"](fields, "request refused");
            putMetric("RequestsRefused", 1);
        }
        if (status === 503) {
            reply.header("retry-after", "5");
        }
        return reply.status(status).type(problemMediaType).serializer(String).send(problem.body());
    });
}

function recordRequests(app: Server, { config, log, putMetric }: ServerArgs): void {
    const started = new WeakMap<object, number>();
    app.addHook("onRequest", (request, _reply, done) => {
        started.set(request, performance.now());
        done();
    });
    app.addHook("onResponse", (request, reply, done) => {
        const route = request.routeOptions.url ?? "none";
        const isHealthCheck = route === healthPath(config.SERVICE);
        const ms = Math.round(performance.now() - (started.get(request) ?? 0));
        const fields = { correlationId: request.id, method: request.method, route, status: reply.statusCode, ms };
        log[isHealthCheck ? "debug" : "info"](fields, "request");
        if (!isHealthCheck) {
            putMetric("RequestLatency", ms);
        }
        done();
    });
}
