import { request, type Agent } from "node:https";
import type { IncomingHttpHeaders } from "node:http";

export interface Sent {
    /** @default this machine */
    readonly host?: string;
    readonly method?: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    /** @default that of Node.js, which closes a connection after 5 s without a request */
    readonly agent?: Agent;
}

export interface Answer {
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    readonly text: string;
}

/** Sends a request as the load balancer does: encrypted, and without verifying the certificate of its target. */
export function sendRequest(
    port: number,
    { host = "127.0.0.1", method, path, headers = {}, body, agent }: Sent,
): Promise<Answer> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
        const sent = request(
            {
                host,
                port,
                path,
                agent,
                method: method ?? (body === undefined ? "GET" : "POST"),
                rejectUnauthorized: false,
                headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
            },
            (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("end", () => {
                    const { statusCode = 0, headers: received } = response;
                    resolve({ status: statusCode, headers: received, text: Buffer.concat(chunks).toString() });
                });
                response.on("error", reject);
            },
        );
        sent.on("error", reject);
        sent.end(text);
    });
}
