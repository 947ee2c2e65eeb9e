import type { PolicyResource } from "@pulumi/policy";
import type { Plan, PlanNode } from "../../tools/plan/plan.ts";
import type { Tree } from "../look.ts";
import { Identities } from "./identities.ts";
import { bareProperties, known, knownValues } from "./known.ts";

/** What the engine would build, in the shape that rules read. */
export interface Adapted {
    readonly plan: Plan;
    /** Where the engine and the offline plan do not build the same, line by line. */
    readonly differences: readonly string[];
}

/**
 * @param offline the plan that the stack's files make without an engine
 * @param resources what the engine has at the end of a preview or an update; their properties are outputs
 * @param inputs by URN, as the engine sent them before it handled the resource
 */
export function adapt(offline: Plan, resources: readonly PolicyResource[], inputs: ReadonlyMap<string, Tree>): Adapted {
    const planned = new Set(offline.nodes.map(({ urn }) => urn));
    const present = new Map(resources.map((resource) => [resource.urn, resource]));
    const identities = new Identities(offline);
    // In the plan's order: what has an ID comes before what repeats it.
    const nodes = offline.nodes.flatMap((node) => {
        const resource = present.get(node.urn);
        if (resource === undefined) {
            return isEnginesOwn(node) ? [node] : [];
        }
        return [adaptedNode(node, resource, inputs.get(node.urn), identities)];
    });
    return {
        plan: identities.in({ ...offline, nodes }),
        differences: [
            ...resources
                .filter(({ urn, type, name }) => !planned.has(urn) && !isDefaultProvider(type, name))
                .map(({ urn }) => `${urn} is not in the offline plan, which no rule can judge then`),
            ...offline.nodes
                .filter((node) => !present.has(node.urn) && !isEnginesOwn(node))
                .map(({ urn }) => `${urn} is in the offline plan, and the engine does not have it`),
        ],
    };
}

function adaptedNode(
    node: PlanNode,
    resource: PolicyResource,
    inputs: Tree | undefined,
    identities: Identities,
): PlanNode {
    const given = bareProperties(resource.props);
    const output = (offline: string, engine: string): void => {
        identities.output(node, offline, engine);
    };
    const input = (offline: string, engine: string): void => {
        identities.text(offline, engine);
    };
    const id = known(given.id, node.id, output);
    const outputs = Object.fromEntries(
        Object.entries(node.outputs).map(([key, value]) => [key, known(given[key], value, output) ?? value]),
    );
    const { protect, ignoreChanges, additionalSecretOutputs } = resource.opts;
    return {
        ...node,
        id: typeof id === "string" ? id : node.id,
        parent: resource.parent?.urn ?? node.parent,
        // A targeted run does not send what it leaves alone.
        inputs: inputs === undefined ? node.inputs : knownValues(inputs, node.inputs, input),
        outputs,
        dependencies: resource.dependencies.map(({ urn }) => urn),
        propertyDependencies: Object.fromEntries(
            Object.entries(resource.propertyDependencies).map(([key, all]) => [key, all.map(({ urn }) => urn)]),
        ),
        provider: providerOf(resource, node),
        options: { ...node.options, protect, ignoreChanges, additionalSecretOutputs },
    };
}

/** As in a plan: none, where Pulumi takes the default one. */
function providerOf({ provider }: PolicyResource, node: PlanNode): string | undefined {
    if (provider === undefined) {
        return node.provider;
    }
    return isDefaultProvider(provider.type, provider.name) ? undefined : provider.urn;
}

const isDefaultProvider = (type: string, name: string): boolean =>
    type.startsWith("pulumi:providers:") && name.startsWith("default");

/** Some versions of the engine do not send the stack and its providers. */
const isEnginesOwn = ({ type }: PlanNode): boolean => type.startsWith("pulumi:");
