import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { isObjectOrArray, type UnknownRecord } from "../../plan/query.ts";
import { Secret, type Value, type Values } from "../../plan/plan.ts";
import {
    containsSecret,
    isValueRecord,
    markAsSecret,
    unwrapSecret,
    valuesFromWire,
    type Wire,
    type WireObject,
} from "../../plan/value.ts";
import { commonName, isNamedAlike } from "../difference/lists.ts";
import { archiveHash } from "./archive-hash.ts";

/** Key and value that mark a secret in the state. */
const { specialSigKey: signature, specialSecretSig: secretSignature } = pulumi.runtime;

/** Values of the state as a plan has them. The CLI exports a secret as JSON in a text, next to the mark of a secret. */
export const valuesFromState = (tree: UnknownRecord = {}): Values => valuesFromWire(openSecrets(tree) as WireObject);

function openSecrets(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(openSecrets);
    }
    if (!isObjectOrArray(value)) {
        return value;
    }
    if (value[signature] === secretSignature && typeof value.plaintext === "string") {
        return markAsSecret(JSON.parse(value.plaintext) as Wire);
    }
    const opened: UnknownRecord = {};
    for (const [key, inner] of Object.entries(value)) {
        // The engine adds an empty one to references, where the SDK sends none.
        if (key !== "packageVersion" || inner !== "") {
            opened[key] = openSecrets(inner);
        }
    }
    return opened;
}

/** The values without the marks of secrets, as the engine sends them to a policy pack. */
export function withoutSecretMarks(values: Values): UnknownRecord {
    const plain: UnknownRecord = {};
    for (const [key, value] of Object.entries(values)) {
        plain[key] = withoutSecretMark(value);
    }
    return plain;
}

function withoutSecretMark(value: Value): unknown {
    if (value instanceof Secret) {
        return withoutSecretMark(value.value);
    }
    if (Array.isArray(value)) {
        return value.map(withoutSecretMark);
    }
    return typeof value === "object" && value !== null ? withoutSecretMarks(value) : value;
}

/** Combines two values that have the same form, leaf by leaf; of lists and objects what the first has. */
function combineValues(
    one: Value,
    other: Value | undefined,
    leaf: (one: Value, other: Value | undefined) => Value,
): Value {
    if (Array.isArray(one)) {
        return one.map((item, i) => combineValues(item, Array.isArray(other) ? other[i] : undefined, leaf));
    }
    if (!isValueRecord(one)) {
        return leaf(one, other);
    }
    const others = isValueRecord(other) ? other : undefined;
    const combined: Values = {};
    for (const [key, inner] of Object.entries(one)) {
        combined[key] = combineValues(inner, others?.[key], leaf);
    }
    return combined;
}

/** The values, secret where they are secret in the state. */
export const withStoredSecrets = (read: Values, stored: Values): Values =>
    containsSecret(stored)
        ? Object.fromEntries(
              Object.entries(read).map(([key, value]) => [
                  key,
                  stored[key] instanceof Secret && !(value instanceof Secret)
                      ? new Secret(value)
                      : combineValues(value, stored[key], (one, other) =>
                            other instanceof Secret && !(one instanceof Secret) ? new Secret(one) : one,
                        ),
              ]),
          )
        : read;

/**
 * Replaces each text, also inside lists, objects and secrets.
 *
 * @param replace gets the text, and the plan's text at the same path if there is one
 */
export const mapTexts = (
    values: Values,
    planned: Values,
    replace: (text: string, offline: string | undefined) => string,
): Values => combineValues(values, planned, (one, other) => mapLeafText(one, other, replace)) as Values;

function mapLeafText(
    one: Value,
    other: Value | undefined,
    replace: (text: string, offline: string | undefined) => string,
): Value {
    if (one instanceof Secret) {
        return new Secret(
            combineValues(one.value, unwrapSecret(other), (inner, planned) => mapLeafText(inner, planned, replace)),
        );
    }
    return typeof one === "string" ? replace(one, typeof other === "string" ? other : undefined) : one;
}

/**
 * Assets and archives as in the plan where their hash in the state is that of the planned text. File assets and file archives
 * are assumed unchanged: the plan has their path only.
 *
 * @param deployedText gets a planned text and its input; returns it with what AWS generated
 */
export const withPlannedFiles = (
    values: Values,
    planned: Values,
    deployedText: (text: string, input: string) => string,
): Values =>
    Object.fromEntries(
        Object.entries(values).map(([input, value]) => [
            input,
            withFiles(value, planned[input], (text) => deployedText(text, input)),
        ]),
    );

function withFiles(value: Value, planned: Value | undefined, deployedText: (text: string) => string): Value {
    if (!isValueRecord(value) || !isValueRecord(planned)) {
        return value;
    }
    const { asset, archive } = value;
    if (isValueRecord(asset) && isValueRecord(planned.asset)) {
        const { text } = planned.asset;
        const isSame =
            typeof text !== "string" || createHash("sha256").update(deployedText(text)).digest("hex") === asset.hash;
        return isSame ? planned : { asset: { hash: asset.hash ?? null } };
    }
    return isValueRecord(archive) && isValueRecord(planned.archive)
        ? withArchive(archive, planned.archive, deployedText)
        : withPlannedFiles(value, planned, deployedText);
}

function withArchive({ assets, hash }: Values, planned: Values, deployedText: (text: string) => string): Value {
    if (!isValueRecord(assets) || !isValueRecord(planned.assets)) {
        return { archive: planned };
    }
    // After a refresh the state has only the hash of the whole archive.
    if (Object.keys(assets).length === 0) {
        return {
            archive: hash === archiveHash(textsOf(planned.assets, deployedText)) ? planned : { hash: hash ?? null },
        };
    }
    return { archive: { assets: withPlannedFiles(assets, planned.assets, deployedText) } };
}

/** Content of the files of a planned archive as deployed, by name. */
const textsOf = (assets: Values, deployedText: (text: string) => string): Record<string, string> =>
    Object.fromEntries(
        Object.entries(assets).flatMap(([name, file]) => {
            const text = isValueRecord(file) && isValueRecord(file.asset) ? file.asset.text : undefined;
            return typeof text === "string" ? [[name, deployedText(text)]] : [];
        }),
    );

/**
 * The values without what is empty in a member of a list where the plan sets nothing: for an option that such a block does
 * not set, the provider stores `""`, `0`, `false` or an empty list, and a refresh takes that over into the inputs. Elsewhere
 * an empty value was set on purpose, such as that of a tag.
 */
export const withoutEmptyBlockDefaults = (values: Values, planned: Values): Values =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, withoutUnsetIn(value, planned[key])]));

function withoutUnsetIn(value: Value, planned: Value | undefined): Value {
    if (Array.isArray(value) && Array.isArray(planned)) {
        const name = commonName(value, planned);
        return value.map((member, i) => {
            const same = name === undefined ? planned[i] : planned.find((other) => isNamedAlike(member, other, name));
            return withoutUnsetIn(isValueRecord(member) && isValueRecord(same) ? onlySet(member, same) : member, same);
        });
    }
    return isValueRecord(value) && isValueRecord(planned) ? withoutEmptyBlockDefaults(value, planned) : value;
}

/** A block, and those in it, without what is empty and not planned. */
const onlySet = (block: Values, planned: Values): Values =>
    Object.fromEntries(
        Object.entries(block)
            .filter(([key, value]) => key in planned || !isEmpty(value))
            .map(([key, value]): [string, Value] => {
                const same = planned[key];
                return [key, isValueRecord(value) && isValueRecord(same) ? onlySet(value, same) : value];
            }),
    );

const isEmpty = (value: Value): boolean =>
    value === "" || value === 0 || value === false || (Array.isArray(value) && value.length === 0);
