import { randomUUID } from "node:crypto";
import packageJson from "../../../package.json" with { type: "json" };
import { requireItem } from "../../../lib/list.ts";
import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { splitPart, toText } from "../../../plan/query.ts";
import type { StateResource } from "../../../plan/state.ts";

const providerTypePrefix = "pulumi:providers:";

/** What the plan does not contain of a resource in the state. */
export type StoredValues = Pick<StateResource, "id" | "inputs" | "outputs">;

/**
 * The stack, its components, its providers and the given resources as Pulumi's state has them: each after those to which it
 * refers.
 *
 * @param stored by URN. Resources of the plan that are not in it are left out, and so are references to them
 */
export function plannedState(
    { nodes }: Pick<Plan, "nodes">,
    stored: ReadonlyMap<string, StoredValues>,
): StateResource[] {
    const stack = requireItem(nodes, 0);
    const others = nodes.slice(1).filter((node) => !node.custom || isProvider(node) || stored.has(node.urn));
    const defaults = new Map(
        others
            .filter(isOfDefaultProvider)
            .map((node) => [node.type.split(":", 1).join(), defaultProvider(node, stack)]),
    );
    const ids = new Map<string, string>();
    const withId = (provider: StateResource, values: StoredValues): StateResource => {
        const { id = randomUUID(), ...rest } = stored.get(provider.urn) ?? values;
        ids.set(provider.urn, `${provider.urn}::${id}`);
        return { ...provider, id, ...rest };
    };
    const urns = new Set([stack, ...others].map(({ urn }) => urn));
    const providers = [...defaults.values()].map((each) => withId(each, each));
    return [
        basicsOf(stack, urns),
        ...providers,
        ...others.map((node): StateResource => {
            if (isProvider(node)) {
                return withId(basicsOf(node, urns), providerValues(node));
            }
            const provider = node.provider ?? defaults.get(splitPart(node.type, ":", 0))?.urn ?? "";
            return { ...basicsOf(node, urns), provider: ids.get(provider), ...stored.get(node.urn) };
        }),
    ];
}

const isProvider = ({ type }: Pick<PlanNode, "type">): boolean => type.startsWith(providerTypePrefix);

const isOfDefaultProvider = (node: PlanNode): boolean =>
    node.custom && node.provider === undefined && !isProvider(node);

function basicsOf(
    { urn, type, custom, parent, dependencies, propertyDependencies, options }: PlanNode,
    written: ReadonlySet<string>,
): StateResource {
    const onlyWritten = (list: readonly string[]): string[] => list.filter((each) => written.has(each));
    return {
        urn,
        type,
        custom,
        parent,
        protect: options.protect,
        retainOnDelete: options.retainOnDelete,
        additionalSecretOutputs: options.additionalSecretOutputs,
        dependencies: onlyWritten(dependencies),
        propertyDependencies: Object.fromEntries(
            Object.entries(propertyDependencies).map(([input, list]) => [input, onlyWritten(list)]),
        ),
    };
}

/** Inputs of a provider, which the SDK sends as text, and the release that it adds to them. */
function providerValues({ inputs, type }: PlanNode): StoredValues {
    const texts = Object.entries(inputs).map(([key, value]): [string, string] => [key, toText(value)]);
    const values = { ...Object.fromEntries(texts), version: releaseOf(type.slice(providerTypePrefix.length)) };
    return { inputs: values, outputs: values };
}

/** The provider that Pulumi creates for a package whose resources name none. */
function defaultProvider({ type }: PlanNode, stack: PlanNode): StateResource {
    const name = splitPart(type, ":", 0);
    const values = { version: releaseOf(name) };
    const urn = [
        ...stack.urn.split("::").slice(0, 2),
        `${providerTypePrefix}${name}`,
        `default_${values.version.replaceAll(/\W/g, "_")}`,
    ].join("::");
    return { urn, type: `${providerTypePrefix}${name}`, custom: true, inputs: values, outputs: values };
}

/** The release of a provider's package, such as `aws`. */
const releaseOf = (name: string): string =>
    requireItem(
        Object.entries(packageJson.dependencies).flatMap(([key, release]) =>
            key === `@pulumi/${name}` ? [release] : [],
        ),
        0,
    );
