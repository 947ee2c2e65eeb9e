import { ecsServicesOf } from "../../plan/ecs-services.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    arnOf,
    compareText,
    deadLetterQueueArn,
    inputText,
    itemsOf,
    resourcesOfType,
    textAtPath,
} from "../../plan/query.ts";
import type { Hop, NetworkGraph, ServiceUse } from "../network/network-graph.ts";
import type { NetworkNode, NodeKind } from "../network/network-nodes.ts";
import { integrationsOf, methodAndPath } from "../network/targets.ts";
import { pathsOf } from "../records/paths.ts";
import { partIdOf } from "./part-id.ts";

/**
 * What passes along a link: a request, a message, a message that could not be processed, an access log, or calls of AWS
 * services through a VPC endpoint.
 */
export type LinkKind = "request" | "message" | "dead letter" | "log" | "endpoint";

/** One part sends something to another. */
export interface Link {
    readonly from: string;
    readonly to: string;
    readonly kind: LinkKind;
    /** Path, method or port, in few characters. */
    readonly text: string;
    /** Rules, routes and policies that allow it. */
    readonly allowedBy: string;
}

/** Every link of a plan once, sorted. The ends are IDs of parts. */
export function linksOf(plan: Plan, graph: NetworkGraph): Link[] {
    const found = [
        ...graph.hopsFrom(graph.start).map((hop) => requestLink(plan, hop)),
        ...graph.nodes.flatMap((networkNode) =>
            (networkNode.kind === "load balancer" ? networkNode.ports : [undefined])
                .flatMap((port) => graph.hopsFrom({ networkNode, port }))
                .flatMap((hop) => hopLinks(plan, graph, hop)),
        ),
        ...publishLinks(plan, graph),
        ...subscriptionLinks(plan),
        ...deadLetterLinks(plan),
        ...accessLogLinks(plan),
        ...endpointLinks(plan, graph),
    ];
    const keyOf = ({ from, to, kind, text }: Link) => JSON.stringify([from, to, kind, text]);
    return [...new Map(found.map((link) => [keyOf(link), link])).values()].toSorted((a, b) =>
        compareText(keyOf(a), keyOf(b)),
    );
}

const requestLink = (plan: Plan, hop: Hop): Link => ({
    from: partIdOf(hop.from.networkNode.node),
    to: partIdOf(hop.to.networkNode.node),
    kind: "request",
    text: hopLabel(plan, hop),
    allowedBy: hop.allowedBy,
});

/** Path of a listener rule, methods of an API, else the port. */
function hopLabel(plan: Plan, { from, to }: Hop): string {
    const labels = pathLabels(plan, from.networkNode, to.networkNode);
    if (labels.length > 0) {
        return labels.join(", ");
    }
    return to.port === undefined ? "" : `tcp ${to.port}`;
}

function pathLabels(plan: Plan, { kind, node: source }: NetworkNode, to: NetworkNode): string[] {
    if (source === undefined || to.node === undefined) {
        return [];
    }
    if (kind === "load balancer") {
        return listenerPaths(plan, to.node);
    }
    return kind === "API" ? methodsFor(plan, source, to.node, to.kind) : [];
}

/** Methods of an API that call a function, or a VPC link. */
function methodsFor(plan: Plan, api: PlanNode, target: PlanNode, kind: NodeKind): string[] {
    const input = kind === "function" ? "uri" : "connectionId";
    return integrationsOf(plan, api)
        .filter((each) => [target.outputs.invokeArn, target.id].includes(inputText(each, input)))
        .map((each) => methodAndPath(plan, each));
}

/** The first path of each listener rule that forwards to a service: the others are the same path in another form. */
const listenerPaths = (plan: Plan, service: PlanNode): string[] => {
    const groups = ecsServicesOf(plan)
        .filter((each) => each.service === service)
        .flatMap(({ targetGroup }) => (targetGroup === undefined ? [] : [arnOf(targetGroup)]));
    return resourcesOfType(plan, "lb/listenerRule:ListenerRule")
        .filter(({ inputs }) =>
            itemsOf(inputs.actions).some((action) => groups.includes(textAtPath(action, "targetGroupArn"))),
        )
        .flatMap(({ inputs }) => itemsOf(inputs.conditions).map((each) => textAtPath(each, "pathPattern.values.0")))
        .filter((path) => path !== "");
};

/** A workload sends to a queue, or receives from it: the message then passes in the other direction. */
function hopLinks(plan: Plan, graph: NetworkGraph, hop: Hop): Link[] {
    const queue = hop.to.networkNode.node;
    if (queue?.type !== "aws:sqs/queue:Queue") {
        return [requestLink(plan, hop)];
    }
    const { from, to, allowedBy } = requestLink(plan, hop);
    const actions = actionsOn(graph, hop.from.networkNode.node, queue);
    return [
        ...(actions.includes("sqs:SendMessage")
            ? [{ from, to, kind: "message" as const, text: "send", allowedBy }]
            : []),
        ...(actions.includes("sqs:ReceiveMessage")
            ? [{ from: to, to: from, kind: "message" as const, text: "receive", allowedBy }]
            : []),
    ];
}

/** Calls that the code of a workload makes; those of the Fargate agent start its container. */
const ownUses = ({ serviceUses }: NetworkGraph, workload: PlanNode | undefined): ServiceUse[] =>
    serviceUses.filter(({ networkNode, caller }) => networkNode.node === workload && caller !== "agent");

const actionsOn = (graph: NetworkGraph, workload: PlanNode | undefined, target: PlanNode): string[] =>
    ownUses(graph, workload)
        .flatMap(({ calls }) => calls)
        .filter(({ resource }) => resource === arnOf(target))
        .map(({ action }) => action);

const publishLinks = (plan: Plan, graph: NetworkGraph): Link[] =>
    resourcesOfType(plan, "sns/topic:Topic").flatMap((topic) =>
        graph.nodes
            .filter(({ node }) => actionsOn(graph, node, topic).includes("sns:Publish"))
            .map(({ node }) => ({
                from: partIdOf(node),
                to: partIdOf(topic),
                kind: "message",
                text: "publish",
                allowedBy: `policy allows sns:Publish on ${topic.name}`,
            })),
    );

const subscriptionLinks = (plan: Plan): Link[] =>
    resourcesOfType(plan, "sns/topicSubscription:TopicSubscription").flatMap((subscription) => {
        const topic = resourcesOfType(plan, "sns/topic:Topic").find(
            (each) => arnOf(each) === inputText(subscription, "topic"),
        );
        const queue = queueByArn(plan, inputText(subscription, "endpoint"));
        return topic === undefined || queue === undefined
            ? []
            : [passedOn(topic, queue, "message", "deliver", `subscription ${subscription.name}`)];
    });

const deadLetterLinks = (plan: Plan): Link[] =>
    ["sqs/queue:Queue", "lambda/function:Function"]
        .flatMap((type) => resourcesOfType(plan, type))
        .flatMap((source) => {
            const deadLetters = queueByArn(plan, deadLetterArn(source));
            return deadLetters === undefined
                ? []
                : [passedOn(source, deadLetters, "dead letter", "not processed", `configuration of ${source.name}`)];
        });

const deadLetterArn = (source: PlanNode): string =>
    inputText(source, "deadLetterConfig.targetArn") || deadLetterQueueArn(source);

const queueByArn = (plan: Plan, arn: string): PlanNode | undefined =>
    resourcesOfType(plan, "sqs/queue:Queue").find((queue) => arnOf(queue) === arn);

const passedOn = (from: PlanNode, to: PlanNode, kind: LinkKind, text: string, allowedBy: string): Link => ({
    from: partIdOf(from),
    to: partIdOf(to),
    kind,
    text,
    allowedBy,
});

/** AWS writes the access logs of load balancers and buckets into a bucket. */
const accessLogLinks = (plan: Plan): Link[] => {
    const bucketOf = (id: string) => resourcesOfType(plan, "s3/bucket:Bucket").find((bucket) => bucket.id === id);
    const deliveries = [
        ...resourcesOfType(plan, "lb/loadBalancer:LoadBalancer").map((node) => ({
            source: node,
            target: bucketOf(inputText(node, "accessLogs.bucket")),
            by: node,
        })),
        ...resourcesOfType(plan, "s3/bucketLogging:BucketLogging").map((by) => ({
            source: bucketOf(inputText(by, "bucket")),
            target: bucketOf(inputText(by, "targetBucket")),
            by,
        })),
    ];
    return deliveries.flatMap(({ source, target, by }) =>
        source === undefined || target === undefined || source === target
            ? []
            : [passedOn(source, target, "log", "access logs", `configuration of ${by.name}`)],
    );
};

const endpointLinks = (plan: Plan, { nodes }: NetworkGraph): Link[] => {
    const nodeOf = (name: string, kind: NodeKind) =>
        nodes.find((each) => each.kind === kind && each.node?.name === name)?.node;
    return pathsOf(plan)
        .filter(({ toKind }) => toKind === "endpoint")
        .map(({ from, fromKind, to, toKind, port }) => ({
            from: partIdOf(nodeOf(from, fromKind)),
            to: partIdOf(nodeOf(to, toKind)),
            kind: "endpoint",
            text: port,
            allowedBy: `endpoint ${to}`,
        }));
};
