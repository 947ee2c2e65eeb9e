import { createServer, type Server } from "node:https";
import type { IncomingHttpHeaders, RequestListener } from "node:http";
import { afterEach, expect, test } from "@jest/globals";
import { apiKeyIdHeader, gatewayTokenHeader } from "../../../../contract/gateway.ts";
import { selfSignedCertificate } from "../../../../services/common/certificate.ts";
import { createFront, listenOnThisHost } from "../../../../tools/local/front.ts";

const closing: (() => void)[] = [];
afterEach(() => {
    for (const close of closing.splice(0)) {
        close();
    }
});

/** The front before an api service. @returns its address, and what the service has received */
async function startFront(answer: RequestListener): Promise<{ address: string; stopService: () => void }> {
    const service: Server = createServer(await selfSignedCertificate("api"), answer);
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
    const stopService = () => {
        service.close();
        service.closeAllConnections();
    };
    const place = service.address();
    const front = createFront({
        apiPort: typeof place === "object" && place !== null ? place.port : 0,
        apiKeys: { "key-of-the-shop": "local-example-shop" },
        token: "token-of-the-gateway",
    });
    closing.push(stopService, () => {
        front.close();
        front.closeAllConnections();
    });
    return { address: await listenOnThisHost(front, 0), stopService };
}

const withKey = { "x-api-key": "key-of-the-shop" };

test("a request with a merchant's key reaches the service with the token and the key's ID, and without the key", async () => {
    const received: { method?: string; url?: string; headers: IncomingHttpHeaders; body: string }[] = [];
    const { address } = await startFront((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
            received.push({ method: request.method, url: request.url, headers: request.headers, body });
            response.writeHead(202, { "content-type": "application/json", "idempotent-replayed": "true" });
            response.end("{}");
        });
    });
    for (const path of ["/api/payments?limit=1", "/v1/api/payments", "/api", "/v1/api", "/api?limit=1"]) {
        const response = await fetch(`${address}${path}`, {
            method: "POST",
            headers: {
                ...withKey,
                // A client sends these headers in vain.
                [gatewayTokenHeader]: "forged",
                [apiKeyIdHeader]: "forged",
                "x-correlation-id": "correlation-1",
            },
            body: '{"amountMinor":1}',
        });
        expect(response.status).toBe(202);
        expect(response.headers.get("idempotent-replayed")).toBe("true");
        expect(await response.text()).toBe("{}");
        expect(received.at(-1)).toMatchObject({ method: "POST", url: path, body: '{"amountMinor":1}' });
        expect(received.at(-1)?.headers).toMatchObject({
            [gatewayTokenHeader]: "token-of-the-gateway",
            [apiKeyIdHeader]: "local-example-shop",
            "x-api-key": "withheld",
            "x-correlation-id": "correlation-1",
        });
    }
    expect(received).toHaveLength(5);
});

const refusals: [what: string, path: string, headers: Record<string, string>, status: number, kind: string][] = [
    ["without a key", "/api/payments", {}, 403, "forbidden"],
    ["with another key", "/api/payments", { "x-api-key": "local-example-shop" }, 403, "forbidden"],
    [
        "with the name of a property of objects as its key",
        "/api/payments",
        { "x-api-key": "toString" },
        403,
        "forbidden",
    ],
    ["to another service", "/payment/health", withKey, 404, "not-found"],
    ["to a path that only begins alike", "/apis/payments", withKey, 404, "not-found"],
];

test.each(refusals)("a request %s is refused as API Gateway does, and reaches no service", async (...row) => {
    const [, path, headers, status, kind] = row;
    let reached = 0;
    const { address } = await startFront((_request, response) => {
        reached += 1;
        response.end();
    });
    const response = await fetch(`${address}${path}`, { headers });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type: `urn:payment-platform:problem:${kind}`, status });
    expect(reached).toBe(0);
});

test("a service that does not answer is 504", async () => {
    const { address, stopService } = await startFront(() => undefined);
    stopService();
    const response = await fetch(`${address}/api/payments`, { headers: withKey });
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ type: "urn:payment-platform:problem:unavailable" });
});

test("an answer that a service breaks off is broken off", async () => {
    const { address } = await startFront((_request, response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write("{");
        setImmediate(() => response.destroy());
    });
    const answer = fetch(`${address}/api/payments`, { headers: withKey, signal: AbortSignal.timeout(20_000) });
    await expect(answer.then((response) => response.text())).rejects.toThrow(/terminated|fetch failed/);
});

test("a port that another program listens on is an error", async () => {
    const { address } = await startFront(() => undefined);
    const front = createFront({ apiPort: 0, apiKeys: {}, token: "" });
    await expect(listenOnThisHost(front, Number(new URL(address).port))).rejects.toThrow("EADDRINUSE");
});
