import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { listeningPort } from "../../../../tools/frame/listening-port.ts";
import { eventsOf, merchantAt, untilStatus } from "../../../../tools/local/merchant-client.ts";

interface Received {
    readonly method: string | undefined;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
}

let server: Server;
let address: string;
let received: Received[];

beforeAll(async () => {
    server = createServer((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
            received.push({ method: request.method, headers: request.headers, body });
            response.writeHead(202, { "idempotent-replayed": "true" }).end("answer");
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${listeningPort(server)}`;
});
beforeEach(() => {
    received = [];
});
afterAll(() => {
    server.close();
});

test("a request with only a path is a GET, and without a key it has none", async () => {
    await merchantAt(address)({ path: "/api/payments" });
    const [{ method, headers } = { method: "", headers: {} }] = received;
    expect(method).toBe("GET");
    expect(Object.keys(headers)).not.toContain("x-api-key");
});

test("a payment is a POST with the key of the API, of the request and of its correlation", async () => {
    const body = { amountMinor: 1234 };
    const headers = { "x-gateway-token": "forged" };
    const answer = await merchantAt(
        address,
        "key",
    )({ path: "/api/payments", body, idempotencyKey: "once", correlationId: "together", headers });
    expect(received).toMatchObject([
        {
            method: "POST",
            headers: {
                "x-api-key": "key",
                "content-type": "application/json",
                "idempotency-key": "once",
                "x-correlation-id": "together",
                "x-gateway-token": "forged",
            },
            body: JSON.stringify(body),
        },
    ]);
    expect(answer).toMatchObject({ status: 202, text: "answer" });
    expect(answer.headers.get("Idempotent-Replayed")).toBe("true");
});

test("a refund is a POST without a body", async () => {
    await merchantAt(address, "key")({ path: "/api/payments/one/refunds", idempotencyKey: "once" });
    expect(received).toMatchObject([{ method: "POST", body: "" }]);
});

test("a payment is read until it has the status", async () => {
    const statuses = ["accepted", "authorized", "captured"];
    const reader = () => Promise.resolve({ text: JSON.stringify({ id: "one", status: statuses.shift() }) });
    const payment = await untilStatus(reader, "one", ["captured", "failed"], { within: 300_000, every: 1 });
    expect(payment).toEqual({ id: "one", status: "captured" });
});

test("events are read page after page, and those of other payments left out", async () => {
    const pages = [
        [
            { position: 1, paymentId: "one" },
            { position: 2, paymentId: "two" },
        ],
        [{ position: 3, paymentId: "one" }],
        [],
    ];
    const paths: string[] = [];
    const reader = ({ path }: { readonly path: string }) => {
        paths.push(path);
        return Promise.resolve({ text: JSON.stringify({ events: pages.shift() }) });
    };
    const events = await eventsOf(reader, "one");
    expect(events.map(({ position }) => position)).toEqual([1, 3]);
    expect(paths).toEqual([0, 2, 3].map((after) => `/api/events?after=${after}&limit=100`));
});
