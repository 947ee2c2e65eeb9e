import { expect, test } from "@jest/globals";
import { arnsLength, maxArnsLength } from "../../../lib/settings/policy-room.ts";
import { planOfConfig } from "../../stacks.ts";
import { readStackConfig, withSettings } from "../settings/stack-config.ts";
import { findingsOf, settingsFromConfig } from "./config-plans.ts";

// The region with the longest ARNs.
const region = "us-gov-west-1";
const topics = Array.from({ length: 76 }, (_, i) => `t${i + 10}xxxxxxxxxxxxx`);
const longestQueue = "q".repeat(64);
const longestService = "s".repeat(19);

/** A service that uses everything, and publishes to as many topics as the settings allow; a queue subscribes to these. */
const largest = withSettings(readStackConfig("dev"), {
    "aws:region": region,
    accountServices: {},
    "network.egress": "nat",
    "network.natGateways": "single",
    "compute.execCommand": true,
    topics: Object.fromEntries(["events", ...topics].map((topic) => [topic, {}])),
    [`queues.${longestQueue}`]: { subscribesTo: topics },
    "gateway.corsOrigins": [`https://a.${"x".repeat(1490)}`, `https://b.${"x".repeat(1489)}`],
    [`services.${longestService}`]: {
        path: "/largest/*",
        cpuUnits: 256,
        memoryMib: 512,
        minTasks: 1,
        maxTasks: 3,
        stores: ["database", "cache"],
        consumes: longestQueue,
        sends: ["processing"],
        publishes: topics,
        acquirer: { url: "https://api.acquirer.example" },
    },
});

test("policies and environment variables fit into AWS's limits with the most that settings allow", async () => {
    const names = arnsLength({ region, environmentSuffix: "dev" }, ["processing", ...topics]);
    expect(maxArnsLength - names).toBeGreaterThanOrEqual(0);
    expect(maxArnsLength - names).toBeLessThan(names / topics.length);
    expect(findingsOf("sizes-fit", await planOfConfig(largest), settingsFromConfig(largest))).toEqual([]);
});
