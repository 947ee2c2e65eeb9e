import * as pulumi from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { isPlainObject } from "./query.ts";

type StateProperties = Readonly<Record<string, unknown>>;

/** A resource as the state has it. */
export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly custom?: boolean;
    readonly id?: string;
    readonly inputs?: StateProperties;
    readonly outputs?: StateProperties;
    readonly protect?: boolean;
    readonly retainOnDelete?: boolean;
    /** URN. */
    readonly parent?: string;
    /** URN and ID of the provider, with `::` between them. */
    readonly provider?: string;
    /** URNs. */
    readonly dependencies?: readonly string[];
    /** URNs by input. */
    readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
    /** Left over from a replacement. */
    readonly delete?: boolean;
    /** Why its creation or update is unfinished, in the provider's words. */
    readonly initErrors?: readonly string[];
}

/** Something that Pulumi had begun with a resource when it was killed. */
export interface PendingOperation {
    readonly type: "creating" | "updating" | "deleting" | "reading" | "importing";
    readonly resource: StateResource;
}

/** What Pulumi remembers of a stack. Its secrets are in the open: it is not to be written anywhere. */
export interface State {
    readonly resources: readonly StateResource[];
    readonly pending: readonly PendingOperation[];
    /** Outputs of the stack without what is secret, at any depth. */
    readonly outputs: Readonly<Record<string, unknown>>;
    /** The output `manifest`, the one secret that is none (`manifestOf` in lib/manifest.ts). */
    readonly manifest?: unknown;
}

/** Of a stack that was never updated. */
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

/** Key and value that mark a secret in the state. */
const { specialSigKey: signature, specialSecretSig: secret } = pulumi.runtime;

const isSecret = (value: unknown): boolean => isPlainObject(value) && value[signature] === secret;

/** What a secret holds, as the CLI exports it with `--show-secrets`: JSON in a text. */
const secretContent = (value: unknown): unknown =>
    isPlainObject(value) && isSecret(value) && typeof value.plaintext === "string"
        ? JSON.parse(value.plaintext)
        : value;

/** A value without the secrets in it, at any depth. */
export function withoutSecrets(value: unknown): unknown {
    if (Array.isArray(value)) {
        // A place stays, so that the others keep theirs.
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

/** URN of a resource's provider, which the state names by URN and ID; empty where it names none. */
export const providerUrnOf = ({ provider = "" }: Pick<StateResource, "provider">): string =>
    provider.split("::").slice(0, -1).join("::");

/** Whether anything is deployed: a stack that was only made has nothing. */
export const hasResources = ({ resources }: State): boolean => resources.some(({ custom }) => custom === true);

/** Resources of a type, given as `sqs/queue:Queue`, that are there to stay. */
export const stateResourcesOfType = ({ resources }: State, type: string): StateResource[] =>
    resources.filter((resource) => resource.type === `aws:${type}` && resource.delete !== true);

export const logicalNameOf = ({ urn }: { urn: string }): string => urn.split("::").at(-1) ?? urn;

/** Text of an output of a resource; empty where there is none. */
export function outputText({ outputs }: StateResource, key: string): string {
    const found = outputs?.[key];
    return typeof found === "string" ? found : "";
}
