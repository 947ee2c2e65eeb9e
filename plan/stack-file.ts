import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Document } from "yaml";
import { newStackHint } from "../lib/settings/no-settings.ts";
import { namespace, nearestName } from "../lib/settings/problem.ts";
import { sortedKeys } from "../lib/sorted-keys.ts";
import { PlanError } from "./plan-error.ts";
import { encryptionKeys, yamlMapOf, isYamlMap, readPulumiYaml, type Yaml, type YamlMap } from "./pulumi-yaml.ts";

/** The configuration of one stack from the project's files, as the engine would pass it to the program. */
export interface StackFiles {
    project: string;
    stack: string;
    /** File of the program. */
    main: string;
    config: Record<string, string>;
    secretKeys: string[];
    /** Placeholders in `config` of values that are encrypted in the file. */
    placeholders: string[];
}

/** Keys that Pulumi reads in a stack file (https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/). */
const stackFileKeys: readonly string[] = ["config", "environment", ...encryptionKeys];

export const stackFilePath = (root: string, stack: string): string => join(root, `Pulumi.${stack}.yaml`);

export const stackNamesIn = (root: string): string[] =>
    readdirSync(root, { withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .flatMap(({ name }) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.slice(1) ?? [])
        .sort();

/** Message for a stack without a file, with a similar stack, or the existing ones and how to create a new one. */
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
 * The stack file as a document, which keeps its comments when it is written again.
 *
 * @throws PlanError if the stack does not exist, its file is not valid YAML or a key of it is misspelled
 */
export function readStackDocument(root: string, stack: string): Document {
    if (!stackNamesIn(root).includes(stack)) {
        throw new PlanError([noSuchStackMessage(root, stack)]);
    }
    const file = stackFilePath(root, stack);
    const document = readPulumiYaml(file);
    throwIfKeyIsMisspelled(Object.keys(yamlMapOf(document)), basename(file));
    return document;
}

/** Pulumi ignores a key of a stack file that it does not have, and with a misspelled one all that is below it. */
function throwIfKeyIsMisspelled(keys: readonly string[], file: string): void {
    const missing = stackFileKeys.filter((key) => !keys.includes(key));
    const unknown = keys.filter((key) => !stackFileKeys.includes(key));
    const problems = unknown.flatMap((key) => {
        const nearest = nearestName(key, missing);
        return nearest === undefined ? [] : [`${file}: ${key} is not a key of a stack file: did you mean ${nearest}?`];
    });
    if (problems.length > 0) {
        throw new PlanError(problems);
    }
}

/** @throws PlanError if the stack does not exist or a file is not valid YAML */
export const readStack = (root: string, stack: string): StackFiles =>
    stackFilesFrom(root, stack, yamlMapOf(readStackDocument(root, stack)));

/**
 * As `readStack`, for a stack file that is not written yet.
 *
 * @param stackFile its content
 * @throws PlanError if `Pulumi.yaml` is not valid YAML
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

/** Path of a platform setting in a stack's document. Pulumi accepts keys with and without namespace. */
export function settingPath(document: Document, setting: string): string[] {
    const [key = "", ...inside] = setting.split(".");
    const full = `${namespace}${key}`;
    return ["config", !document.hasIn(["config", full]) && document.hasIn(["config", key]) ? key : full, ...inside];
}

/** A key without a namespace belongs to the project. */
export const fullConfigKey = (key: string, project = namespace.slice(0, -1)): string =>
    key.includes(":") ? key : `${project}:${key}`;

/** Values of the project for all stacks: plain, under `value`, or as the `default` of a declared key. */
const projectDefaults = (projectFile: YamlMap): [string, Yaml][] =>
    yamlEntries(projectFile.config).flatMap(([key, declared]): [string, Yaml][] => {
        const value = isYamlMap(declared) ? (declared.value ?? declared.default) : declared;
        return value === undefined ? [] : [[key, value]];
    });

export const yamlEntries = (map: Yaml | undefined): [string, Yaml][] => (isYamlMap(map) ? Object.entries(map) : []);

/** A value that Pulumi has encrypted: an object with `secure` as its only key. */
export const isEncrypted = (value: Yaml): boolean =>
    isYamlMap(value) && typeof value.secure === "string" && Object.keys(value).length === 1;

/** Replaces encrypted values, at any depth, by placeholders with their path. */
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
 * A value as the engine sends it: scalars as text, an empty value as empty text, others as JSON with sorted keys (verified
 * with CLI 3.274).
 */
export function toConfigText(value: Yaml): string {
    if (value === null) {
        return "";
    }
    return typeof value === "object" ? JSON.stringify(value, sortedKeys) : String(value);
}
