import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { Netmask } from "netmask";
import { randomRuns } from "../random-runs.ts";
import { maxZones, subnetLayout, type SubnetTier } from "../../lib/network/subnets.ts";

const tiers: SubnetTier[] = ["private", "public", "database"];

/** Every private block of /16 to /20. */
const blocks = fc
    .tuple(
        fc.constantFrom(
            { address: "10.0.0.0", bits: 8 },
            { address: "172.16.0.0", bits: 12 },
            { address: "192.168.0.0", bits: 16 },
        ),
        fc.integer({ min: 16, max: 20 }),
    )
    .chain(([{ address, bits }, prefix]) =>
        fc
            .nat({ max: 2 ** (prefix - bits) - 1 })
            .map((n) => `${new Netmask(`${address}/${prefix}`).next(n).base}/${prefix}`),
    );

test.each([
    ["10.0.0.0/16", "10.0.0.0/17", "10.0.0.0/19", "10.0.128.0/20", "10.0.192.0/20"],
    ["192.168.32.0/20", "192.168.32.0/21", "192.168.32.0/23", "192.168.40.0/24", "192.168.44.0/24"],
])("%s keeps half for tasks and a quarter each for load balancers and stores", (cidr, tasks, ...first) => {
    const layout = subnetLayout(cidr);
    expect(layout.private.block).toBe(tasks);
    expect(tiers.map((tier) => layout[tier].subnets[0])).toEqual(first);
});

test("the layout of a /16 does not change for existing stacks", () => {
    expect(subnetLayout("10.2.0.0/16")).toEqual({
        private: {
            block: "10.2.0.0/17",
            subnets: ["10.2.0.0/19", "10.2.32.0/19", "10.2.64.0/19", "10.2.96.0/19"],
        },
        public: {
            block: "10.2.128.0/18",
            subnets: ["10.2.128.0/20", "10.2.144.0/20", "10.2.160.0/20", "10.2.176.0/20"],
        },
        database: {
            block: "10.2.192.0/18",
            subnets: ["10.2.192.0/20", "10.2.208.0/20", "10.2.224.0/20", "10.2.240.0/20"],
        },
    });
});

test("tiers fill any block without a gap, and subnets their tier", () => {
    fc.assert(
        fc.property(blocks, (cidr) => {
            const layout = subnetLayout(cidr);
            const fills = (whole: string, parts: readonly string[]) => {
                const masks = parts.map((part) => new Netmask(part));
                // As written: an address with host bits would be another.
                expect(masks.map(String)).toEqual(parts);
                expect(masks.every((mask) => new Netmask(whole).contains(mask))).toBe(true);
                expect(masks.reduce((sum, { size }) => sum + size, 0)).toBe(new Netmask(whole).size);
                const overlaps = masks.filter((one, i) =>
                    masks.some((other, j) => i !== j && (one.contains(other) || other.contains(one))),
                );
                expect(overlaps).toEqual([]);
            };
            fills(
                cidr,
                tiers.map((tier) => layout[tier].block),
            );
            for (const tier of tiers) {
                expect(layout[tier].subnets).toHaveLength(maxZones);
                fills(layout[tier].block, layout[tier].subnets);
            }
        }),
        { numRuns: randomRuns(100) },
    );
});

test("no subnet is smaller than AWS's minimum with its reserved addresses", () => {
    fc.assert(
        fc.property(blocks, (cidr) => {
            const sizes = tiers.flatMap((tier) =>
                subnetLayout(cidr)[tier].subnets.map((each) => new Netmask(each).size),
            );
            // Load balancers want a /27 with eight free addresses; AWS keeps five of each subnet.
            expect(Math.min(...sizes)).toBeGreaterThanOrEqual(256);
        }),
    );
});
