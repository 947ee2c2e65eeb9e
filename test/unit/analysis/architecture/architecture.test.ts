import { expect, test } from "@jest/globals";
import { architectureOf, type Architecture } from "../../../../analysis/architecture/architecture.ts";
import { requestPathThrough } from "../../../../analysis/architecture/request-paths.ts";
import type { Plan } from "../../../../plan/plan.ts";
import { planTestStack } from "../../../stacks.ts";
import { changeInputs, removeResources, type PlanChange } from "../../checks/fault.ts";

const changedProd = async (change: PlanChange = (plan) => plan): Promise<Architecture> =>
    architectureOf(change(await planTestStack("prod")));

const labelOf = ({ parts }: Architecture, id: string): string => parts.find((part) => part.id === id)?.label ?? id;

const linkTexts = (architecture: Architecture, kind: string): string[] =>
    architecture.links
        .filter((link) => link.kind === kind)
        .map(({ from, to, text }) => `${labelOf(architecture, from)} -> ${labelOf(architecture, to)}: ${text}`)
        .toSorted();

const idOf = ({ parts }: Architecture, label: string): string => parts.find((part) => part.label === label)?.id ?? "";

test("the tiers have a subnet in each zone, and the public one is first", async () => {
    const { tiers } = await changedProd();
    expect(tiers.map(({ name, isPublic, subnets }) => [name, isPublic, subnets.length])).toEqual([
        ["public", true, 3],
        ["private", false, 3],
        ["database", false, 3],
    ]);
});

test("every part is in the tier of its subnets, a gateway endpoint in that of its route tables", async () => {
    const { parts } = await changedProd();
    const placed = Object.fromEntries(parts.map(({ label, kind, tier }) => [`${kind} ${label}`, tier]));
    expect(placed).toMatchObject({
        "load balancer alb": "public",
        "service api": "private",
        "function validator": "private",
        "endpoint s3": "private",
        "store database": "database",
        "table transactions": undefined,
        "bucket audit": undefined,
        "internet internet": undefined,
    });
});

test("requests pass the paths, methods and ports that the plan has", async () => {
    expect(linkTexts(await changedProd(), "request")).toEqual(
        [
            "alb -> api: /api/*",
            "api -> cache: tcp 6379",
            "api -> database: tcp 5432",
            "internet -> alb: tcp 443",
            "internet -> rest-api: tcp 443",
            "notification -> database: tcp 5432",
            "payment -> cache: tcp 6379",
            "payment -> database: tcp 5432",
            "rest-api -> validator: POST /validate",
            "rest-api -> vpc-link: ANY /{proxy+}",
            "validator -> audit: tcp 443",
            "validator -> transactions: tcp 443",
            "vpc-link -> alb: tcp 443",
        ].toSorted(),
    );
});

test("messages go from who sends to who receives, and to the dead letters", async () => {
    const architecture = await changedProd();
    expect(linkTexts(architecture, "message")).toEqual([
        "api -> processing: send",
        "events -> notifications: deliver",
        "notifications -> notification: receive",
        "payment -> events: publish",
        "processing -> payment: receive",
    ]);
    expect(linkTexts(architecture, "dead letter")).toEqual([
        "notifications -> notifications-dlq: not processed",
        "processing -> processing-dlq: not processed",
        "validator -> validator-dlq: not processed",
    ]);
    expect(linkTexts(architecture, "log")).toEqual([
        "alb -> access-logs: access logs",
        "audit -> access-logs: access logs",
    ]);
});

test("queues and topics of alerts are left out, as no request uses them", async () => {
    const { parts } = await changedProd();
    expect(parts.map(({ label }) => label).filter((label) => label.startsWith("alerts"))).toEqual([]);
});

test("a subscription of an address, and one without its topic, are no links", async () => {
    const architecture = await changedProd(removeResources("aws:sns/topic:Topic", "events"));
    expect(linkTexts(architecture, "message")).not.toContain("events -> notifications: deliver");
});

test("access logs into the bucket itself, or into one of another stack, are no link", async () => {
    const architecture = await changedProd(
        changeInputs("aws:s3/bucketLogging:BucketLogging", "", ({ bucket = "" }) => ({ targetBucket: bucket })),
    );
    expect(linkTexts(architecture, "log")).toEqual(["alb -> access-logs: access logs"]);
    const other = changeInputs("aws:lb/loadBalancer:LoadBalancer", "", { accessLogs: { bucket: "another" } });
    expect(linkTexts(await changedProd(other), "log")).toEqual(["audit -> access-logs: access logs"]);
});

test("the order of the plan's resources changes nothing", async () => {
    const plan = await planTestStack("prod");
    const [stack, ...nodes] = plan.nodes;
    const reversed: Plan = { ...plan, nodes: stack === undefined ? [] : [stack, ...nodes.toReversed()] };
    expect(JSON.stringify(architectureOf(reversed).links)).toBe(JSON.stringify(architectureOf(plan).links));
});

const partsLit = (architecture: Architecture, label: string): string[] =>
    requestPathThrough(architecture, idOf(architecture, label))
        .parts.map((id) => labelOf(architecture, id))
        .toSorted();

test("the path of a request has what leads to a part, and what follows from it", async () => {
    const architecture = await changedProd();
    expect(partsLit(architecture, "validator")).toEqual(["audit", "internet", "rest-api", "transactions", "validator"]);
    expect(partsLit(architecture, "notification")).toEqual(
        [
            "alb",
            "api",
            "database",
            "events",
            "internet",
            "notification",
            "notifications",
            "payment",
            "processing",
            "rest-api",
            "vpc-link",
        ].toSorted(),
    );
});

test("the path of an endpoint or of dead letters is that of the parts that use it", async () => {
    const architecture = await changedProd();
    expect(partsLit(architecture, "validator-dlq")).toEqual(["internet", "rest-api", "validator", "validator-dlq"]);
    const { links } = requestPathThrough(architecture, idOf(architecture, "validator-dlq"));
    const texts = links.map((i) => architecture.links[i]?.text);
    expect(texts.toSorted()).toEqual(["POST /validate", "not processed", "tcp 443"]);
});
