import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import { listeningPort } from "../../../tools/frame/listening-port.ts";
import { Chance } from "../../services/support/chance.ts";
import { Hold } from "../../services/support/hold.ts";

/** What SQS and SNS do wrong, between the services and the emulator. */
export interface QueueFaults {
    /** Requests that are answered with 503, and not done. */
    readonly failPercent: number;
    /** Requests that are done, and answered with 503. */
    readonly failAfterPercent: number;
    /** Batches that are sent or published twice. */
    readonly repeatPercent: number;
    /** Deletions that are answered, and not done. */
    readonly keepPercent: number;
    /** Seconds by which a message of a batch is late at most; those of a batch are late by different times, the first the most. */
    readonly lateSeconds: number;
    /** Messages of an answer come in reverse. */
    readonly reverse: boolean;
}

const noFaults: QueueFaults = {
    failPercent: 0,
    failAfterPercent: 0,
    repeatPercent: 0,
    keepPercent: 0,
    lateSeconds: 0,
    reverse: false,
};

interface Call {
    /** Action, and the queue where there is one, as the settings name it: `DeleteMessage processing`. */
    readonly name: string;
    readonly action: string;
    readonly body: string;
}

interface Answered {
    readonly status: number;
    readonly headers: IncomingMessage["headers"];
    readonly body: string;
}

interface SqsBody {
    QueueUrl?: string;
    VisibilityTimeout?: number;
    Entries?: { DelaySeconds?: number }[];
}

interface Received {
    Messages?: { Attributes?: { ApproximateReceiveCount?: string } }[];
}

/** Stands between the services and the emulator of SQS and SNS. */
export class QueueProxy {
    public readonly hold = new Hold();
    /** Messages that were received a second time, or more often. */
    public receivedAgain = 0;
    private faults = noFaults;
    private chance = new Chance();
    private readonly agent = new Agent({ keepAlive: true });
    private readonly target: URL;
    private readonly visibilitySeconds: number | undefined;
    private readonly server: Server;

    private constructor(target: string, visibilitySeconds: number | undefined) {
        this.target = new URL(target);
        this.visibilitySeconds = visibilitySeconds;
        this.server = createServer((incoming, outgoing) => {
            this.pass(incoming, outgoing).catch(() => outgoing.destroy());
        });
    }

    /**
     * @param target endpoint of the emulator
     * @param visibilitySeconds for which a received message is hidden, in place of what the service asks for
     */
    public static async start(target: string, visibilitySeconds?: number): Promise<QueueProxy> {
        const proxy = new QueueProxy(target, visibilitySeconds);
        proxy.server.listen(0, "127.0.0.1");
        await once(proxy.server, "listening");
        return proxy;
    }

    public get url(): string {
        return `http://127.0.0.1:${listeningPort(this.server)}`;
    }

    public setFaults(faults: Partial<QueueFaults>): void {
        this.faults = { ...noFaults, ...faults };
        this.chance = new Chance();
    }

    public stop(): void {
        this.server.closeAllConnections();
        this.server.close();
        this.agent.destroy();
    }

    private async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
        const chunks: Buffer[] = [];
        for await (const chunk of incoming) {
            chunks.push(chunk as Buffer);
        }
        const call = this.changed(callOf(incoming, Buffer.concat(chunks).toString()));
        const { failPercent, failAfterPercent, keepPercent, repeatPercent } = this.faults;
        await this.hold.pass(call.name, "before");
        if (incoming.socket.destroyed) {
            // The service was killed before the call arrived.
            return;
        }
        if (this.chance.of(`fail ${call.action}`, failPercent)) {
            fail(outgoing);
            return;
        }
        if (call.action.startsWith("DeleteMessage") && this.chance.of("keep", keepPercent)) {
            outgoing.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end("{}");
            return;
        }
        if (/^(SendMessage|Publish)/.test(call.action) && this.chance.of(`repeat ${call.action}`, repeatPercent)) {
            await this.forward(incoming, outgoing, call.body);
        }
        const { status, headers, body } = await this.forward(incoming, outgoing, call.body);
        await this.hold.pass(call.name, "after");
        if (this.chance.of(`fail after ${call.action}`, failAfterPercent)) {
            fail(outgoing);
            return;
        }
        const text = call.action === "ReceiveMessage" && status === 200 ? this.received(body) : body;
        outgoing.writeHead(status, { ...headers, "content-length": Buffer.byteLength(text) }).end(text);
    }

    /** The call with what the faults say about its messages. */
    private changed(call: Call): Call {
        const { lateSeconds } = this.faults;
        if (call.action === "ReceiveMessage" && this.visibilitySeconds !== undefined) {
            const body = JSON.parse(call.body) as SqsBody;
            return { ...call, body: JSON.stringify({ ...body, VisibilityTimeout: this.visibilitySeconds }) };
        }
        if (call.action === "SendMessageBatch" && lateSeconds > 0) {
            const body = JSON.parse(call.body) as SqsBody;
            for (const [index, entry] of (body.Entries ?? []).entries()) {
                entry.DelaySeconds = Math.max(0, lateSeconds - index);
            }
            return { ...call, body: JSON.stringify(body) };
        }
        return call;
    }

    private received(body: string): string {
        const answer = JSON.parse(body) as Received;
        const { Messages: messages = [] } = answer;
        this.receivedAgain += messages.filter(
            ({ Attributes }) => Number(Attributes?.ApproximateReceiveCount ?? 1) > 1,
        ).length;
        return this.faults.reverse ? JSON.stringify({ ...answer, Messages: messages.reverse() }) : body;
    }

    private forward(
        { headers, url, method }: IncomingMessage,
        outgoing: ServerResponse,
        body: string,
    ): Promise<Answered> {
        const { hostname: host, port } = this.target;
        return new Promise((resolve, reject) => {
            const sent = request(
                {
                    host,
                    port,
                    path: url,
                    method,
                    agent: this.agent,
                    headers: { ...headers, "content-length": Buffer.byteLength(body) },
                },
                (response) => {
                    const chunks: Buffer[] = [];
                    response.on("data", (chunk: Buffer) => chunks.push(chunk));
                    response.on("end", () => {
                        const { statusCode: status = 502, headers: answered } = response;
                        // The proxy states the length of what it answers.
                        delete answered["transfer-encoding"];
                        resolve({ status, headers: answered, body: Buffer.concat(chunks).toString() });
                    });
                    response.on("error", reject);
                },
            );
            sent.on("error", reject);
            // A receive whose service has gone must not take messages.
            outgoing.once("close", () => sent.destroy());
            sent.end(body);
        });
    }
}

/** SQS speaks JSON and names the action in a header; SNS has both in a form. */
function callOf({ headers }: IncomingMessage, body: string): Call {
    const target = headers["x-amz-target"];
    if (typeof target === "string") {
        const action = target.split(".").at(-1) ?? "";
        const [, queue = ""] = /payment-(.+)-dev$/.exec((JSON.parse(body) as SqsBody).QueueUrl ?? "") ?? [];
        return { name: `${action} ${queue}`, action, body };
    }
    const action = new URLSearchParams(body).get("Action") ?? "";
    return { name: action, action, body };
}

const fail = (outgoing: ServerResponse): void => {
    outgoing.writeHead(503, { "content-type": "application/x-amz-json-1.0" }).end('{"__type":"ServiceUnavailable"}');
};
