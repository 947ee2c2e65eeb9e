import { Netmask } from "netmask";

export const everywhere = "0.0.0.0/0";

/** Addresses that the internet does not route: RFC 1918, and RFC 6598 for carriers. */
const privateBlocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** Parsed once: a plan repeats a few blocks in thousands of comparisons. */
const blocks = new Map<string, Netmask>();

function block(cidr: string): Netmask {
    const found = blocks.get(cidr) ?? new Netmask(cidr);
    blocks.set(cidr, found);
    return found;
}

/** All addresses of a block lie in another. */
export const within = (inner: string, outer: string): boolean => block(outer).contains(block(inner));

/** Blocks have an address in common: then one lies in the other. */
export const overlap = (one: string, other: string): boolean => within(one, other) || within(other, one);

/** The internet routes some address of a block. */
export const isPublic = (cidr: string): boolean => !privateBlocks.some((each) => within(cidr, each));
