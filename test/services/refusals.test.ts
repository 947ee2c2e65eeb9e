import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { apiKeyIdHeader, gatewayTokenHeader } from "../../contract/gateway.ts";
import { newId } from "../../services/common/ids.ts";
import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { testProjectFolder } from "../project.ts";
import { sendRequest, type Sent } from "./support/client.ts";
import { amount, gatewayHeaders, pay, query, send, untilStatus } from "./support/merchant.ts";
import { startService, stopService } from "./support/processes.ts";
import { underTest } from "./support/under-test.ts";

const cardNumber = "4111111111111111";

interface Described {
    readonly content?: Readonly<Record<string, { readonly schema: object }>>;
    readonly headers?: object;
}

interface OpenApi {
    readonly openapi: string;
    readonly info: { readonly description: string };
    readonly servers: readonly object[];
    readonly paths: Readonly<
        Record<
            string,
            Readonly<
                Record<
                    string,
                    {
                        readonly parameters?: readonly object[];
                        readonly requestBody?: Required<Pick<Described, "content">>;
                        readonly responses: Readonly<Record<string, Described>>;
                    }
                >
            >
        >
    >;
}

describe("card data", () => {
    const headers = { "idempotency-key": newId() };
    const path = "/api/payments";
    const requests: [where: string, sent: Sent, rule: string][] = [
        ["a field", { path, headers, body: { ...amount(), reference: `r-${cardNumber}` } }, "card-number"],
        [
            "a field with spaces",
            { path, headers, body: { ...amount(), reference: "4111 1111 1111 1111" } },
            "card-number",
        ],
        ["a number", { path, headers, body: { ...amount(), amountMinor: Number(cardNumber) } }, "card-number"],
        ["a name", { path, headers, body: { ...amount(), cvv: "123" } }, "card-field"],
        ["a session", { path: "/api/payment-sessions", body: { ...amount(), pan: "x" } }, "card-field"],
        ["the idempotency key", { path, headers: { "idempotency-key": cardNumber }, body: amount() }, "card-number"],
        ["the path", { path: `${path}/${cardNumber}` }, "card-number"],
        ["a path that is not encoded", { path: `${path}/${cardNumber}%zz` }, "card-number"],
        ["a long path", { path: `${path}/${"x".repeat(300)}${cardNumber}` }, "card-number"],
        ["an unknown path", { path: `/api/cards/4111-1111-1111-1111` }, "card-number"],
        ["the query", { path: `${path}?cursor=${cardNumber}` }, "card-number"],
        ["a name in the query", { path: `${path}?cvc=123` }, "card-field"],
        [
            "the body of a request that has none",
            { method: "POST", path: `${path}/x/refunds`, headers, body: { cardNumber } },
            "card",
        ],
    ];
    test.each(requests)("is refused in %s", async (_where, sent, rule) => {
        const answer = await send(sent);
        expect(answer.status).toBe(400);
        expect(answer.text).toContain(`"rule":"${rule}`);
        expect(answer.text + JSON.stringify(answer.headers)).not.toMatch(/4111\D?1111/);
    });

    test.each([[cardNumber], [`order-${cardNumber}`], ["4111 1111 1111 1111"]])(
        "is replaced as a correlation ID, in the form %s",
        async (correlationId) => {
            const sent = { "idempotency-key": newId(), "x-correlation-id": correlationId };
            const answer = await send({ path, headers: sent, body: amount() });
            expect(answer.status).toBe(202);
            expect(answer.headers["x-correlation-id"]).toMatch(/^[a-p]{32}$/);
            // To the last event of its life: the next test looks for it in all logs and tables.
            await untilStatus((JSON.parse(answer.text) as { id: string }).id, "captured");
        },
    );

    test("is in no log and no table", async () => {
        await untilStatus((await pay()).id, "captured");
        const { directory } = underTest().machine;
        for (const file of readdirSync(directory).filter((name) => name.endsWith(".log"))) {
            expect(readFileSync(join(directory, file), "utf8")).not.toMatch(/4111\D?1111/);
        }
        const tables = await query<{ name: string }>(
            "SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'payments'",
        );
        expect(tables.length).toBeGreaterThan(8);
        for (const { name } of tables) {
            const found = await query(`SELECT 1 FROM payments.${name} AS row WHERE row::text ~ '4111.?1111'`);
            expect(found).toEqual([]);
        }
    });
});

describe("a request", () => {
    const path = "/api/payments";
    const { maxAmountMinor } = readSettingsOfStack(testProjectFolder, "dev").validation;
    const headers = { "idempotency-key": newId() };
    const ofType = (type: string): Sent => ({ path, headers: { ...headers, "content-type": type }, body: amount() });
    const problems: [what: string, sent: Sent, status: number, expected: object][] = [
        ["not of JSON", { path, headers, body: "{" }, 400, { field: "body", rule: "not-json" }],
        [
            "with a name twice",
            { path, headers, body: '{"currency":"EUR","currency":"USD"}' },
            400,
            { rule: "repeated-name" },
        ],
        [
            "with an unknown field",
            { path, headers, body: { ...amount(), note: "x" } },
            400,
            { field: "note", rule: "unknown-field" },
        ],
        [
            "of no currency",
            { path, headers, body: { ...amount(), currency: "ZZZ" } },
            400,
            { field: "currency", rule: "format" },
        ],
        [
            "of no amount",
            { path, headers, body: { ...amount(), amountMinor: 0 } },
            400,
            { field: "amountMinor", rule: "limit" },
        ],
        ...["/api/payments", "/api/payment-sessions"].map((limited): (typeof problems)[number] => [
            `above the limit of the stack to ${limited}`,
            { path: limited, headers, body: amount(maxAmountMinor + 1) },
            400,
            { field: "amountMinor", rule: "limit" },
        ]),
        ["without a key", { path, body: amount() }, 400, { field: "idempotency-key", rule: "missing" }],
        ["of half a payment", { path, headers, body: { amountMinor: 1 } }, 400, { field: "body" }],
        ...[
            { path: `${path}?x=1` },
            { path: `${path}/${newId()}?x=1` },
            { path: "/api/events?x=1" },
            { path: "/api/openapi.json?x=1" },
            { path: `${path}?x=1`, headers, body: amount() },
            { path: "/api/payment-sessions?x=1", body: amount() },
            { method: "POST", path: `${path}/${newId()}/refunds?x=1`, headers },
        ].map((sent): (typeof problems)[number] => [
            `with an unknown parameter to ${sent.path.replace(/[a-p]{32}/, "{id}")}`,
            sent,
            400,
            { field: "query.x", rule: "unknown-field" },
        ]),
        [
            "for the refund of a part",
            { path: `${path}/${newId()}/refunds`, headers, body: { amountMinor: 500 } },
            400,
            { field: "amountMinor", rule: "unknown-field" },
        ],
        ["with no position", { path: "/api/events?after=" }, 400, { field: "query.after", rule: "type" }],
        ["with a limit of no digits", { path: `${path}?limit=1e1` }, 400, { field: "query.limit", rule: "type" }],
        [
            "after a payment that does not exist",
            { path: `${path}?cursor=${newId()}` },
            400,
            { field: "query.cursor", rule: "format" },
        ],
    ];
    test.each(problems)("%s is refused with the field and the rule", async (_what, sent, status, expected) => {
        const answer = await send(sent);
        expect(answer.status).toBe(status);
        expect(answer.headers["content-type"]).toContain("application/problem+json");
        expect(JSON.parse(answer.text)).toMatchObject({ status, errors: [expected] });
        expect(answer.text).not.toContain("ZZZ");
    });

    test("of the limit of the stack is accepted, and a service with a lower one still shows the payment", async () => {
        const { id } = await pay(maxAmountMinor);
        const lower = await startService("api", underTest().machine, { MAX_AMOUNT_MINOR: "1000" });
        try {
            const answer = await send({ path: `${path}/${id}` }, { port: lower.port });
            expect(JSON.parse(answer.text)).toMatchObject({ id, amountMinor: maxAmountMinor });
            await expect(pay(1001, { port: lower.port })).rejects.toThrow("not accepted: 400");
        } finally {
            await stopService(lower, "SIGTERM");
        }
    });

    test.each([
        ["too large", { path, headers, body: { ...amount(), reference: "x".repeat(20_000) } }, 413],
        ["of another media type", { path, headers: { ...headers, "content-type": "text/plain" }, body: "x" }, 415],
        ["of JSON in another charset", ofType("application/json; charset=iso-8859-1"), 415],
        ["of JSON with another parameter", ofType("application/json; version=1"), 415],
        ["of a media type that begins as JSON", ofType("application/jsonp"), 415],
        ["of another method", { method: "DELETE", path }, 404],
    ])("that is %s is refused", async (_what, sent, status) => {
        expect((await send(sent)).status).toBe(status);
    });

    test.each(["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'])(
        "of the media type %s is accepted",
        async (type) => {
            const answer = await send({
                ...ofType(type),
                headers: { "idempotency-key": newId(), "content-type": type },
            });
            expect(answer.status).toBe(202);
        },
    );

    test("is served with and without the stage of the API before its path", async () => {
        const { id } = await pay();
        const answer = await send({ path: `/v1/api/payments/${id}` });
        expect(JSON.parse(answer.text)).toMatchObject({ id });
        expect(answer.headers["cache-control"]).toBe("no-store");
    });

    test("for the description gets OpenAPI 3.1 with every route", async () => {
        const { text } = await send({ path: "/api/openapi.json" });
        const { openapi, info, servers, paths } = JSON.parse(text) as OpenApi;
        expect(openapi).toBe("3.1.0");
        expect(servers).toEqual([{ url: "/v1" }]);
        expect(
            Object.entries(paths)
                .flatMap(([route, methods]) => Object.keys(methods).map((method) => `${method} ${route}`))
                .sort(),
        ).toEqual([
            "get /api/events",
            "get /api/payments",
            "get /api/payments/{id}",
            "get /api/payments/{id}/refunds/{refundId}",
            "post /api/payment-sessions",
            "post /api/payments",
            "post /api/payments/{id}/refunds",
        ]);
        const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
        for (const { responses } of operations) {
            expect(Object.keys(responses["4XX"]?.content ?? {})).toEqual(["application/problem+json"]);
            expect(Object.keys(responses["429"]?.headers ?? {})).toEqual(["Retry-After"]);
            expect(Object.keys(responses["5XX"]?.content ?? {})).toEqual(["application/problem+json"]);
            expect(Object.keys(responses["5XX"]?.headers ?? {})).toEqual(["Retry-After"]);
        }
        const payment = paths["/api/payments"]?.post;
        const refund = paths["/api/payments/{id}/refunds"]?.post;
        for (const operation of [payment, refund]) {
            expect(Object.keys(operation?.responses["202"]?.headers ?? {})).toEqual(["Idempotent-Replayed"]);
        }
        expect(refund).not.toHaveProperty("requestBody");
        expect(payment?.requestBody?.content["application/json"]?.schema).toMatchObject({
            oneOf: [
                { required: ["sessionId"], maxProperties: 1 },
                { required: ["amountMinor", "currency", "reference"] },
            ],
        });
        // What is refused by chance is said where a merchant chooses its ids.
        for (const chosen of [info, payment?.parameters, payment?.requestBody]) {
            expect(JSON.stringify(chosen)).toContain("a UUID with its dashes");
        }
        const parameters = paths["/api/events"]?.get?.parameters ?? [];
        expect(parameters).toMatchObject([
            { name: "limit", schema: { type: "integer", default: 20 } },
            { name: "after", schema: { type: "integer", default: 0 } },
        ]);
    });

    test("for the description gets answers that may have more fields later, and requests that may not", async () => {
        const { text } = await send({ path: "/api/openapi.json" });
        const { paths } = JSON.parse(text) as OpenApi;
        const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
        expect(operations.length).toBeGreaterThan(5);
        for (const { responses } of operations) {
            expect(JSON.stringify(responses)).toContain('"properties"');
            expect(JSON.stringify(responses)).not.toContain("additionalProperties");
        }
        for (const route of ["/api/payments", "/api/payment-sessions"]) {
            const body = paths[route]?.post?.requestBody?.content["application/json"];
            expect(body).toMatchObject({ schema: { additionalProperties: false } });
        }
    });

    test("after the payment of another merchant is refused as after none", async () => {
        const { id } = await pay();
        const { status, text } = await send({ path: `${path}?cursor=${id}` }, { keyId: "key2" });
        expect([status, text]).toMatchObject([400, expect.stringContaining("query.cursor")]);
    });
});

describe("the merchant", () => {
    const path = "/api/payments";
    const genuine = () => gatewayHeaders();
    const without = (name: string) => Object.fromEntries(Object.entries(genuine()).filter(([key]) => key !== name));

    // What a client can send to the public load balancer.
    test.each([
        ["without headers", () => ({})],
        ["with an API key alone", () => ({ "x-api-key": "guessed" })],
        ["with the ID of a key alone", () => without(gatewayTokenHeader)],
        ["with the token alone", () => without(apiKeyIdHeader)],
        ["with a token of the same length", () => ({ ...genuine(), [gatewayTokenHeader]: newId() })],
        ["with the ID of no merchant's key", () => ({ ...genuine(), [apiKeyIdHeader]: "key9" })],
        ["with the name of a property of objects", () => ({ ...genuine(), [apiKeyIdHeader]: "constructor" })],
    ])("is not accepted %s", async (_how, headers) => {
        for (const sent of [{ path }, { path: "/api/openapi.json" }, { path: "/api/unknown" }]) {
            const answer = await sendRequest(underTest().apiPort, { ...sent, headers: headers() });
            expect(answer.status).toBe(403);
        }
    });

    test("is the one whose key the API has checked, and reads its own payments only", async () => {
        const { id } = await pay();
        expect((await send({ path: `${path}/${id}` })).status).toBe(200);
        const other = await send({ path: `${path}/${id}` }, { keyId: "key2" });
        expect(other.status).toBe(404);
        const refund = { method: "POST", path: `${path}/${id}/refunds`, headers: { "idempotency-key": newId() } };
        expect((await send(refund, { keyId: "key2" })).status).toBe(404);
        const unknown = await send({ path: `${path}/${newId()}` });
        expect(other.text).toBe(unknown.text);
    });
});
