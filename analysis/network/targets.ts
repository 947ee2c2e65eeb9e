import type { Plan, PlanNode } from "../../plan/plan.ts";
import { all, arnOf, isTree, items, look, shown, text, textAt } from "../../plan/query.ts";
import { many, statementsIn } from "../iam/statements.ts";
import { connection, httpsPort } from "./connections.ts";
import { listed, type Place } from "./network-nodes.ts";

/** A place that is reached, and by what. */
export interface Arrival {
    readonly place: Place;
    readonly port?: number;
    readonly by: string;
}

/** Where what arrives at a load balancer, an API or a link goes on to; nothing else opens a connection there. */
export function forwards(plan: Plan, places: readonly Place[], from: Place, port: number | undefined): Arrival[] {
    if (from.node === undefined) {
        return [];
    }
    switch (from.kind) {
        case "load balancer":
            return balanced(plan, places, from, port);
        case "API":
            return integrated(plan, places, from.node);
        case "VPC link":
            return linked(plan, places, from);
        default:
            return [];
    }
}

const find = (places: readonly Place[], node: PlanNode): Place[] => places.filter((each) => each.node === node);

/** ARNs of the target groups to which actions of a listener or a rule forward. */
const targetsOf = (node: PlanNode, input: string): string[] =>
    listed(node, input).flatMap((action) => [
        textAt(action, "targetGroupArn"),
        ...items(look(action, "forward.targetGroups")).map((group) => textAt(group, "arn")),
    ]);

function balanced(plan: Plan, places: readonly Place[], from: Place, port: number | undefined): Arrival[] {
    const listeners = all(plan, "lb/listener:Listener").filter(
        (each) => from.node && text(each, "loadBalancerArn") === arnOf(from.node) && each.inputs.port === port,
    );
    const rules = all(plan, "lb/listenerRule:ListenerRule").filter((each) =>
        listeners.some((listener) => arnOf(listener) === text(each, "listenerArn")),
    );
    const actions = [
        ...listeners.map((node) => ({ by: `listener ${node.name}`, targets: targetsOf(node, "defaultActions") })),
        ...rules.map((node) => ({ by: `listener rule ${node.name}`, targets: targetsOf(node, "actions") })),
    ];
    return actions.flatMap(({ by, targets }) =>
        targets
            .flatMap((target) => [...toServices(plan, places, from, target), ...toFunctions(plan, places, target)])
            .map((arrival) => ({ ...arrival, by: `${by}, ${arrival.by}` })),
    );
}

/** Tasks register at a target group with the port of their container. */
const toServices = (plan: Plan, places: readonly Place[], from: Place, target: string): Arrival[] =>
    all(plan, "ecs/service:Service").flatMap((service) =>
        listed(service, "loadBalancers")
            .filter((each) => look(each, "targetGroupArn") === target)
            .flatMap((each) =>
                find(places, service).flatMap((place) => {
                    const port = Number(look(each, "containerPort"));
                    const by = connection(plan, from, place, port, "any");
                    return by === undefined ? [] : [{ place, port, by }];
                }),
            ),
    );

const mayCall = (plan: Plan, principal: string, node: PlanNode, isSource: (arn: string) => boolean) =>
    all(plan, "lambda/permission:Permission").find(
        (each) =>
            text(each, "principal") === principal &&
            [node.id, arnOf(node), text(node, "name")].includes(text(each, "function")) &&
            isSource(text(each, "sourceArn")),
    );

const toFunctions = (plan: Plan, places: readonly Place[], target: string): Arrival[] =>
    all(plan, "lb/targetGroupAttachment:TargetGroupAttachment")
        .filter((each) => text(each, "targetGroupArn") === target)
        .flatMap((each) =>
            all(plan, "lambda/function:Function")
                .filter((node) => arnOf(node) === text(each, "targetId"))
                .flatMap((node) => {
                    const permission = mayCall(plan, "elasticloadbalancing.amazonaws.com", node, (arn) =>
                        ["", target].includes(arn),
                    );
                    return permission === undefined
                        ? []
                        : find(places, node).map((place) => ({ place, by: `permission ${permission.name}` }));
                }),
        );

const integrationsOf = (plan: Plan, api: PlanNode): PlanNode[] =>
    all(plan, "apigateway/integration:Integration").filter((each) => text(each, "restApi") === api.id);

/** Path of a resource of an API, whose root alone has no part: `/api/{proxy+}`. */
function pathOf(plan: Plan, resourceId: string): string {
    const resource = all(plan, "apigateway/resource:Resource").find(({ id }) => id === resourceId);
    return resource === undefined ? "" : `${pathOf(plan, text(resource, "parentId"))}/${text(resource, "pathPart")}`;
}

/** `POST /validate`. */
const methodOf = (plan: Plan, integration: PlanNode): string =>
    `${text(integration, "httpMethod")} ${pathOf(plan, text(integration, "resourceId")) || "/"}`;

function integrated(plan: Plan, places: readonly Place[], api: PlanNode): Arrival[] {
    const integrations = integrationsOf(plan, api);
    const functions = all(plan, "lambda/function:Function").flatMap((node) => {
        const calls = integrations.filter((each) => text(each, "uri") === node.outputs.invokeArn);
        const permission = mayCall(plan, "apigateway.amazonaws.com", node, (arn) =>
            ["", shown(api.outputs.executionArn)].some((start) => arn === start || arn.startsWith(`${start}/`)),
        );
        return permission === undefined || calls.length === 0
            ? []
            : find(places, node).map((place) => ({
                  place,
                  by: `${calls.map((each) => methodOf(plan, each)).join(", ")}, permission ${permission.name}`,
              }));
    });
    const links = all(plan, "apigatewayv2/vpcLink:VpcLink").flatMap((node) => {
        const calls = integrations.filter((each) => text(each, "connectionId") === node.id);
        const by = calls.map((each) => methodOf(plan, each)).join(", ");
        return calls.length === 0 ? [] : find(places, node).map((place) => ({ place, by }));
    });
    return [...functions, ...links];
}

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": httpsPort };

/** A link goes where integrations send it: to a load balancer, on the port of their address. */
function linked(plan: Plan, places: readonly Place[], from: Place): Arrival[] {
    const calls = all(plan, "apigateway/integration:Integration").filter(
        (each) => text(each, "connectionId") === from.node?.id && URL.canParse(text(each, "uri")),
    );
    const ends = calls.map((each) => {
        const { protocol, port } = new URL(text(each, "uri"));
        return { target: text(each, "integrationTarget"), port: port === "" ? defaultPorts[protocol] : Number(port) };
    });
    return places.flatMap((place) =>
        place.ports.flatMap((port) => {
            const isEnd = ends.some(
                (end) => place.node !== undefined && end.target === arnOf(place.node) && end.port === port,
            );
            const by = isEnd ? connection(plan, from, place, port, "any") : undefined;
            return by === undefined ? [] : [{ place, port, by }];
        }),
    );
}

/** Policies that may open a resource to whoever knows its name: the input that names the resource. */
const resourcePolicies: Readonly<Record<string, string>> = {
    "dynamodb/resourcePolicy:ResourcePolicy": "resourceArn",
    "s3/bucketPolicy:BucketPolicy": "bucket",
    "sqs/queuePolicy:QueuePolicy": "queueUrl",
};

/** By what anyone may call a place that is outside the VPC; nothing where AWS asks for an identity that it lets in. */
export function openDoor(plan: Plan, { node, kind }: Place): string | undefined {
    if (node === undefined) {
        return undefined;
    }
    if (kind === "API") {
        const stage = all(plan, "apigateway/stage:Stage").find((each) => text(each, "restApi") === node.id);
        return text(node, "endpointConfiguration.types") === "PRIVATE" ? undefined : stage && `stage ${stage.name}`;
    }
    if (kind === "function") {
        const url = all(plan, "lambda/functionUrl:FunctionUrl").find((each) =>
            [node.id, arnOf(node)].includes(text(each, "functionName")),
        );
        return url && `function URL ${url.name}`;
    }
    const names = [node.id, arnOf(node)];
    const policy = Object.entries(resourcePolicies)
        .flatMap(([type, input]) => all(plan, type).filter((each) => names.includes(text(each, input))))
        .find(isForAll);
    return isBlocked(plan, node) ? undefined : policy && `policy ${policy.name}`;
}

const isForAll = (node: PlanNode): boolean =>
    statementsIn(text(node, "policy")).some(
        ({ Effect, Principal, Condition }) =>
            Effect === "Allow" &&
            Condition === undefined &&
            (Principal === "*" || (isTree(Principal) && many(Principal.AWS).includes("*"))),
    );

/** S3 lets no policy open a bucket on which this is set. */
const isBlocked = (plan: Plan, bucket: PlanNode): boolean =>
    all(plan, "s3/bucketPublicAccessBlock:BucketPublicAccessBlock").some(
        (each) => text(each, "bucket") === bucket.id && each.inputs.restrictPublicBuckets === true,
    );
