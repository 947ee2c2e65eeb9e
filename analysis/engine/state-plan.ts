import { InputReader } from "./input-reader.ts";
import { Placeholders, type RealValues } from "./placeholders.ts";
import { nameInUrn, type UnknownRecord } from "../../plan/query.ts";
import { isAddedByProvider } from "./provider-additions.ts";
import { providerInputs } from "../../plan/fake-provider/outputs.ts";
import { defaultNodeOptions } from "../../plan/plan-node.ts";
import type { Plan, PlanNode, Value, Values } from "../../plan/plan.ts";
import { providerUrnOf, type State, type StateResource } from "../../plan/state.ts";
import { matchFormerResources } from "../difference/pairs.ts";
import {
    mapTexts,
    withStoredSecrets,
    valuesFromState,
    withoutSecretMarks,
    withoutEmptyBlockDefaults,
    withPlannedFiles,
} from "./state-values.ts";

/**
 * Converts a deployed state to a plan in the offline plan's terms: placeholders replace the texts that AWS generated, so
 * that both can be compared. What a state does not contain, such as which changes are ignored, is as planned.
 *
 * @param offline what the program would build now
 */
export function planFromState(offline: Plan, state: State): Plan {
    const found = deployedResources(state).map(readResource);
    const byUrn = new Map(found.map((deployed) => [deployed.resource.urn, deployed]));
    const matches = matchFormerResources(offline, byUrn);
    const placeholders = new Placeholders(offline, new Map([...matches].map(([urn, { plain }]) => [urn, plain])));
    const planned = new Map([...matches].map(([urn, { resource }]) => [resource.urn, urn]));
    const nodes = new Map(offline.nodes.map((node) => [node.urn, node]));
    const reading = { placeholders, byUrn };
    // Results of functions are found in the inputs that contain them, so all inputs are read first.
    const read = found.map((deployed) => {
        const node = nodes.get(planned.get(deployed.resource.urn) ?? "");
        return node && { node, inputs: inputsOf(deployed, node, reading) };
    });
    const context = { ...reading, replaceTexts: placeholders.createReplacer() };
    const top = found.find(({ resource }) => resource.type === "pulumi:pulumi:Stack");
    return {
        ...offline,
        nodes: found.map((deployed, i) => {
            const planned = read[i];
            return planned === undefined ? nodeNotPlanned(deployed, context) : asDeployed(planned, deployed, context);
        }),
        outputs: top === undefined ? {} : withPlaceholders(top.outputs, offline.outputs, context),
    };
}

/** A resource of the state, with its secrets wrapped as in a plan. */
interface DeployedResource {
    readonly resource: StateResource;
    readonly inputs: Values;
    readonly outputs: Values;
    /** Both without the marks of secrets. */
    readonly plain: RealValues & { readonly inputs: UnknownRecord };
}

function readResource(resource: StateResource): DeployedResource {
    const { id } = resource;
    const inputs = valuesFromState(resource.inputs);
    const outputs = { ...valuesFromState(resource.outputs), ...(id === undefined ? {} : { id }) };
    return {
        ...{ resource, inputs, outputs },
        plain: { inputs: withoutSecretMarks(inputs), outputs: withoutSecretMarks(outputs) },
    };
}

interface StateReading {
    readonly placeholders: Placeholders;
    readonly byUrn: ReadonlyMap<string, DeployedResource>;
}

interface ReplacementContext extends StateReading {
    /** Puts placeholders into a text. */
    readonly replaceTexts: (text: string) => string;
}

/** Without resources whose deletion after a replacement is pending, and without Pulumi's default providers. */
const deployedResources = ({ resources }: State): StateResource[] =>
    resources.filter(
        ({ delete: isLeftOver, type, urn }) =>
            isLeftOver !== true && !(type.startsWith("pulumi:providers:") && nameInUrn(urn).startsWith("default")),
    );

function inputsOf(
    { resource, inputs, plain }: DeployedResource,
    node: PlanNode,
    { placeholders, byUrn }: StateReading,
): Values {
    if (resource.custom !== true) {
        return node.inputs;
    }
    const own = node.type.startsWith("pulumi:providers:") ? providerInputs(plain.inputs) : plain.inputs;
    const checked = { node, inputs: own, provider: providerInputsOf(resource, byUrn) };
    const given = withoutEmptyBlockDefaults(new InputReader(checked, placeholders).read(), node.inputs);
    const read = withPlannedFiles(given, node.inputs, (text, input) => placeholders.realText(node, input, text));
    return withStoredSecrets(withPlannedHashes(read, node), inputs);
}

/** The state refers to a provider by its URN and its ID. */
const providerInputsOf = (resource: StateResource, byUrn: ReadonlyMap<string, DeployedResource>): UnknownRecord =>
    byUrn.get(providerUrnOf(resource))?.plain.inputs ?? {};

/** A planned resource as it is deployed, under the name that it has there. */
function asDeployed(
    { node, inputs: read }: { node: PlanNode; inputs: Values },
    { resource, inputs, outputs }: DeployedResource,
    context: ReplacementContext,
): PlanNode {
    const { tagsAll } = inputs;
    return {
        ...node,
        urn: resource.urn,
        name: nameInUrn(resource.urn),
        parent: resource.parent ?? node.parent,
        // A text that matches the plan's has its placeholders already.
        inputs: mapTexts(read, node.inputs, (text, offline) => (text === offline ? text : context.replaceTexts(text))),
        outputs: node.custom
            ? { ...node.outputs, ...(tagsAll === undefined ? {} : { tagsAll }) }
            : withPlaceholders(outputs, node.outputs, context),
        options: {
            ...node.options,
            protect: resource.protect === true,
            retainOnDelete: resource.retainOnDelete === true,
            replacementTrigger: resource.replacementTrigger as Value | undefined,
        },
    };
}

/** Values of the state with placeholders: as in the plan's text if there is one, otherwise for any resource's outputs. */
const withPlaceholders = (
    values: Values,
    planned: Values,
    { placeholders, replaceTexts }: ReplacementContext,
): Values =>
    mapTexts(values, planned, (text, offline) => {
        const found = offline === undefined ? undefined : placeholders.matchAny(offline, text);
        return found?.kind === "same" ? found.text : replaceTexts(text);
    });

/**
 * A hash of generated IDs or ARNs always differs from the plan's, so it is replaced by the planned hash. The hashed values are
 * compared where they are inputs themselves.
 */
const withPlannedHashes = (read: Values, { inputs, unknown }: PlanNode): Values =>
    Object.fromEntries(
        Object.entries(read).map(([input, value]) => [
            input,
            isUnknownInput(input, unknown)
                ? (mapTexts({ [input]: value }, inputs, (text, offline) =>
                      offline !== undefined && hash.test(text) && hash.test(offline) ? offline : text,
                  )[input] ?? null)
                : value,
        ]),
    );

const hash = /^[0-9a-f]{40,128}$/;

const isUnknownInput = (input: string, unknown: readonly string[]): boolean =>
    unknown.some((path) => path === input || path.startsWith(`${input}.`));

/** A resource that the program no longer plans. */
function nodeNotPlanned({ resource, inputs, outputs, plain }: DeployedResource, context: ReplacementContext): PlanNode {
    const { urn, type, custom = false, id = "", parent, dependencies = [], propertyDependencies = {} } = resource;
    const node: PlanNode = {
        ...{ urn, type, custom, parent, dependencies: [...dependencies] },
        propertyDependencies: Object.fromEntries(
            Object.entries(propertyDependencies).map(([input, urns]) => [input, [...urns]]),
        ),
        ...{ name: nameInUrn(urn), external: false, id, inputs: {}, unknown: [], unknownOutputs: [], outputs: {} },
        options: {
            ...defaultNodeOptions(),
            protect: resource.protect === true,
            retainOnDelete: resource.retainOnDelete === true,
        },
        provider: resource.provider && providerUrnOf(resource),
    };
    const checked = { node, inputs: plain.inputs, provider: providerInputsOf(resource, context.byUrn) };
    const own = Object.entries(inputs).filter(([input]) => !isAddedByProvider(checked, input, plain.inputs[input]));
    const given = Object.fromEntries(own);
    const added = Object.entries(outputs).filter(([output]) => !(output in given) && !output.startsWith("__"));
    return {
        ...node,
        inputs: withPlaceholders(given, {}, context),
        outputs: withPlaceholders(Object.fromEntries(added), {}, context),
    };
}
