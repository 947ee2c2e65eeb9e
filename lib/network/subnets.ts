import { requireItem } from "../list.ts";

/** Zones that a block has room for; the layout never depends on how many are in use, so adding one moves nothing. */
export const maxZones = 4;

export type SubnetTier = "private" | "public" | "database";

/** Addresses of one tier: its whole block and one subnet for each zone. */
export interface TierLayout {
    readonly block: string;
    readonly subnets: readonly string[];
}

/**
 * Splits a VPC's block: the first half for tasks and endpoints (they scale), a quarter for load balancers, a quarter for
 * stores. A /16 gives private subnets of /19 and others of /20; a /20 gives /23 and /24.
 */
export function subnetLayout(cidr: string): Record<SubnetTier, TierLayout> {
    const parts = cidr.split("/");
    const base = toNumber(requireItem(parts, 0));
    const bits = Number(requireItem(parts, 1));
    const quarter = 2 ** (32 - bits - 2);
    return {
        private: tier(base, bits + 1),
        public: tier(base + 2 * quarter, bits + 2),
        database: tier(base + 3 * quarter, bits + 2),
    };
}

function tier(base: number, bits: number): TierLayout {
    const subnetBits = bits + Math.log2(maxZones);
    return {
        block: `${toAddress(base)}/${bits}`,
        subnets: Array.from(
            { length: maxZones },
            (_, i) => `${toAddress(base + i * 2 ** (32 - subnetBits))}/${subnetBits}`,
        ),
    };
}

const toNumber = (address: string) => address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);

const toAddress = (n: number) => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join(".");
