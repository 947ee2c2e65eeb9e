import * as pulumi from "@pulumi/pulumi";
import { automaticNamePattern, nameInputOf } from "../../../plan/physical-names.ts";
import { tokensOf } from "../../../plan/gateway-secret.ts";
import type { Plan, PlanNode } from "../../../plan/plan.ts";
import { isPlainObject, itemsOf } from "../../../plan/query.ts";
import { secretContent, type State, type StateResource } from "../../../plan/state.ts";
import { containsSecret, Secret, unwrapSecret, type Value } from "../../../plan/value.ts";
import type { StoredValues } from "./planned-state.ts";

/** Inputs that AWS does not return, and with which an update would change a password that clients use. */
const unreturnedInputs: Readonly<Record<string, readonly string[]>> = {
    "aws:elasticache/replicationGroup:ReplicationGroup": ["authToken", "authTokenUpdateStrategy"],
};

/**
 * Values of a resource that was read by its ID. They say which names Pulumi chose, as otherwise the next update would choose
 * others and replace the resource; and what the program marks as secret is secret in the state, too.
 *
 * @param passwords generated ones, by the text that the plan has in their place
 */
export function adoptedValues(
    node: PlanNode,
    { id, inputs = {}, outputs = {} }: StateResource,
    passwords: ReadonlyMap<string, string>,
): StoredValues {
    const secrets = new Set([
        ...Object.entries(node.inputs).flatMap(([key, value]) => (containsSecret(value) ? [key] : [])),
        ...node.options.additionalSecretOutputs,
    ]);
    const encrypted = (values: StateProperties): StateProperties =>
        mapValues(values, (value, key) => (secrets.has(key) ? asSecret(value) : value));
    const unreturned = unreturnedValues(node, passwords);
    return {
        id,
        inputs: encrypted({ ...inputs, ...automaticNames(node, inputs, outputs), ...unreturned }),
        outputs: encrypted({ ...outputs, ...unreturned }),
    };
}

type StateProperties = NonNullable<StateResource["inputs"]>;

const mapValues = (values: StateProperties, change: (value: unknown, key: string) => unknown): StateProperties =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value, key)]));

/** The names that Pulumi chose, and the list with which it keeps them. */
function automaticNames(node: PlanNode, inputs: StateProperties, outputs: StateProperties): StateProperties {
    const input = nameInputOf(node.type);
    const pattern = automaticNamePattern(node.name);
    const chosen = Object.entries({ ...(input in outputs && { [input]: outputs[input] }), ...inputs }).filter(
        ([key, value]) => !(key in node.inputs) && typeof value === "string" && pattern.test(value),
    );
    const names = Object.fromEntries(chosen);
    return { ...names, __defaults: [...itemsOf(inputs.__defaults), ...Object.keys(names)] };
}

function unreturnedValues({ type, inputs }: PlanNode, passwords: ReadonlyMap<string, string>): StateProperties {
    const keys = (unreturnedInputs[type] ?? []).filter((key) => key in inputs);
    const values = keys.map((key): [string, unknown] => {
        const value = inputs[key];
        return [key, value instanceof Secret ? passwords.get(textOf(value)) : value];
    });
    return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

const { specialSigKey: signature, specialSecretSig: secretSignature } = pulumi.runtime;

/** A value that the import of a state encrypts; unchanged if it is encrypted. */
const asSecret = (value: unknown): unknown =>
    isPlainObject(value) && signature in value
        ? value
        : { [signature]: secretSignature, plaintext: JSON.stringify(value) };

/** A generated password, as the secrets of the stack have it. */
export interface Password {
    readonly urn: string;
    /** What the plan has in its place. */
    readonly planned: string;
    readonly result: string;
    readonly values: StoredValues;
}

const passwordType = "random:index/randomPassword:RandomPassword";
const versionType = "aws:secretsmanager/secretVersion:SecretVersion";

/**
 * Generated passwords, read from the secrets that contain them: they are in no other place, and another value would
 * lock out the clients that use it.
 *
 * @param state with secrets in plain text
 */
export function readPasswords({ nodes }: Plan, state: State): Password[] {
    const stored = new Map(state.resources.map(({ urn, outputs }) => [urn, outputs]));
    const versions = nodes.filter(({ type, urn }) => type === versionType && stored.has(urn));
    const found: Password[] = [];
    for (const node of nodes.filter(({ type }) => type === passwordType)) {
        const planned = textOf(node.outputs.result);
        for (const version of versions) {
            const value = secretContent(stored.get(version.urn)?.secretString);
            const result = partOfSecret(planned, textOf(version.inputs.secretString), value);
            if (result !== undefined) {
                found.push({ urn: node.urn, planned, result, values: passwordValues(node, result) });
            }
        }
    }
    return found;
}

const textOf = (value: Value | undefined): string => {
    const plain = unwrapSecret(value);
    return typeof plain === "string" ? plain : "";
};

/**
 * What a secret has in the place of a part of the planned one; nothing if it has another form. In the secret of the API only the
 * entry counts: AWS chose the IDs of the keys that are next to the token.
 */
function partOfSecret(part: string, planned: string, real: unknown): string | undefined {
    const position = tokensOf(planned).findIndex((token) => token === part);
    return position < 0 ? partInPlaceOf(part, planned, real) : tokensOf(real)[position];
}

/** What a text has in the place of a part of the planned text; nothing if the rest differs. */
function partInPlaceOf(part: string, planned: string, real: unknown): string | undefined {
    const start = planned.indexOf(part);
    if (part === "" || start < 0 || typeof real !== "string") {
        return undefined;
    }
    const [before, after] = [planned.slice(0, start), planned.slice(start + part.length)];
    const fits = real.length > before.length + after.length && real.startsWith(before) && real.endsWith(after);
    return fits ? real.slice(before.length, real.length - after.length) : undefined;
}

/**
 * State of a password with the provider's defaults (https://www.pulumi.com/registry/packages/random/api-docs/randompassword/).
 * Without the number of the schema the provider would convert the state from its first release.
 */
function passwordValues({ inputs }: PlanNode, result: string): StoredValues {
    const counts = Object.fromEntries(["minLower", "minNumeric", "minSpecial", "minUpper"].map((key) => [key, 0]));
    const kinds = Object.fromEntries(["lower", "number", "numeric", "special", "upper"].map((key) => [key, true]));
    return {
        id: "none",
        inputs: { __defaults: [], ...inputs },
        outputs: {
            __meta: JSON.stringify({ schema_version: "3" }),
            ...{ ...counts, ...kinds, ...inputs },
            id: "none",
            result: asSecret(result),
        },
    };
}
