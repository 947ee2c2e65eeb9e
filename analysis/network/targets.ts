import type { Plan, PlanNode } from "../../plan/plan.ts";
import { resourcesOfType, arnOf, itemsOf, getPath, toText, inputText, textAtPath } from "../../plan/query.ts";
import { includesEveryone } from "../iam/principals.ts";
import { lambdaPermissionsOf, policiesAttachedTo } from "../iam/resource-policies.ts";
import { parseStatements } from "../iam/statements.ts";
import { findConnection, httpsPort } from "./connections.ts";
import { inputItems, type NetworkNode } from "./network-nodes.ts";

/** A node to which requests are forwarded, and what allows that. */
export interface ForwardTarget {
    readonly networkNode: NetworkNode;
    readonly port?: number;
    readonly allowedBy: string;
}

/** Where a load balancer, an API or a VPC link forwards requests; they open no other connections. */
export function forwardTargets(
    plan: Plan,
    nodes: readonly NetworkNode[],
    from: NetworkNode,
    port: number | undefined,
): ForwardTarget[] {
    if (from.node === undefined) {
        return [];
    }
    switch (from.kind) {
        case "load balancer":
            return loadBalancerTargets(plan, nodes, from, port);
        case "API":
            return apiTargets(plan, nodes, from.node);
        case "VPC link":
            return vpcLinkTargets(plan, nodes, from);
        default:
            return [];
    }
}

const nodesOf = (nodes: readonly NetworkNode[], node: PlanNode): NetworkNode[] =>
    nodes.filter((each) => each.node === node);

/** ARNs of the target groups to which actions of a listener or a rule forward. */
const targetGroupArns = (node: PlanNode, input: string): string[] =>
    inputItems(node, input).flatMap((action) => [
        textAtPath(action, "targetGroupArn"),
        ...itemsOf(getPath(action, "forward.targetGroups")).map((group) => textAtPath(group, "arn")),
    ]);

function loadBalancerTargets(
    plan: Plan,
    nodes: readonly NetworkNode[],
    from: NetworkNode,
    port: number | undefined,
): ForwardTarget[] {
    const listeners = resourcesOfType(plan, "lb/listener:Listener").filter(
        (each) => from.node && inputText(each, "loadBalancerArn") === arnOf(from.node) && each.inputs.port === port,
    );
    const rules = resourcesOfType(plan, "lb/listenerRule:ListenerRule").filter((each) =>
        listeners.some((listener) => arnOf(listener) === inputText(each, "listenerArn")),
    );
    const actions = [
        ...listeners.map((node) => ({ by: `listener ${node.name}`, targets: targetGroupArns(node, "defaultActions") })),
        ...rules.map((node) => ({ by: `listener rule ${node.name}`, targets: targetGroupArns(node, "actions") })),
    ];
    return actions.flatMap(({ by, targets }) =>
        targets
            .flatMap((target) => [
                ...serviceTargets(plan, nodes, from, target),
                ...functionTargets(plan, nodes, target),
            ])
            .map((target) => ({ ...target, allowedBy: `${by}, ${target.allowedBy}` })),
    );
}

/** Services that register their tasks, with a container port, in a target group. */
const serviceTargets = (
    plan: Plan,
    nodes: readonly NetworkNode[],
    from: NetworkNode,
    target: string,
): ForwardTarget[] =>
    resourcesOfType(plan, "ecs/service:Service").flatMap((service) =>
        inputItems(service, "loadBalancers")
            .filter((each) => getPath(each, "targetGroupArn") === target)
            .flatMap((each) =>
                nodesOf(nodes, service).flatMap((networkNode) => {
                    const port = Number(getPath(each, "containerPort"));
                    const by = findConnection(plan, from, networkNode, port, "any");
                    return by === undefined ? [] : [{ networkNode, port, allowedBy: by }];
                }),
            ),
    );

const invokePermission = (plan: Plan, principal: string, lambda: PlanNode, isSource: (arn: string) => boolean) =>
    lambdaPermissionsOf(plan, lambda).find(
        (permission) =>
            inputText(permission, "principal") === principal && isSource(inputText(permission, "sourceArn")),
    );

const functionTargets = (plan: Plan, nodes: readonly NetworkNode[], target: string): ForwardTarget[] =>
    resourcesOfType(plan, "lb/targetGroupAttachment:TargetGroupAttachment")
        .filter((each) => inputText(each, "targetGroupArn") === target)
        .flatMap((each) =>
            resourcesOfType(plan, "lambda/function:Function")
                .filter((node) => arnOf(node) === inputText(each, "targetId"))
                .flatMap((node) => {
                    const permission = invokePermission(plan, "elasticloadbalancing.amazonaws.com", node, (arn) =>
                        ["", target].includes(arn),
                    );
                    return permission === undefined
                        ? []
                        : nodesOf(nodes, node).map((networkNode) => ({
                              networkNode,
                              allowedBy: `permission ${permission.name}`,
                          }));
                }),
        );

export const integrationsOf = (plan: Plan, api: PlanNode): PlanNode[] =>
    resourcesOfType(plan, "apigateway/integration:Integration").filter((each) => inputText(each, "restApi") === api.id);

/** Path of a resource of an API, whose root alone has no part: `/api/{proxy+}`. */
function resourcePath(plan: Plan, resourceId: string): string {
    const resource = resourcesOfType(plan, "apigateway/resource:Resource").find(({ id }) => id === resourceId);
    return resource === undefined
        ? ""
        : `${resourcePath(plan, inputText(resource, "parentId"))}/${inputText(resource, "pathPart")}`;
}

/** `POST /validate`. */
export const methodAndPath = (plan: Plan, integration: PlanNode): string =>
    `${inputText(integration, "httpMethod")} ${resourcePath(plan, inputText(integration, "resourceId")) || "/"}`;

function apiTargets(plan: Plan, nodes: readonly NetworkNode[], api: PlanNode): ForwardTarget[] {
    const integrations = integrationsOf(plan, api);
    const functions = resourcesOfType(plan, "lambda/function:Function").flatMap((node) => {
        const calls = integrations.filter((each) => inputText(each, "uri") === node.outputs.invokeArn);
        const permission = invokePermission(plan, "apigateway.amazonaws.com", node, (arn) =>
            ["", toText(api.outputs.executionArn)].some((start) => arn === start || arn.startsWith(`${start}/`)),
        );
        return permission === undefined || calls.length === 0
            ? []
            : nodesOf(nodes, node).map((networkNode) => ({
                  networkNode,
                  allowedBy: `${calls.map((each) => methodAndPath(plan, each)).join(", ")}, permission ${permission.name}`,
              }));
    });
    const links = resourcesOfType(plan, "apigatewayv2/vpcLink:VpcLink").flatMap((node) => {
        const calls = integrations.filter((each) => inputText(each, "connectionId") === node.id);
        const by = calls.map((each) => methodAndPath(plan, each)).join(", ");
        return calls.length === 0 ? [] : nodesOf(nodes, node).map((networkNode) => ({ networkNode, allowedBy: by }));
    });
    return [...functions, ...links];
}

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": httpsPort };

/** A VPC link forwards to the load balancer and port in the URI of each integration. */
function vpcLinkTargets(plan: Plan, nodes: readonly NetworkNode[], from: NetworkNode): ForwardTarget[] {
    const calls = resourcesOfType(plan, "apigateway/integration:Integration").filter(
        (each) => inputText(each, "connectionId") === from.node?.id && URL.canParse(inputText(each, "uri")),
    );
    const ends = calls.map((each) => {
        const { protocol, port } = new URL(inputText(each, "uri"));
        return {
            target: inputText(each, "integrationTarget"),
            port: port === "" ? defaultPorts[protocol] : Number(port),
        };
    });
    return nodes.flatMap((networkNode) =>
        networkNode.ports.flatMap((port) => {
            const isEnd = ends.some(
                (end) => networkNode.node !== undefined && end.target === arnOf(networkNode.node) && end.port === port,
            );
            const by = isEnd ? findConnection(plan, from, networkNode, port, "any") : undefined;
            return by === undefined ? [] : [{ networkNode, port, allowedBy: by }];
        }),
    );
}

/**
 * What can be called from the internet: every function URL, and every stage of an API that is not private, whatever its
 * authorization; a policy only if it allows everyone without a condition.
 */
export function publicEntryPoint(plan: Plan, { node, kind }: NetworkNode): string | undefined {
    if (node === undefined) {
        return undefined;
    }
    if (kind === "API") {
        const stage = resourcesOfType(plan, "apigateway/stage:Stage").find(
            (each) => inputText(each, "restApi") === node.id,
        );
        return inputText(node, "endpointConfiguration.types") === "PRIVATE"
            ? undefined
            : stage && `stage ${stage.name}`;
    }
    if (kind === "function") {
        const url = resourcesOfType(plan, "lambda/functionUrl:FunctionUrl").find((each) =>
            [node.id, arnOf(node)].includes(inputText(each, "functionName")),
        );
        return url && `function URL ${url.name}`;
    }
    const policy = policiesAttachedTo(plan, node).find(allowsEveryone);
    return isPublicAccessBlocked(plan, node) ? undefined : policy && `policy ${policy.name}`;
}

const allowsEveryone = (policy: PlanNode): boolean =>
    parseStatements(inputText(policy, "policy")).some(
        (statement) => statement.Effect === "Allow" && statement.Condition === undefined && includesEveryone(statement),
    );

/** S3 ignores public access by a bucket policy while this is set. */
export const isPublicAccessBlocked = (plan: Plan, bucket: PlanNode): boolean =>
    resourcesOfType(plan, "s3/bucketPublicAccessBlock:BucketPublicAccessBlock").some(
        (each) => inputText(each, "bucket") === bucket.id && each.inputs.restrictPublicBuckets === true,
    );
