import { InputReader } from "./input-reader.ts";
import { Placeholders } from "./placeholders.ts";
import { nameIn, type Tree } from "../../plan/query.ts";
import { isAdded } from "./provider-additions.ts";
import { providerInputs } from "../../plan/fake-provider/outputs.ts";
import { noOptions } from "../../plan/plan-node.ts";
import type { Plan, PlanNode, Values } from "../../plan/plan.ts";
import type { State, StateResource } from "../../plan/state.ts";
import { formerOf } from "../difference/pairs.ts";
import {
    reworded,
    secretAsStored,
    valuesOfState,
    withoutMarks,
    withoutUnset,
    withPlannedFiles,
} from "./state-values.ts";

/**
 * The plan that a deployed state stands for, in the words of the offline plan: its placeholders stand where the state has
 * what AWS gave, so that both can be compared. What a state does not tell, such as which changes are ignored, is as planned.
 *
 * @param offline what the program would build now
 */
export function planOfState(offline: Plan, state: State): Plan {
    const found = deployedResources(state).map((resource): Deployed => ({
        resource,
        inputs: valuesOfState(resource.inputs),
        outputs: { ...valuesOfState(resource.outputs), ...(resource.id === undefined ? {} : { id: resource.id }) },
    }));
    const byUrn = new Map(found.map((deployed) => [deployed.resource.urn, deployed]));
    const matches = formerOf(offline, byUrn);
    const placeholders = new Placeholders(
        offline,
        new Map(
            [...matches].map(([urn, { inputs, outputs }]) => [
                urn,
                { inputs: withoutMarks(inputs), outputs: withoutMarks(outputs) },
            ]),
        ),
    );
    const planned = new Map([...matches].map(([urn, { resource }]) => [resource.urn, urn]));
    const nodes = new Map(offline.nodes.map((node) => [node.urn, node]));
    const reading = { placeholders, byUrn };
    // Answers of functions are told by the inputs that hold them: all inputs are read before anything else is.
    const read = found.map((deployed) => {
        const node = nodes.get(planned.get(deployed.resource.urn) ?? "");
        return node && { node, inputs: inputsOf(deployed, node, reading) };
    });
    const context = { ...reading, words: placeholders.words() };
    const top = found.find(({ resource }) => resource.type === "pulumi:pulumi:Stack");
    return {
        ...offline,
        nodes: found.map((deployed, i) => {
            const planned = read[i];
            return planned === undefined ? unplanned(deployed, context) : asDeployed(planned, deployed, context);
        }),
        outputs: top === undefined ? {} : inWords(top.outputs, offline.outputs, context),
    };
}

/** A resource of the state, with its secrets wrapped as in a plan. */
interface Deployed {
    readonly resource: StateResource;
    readonly inputs: Values;
    readonly outputs: Values;
}

interface Reading {
    readonly placeholders: Placeholders;
    readonly byUrn: ReadonlyMap<string, Deployed>;
}

interface Context extends Reading {
    /** Puts placeholders into a text. */
    readonly words: (text: string) => string;
}

/** What is there to stay: not what a replacement left over, nor Pulumi's own default providers. */
const deployedResources = ({ resources }: State): StateResource[] =>
    resources.filter(
        ({ delete: isLeftOver, type, urn }) =>
            isLeftOver !== true && !(type.startsWith("pulumi:providers:") && nameIn(urn).startsWith("default")),
    );

function inputsOf({ resource, inputs }: Deployed, node: PlanNode, { placeholders, byUrn }: Reading): Values {
    if (resource.custom !== true) {
        return node.inputs;
    }
    const sent = withoutMarks(inputs);
    const own = node.type.startsWith("pulumi:providers:") ? providerInputs(sent) : sent;
    const checked = { node, inputs: own, provider: providerOf(resource, byUrn) };
    const given = withoutUnset(new InputReader(checked, placeholders).read(), node.inputs);
    const read = withPlannedFiles(given, node.inputs);
    return secretAsStored(withPlannedHashes(read, node), inputs);
}

/** The state names a provider by its URN and its ID. */
const providerOf = ({ provider = "" }: StateResource, byUrn: ReadonlyMap<string, Deployed>): Tree =>
    withoutMarks(byUrn.get(providerUrn(provider))?.inputs ?? {});

const providerUrn = (reference: string): string => reference.split("::").slice(0, -1).join("::");

/** A planned resource as it is deployed, under the name that it has there. */
function asDeployed(
    { node, inputs: read }: { node: PlanNode; inputs: Values },
    { resource, inputs, outputs }: Deployed,
    context: Context,
): PlanNode {
    const { tagsAll } = inputs;
    return {
        ...node,
        urn: resource.urn,
        name: nameIn(resource.urn),
        parent: resource.parent ?? node.parent,
        // What fits the plan's text is in its words already.
        inputs: reworded(read, node.inputs, (text, offline) => (text === offline ? text : context.words(text))),
        outputs: node.custom
            ? { ...node.outputs, ...(tagsAll === undefined ? {} : { tagsAll }) }
            : inWords(outputs, node.outputs, context),
        options: {
            ...node.options,
            protect: resource.protect === true,
            retainOnDelete: resource.retainOnDelete === true,
        },
    };
}

/** Values of the state in the words of the plan, where it has such a text, or else of what resources publish. */
const inWords = (values: Values, planned: Values, { placeholders, words }: Context): Values =>
    reworded(values, planned, (text, offline) => {
        const found = offline === undefined ? undefined : placeholders.fitAny(offline, text);
        return found?.kind === "same" ? found.text : words(text);
    });

/**
 * A hash of what AWS gave tells nothing of what has changed: it is as planned, and what it is made of is compared by
 * itself.
 */
const withPlannedHashes = (read: Values, { inputs, unknown }: PlanNode): Values =>
    Object.fromEntries(
        Object.entries(read).map(([input, value]) => [
            input,
            reworded({ [input]: value }, inputs, (text, offline) =>
                offline !== undefined && hash.test(text) && hash.test(offline) && isUnknownInput(input, unknown)
                    ? offline
                    : text,
            )[input] ?? null,
        ]),
    );

const hash = /^[0-9a-f]{40,128}$/;

const isUnknownInput = (input: string, unknown: readonly string[]): boolean =>
    unknown.some((path) => path === input || path.startsWith(`${input}.`));

/** A resource that the program no longer plans. */
function unplanned({ resource, inputs, outputs }: Deployed, context: Context): PlanNode {
    const { urn, type, custom = false, id = "", parent, dependencies = [], propertyDependencies = {} } = resource;
    const node: PlanNode = {
        ...{ urn, type, custom, parent, dependencies: [...dependencies] },
        propertyDependencies: Object.fromEntries(
            Object.entries(propertyDependencies).map(([input, urns]) => [input, [...urns]]),
        ),
        ...{ name: nameIn(urn), external: false, id, inputs: {}, unknown: [], unknownOutputs: [], outputs: {} },
        options: {
            ...noOptions(),
            protect: resource.protect === true,
            retainOnDelete: resource.retainOnDelete === true,
        },
        provider: resource.provider && providerUrn(resource.provider),
    };
    const checked = { node, inputs: withoutMarks(inputs), provider: providerOf(resource, context.byUrn) };
    const own = Object.entries(inputs).filter(
        ([input, value]) => !isAdded(checked, input, withoutMarks({ value }).value),
    );
    const given = Object.fromEntries(own);
    const added = Object.entries(outputs).filter(([output]) => !(output in given) && !output.startsWith("__"));
    return {
        ...node,
        inputs: inWords(given, {}, context),
        outputs: inWords(Object.fromEntries(added), {}, context),
    };
}
