import { Netmask } from "netmask";

export const anyIpv4Address = "0.0.0.0/0";

/** Blocks that the internet does not route: RFC 1918, and RFC 6598 for carrier-grade NAT. */
const privateBlocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** Parsed once: a plan repeats a few blocks in thousands of comparisons. */
const parsedBlocks = new Map<string, Netmask>();

function parseBlock(cidr: string): Netmask {
    const found = parsedBlocks.get(cidr) ?? new Netmask(cidr);
    parsedBlocks.set(cidr, found);
    return found;
}

/** Whether all addresses of a block are in another. */
export const isWithinBlock = (inner: string, outer: string): boolean => parseBlock(outer).contains(parseBlock(inner));

/** Whether two blocks share an address; then one contains the other. */
export const blocksOverlap = (one: string, other: string): boolean =>
    isWithinBlock(one, other) || isWithinBlock(other, one);

/** Whether the internet routes an address of a block. */
export const isPublicBlock = (cidr: string): boolean => !privateBlocks.some((each) => isWithinBlock(cidr, each));

/** Address of a block within another one, counted from its first address. */
export const offsetInBlock = (inner: string, outer: string): number =>
    parseBlock(inner).netLong - parseBlock(outer).netLong;
