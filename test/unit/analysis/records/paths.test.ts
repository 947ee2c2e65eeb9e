import { expect, test } from "@jest/globals";
import { pathsText } from "../../../../analysis/records/files.ts";
import { pathsOf, pathText } from "../../../../analysis/records/paths.ts";
import { planTestStack } from "../../../stacks.ts";
import { planOfConfig } from "../../checks/config-plans.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";

/** Paths that settings open in dev. */
async function opened(settings: Readonly<Record<string, unknown>>): Promise<string[]> {
    const before = pathsOf(await planTestStack("dev")).map(pathText);
    const plan = await planOfConfig(withSettings(readStackConfig("dev"), settings), "dev");
    return pathsOf(plan)
        .map(pathText)
        .filter((path) => !before.includes(path));
}

const dev = async () => pathsOf(await planTestStack("dev")).map(pathText);

test("the internet reaches the load balancer and the API, and nothing else", async () => {
    expect((await dev()).filter((path) => path.includes("internet ("))).toEqual([
        "internet (0.0.0.0/0) -> payment-dev (load balancer), tcp 443",
        "internet (0.0.0.0/0) -> payment-gateway-dev (API), tcp 443",
    ]);
});

test("services reach stores and endpoints, the validator its own", async () => {
    const paths = await dev();
    expect(paths).toContain("payment-api-dev (service) -> payment-cache-dev (store), tcp 6379");
    expect(paths).toContain("payment-api-dev (service) -> payment-sqs-dev (endpoint), tcp 443");
    expect(paths).toContain("payment-validator-dev (function) -> payment-dynamodb-dev (endpoint), tcp 443");
    expect(paths).not.toContain("payment-notification-dev (service) -> payment-cache-dev (store), tcp 6379");
});

test("each block of addresses that may call is a path of its own", async () => {
    expect(await opened({ "edge.allowedCidrs": ["198.51.100.0/24", "203.0.113.0/24"] })).toEqual([
        "internet (198.51.100.0/24) -> payment-dev (load balancer), tcp 443",
        "internet (203.0.113.0/24) -> payment-dev (load balancer), tcp 443",
    ]);
});

test("a service that gets the cache gets a path", async () => {
    expect(await opened({ "services.notification.stores": ["database", "cache"] })).toEqual([
        "payment-notification-dev (service) -> payment-cache-dev (store), tcp 6379",
    ]);
});

test("NAT allows tasks to call the internet, including the public load balancer and the services of gateway endpoints", async () => {
    expect(await opened({ "network.egress": "nat", "network.natGateways": "single" })).toEqual(
        ["api", "notification", "payment"].flatMap((service) => [
            `payment-${service}-dev (service) -> internet (0.0.0.0/0), tcp 443`,
            `payment-${service}-dev (service) -> payment-dev (load balancer), tcp 443`,
            `payment-${service}-dev (service) -> payment-dynamodb-dev (endpoint), tcp 443`,
        ]),
    );
});

test("the internet has no name, at either end", async () => {
    const nat = { "network.egress": "nat", "network.natGateways": "single" };
    const paths = pathsOf(await planOfConfig(withSettings(readStackConfig("dev"), nat), "dev"));
    const ends = paths.flatMap(({ from, fromKind, to, toKind }) => [
        { name: from, kind: fromKind },
        { name: to, kind: toKind },
    ]);
    const [internet, others] = [true, false].map((isInternet) =>
        ends.filter(({ kind }) => (kind === "internet") === isInternet),
    );
    expect(new Set(internet?.map(({ name }) => name))).toEqual(new Set([""]));
    expect(others?.map(({ name }) => name)).not.toContain("");
    expect(paths.some(({ toKind }) => toKind === "internet")).toBe(true);
});

test("the record has a line for each path", async () => {
    const plan = await planTestStack("dev");
    const lines = pathsText(plan)
        .split("\n")
        .filter((line) => /^\| (?!---|from|to)/.test(line));
    expect(lines).toHaveLength(pathsOf(plan).length);
    expect(lines).toContain("| payment-api-dev (service) | payment-database-dev (store) | tcp 5432 |");
});
