import swagger, { type FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import type { FastifyReply, FastifyRequest } from "fastify";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import { healthPath, stageName } from "../../contract/container.ts";
import { problemMediaType } from "../../validator/problem.ts";
import type { PutMetric } from "../common/metrics.ts";
import type { Server } from "../common/server.ts";
import type { ApiConfig } from "./config.ts";
import { readEvents } from "./events.ts";
import { onceRequest } from "./idempotency.ts";
import type { Merchants } from "./merchant.ts";
import {
    createPayment,
    createRefund,
    listPayments,
    readPayment,
    readRefund,
    type Caller,
    type OnceResponse,
    type Stores,
} from "./payments.ts";
import * as schemas from "./schemas.ts";
import { createSession } from "./sessions.ts";

export interface ApiArgs {
    readonly config: Pick<ApiConfig, "MAX_AMOUNT_MINOR">;
    readonly stores: Stores;
    readonly merchants: Merchants;
    readonly putMetric: PutMetric;
}

const openapi: FastifyDynamicSwaggerOptions["openapi"] = {
    openapi: "3.1.0",
    servers: [{ url: `/${stageName}` }],
    info: {
        title: "Payments",
        description:
            "Payments of a merchant. Requests have an API key in the header `x-api-key`. An `X-Correlation-Id`, best a UUID with its dashes, is in the answer and in the logs; one that may be a card number, or is not 8 to 64 letters, digits and dashes, is replaced.",
        version: "1",
    },
    components: { securitySchemes: { apiKey: { type: "apiKey", in: "header", name: "x-api-key" } } },
    security: [{ apiKey: [] }],
};

const problem = {
    description: "Problem document (RFC 9457), also of the API before the services",
    content: { [problemMediaType]: { schema: schemas.problem } },
};
const tooMany = {
    ...problem,
    description:
        "Problem document. `throttled`: too many requests at once, with `Retry-After`. `quota-exceeded`: the requests of this day are used up, without it.",
};
const problems = { "4xx": problem, 429: tooMany, "5xx": problem };

/** Headers of answers, by status, for the description. Every request that is answered with 202 has an idempotency key. */
const answerHeaders = {
    "202": {
        "Idempotent-Replayed": {
            type: "string",
            enum: ["true"],
            description: "The answer is that of an earlier request with the same idempotency key.",
        },
    },
    "429": {
        "Retry-After": { type: "integer", description: "With `throttled`: seconds to wait." },
    },
    "5xx": {
        "Retry-After": {
            type: "integer",
            description: "With 503: seconds after which the same request may be sent again.",
        },
    },
};

/** Answers may have more fields in a later release, and Zod describes every object of an answer as one that has no others. */
const openAnswers = (responses: unknown = {}): Record<string, object> =>
    JSON.parse(JSON.stringify(responses), (name, value: unknown) =>
        name === "additionalProperties" && value === false ? undefined : value,
    ) as Record<string, object>;

/** The description of a route. */
function describeRoute(document: Parameters<typeof jsonSchemaTransform>[0]): ReturnType<typeof jsonSchemaTransform> {
    const { body, ...others } = document.schema;
    // A body in the description is one that a request must have.
    const schema = body === schemas.noBody ? others : document.schema;
    const described = jsonSchemaTransform({ ...document, schema });
    const responses = openAnswers(described.schema.response);
    for (const [status, headers] of Object.entries(answerHeaders)) {
        Object.assign(responses[status] ?? {}, { headers });
    }
    return { ...described, schema: { ...described.schema, response: responses } };
}

/** All routes of the api service. Each but the health check needs a merchant. */
export async function addRoutes(app: Server, args: ApiArgs): Promise<void> {
    const callers = new WeakMap<FastifyRequest, Caller>();
    app.addHook("onRequest", async (request) => {
        if (request.routeOptions.url !== healthPath("api")) {
            const merchantId = await args.merchants.merchantOf(request.headers);
            callers.set(request, { merchantId, correlationId: request.id });
        }
    });
    // No parameter and no field is ignored: who sends an amount with a refund would expect the refund of that amount.
    app.addHook("onRoute", (route) => {
        const nothing = { querystring: schemas.noFields, ...(route.method === "POST" ? { body: schemas.noBody } : {}) };
        route.schema = { ...nothing, ...route.schema };
    });
    await app.register(swagger, { openapi, transform: describeRoute });
    await app.register((routes, _options, done) => {
        const callerOf = (request: FastifyRequest): Caller => requireCaller(callers.get(request));
        addPaymentRoutes(routes.withTypeProvider(), args, callerOf);
        addReadRoutes(routes.withTypeProvider(), args, callerOf);
        done();
    });
    app.get("/api/openapi.json", { schema: { hide: true } }, () => app.swagger());
}

type CallerOf = (request: FastifyRequest) => Caller;

function addPaymentRoutes(app: Server, { config, stores, putMetric }: ApiArgs, callerOf: CallerOf): void {
    const { newSession, newPayment } = schemas.requestsUpTo(config.MAX_AMOUNT_MINOR);
    app.post(
        "/api/payment-sessions",
        {
            schema: {
                summary: "Creates a payment session, which lives for 30 minutes",
                body: newSession,
                response: { 201: schemas.session, ...problems },
            },
        },
        async (request, reply) => {
            const session = await createSession(stores.cache, callerOf(request).merchantId, request.body);
            return reply.status(201).send(session);
        },
    );
    app.post(
        "/api/payments",
        {
            schema: {
                summary: "Accepts a payment, of a session or with the same fields",
                headers: schemas.idempotencyHeaders,
                body: newPayment,
                response: { 202: schemas.payment, ...problems },
            },
        },
        async (request, reply) => {
            const caller = callerOf(request);
            const key = request.headers["idempotency-key"];
            const once = onceRequest(caller.merchantId, key, "/api/payments", request.body);
            const response = await createPayment(stores, caller, once, request.body);
            putMetric(response.replayed ? "PaymentsReplayed" : "PaymentsAccepted", 1);
            return sendOnce(reply, response);
        },
    );
    app.post(
        "/api/payments/:id/refunds",
        {
            schema: {
                summary: "Requests the refund of a captured payment",
                params: schemas.paymentId,
                headers: schemas.idempotencyHeaders,
                response: { 202: schemas.refund, ...problems },
            },
        },
        async (request, reply) => {
            const caller = callerOf(request);
            const { id } = request.params;
            const key = request.headers["idempotency-key"];
            const once = onceRequest(caller.merchantId, key, `/api/payments/${id}/refunds`, {});
            return sendOnce(reply, await createRefund(stores, caller, once, id));
        },
    );
}

function addReadRoutes(app: Server, { stores }: ApiArgs, callerOf: CallerOf): void {
    app.get(
        "/api/payments/:id",
        {
            schema: {
                summary: "A payment with its status",
                params: schemas.paymentId,
                response: { 200: schemas.payment, ...problems },
            },
        },
        (request) => readPayment(stores, callerOf(request).merchantId, request.params.id),
    );
    app.get(
        "/api/payments/:id/refunds/:refundId",
        {
            schema: {
                summary: "A refund with its status",
                params: schemas.refundId,
                response: { 200: schemas.refund, ...problems },
            },
        },
        (request) => readRefund(stores, callerOf(request).merchantId, request.params),
    );
    app.get(
        "/api/payments",
        {
            schema: {
                summary: "Payments, newest first",
                querystring: schemas.paymentsQuery,
                response: { 200: schemas.payments, ...problems },
            },
        },
        (request) => listPayments(stores, callerOf(request).merchantId, request.query),
    );
    app.get(
        "/api/events",
        {
            schema: {
                summary: "Events of payments by their positions",
                description:
                    "Positions are not the order of a payment's steps: read the payment for its status. An event that appears later has a higher position, so that a reader who continues after the last one misses none.",
                querystring: schemas.eventsQuery,
                response: { 200: schemas.events, ...problems },
            },
        },
        (request) => readEvents(stores.readers, callerOf(request).merchantId, request.query),
    );
}

/** In the bytes that were recorded, so that a replay is the same whichever release answers it. */
function sendOnce(reply: FastifyReply, { replayed, body }: OnceResponse): FastifyReply {
    if (replayed) {
        reply.header("idempotent-replayed", "true");
    }
    return reply.status(202).type("application/json").serializer(String).send(body);
}

function requireCaller(caller: Caller | undefined): Caller {
    if (caller === undefined) {
        throw new Error("request without a merchant");
    }
    return caller;
}
