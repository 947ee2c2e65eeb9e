import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import type { Value, Values } from "./value.ts";

/** Resource options. */
export interface NodeOptions {
    protect: boolean;
    retainOnDelete: boolean;
    deleteBeforeReplace: boolean;
    ignoreChanges: string[];
    replaceOnChanges: string[];
    /** The resource is replaced when this value changes, but not when it is added or removed. */
    replacementTrigger?: Value;
    additionalSecretOutputs: string[];
    aliases: NodeAlias[];
    customTimeouts: { create?: string; update?: string; delete?: string };
    /** URN of the resource whose deletion also deletes this one. */
    deletedWith?: string;
    /** ID of the existing resource to import. */
    import?: string;
}

/** An alias: a URN, or the parts of it that differ. */
export type NodeAlias = { urn: string } | { name?: string; type?: string; parent?: string };

/** A resource or component of the plan. */
export interface PlanNode {
    urn: string;
    type: string;
    name: string;
    /** URN. Undefined for the stack only. */
    parent?: string;
    /** Whether a provider creates it; false for a component. */
    custom: boolean;
    /** Whether it is only read. */
    external: boolean;
    /** Empty for a component. */
    id: string;
    inputs: Values;
    /** Paths in `inputs` that are unknown in a preview. Their values here are made of placeholders. */
    unknown: string[];
    /** Outputs of the provider; for a component its registered outputs. */
    outputs: Values;
    /** Paths in a component's `outputs` that are unknown in a preview. */
    unknownOutputs: string[];
    /** URNs of the resources that it depends on, including `dependsOn`. */
    dependencies: string[];
    /** URNs by input. */
    propertyDependencies: Record<string, string[]>;
    options: NodeOptions;
    /** URN of the explicit provider. Undefined: the default provider. */
    provider?: string;
}

/** Options of a resource that is only read. */
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
        replacementTrigger: request.getReplacementTrigger()?.toJavaScript() as Value | undefined,
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

/** URNs by input, without inputs that have no dependencies. */
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

/** The URN in the engine's format: types of all parents except the stack, then the resource's own. */
export function urnOf(home: { project: string; stack: string }, parent: string, type: string, name: string): string {
    const [, , lineage = ""] = parent.split("::");
    const qualified = lineage === "" || lineage === "pulumi:pulumi:Stack" ? type : `${lineage}$${type}`;
    return `urn:pulumi:${home.stack}::${home.project}::${qualified}::${name}`;
}
