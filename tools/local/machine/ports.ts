import { createConnection, createServer } from "node:net";

const host = "127.0.0.1";

/** A port that no process listens on. */
export const freePort = (): Promise<number> =>
    new Promise((resolve, reject) => {
        const server = createServer();
        server.once("error", reject);
        server.listen(0, host, () => {
            const address = server.address();
            server.close(() => {
                resolve(typeof address === "object" && address !== null ? address.port : 0);
            });
        });
    });

export const acceptsConnections = (port: number): Promise<boolean> =>
    new Promise((resolve) => {
        const socket = createConnection({ port, host });
        socket.once("connect", () => {
            socket.destroy();
            resolve(true);
        });
        socket.once("error", () => {
            resolve(false);
        });
    });
