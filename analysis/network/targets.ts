import { typesWith } from "../../plan/catalogue/catalogue.ts";
import type { Plan, PlanNode } from "../../plan/plan.ts";
import {
    resourcesOfType,
    arnOf,
    isObjectOrArray,
    itemsOf,
    getPath,
    toText,
    inputText,
    textAtPath,
} from "../../plan/query.ts";
import { toArray, parseStatements } from "../iam/statements.ts";
import { findConnection, httpsPort } from "./connections.ts";
import { inputItems, type NetworkNode } from "./network-nodes.ts";

/** A place that is reached, and by what. */
export interface ForwardTarget {
    readonly networkNode: NetworkNode;
    readonly port?: number;
    readonly allowedBy: string;
}

/** Where what arrives at a load balancer, an API or a link goes on to; nothing else opens a connection there. */
export function forwardTargets(
    plan: Plan,
    places: readonly NetworkNode[],
    from: NetworkNode,
    port: number | undefined,
): ForwardTarget[] {
    if (from.node === undefined) {
        return [];
    }
    switch (from.kind) {
        case "load balancer":
            return loadBalancerTargets(plan, places, from, port);
        case "API":
            return apiTargets(plan, places, from.node);
        case "VPC link":
            return vpcLinkTargets(plan, places, from);
        default:
            return [];
    }
}

const nodesOf = (places: readonly NetworkNode[], node: PlanNode): NetworkNode[] =>
    places.filter((each) => each.node === node);

/** ARNs of the target groups to which actions of a listener or a rule forward. */
const targetGroupArns = (node: PlanNode, input: string): string[] =>
    inputItems(node, input).flatMap((action) => [
        textAtPath(action, "targetGroupArn"),
        ...itemsOf(getPath(action, "forward.targetGroups")).map((group) => textAtPath(group, "arn")),
    ]);

function loadBalancerTargets(
    plan: Plan,
    places: readonly NetworkNode[],
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
                ...serviceTargets(plan, places, from, target),
                ...functionTargets(plan, places, target),
            ])
            .map((arrival) => ({ ...arrival, allowedBy: `${by}, ${arrival.allowedBy}` })),
    );
}

/** Tasks register at a target group with the port of their container. */
const serviceTargets = (
    plan: Plan,
    places: readonly NetworkNode[],
    from: NetworkNode,
    target: string,
): ForwardTarget[] =>
    resourcesOfType(plan, "ecs/service:Service").flatMap((service) =>
        inputItems(service, "loadBalancers")
            .filter((each) => getPath(each, "targetGroupArn") === target)
            .flatMap((each) =>
                nodesOf(places, service).flatMap((place) => {
                    const port = Number(getPath(each, "containerPort"));
                    const by = findConnection(plan, from, place, port, "any");
                    return by === undefined ? [] : [{ networkNode: place, port, allowedBy: by }];
                }),
            ),
    );

const invokePermission = (plan: Plan, principal: string, node: PlanNode, isSource: (arn: string) => boolean) =>
    resourcesOfType(plan, "lambda/permission:Permission").find(
        (each) =>
            inputText(each, "principal") === principal &&
            [node.id, arnOf(node), inputText(node, "name")].includes(inputText(each, "function")) &&
            isSource(inputText(each, "sourceArn")),
    );

const functionTargets = (plan: Plan, places: readonly NetworkNode[], target: string): ForwardTarget[] =>
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
                        : nodesOf(places, node).map((place) => ({
                              networkNode: place,
                              allowedBy: `permission ${permission.name}`,
                          }));
                }),
        );

const integrationsOf = (plan: Plan, api: PlanNode): PlanNode[] =>
    resourcesOfType(plan, "apigateway/integration:Integration").filter((each) => inputText(each, "restApi") === api.id);

/** Path of a resource of an API, whose root alone has no part: `/api/{proxy+}`. */
function resourcePath(plan: Plan, resourceId: string): string {
    const resource = resourcesOfType(plan, "apigateway/resource:Resource").find(({ id }) => id === resourceId);
    return resource === undefined
        ? ""
        : `${resourcePath(plan, inputText(resource, "parentId"))}/${inputText(resource, "pathPart")}`;
}

/** `POST /validate`. */
const methodAndPath = (plan: Plan, integration: PlanNode): string =>
    `${inputText(integration, "httpMethod")} ${resourcePath(plan, inputText(integration, "resourceId")) || "/"}`;

function apiTargets(plan: Plan, places: readonly NetworkNode[], api: PlanNode): ForwardTarget[] {
    const integrations = integrationsOf(plan, api);
    const functions = resourcesOfType(plan, "lambda/function:Function").flatMap((node) => {
        const calls = integrations.filter((each) => inputText(each, "uri") === node.outputs.invokeArn);
        const permission = invokePermission(plan, "apigateway.amazonaws.com", node, (arn) =>
            ["", toText(api.outputs.executionArn)].some((start) => arn === start || arn.startsWith(`${start}/`)),
        );
        return permission === undefined || calls.length === 0
            ? []
            : nodesOf(places, node).map((place) => ({
                  networkNode: place,
                  allowedBy: `${calls.map((each) => methodAndPath(plan, each)).join(", ")}, permission ${permission.name}`,
              }));
    });
    const links = resourcesOfType(plan, "apigatewayv2/vpcLink:VpcLink").flatMap((node) => {
        const calls = integrations.filter((each) => inputText(each, "connectionId") === node.id);
        const by = calls.map((each) => methodAndPath(plan, each)).join(", ");
        return calls.length === 0 ? [] : nodesOf(places, node).map((place) => ({ networkNode: place, allowedBy: by }));
    });
    return [...functions, ...links];
}

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": httpsPort };

/** A link goes where integrations send it: to a load balancer, on the port of their address. */
function vpcLinkTargets(plan: Plan, places: readonly NetworkNode[], from: NetworkNode): ForwardTarget[] {
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
    return places.flatMap((place) =>
        place.ports.flatMap((port) => {
            const isEnd = ends.some(
                (end) => place.node !== undefined && end.target === arnOf(place.node) && end.port === port,
            );
            const by = isEnd ? findConnection(plan, from, place, port, "any") : undefined;
            return by === undefined ? [] : [{ networkNode: place, port, allowedBy: by }];
        }),
    );
}

/** By what anyone may call a place that is outside the VPC; nothing where AWS asks for an identity that it lets in. */
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
    const names = [node.id, arnOf(node)];
    const policy = typesWith("policyOf")
        .flatMap(([type, { input }]) =>
            resourcesOfType(plan, type).filter((each) => names.includes(inputText(each, input))),
        )
        .find(allowsEveryone);
    return isPublicAccessBlocked(plan, node) ? undefined : policy && `policy ${policy.name}`;
}

const allowsEveryone = (node: PlanNode): boolean =>
    parseStatements(inputText(node, "policy")).some(
        ({ Effect, Principal, Condition }) =>
            Effect === "Allow" &&
            Condition === undefined &&
            (Principal === "*" || (isObjectOrArray(Principal) && toArray(Principal.AWS).includes("*"))),
    );

/** S3 lets no policy open a bucket on which this is set. */
const isPublicAccessBlocked = (plan: Plan, bucket: PlanNode): boolean =>
    resourcesOfType(plan, "s3/bucketPublicAccessBlock:BucketPublicAccessBlock").some(
        (each) => inputText(each, "bucket") === bucket.id && each.inputs.restrictPublicBuckets === true,
    );
