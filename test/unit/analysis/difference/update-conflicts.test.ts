import { expect, test } from "@jest/globals";
import { updateConflicts, conflictLine } from "../../../../analysis/difference/update-conflicts.ts";
import { planFromState } from "../../../../analysis/engine/state-plan.ts";
import type { Plan } from "../../../../plan/plan.ts";
import { planOfConfig } from "../../checks/config-plans.ts";
import { changeInputs, changeResources, removeResources, type PlanChange } from "../../checks/fault.ts";
import { readStackConfig, withSettings } from "../../settings/stack-config.ts";
import { stateResourcesOf, stateWith } from "../../tools/deploy/fakes.ts";

const dev = readStackConfig("dev");
/** A second service with a path. */
const second = { "services.payment.path": "/payment/*" };
const planWithPriorities = (api: number, payment: number): Promise<Plan> =>
    planWith({ ...second, "services.api.priority": api, "services.payment.priority": payment });
const planWith = (changes: Readonly<Record<string, unknown>> = {}): Promise<Plan> =>
    planOfConfig(withSettings(dev, changes), "dev");

const conflictsBetween = (before: Plan, after: Plan): string[] => updateConflicts(before, after).map(conflictLine);
const conflictsAfter = (before: Plan, change: PlanChange): string[] => conflictsBetween(before, change(before));

const api = { path: "/api/*", cpuUnits: 256, memoryMib: 512, minTasks: 1, maxTasks: 10, sends: ["processing"] };
const rule = "aws:lb/listenerRule:ListenerRule";
const subscription = "aws:sns/topicSubscription:TopicSubscription";

test("two services that exchange their priorities are refused, with what to do", async () => {
    const before = await planWithPriorities(10, 20);
    const after = await planWithPriorities(20, 10);
    expect(conflictsBetween(before, after)).toEqual([
        "payment-api-dev gets priority 20 of the lb.ListenerRule payment-payment-dev, which this update changes: AWS refuses it with PriorityInUse. " +
            "Update twice: in the first update neither of the two may have priority 20 (set other values, or leave out what they belong to); the second one is this",
        expect.stringContaining("payment-payment-dev gets priority 10 of the lb.ListenerRule payment-api-dev"),
    ]);
});

test("a renamed service that keeps its chosen priority is refused", async () => {
    const before = await planWith({ "services.api": { ...api, priority: 10 } });
    const after = await planWith({ "services.api": undefined, "services.shop": { ...api, priority: 10 } });
    expect(conflictsBetween(before, after)).toContainEqual(
        expect.stringContaining(
            "payment-shop-dev gets priority 10 of the lb.ListenerRule payment-api-dev, which this update deletes later",
        ),
    );
});

test("without chosen priorities, services that exchange their paths or names keep clear of each other at the load balancer", async () => {
    const listenerRuleConflicts = async (changes: Readonly<Record<string, unknown>>) =>
        conflictsBetween(await planWith(second), await planWith({ ...second, ...changes })).filter((line) =>
            line.includes("ListenerRule"),
        );
    expect(await listenerRuleConflicts({ "services.api": undefined, "services.shop": api })).toEqual([]);
    expect(
        await listenerRuleConflicts({ "services.api.path": "/payment/*", "services.payment.path": "/api/*" }),
    ).toEqual([]);
});

const listed = {
    "alerts.critical": ["a@example.com", "b@example.com"],
    "edge.allowedCidrs": ["203.0.113.0/24", "198.51.100.0/24"],
    "gateway.corsOrigins": ["https://a.example.com"],
};

test("other lists of subscribers, addresses and origins are possible in one update", async () => {
    const others = {
        "alerts.critical": ["b@example.com", "c@example.com"],
        "edge.allowedCidrs": ["198.51.100.0/24", "192.0.2.0/24"],
        "gateway.corsOrigins": ["https://b.example.com"],
    };
    expect(conflictsBetween(await planWith(listed), await planWith(others))).toEqual([]);
});

/** The subscriptions as releases up to 0.3.0 named them: by position. */
const namedByPosition = changeResources(subscription, "alerts-critical", (node) => {
    const [alias] = node.options.aliases;
    const name = alias !== undefined && "name" in alias ? (alias.name ?? "") : "";
    return [{ ...node, name, urn: node.urn.replace(/[^:]*$/, name), options: { ...node.options, aliases: [] } }];
});

test("an update from names by position keeps each subscription, and is refused where the list changes as well", async () => {
    const both = await planWith(listed);
    const former = namedByPosition(both);
    expect(conflictsBetween(former, both)).toEqual([]);
    const one = await planWith({ ...listed, "alerts.critical": ["b@example.com"] });
    expect(conflictsBetween(former, one)).toEqual([
        expect.stringMatching(
            /gets endpoint "b@example.com" of the sns.TopicSubscription payment-alerts-critical-2-dev, which this update deletes later: Subscribe returns or overwrites what is there/,
        ),
    ]);
});

test("what is deployed is compared with the plan, also what the program no longer plans", async () => {
    const before = await planWith({ "services.api": { ...api, priority: 10 } });
    const after = await planWith({ "services.api": undefined, "services.shop": { ...api, priority: 10 } });
    const state = stateWith(stateResourcesOf(before));
    expect(conflictsBetween(planFromState(after, state), after)).toContainEqual(
        expect.stringContaining("payment-shop-dev gets priority 10 of the lb.ListenerRule payment-api-dev"),
    );
    expect(conflictsBetween(planFromState(before, state), before)).toEqual([]);
});

test("a replacement with the same exclusive value is refused, unless the former is deleted first", async () => {
    const before = await planWith();
    const moved = changeInputs("aws:ec2/subnet:Subnet", "public-1", { availabilityZone: "us-east-1f" });
    expect(conflictsAfter(before, moved)).toEqual([
        expect.stringMatching(
            /^payment-public-1-dev is replaced and keeps cidrBlock "10\.0\.128\.0\/20", and Pulumi creates the new ec2\.Subnet first: AWS refuses it with InvalidSubnet\.Conflict\. Update twice: first without/,
        ),
    ]);
    const deletedFirst = changeResources("aws:ec2/subnet:Subnet", "public-1", (node) => [
        { ...node, options: { ...node.options, deleteBeforeReplace: true } },
    ]);
    expect(conflictsAfter(before, (plan) => deletedFirst(moved(plan)))).toEqual([]);
});

test("another network is refused once, for what AWS keeps in its VPC; values below a replaced parent are free", async () => {
    const before = await planWith();
    const after = await planWith({ "network.cidr": "10.9.0.0/16" });
    const expected = [
        "payment-network-dev is replaced, and AWS moves nothing of these to another VPC: elasticache.SubnetGroup payment-cache-dev, rds.SubnetGroup payment-database-dev, lb.LoadBalancer payment-dev. " +
            "Set network.cidr back; for another network make another stack (npm run new), and restore the database there (docs/recovery.md)",
    ];
    expect(conflictsBetween(before, after)).toEqual(expected);
    expect(conflictsBetween(planFromState(after, stateWith(stateResourcesOf(before))), after)).toEqual(expected);
});

test("another region is refused, and nothing else is said of it", async () => {
    const before = await planWith();
    const after = await planWith({ "aws:region": "eu-west-1" });
    expect(conflictsBetween(before, after)).toEqual([
        "aws:region changes from us-east-1 to eu-west-1, and a stack stays in its region. Set it back, or make a new stack",
    ]);
});

const threeZones = { "network.availabilityZones": 3, "database.readers": 2, "cache.nodes": 3 };
const fewerMembers = { "database.readers": 0, "cache.nodes": 1 };
const lostSubnet = (group: string, count: number, error: string, setting: string) =>
    `${group} loses its subnet in us-east-1c while one of ${count} members may be there: AWS refuses it with ${error}. ` +
    `Update twice: first lower ${setting} alone; then take away the zone, once no member is in us-east-1c`;

test("a zone that goes together with members is refused: one of them may still be in its subnet", async () => {
    const before = await planWith(threeZones);
    const after = await planWith({ "network.availabilityZones": 2, "database.readers": 1, "cache.nodes": 2 });
    const expected = [
        lostSubnet("payment-cache-dev", 3, "SubnetInUse", "cache.nodes"),
        lostSubnet("payment-database-dev", 3, "SubnetAlreadyInUse", "database.readers"),
    ];
    expect(conflictsBetween(before, after)).toEqual(expected);
    expect(conflictsBetween(planFromState(after, stateWith(stateResourcesOf(before))), after)).toEqual(expected);
});

test("a zone can go after the members, and a zone can come", async () => {
    const before = await planWith({ ...threeZones, ...fewerMembers });
    const after = await planWith({ ...threeZones, ...fewerMembers, "network.availabilityZones": 2 });
    expect(conflictsBetween(before, after)).toEqual([]);
    expect(conflictsBetween(after, before)).toEqual([]);
});

test("a downgrade of the database is refused, and an upgrade is not", async () => {
    const [former, later] = [await planWith({ "database.engineVersion": "16" }), await planWith()];
    expect(conflictsBetween(later, former)).toEqual([
        "payment-database-dev changes engineVersion from 17 to 16: RDS does not downgrade. Set database.engineVersion back; docs/runbook.md says how to undo an upgrade",
    ]);
    expect(conflictsBetween(former, later)).toEqual([]);
});

test("a value that a kept resource takes from a deleted one is refused", async () => {
    const before = await planWithPriorities(10, 20);
    const withoutApi = changeResources(rule, "payment-api-dev", () => []);
    const taken = changeInputs(rule, "payment-payment-dev", { priority: 10 });
    expect(conflictsAfter(before, (plan) => taken(withoutApi(plan)))).toEqual([
        expect.stringContaining("payment-payment-dev gets priority 10 of the lb.ListenerRule payment-api-dev"),
    ]);
});

const clusterGroup = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
const cacheGroup = "aws:elasticache/parameterGroup:ParameterGroup";

test.each([
    [
        "aws:rds/cluster:Cluster",
        "dbClusterParameterGroupName",
        removeResources(clusterGroup, "postgresql17"),
        /^payment-database-dev uses the rds.ClusterParameterGroup payment-postgresql17-dev .* InvalidDBParameterGroupState\. Set applyImmediately: true/,
    ],
    [
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "parameterGroupName",
        removeResources(cacheGroup, "redis7"),
        /^payment-cache-dev uses the elasticache.ParameterGroup payment-redis7-dev .* InvalidCacheParameterGroupState\. Set/,
    ],
])(
    "the parameter group that %s uses until its maintenance window is not deleted before",
    async (type, input, remove, line) => {
        const before = await planWith({ applyImmediately: false });
        const after = changeInputs(type, "", { [input]: "another-group" })(remove(before));
        const expected = [expect.stringMatching(line)];
        expect(conflictsBetween(before, after)).toEqual(expected);
        expect(conflictsBetween(planFromState(after, stateWith(stateResourcesOf(before))), after)).toEqual(expected);
        // In an immediate update AWS uses the new group before Pulumi deletes the former one.
        expect(conflictsBetween(before, changeInputs(type, "", { applyImmediately: true })(after))).toEqual([]);
        const retained = changeResources(type === "aws:rds/cluster:Cluster" ? clusterGroup : cacheGroup, "", (node) => [
            { ...node, options: { ...node.options, retainOnDelete: true } },
        ]);
        expect(conflictsBetween(retained(before), after)).toEqual([]);
    },
);

test("another lifecycle policy does not lose the repository its policy", async () => {
    const before = await planWith();
    const type = "aws:ecr/lifecyclePolicy:LifecyclePolicy";
    const another = changeInputs(type, "", { policy: "{}" });
    expect(conflictsAfter(before, another)).toEqual([]);
    const createdFirst = changeResources(type, "payment-api", (node) => [
        { ...node, options: { ...node.options, deleteBeforeReplace: false } },
    ]);
    expect(conflictsAfter(before, (plan) => createdFirst(another(plan)))).toEqual([
        expect.stringContaining(
            "PutLifecyclePolicy returns or overwrites what is there, and the deletion of the former then removes it",
        ),
    ]);
});
