import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "yaml";
import { newStackHint } from "../lib/settings/no-settings.ts";
import { namespace, nearestName } from "../lib/settings/problem.ts";
import { sortedKeys } from "../lib/sorted-keys.ts";
import { PlanError } from "./plan-error.ts";
import { yamlMapOf, isYamlMap, readPulumiYaml, type Yaml, type YamlMap } from "./pulumi-yaml.ts";

/** What the files of a project say of one stack, as the engine would hand it to the program. */
export interface StackFiles {
    project: string;
    stack: string;
    /** File of the program. */
    main: string;
    config: Record<string, string>;
    secretKeys: string[];
    /** What stands in `config` for the values that are encrypted in the file. */
    placeholders: string[];
}

/** Path of a stack's file. */
export const stackFilePath = (root: string, stack: string): string => join(root, `Pulumi.${stack}.yaml`);

/** Names of the stacks that have a file. */
export const stackNamesIn = (root: string): string[] =>
    readdirSync(root)
        .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.slice(1) ?? [])
        .sort();

/** What is said of a stack that has no file: the stack that was meant, or the stacks that have one and how to make a new one. */
export function noSuchStackMessage(root: string, stack: string): string {
    const all = stackNamesIn(root);
    if (all.length === 0) {
        return `no stack "${stack}": there are none`;
    }
    const nearest = nearestName(stack, all);
    return nearest === undefined
        ? `no stack "${stack}": there are ${all.join(", ")}. ${newStackHint(stack, all)}`
        : `no stack "${stack}": did you mean ${nearest}?`;
}

/**
 * A stack's file, which can be changed and written again with its comments.
 *
 * @throws PlanError when there is no such stack or its file is no YAML
 */
export function readStackDocument(root: string, stack: string): Document {
    if (!stackNamesIn(root).includes(stack)) {
        throw new PlanError([noSuchStackMessage(root, stack)]);
    }
    return readPulumiYaml(stackFilePath(root, stack));
}

/** @throws PlanError when there is no such stack or a file is no YAML */
export const readStack = (root: string, stack: string): StackFiles =>
    stackFilesFrom(root, stack, yamlMapOf(readStackDocument(root, stack)));

/**
 * As `readStack`, of a stack whose file is not written yet.
 *
 * @param stackFile its content
 * @throws PlanError when `Pulumi.yaml` is no YAML
 */
export function stackFilesFrom(root: string, stack: string, stackFile: YamlMap): StackFiles {
    const projectFile = yamlMapOf(readPulumiYaml(join(root, "Pulumi.yaml")));
    const { name, main } = projectFile;
    const project = typeof name === "string" ? name : "";
    const config: Record<string, string> = {};
    const secrets = new Map<string, string[]>();
    for (const [key, value] of [...projectDefaults(projectFile), ...yamlEntries(stackFile.config)]) {
        const full = fullConfigKey(key, project);
        const placeholders: string[] = [];
        config[full] = toConfigText(replaceEncryptedValues(value, full, placeholders));
        secrets.set(full, placeholders);
    }
    return {
        project,
        stack,
        main: typeof main === "string" ? main : "index.ts",
        config,
        secretKeys: [...secrets].filter(([, placeholders]) => placeholders.length > 0).map(([key]) => key),
        placeholders: [...secrets.values()].flat(),
    };
}

/** Where a setting of the platform stands in a stack's document, or would: Pulumi takes its key with or without namespace. */
export function settingPath(document: Document, setting: string): string[] {
    const [key = "", ...inside] = setting.split(".");
    const full = `${namespace}${key}`;
    return ["config", !document.hasIn(["config", full]) && document.hasIn(["config", key]) ? key : full, ...inside];
}

/** A key without a namespace is one of the project's. */
export const fullConfigKey = (key: string, project = namespace.slice(0, -1)): string =>
    key.includes(":") ? key : `${project}:${key}`;

/** Values that the project gives to all stacks: bare, under `value`, or as the `default` of a declared key. */
const projectDefaults = (projectFile: YamlMap): [string, Yaml][] =>
    yamlEntries(projectFile.config).flatMap(([key, declared]): [string, Yaml][] => {
        const value = isYamlMap(declared) ? (declared.value ?? declared.default) : declared;
        return value === undefined ? [] : [[key, value]];
    });

export const yamlEntries = (map: Yaml | undefined): [string, Yaml][] => (isYamlMap(map) ? Object.entries(map) : []);

/** A value that Pulumi has encrypted: `{ secure: ... }` and nothing else. */
export const isEncrypted = (value: Yaml): boolean =>
    isYamlMap(value) && typeof value.secure === "string" && Object.keys(value).length === 1;

/** Replaces what is encrypted, at any depth, by a text that tells where it belongs. */
function replaceEncryptedValues(value: Yaml, path: string, placeholders: string[]): Yaml {
    if (Array.isArray(value)) {
        return value.map((item, index) => replaceEncryptedValues(item, `${path}[${index}]`, placeholders));
    }
    if (!isYamlMap(value)) {
        return value;
    }
    if (isEncrypted(value)) {
        const placeholder = `secret(${path})`;
        placeholders.push(placeholder);
        return placeholder;
    }
    return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [
            key,
            replaceEncryptedValues(inner, `${path}.${key}`, placeholders),
        ]),
    );
}

/**
 * The engine sends text: scalars as they are written, nothing for what is left empty, all else as JSON with the keys of maps
 * in the order of the alphabet (seen with 3.274).
 */
export function toConfigText(value: Yaml): string {
    if (value === null) {
        return "";
    }
    return typeof value === "object" ? JSON.stringify(value, sortedKeys) : String(value);
}
