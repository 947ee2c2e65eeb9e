import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import { pipeline } from "node:stream";
import { stageName } from "../../contract/container.ts";
import { apiKeyIdHeader, gatewayTokenHeader } from "../../contract/gateway.ts";
import { requireItem } from "../../lib/list.ts";
import { gatewayResponses } from "../../lib/gateway/responses.ts";
import { problemText } from "../../validator/problem.ts";
import { listeningPort } from "../frame/listening-port.ts";

/** IDs of API keys by their values. */
export type ApiKeys = Readonly<Record<string, string>>;

export interface FrontArgs {
    /** Where the api service listens. */
    readonly apiPort: number;
    readonly apiKeys: ApiKeys;
    /** The token that the api service accepts. */
    readonly token: string;
}

/** Headers that are not for the next server. */
const ofThisConnection = ["connection", "expect", "keep-alive"];

/** Paths of the api service, with or without the stage before them, as the merchants' API sends them. */
const servicePath = new RegExp(`^(/${stageName})?/api(?=$|[/?])`);

/**
 * Does what API Gateway does for a request to a service: it checks the API key, and sends the token and the key's ID in place of the
 * key. What it refuses is answered as API Gateway's own responses are. Quotas, CORS and `POST /validate` are not here.
 */
export function createFront({ apiPort, apiKeys, token }: FrontArgs): Server {
    const agent = new Agent({ keepAlive: true });
    const keys = new Map(Object.entries(apiKeys));
    const handle: RequestListener = (received, response) => {
        const keyId = keys.get(String(received.headers["x-api-key"]));
        if (!servicePath.test(received.url ?? "")) {
            refuse(received, response, "MISSING_AUTHENTICATION_TOKEN");
        } else if (keyId === undefined) {
            refuse(received, response, "INVALID_API_KEY");
        } else {
            forward(received, response, { [gatewayTokenHeader]: token, [apiKeyIdHeader]: keyId });
        }
    };
    const forward = (received: IncomingMessage, response: ServerResponse, added: Record<string, string>): void => {
        const headers = Object.entries(received.headers).filter(([name]) => !ofThisConnection.includes(name));
        const sent = request({
            agent,
            host: "127.0.0.1",
            port: apiPort,
            method: received.method,
            path: received.url,
            // As the load balancer: encrypted, and without verifying the certificate of its target.
            rejectUnauthorized: false,
            headers: { ...Object.fromEntries(headers), "x-api-key": "withheld", ...added },
        });
        sent.on("response", (answer) => {
            response.writeHead(answer.statusCode ?? 0, answer.headers);
            // Where the service breaks off, the answer is broken off, too.
            pipeline(answer, response, () => undefined);
        });
        sent.on("error", () => {
            if (response.headersSent) {
                response.destroy();
            } else {
                refuse(received, response, "INTEGRATION_FAILURE");
            }
        });
        received.pipe(sent);
    };
    const server = createServer(handle);
    server.on("close", () => {
        agent.destroy();
    });
    return server;
}

/** Answers with the response of API Gateway of this type. */
function refuse(received: IncomingMessage, response: ServerResponse, type: string): void {
    const { kind, title, status = 403 } = requireItem(gatewayResponses, type);
    received.resume();
    response.writeHead(status, {
        "content-type": "application/json",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    });
    response.end(problemText(kind, { title, status }));
}

/**
 * @param port 0: any free one
 * @returns the address
 * @throws Error if another program listens on the port
 */
export const listenOnThisHost = (server: Server, port: number): Promise<string> =>
    new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, "127.0.0.1", () => {
            resolve(`http://localhost:${listeningPort(server)}`);
        });
    });
