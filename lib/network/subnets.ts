import { requireItem } from "../list.ts";

/** Zones for which the layout reserves addresses, used or not: adding a zone changes no existing subnet. */
export const maxZones = 4;

export type SubnetTier = "private" | "public" | "database";

/** Addresses of one tier: its CIDR block, and one subnet for each zone. */
export interface TierLayout {
    readonly block: string;
    readonly subnets: readonly string[];
}

/**
 * Splits the VPC's CIDR block: half for tasks and endpoints, which scale, a quarter for load balancers, a quarter for stores.
 * A /16 has private subnets of /19 and others of /20; a /20 has /23 and /24.
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
