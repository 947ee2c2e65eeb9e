import * as pulumi from "@pulumi/pulumi";

/** A value as the SDK sends it to the engine: JSON with signed objects for secrets, assets and references. */
export type Wire = string | number | boolean | null | Wire[] | WireObject;
export interface WireObject {
    [key: string]: Wire;
}

/** A value of the plan: plain JSON, with wrapped secrets. */
export type Value = string | number | boolean | null | Value[] | Secret | { [key: string]: Value };
export type Values = Record<string, Value>;

/** Wraps a secret, which Pulumi encrypts in its state and never prints. */
export class Secret {
    readonly secret = true;
    readonly value: Value;

    constructor(value: Value) {
        this.value = value;
    }
}

export const isValueRecord = (value: Value | undefined): value is Values =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret);

export const unwrapSecret = (value: Value | undefined): Value | undefined =>
    value instanceof Secret ? value.value : value;

/** Policies, dashboards and container definitions are JSON in a text. Undefined for a text without a list or an object. */
export function jsonIn(text: string): Value | undefined {
    try {
        return /^\s*[[{]/.test(text) ? (JSON.parse(text) as Value) : undefined;
    } catch {
        return undefined;
    }
}

const { specialSigKey: signature, specialSecretSig: secretSignature, unknownValue } = pulumi.runtime;
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";

export const isWireObject = (value: Wire | undefined): value is WireObject =>
    typeof value === "object" && value !== null && !Array.isArray(value);

export const markAsSecret = (value: Wire): WireObject => ({ [signature]: secretSignature, value });

const secretContent = (secret: WireObject): Wire => secret.value ?? null;

export const withoutSecretMark = (value: Wire | undefined): Wire | undefined =>
    isWireObject(value) && value[signature] === secretSignature ? secretContent(value) : value;

/** The value as text; undefined if it is missing, unknown or no string. */
export function textFromWire(value: Wire | undefined): string | undefined {
    const plain = withoutSecretMark(value);
    return typeof plain === "string" && plain !== unknownValue ? plain : undefined;
}

/** The plan's value of a value from the SDK. */
function valueFromWire(wire: Wire): Value {
    if (typeof wire !== "object" || wire === null) {
        return wire;
    }
    if (Array.isArray(wire)) {
        return wire.map(valueFromWire);
    }
    const kind = wire[signature];
    if (kind === secretSignature) {
        return new Secret(valueFromWire(secretContent(wire)));
    }
    const entries = valuesFromWire(wire);
    if (kind === undefined) {
        return entries;
    }
    // An asset, an archive or a reference: the signature is replaced by its name.
    const fields = Object.fromEntries(
        Object.entries(entries).filter(([key]) => key !== signature && !key.startsWith("__pulumi")),
    );
    if (kind === assetSignature) {
        return { asset: fields };
    }
    return kind === archiveSignature ? { archive: fields } : { resource: fields };
}

/** As `valueFromWire`, for each property of an object. */
export function valuesFromWire(wire: WireObject): Values {
    const values: Values = {};
    for (const [key, value] of Object.entries(wire)) {
        values[key] = valueFromWire(value);
    }
    return values;
}

/** Paths of the values that are unknown in a preview, such as `environment.variables.TABLE` or `subnetIds.0`. */
export function unknownPaths(wire: Wire, at = "", found: string[] = []): string[] {
    if (wire === unknownValue) {
        found.push(at);
    } else if (typeof wire === "object" && wire !== null) {
        // The wrapper of a secret is not part of the path.
        if (!Array.isArray(wire) && wire[signature] === secretSignature) {
            return unknownPaths(secretContent(wire), at, found);
        }
        for (const [key, value] of Object.entries(wire)) {
            unknownPaths(value, at === "" ? key : `${at}.${key}`, found);
        }
    }
    return found;
}

/** Whether a value is a secret, or has one in it. */
export const containsSecret = (value: Value): boolean =>
    value instanceof Secret ||
    (typeof value === "object" && value !== null && Object.values(value).some((inner) => containsSecret(inner)));

/** Calls `visit` for each string outside a secret. */
export function visitNonSecretStrings(value: Value, visit: (text: string, path: string) => void, at = ""): void {
    if (typeof value === "string") {
        visit(value, at);
    } else if (typeof value === "object" && value !== null && !(value instanceof Secret)) {
        for (const [key, inner] of Object.entries(value)) {
            if (typeof inner === "string" || typeof inner === "object") {
                visitNonSecretStrings(inner, visit, at === "" ? key : `${at}.${key}`);
            }
        }
    }
}

/** The content of a message. */
export const wireFromMessage = (message: { toJavaScript: () => WireObject } | undefined): WireObject =>
    message?.toJavaScript() ?? {};
