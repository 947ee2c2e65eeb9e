import * as pulumi from "@pulumi/pulumi";
import { Secret, type Value, type Values } from "../../tools/plan/value.ts";
import { isTree, type Tree } from "../look.ts";

/**
 * What the engine sends in the place of a value that a preview does not know, one for each type of value
 * (https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go).
 */
const unknowns: ReadonlySet<unknown> = new Set([
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Told of each text that the engine knows and that is another one in the offline plan. */
export type Note = (offline: string, engine: string) => void;

/** Properties as the engine sent them: `@pulumi/policy` throws wherever a value is read that is not known yet. */
export const bareProperties = (props: Tree): Tree => (props.__getSpecialProxyTarget ?? props) as Tree;

/** The engine's value, with the offline plan's wherever a preview does not know it, and secret wherever that one is. */
export function known(engine: unknown, offline: Value | undefined, note: Note): Value | undefined {
    if (offline instanceof Secret) {
        return new Secret(known(engine, offline.value, note) ?? null);
    }
    if (engine === undefined || unknowns.has(engine) || isFile(engine)) {
        return offline;
    }
    if (Array.isArray(engine)) {
        return engine.map((item, i) => known(item, Array.isArray(offline) ? offline[i] : undefined, note) ?? null);
    }
    if (isTree(engine)) {
        return knownValues(engine, isValues(offline) ? offline : {}, note);
    }
    if (typeof engine === "string" && typeof offline === "string" && engine !== offline) {
        note(offline, engine);
    }
    return engine as Value;
}

/** As `known`, for each property that the program has given: a provider adds its defaults, and lists them. */
export function knownValues(engine: Tree, offline: Values, note: Note): Values {
    const defaults = Array.isArray(engine.__defaults) ? engine.__defaults : [];
    const values: Values = {};
    for (const [key, each] of Object.entries(engine)) {
        const value = key.startsWith("__") || defaults.includes(key) ? undefined : known(each, offline[key], note);
        if (value !== undefined) {
            values[key] = value;
        }
    }
    return values;
}

/** The content of files is the program's own: the offline plan has read the same. */
const isFile = (value: unknown): boolean =>
    pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value);

const isValues = (value: Value | undefined): value is Values =>
    isTree(value) && !Array.isArray(value) && !(value instanceof Secret);
