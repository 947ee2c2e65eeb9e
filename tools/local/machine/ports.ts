import { createConnection, createServer } from "node:net";
import { listeningPort } from "../../frame/listening-port.ts";

const host = "127.0.0.1";

/** A port that no process listens on. */
export const freePort = (): Promise<number> => listenBriefly(0);

/**
 * Listens on a port, and closes it again.
 *
 * @param port 0: any free one
 * @returns the port
 * @throws the error of the operating system, whose `code` is `EADDRINUSE` or `EACCES`, for example
 */
const listenBriefly = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
        const server = createServer();
        server.once("error", reject);
        server.listen(port, host, () => {
            const found = listeningPort(server);
            server.close(() => {
                resolve(found);
            });
        });
    });

/** @param address of this machine; its loopback address by default */
export const acceptsConnections = (port: number, address = host): Promise<boolean> =>
    new Promise((resolve) => {
        const socket = createConnection({ port, host: address });
        socket.once("connect", () => {
            socket.destroy();
            resolve(true);
        });
        socket.once("error", () => {
            resolve(false);
        });
    });

/**
 * Why this process cannot listen on a port, and what to do; undefined where it can.
 *
 * @param port 0: any free one
 */
export async function portProblem(port: number, listen = listenBriefly): Promise<string | undefined> {
    const inUse = `port ${port} is in use: choose another one with --port`;
    // On macOS a port can be listened on although another program listens on it at all addresses.
    if (port !== 0 && (await acceptsConnections(port))) {
        return inUse;
    }
    try {
        await listen(port);
        return undefined;
    } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        const reasons: Readonly<Record<string, string>> = {
            EACCES: `port ${port} needs more rights than this user has: choose one of 1024 or more with --port`,
            EADDRINUSE: inUse,
        };
        return reasons[code ?? ""] ?? `port ${port} cannot be used (${message}): choose another one with --port`;
    }
}
