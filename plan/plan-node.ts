import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import type { Values } from "./value.ts";

/** How Pulumi handles a resource, apart from its properties. */
export interface NodeOptions {
    protect: boolean;
    retainOnDelete: boolean;
    deleteBeforeReplace: boolean;
    ignoreChanges: string[];
    replaceOnChanges: string[];
    additionalSecretOutputs: string[];
    aliases: NodeAlias[];
    customTimeouts: { create?: string; update?: string; delete?: string };
    /** URN of the resource whose deletion deletes this one too. */
    deletedWith?: string;
    /** ID of the existing resource that is adopted. */
    import?: string;
}

/** A former identity: a whole URN, or the parts that differed. */
export type NodeAlias = { urn: string } | { name?: string; type?: string; parent?: string };

/** A resource or component of the plan. */
export interface PlanNode {
    urn: string;
    type: string;
    name: string;
    /** URN; only the stack has none. */
    parent?: string;
    /** A provider makes it, as opposed to a component. */
    custom: boolean;
    /** Looked up, not made. */
    external: boolean;
    /** Empty for a component. */
    id: string;
    inputs: Values;
    /** Paths in `inputs` whose values a preview does not know: what stands there is made of placeholders. */
    unknown: string[];
    /** What the provider adds to the inputs; of a component what it registers. */
    outputs: Values;
    /** Paths in the registered `outputs` of a component that a preview does not know. */
    unknownOutputs: string[];
    /** URNs of what must exist first, explicit dependencies included. */
    dependencies: string[];
    /** URNs by input. */
    propertyDependencies: Record<string, string[]>;
    options: NodeOptions;
    /** URN of the explicit provider; without it Pulumi takes the default one. */
    provider?: string;
}

/** Options of a resource that is only looked up. */
export const defaultNodeOptions = (): NodeOptions => ({
    protect: false,
    retainOnDelete: false,
    deleteBeforeReplace: false,
    ignoreChanges: [],
    replaceOnChanges: [],
    additionalSecretOutputs: [],
    aliases: [],
    customTimeouts: {},
});

const undefinedIfEmpty = (text: string | undefined): string | undefined => (text === "" ? undefined : text);

export function nodeOptionsOf(request: RegisterResourceRequest): NodeOptions {
    const timeouts = request.getCustomtimeouts();
    return {
        protect: request.getProtect() === true,
        retainOnDelete: request.getRetainondelete() === true,
        deleteBeforeReplace: request.getDeletebeforereplace(),
        ignoreChanges: request.getIgnorechangesList(),
        replaceOnChanges: request.getReplaceonchangesList(),
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
        aliases: request.getAliasesList().map((alias) => {
            const spec = alias.getSpec();
            return spec === undefined
                ? { urn: alias.getUrn() }
                : {
                      name: undefinedIfEmpty(spec.getName()),
                      type: undefinedIfEmpty(spec.getType()),
                      parent: undefinedIfEmpty(spec.getParenturn()),
                  };
        }),
        customTimeouts: {
            create: undefinedIfEmpty(timeouts?.getCreate()),
            update: undefinedIfEmpty(timeouts?.getUpdate()),
            delete: undefinedIfEmpty(timeouts?.getDelete()),
        },
        deletedWith: undefinedIfEmpty(request.getDeletedwith()),
        import: undefinedIfEmpty(request.getImportid()),
    };
}

/** URNs by input, without the inputs that depend on nothing. */
export function propertyDependenciesOf(request: RegisterResourceRequest): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    request.getPropertydependenciesMap().forEach((dependencies, property) => {
        const urns = dependencies.getUrnsList();
        if (urns.length > 0) {
            found[property] = urns;
        }
    });
    return found;
}

/** The URN that the engine gives: the types of all ancestors but the stack, then the resource's own. */
export function urnOf(home: { project: string; stack: string }, parent: string, type: string, name: string): string {
    const [, , lineage = ""] = parent.split("::");
    const qualified = lineage === "" || lineage === "pulumi:pulumi:Stack" ? type : `${lineage}$${type}`;
    return `urn:pulumi:${home.stack}::${home.project}::${qualified}::${name}`;
}
