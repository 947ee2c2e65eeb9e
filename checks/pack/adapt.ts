import type { PolicyResource } from "@pulumi/policy";
import { providerInputs } from "../../plan/fake-provider/outputs.ts";
import type { Plan, PlanNode, Values } from "../../plan/plan.ts";
import type { UnknownRecord } from "../../plan/query.ts";
import { rawProperties, hasUnknown } from "../../analysis/engine/engine-values.ts";
import type { Contradiction } from "../../analysis/engine/match-text.ts";
import { InputReader } from "../../analysis/engine/input-reader.ts";
import { Placeholders } from "../../analysis/engine/placeholders.ts";

/** The engine's resources in the format of the offline plan, which rules read. */
export interface AdaptedPlan {
    readonly plan: Plan;
    /** Differences between the engine's resources and the offline plan. */
    readonly mismatches: readonly PlanMismatch[];
}

export interface PlanMismatch {
    /** URN of the engine's resource; undefined where the engine does not have it. */
    readonly urn?: string;
    readonly message: string;
}

/**
 * @param offline plan of the stack's files
 * @param resources of the engine at the end of a preview or update; their properties are outputs
 * @param inputs by URN, as the engine sent them to resource policies
 */
export function adaptPlan(
    offline: Plan,
    resources: readonly PolicyResource[],
    inputs: ReadonlyMap<string, UnknownRecord>,
): AdaptedPlan {
    const present = new Map(resources.map((resource) => [resource.urn, resource]));
    const sent = resources.map(({ urn, props }) => ({ urn, inputs: inputs.get(urn), outputs: rawProperties(props) }));
    const placeholders = new Placeholders(offline, new Map(sent.map((each) => [each.urn, each])));
    const differences = findUnmatchedResources(offline, present);
    const nodes = offline.nodes.flatMap((node) => {
        const resource = present.get(node.urn);
        if (resource === undefined) {
            return isStackOrProvider(node) ? [node] : [];
        }
        const read = readInputs(node, resource, inputs.get(node.urn), placeholders);
        differences.push(...read.differences);
        return [adaptNode(node, resource, read.inputs, inputs.get(node.urn) ?? {})];
    });
    differences.push(...placeholders.collisions().map((message) => ({ message })));
    return { plan: { ...offline, nodes }, mismatches: differences };
}

function findUnmatchedResources(offline: Plan, present: ReadonlyMap<string, PolicyResource>): PlanMismatch[] {
    const planned = new Set(offline.nodes.map(({ urn }) => urn));
    return [
        ...[...present.values()]
            .filter(({ urn, type, name }) => !planned.has(urn) && !isDefaultProvider(type, name))
            .map(({ urn }) => ({ urn, message: `${urn} is not in the offline plan, which no rule can judge then` })),
        ...offline.nodes
            .filter((node) => !present.has(node.urn) && !isStackOrProvider(node))
            .map(({ urn }) => ({ message: `${urn} is in the offline plan, and the engine does not have it` })),
    ];
}

function readInputs(
    node: PlanNode,
    { provider }: PolicyResource,
    sent: UnknownRecord | undefined,
    placeholders: Placeholders,
): { inputs: Values; differences: PlanMismatch[] } {
    if (sent === undefined) {
        // The engine sends no inputs of resources that are only looked up, or that a targeted run leaves out.
        return { inputs: node.inputs, differences: [] };
    }
    const inputs = node.type.startsWith("pulumi:providers:") ? providerInputs(sent) : sent;
    const reader = new InputReader({ node, inputs, provider: rawProperties(provider?.props ?? {}) }, placeholders);
    return {
        inputs: reader.read(),
        differences: reader.contradictions.map(([path, each]) => ({
            urn: node.urn,
            message: `${node.name}: \`${path}\` must hold ${each.expected.name}, and holds ${foundValueText(each)}`,
        })),
    };
}

const foundValueText = ({ found, text }: Contradiction): string =>
    found?.name ?? `\`${text}\`, which is no other resource's of the stack`;

function adaptNode(node: PlanNode, resource: PolicyResource, inputs: Values, sent: UnknownRecord): PlanNode {
    const { protect, ignoreChanges, additionalSecretOutputs } = resource.opts;
    const given = rawProperties(resource.props);
    return {
        ...node,
        parent: resource.parent?.urn ?? node.parent,
        inputs,
        // Only outputs that the component has registered.
        outputs: node.custom
            ? node.outputs
            : Object.fromEntries(Object.entries(node.outputs).filter(([key]) => key in given)),
        ...dependenciesOf(node, resource, sent),
        provider: providerOf(resource, node),
        options: { ...node.options, protect, ignoreChanges, additionalSecretOutputs },
    };
}

/**
 * Dependencies of the engine. For inputs that a preview does not know, those of the offline plan: an `apply` adds its
 * dependencies only once its value is known.
 */
function dependenciesOf(
    node: PlanNode,
    resource: PolicyResource,
    sent: UnknownRecord,
): Pick<PlanNode, "dependencies" | "propertyDependencies"> {
    const known = new Map(
        Object.entries(resource.propertyDependencies).map(([input, all]) => [input, all.map(({ urn }) => urn)]),
    );
    const unknown = Object.entries(node.propertyDependencies).filter(([input]) => hasUnknown(sent[input]));
    const propertyDependencies = Object.fromEntries([...known, ...unknown]);
    const dependencies = [...resource.dependencies.map(({ urn }) => urn), ...unknown.flatMap(([, urns]) => urns)];
    return { propertyDependencies, dependencies: [...new Set(dependencies)] };
}

/** Undefined for the default provider, as in the offline plan. */
function providerOf({ provider }: PolicyResource, node: PlanNode): string | undefined {
    if (provider === undefined) {
        return node.provider;
    }
    return isDefaultProvider(provider.type, provider.name) ? undefined : provider.urn;
}

const isDefaultProvider = (type: string, name: string): boolean =>
    type.startsWith("pulumi:providers:") && name.startsWith("default");

/** Some versions of the engine do not send the stack and its providers. */
const isStackOrProvider = ({ type }: PlanNode): boolean => type.startsWith("pulumi:");
