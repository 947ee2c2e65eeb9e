import { Secret, type Value, type Values } from "../../plan/plan.ts";
import { hasIgnoredPart } from "../replacement/identities.ts";
import { isObjectOrArray, type UnknownRecord } from "../../plan/query.ts";
import { isValueRecord } from "../../plan/value.ts";
import { isAssetOrArchive, isUnknown } from "./engine-values.ts";
import type { Contradiction } from "./match-text.ts";
import type { Placeholders } from "./placeholders.ts";
import { isAddedByProvider, type CheckedResource } from "./provider-additions.ts";

/** Reads the inputs of one resource, from the engine or the state, with the offline plan's placeholders in matching texts. */
export class InputReader {
    /** By the path of the input. */
    readonly contradictions: (readonly [path: string, Contradiction])[] = [];
    readonly #checked: CheckedResource;
    readonly #placeholders: Placeholders;

    constructor(checked: CheckedResource, placeholders: Placeholders) {
        this.#checked = checked;
        this.#placeholders = placeholders;
    }

    read(): Values {
        const { node, inputs } = this.#checked;
        const ignored = Object.entries(node.inputs).filter(([input]) => hasIgnoredPart(node, input));
        // For them the engine sends what the last update had.
        return { ...this.#values(inputs, node.inputs, []), ...Object.fromEntries(ignored) };
    }

    /** Each property that the program has given, without what the provider adds. */
    #values(engine: UnknownRecord, offline: Values, path: readonly string[]): Values {
        const values: Values = {};
        for (const [key, each] of Object.entries(engine)) {
            const at = [...path, key];
            const planned = offline[key];
            if (planned === undefined && isAddedByProvider(this.#checked, at.join("."), each)) {
                continue;
            }
            const value = this.#value(each, planned, at);
            if (value !== undefined) {
                values[key] = value;
            }
        }
        return values;
    }

    /** The engine's value; the offline plan's where it is unknown in a preview, and secret where that one is secret. */
    #value(engine: unknown, offline: Value | undefined, path: readonly string[]): Value | undefined {
        if (offline instanceof Secret) {
            return new Secret(this.#value(engine, offline.value, path) ?? null);
        }
        // The content of files comes from the program: the offline plan has read the same files.
        if (isUnknown(engine) || isAssetOrArchive(engine)) {
            return offline;
        }
        if (Array.isArray(engine)) {
            const planned = Array.isArray(offline) ? offline : [];
            return engine.map((item, i) => this.#value(item, planned[i], [...path, "*"]) ?? null);
        }
        if (isObjectOrArray(engine)) {
            return this.#values(engine, isValueRecord(offline) ? offline : {}, path);
        }
        return typeof engine === "string" && typeof offline === "string"
            ? this.#text(engine, offline, path)
            : (engine as Value);
    }

    #text(engine: string, offline: string, path: readonly string[]): string {
        const [input = ""] = path;
        const { text, contradictions } = this.#placeholders.matchInput(this.#checked.node, input, offline, engine);
        contradictions.forEach((each) => this.contradictions.push([path.join("."), each]));
        return text;
    }
}
