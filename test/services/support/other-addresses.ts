import { networkInterfaces } from "node:os";
import { acceptsConnections } from "../../../tools/local/machine/ports.ts";

/** Addresses of this machine other than 127.0.0.1: those at which other hosts reach it, and on Linux one more of the loopback. */
const otherAddresses = [
    ...Object.values(networkInterfaces()).flatMap((addresses = []) =>
        addresses.filter(({ internal, family }) => !internal && family === "IPv4").map(({ address }) => address),
    ),
    "127.0.0.2",
];

/** Those of the other addresses at which a port accepts a connection. */
export async function reachableFromOutside(port: number): Promise<string[]> {
    const reached = await Promise.all(otherAddresses.map((host) => acceptsConnections(port, host)));
    return otherAddresses.filter((_, index) => reached[index]);
}
