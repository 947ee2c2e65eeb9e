import { blockOf, type Block } from "../../lib/settings/fields.ts";
import { blocksOverlap } from "../../analysis/network/addresses.ts";

/** Where private blocks lie (https://datatracker.ietf.org/doc/html/rfc1918#section-3). */
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

const addressCount = ({ bits }: Block): number => 2 ** (32 - bits);

const formatBlock = ({ address, bits }: Block): string =>
    `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".")}/${bits}`;

/**
 * The first private IPv4 block that overlaps none of others, so that the networks can be connected one day.
 *
 * @param bits of its prefix: 16 for a /16
 * @param taken blocks such as `10.0.0.0/16`; what is no block is left out
 * @returns nothing where none is free
 */
export function findFreeBlock(bits: number, taken: readonly string[]): string | undefined {
    const others = taken.filter((text) => blockOf(text) !== undefined);
    for (const range of privateRanges.flatMap((text) => blockOf(text) ?? [])) {
        const step = 2 ** (32 - bits);
        for (let address = range.address; address < range.address + addressCount(range); address += step) {
            const block = formatBlock({ address, bits });
            if (!others.some((other) => blocksOverlap(block, other))) {
                return block;
            }
        }
    }
    return undefined;
}
