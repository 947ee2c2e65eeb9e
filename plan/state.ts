import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { isPlainObject, withoutAwsPrefix } from "./query.ts";

type StateProperties = Readonly<Record<string, unknown>>;

/** A resource in Pulumi's state. */
export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly custom?: boolean;
    readonly id?: string;
    readonly inputs?: StateProperties;
    readonly outputs?: StateProperties;
    readonly protect?: boolean;
    readonly retainOnDelete?: boolean;
    readonly replacementTrigger?: unknown;
    /** URN. */
    readonly parent?: string;
    /** URN and ID of the provider, with `::` between them. */
    readonly provider?: string;
    /** URNs. */
    readonly dependencies?: readonly string[];
    /** Outputs that are encrypted, besides those that the provider marks. */
    readonly additionalSecretOutputs?: readonly string[];
    /** URNs by input. */
    readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
    /** Pending deletion after a replacement. */
    readonly delete?: boolean;
    /** Errors of the provider because of which its creation or update is incomplete. */
    readonly initErrors?: readonly string[];
}

/** A pending operation: Pulumi was interrupted during it. */
export interface PendingOperation {
    readonly type: "creating" | "updating" | "deleting" | "reading" | "importing";
    readonly resource: StateResource;
}

/** Pulumi's state of a stack, with secrets in plain text: it must not be written anywhere. */
export interface State {
    readonly resources: readonly StateResource[];
    readonly pending: readonly PendingOperation[];
    /** Outputs of the stack without secrets, at any depth. */
    readonly outputs: Readonly<Record<string, unknown>>;
    /** The output `manifest`, which is marked as a secret but not confidential (lib/manifest.ts). */
    readonly manifest?: unknown;
}

/** State of a stack without updates. */
export const emptyState: State = { resources: [], pending: [], outputs: {} };

interface Deployment {
    readonly resources?: readonly StateResource[];
    readonly pending_operations?: readonly PendingOperation[] | null;
}

export async function readState(stack: Pick<Stack, "exportStack">): Promise<State> {
    const { deployment } = (await stack.exportStack()) as { deployment?: Deployment | null };
    const resources = deployment?.resources ?? [];
    const top = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
    const outputs = top?.outputs ?? {};
    return {
        resources,
        pending: deployment?.pending_operations ?? [],
        outputs: withoutSecrets(outputs) as StateProperties,
        manifest: withoutSecrets(secretContent(outputs.manifest)),
    };
}

/** Key and value with which the state marks a secret. */
const { specialSigKey: signature, specialSecretSig: secret } = pulumi.runtime;

const isSecret = (value: unknown): boolean => isPlainObject(value) && value[signature] === secret;

/** Value of a secret, which the CLI exports with `--show-secrets` as JSON text. */
export const secretContent = (value: unknown): unknown =>
    isPlainObject(value) && isSecret(value) && typeof value.plaintext === "string"
        ? JSON.parse(value.plaintext)
        : value;

/** A value without the secrets in it, at any depth. */
export function withoutSecrets(value: unknown): unknown {
    if (Array.isArray(value)) {
        // Keeps the index, so that those of other items do not change.
        return value.map((item) => (isSecret(item) ? null : withoutSecrets(item)));
    }
    if (!isPlainObject(value)) {
        return value;
    }
    return Object.fromEntries(
        Object.entries(value)
            .filter(([, inner]) => !isSecret(inner))
            .map(([key, inner]) => [key, withoutSecrets(inner)]),
    );
}

/** URN of a resource's provider, without the ID; empty if it has none. */
export const providerUrnOf = ({ provider = "" }: Pick<StateResource, "provider">): string =>
    provider.split("::").slice(0, -1).join("::");

/** Whether anything is deployed: a new stack has no resources. */
export const hasResources = ({ resources }: State): boolean => resources.some(({ custom }) => custom === true);

/** Resources of a type, given as `resourcesOfType` takes it, that are not pending deletion. */
export const stateResourcesOfType = ({ resources }: State, type: string): StateResource[] =>
    resources.filter((resource) => resource.type === `aws:${withoutAwsPrefix(type)}` && resource.delete !== true);

export const logicalNameOf = ({ urn }: { urn: string }): string => urn.split("::").at(-1) ?? urn;

/** The resource of a type with this logical name, unless it is pending deletion. */
export const stateResourceNamed = (state: State, type: string, name: string): StateResource | undefined =>
    stateResourcesOfType(state, type).find((resource) => logicalNameOf(resource) === name);

/** Text of an output of a resource; empty if there is none. */
export function outputText({ outputs }: StateResource, key: string): string {
    const found = outputs?.[key];
    return typeof found === "string" ? found : "";
}
