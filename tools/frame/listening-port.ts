import type { Server } from "node:net";

/**
 * Port on which a server listens.
 *
 * @throws Error if it does not listen, or on no port
 */
export function listeningPort(server: Pick<Server, "address">): number {
    const address = server.address();
    if (address === null || typeof address === "string") {
        throw new Error("the server listens on no port");
    }
    return address.port;
}
