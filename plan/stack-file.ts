import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isCollection, isMap, isScalar, type Document, type Scalar } from "yaml";
import { newStackHint } from "../lib/settings/no-settings.ts";
import { settingOf } from "../lib/settings/config-key.ts";
import { isTextSetting } from "../lib/settings.ts";
import { namespace, nearestName } from "../lib/settings/problem.ts";
import { sortedKeys } from "../lib/sorted-keys.ts";
import { PlanError } from "./plan-error.ts";
import {
    encryptionKeys,
    lineNumberOf,
    parsePulumiYaml,
    plainScalar,
    yamlMapOf,
    isYamlMap,
    readPulumiYaml,
    type Yaml,
    type YamlMap,
} from "./pulumi-yaml.ts";

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

/** Keys that Pulumi reads in a stack file (`ProjectStack` in https://github.com/pulumi/pulumi/blob/master/sdk/go/common/workspace/project.go). */
const stackFileKeys: readonly string[] = ["config", "environment", "mainEnvironment", ...encryptionKeys];

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
 * @throws PlanError if the stack does not exist, its file is not valid YAML, Pulumi ignores a key of it or a setting is there twice
 */
export function readStackDocument(root: string, stack: string): Document {
    if (!stackNamesIn(root).includes(stack)) {
        throw new PlanError([noSuchStackMessage(root, stack)]);
    }
    const path = stackFilePath(root, stack);
    const text = readFileSync(path, "utf8");
    const document = parsePulumiYaml(text, path);
    const config = document.get("config");
    const problems = [...unknownKeys(document), ...repeatedSettings(config, text), ...changedTexts(config)];
    if (problems.length > 0) {
        const file = basename(path);
        // Without the text of the line, which may have a credential.
        throw new PlanError(problems.map(({ key, message }) => `${file}:${lineNumberOf(text, key)}: ${message}`));
    }
    return document;
}

interface KeyProblem {
    readonly key: Scalar;
    readonly message: string;
}

/** The keys of a map that are texts. */
const keysOf = (map: unknown): Scalar<string>[] =>
    isMap(map)
        ? map.items.flatMap(({ key }) => (isScalar<string>(key) && typeof key.value === "string" ? [key] : []))
        : [];

/**
 * Pulumi ignores a key of a stack file that it does not have, and all that is below it. That is meant where the value has an anchor,
 * with which aliases repeat it.
 */
function unknownKeys(document: Document): KeyProblem[] {
    const keys = keysOf(document.contents);
    const missing = stackFileKeys.filter((known) => !keys.some(({ value }) => value === known));
    return keys
        .filter(({ value }) => !stackFileKeys.includes(value) && !hasAnchor(document.get(value, true)))
        .map((key) => {
            const nearest = nearestName(key.value, missing);
            const advice =
                nearest === undefined
                    ? `indent it, if it belongs below config; Pulumi reads ${stackFileKeys.join(", ")}`
                    : `did you mean ${nearest}?`;
            return { key, message: `${key.value} is not a key of a stack file: ${advice}` };
        });
}

const hasAnchor = (node: unknown): boolean => (isScalar(node) || isCollection(node)) && node.anchor !== undefined;

/** Settings that are there with the namespace and without: only one of the two values counts. */
const repeatedSettings = (config: unknown, text: string): KeyProblem[] =>
    [...Map.groupBy(keysOf(config), ({ value }) => fullConfigKey(value)).values()].flatMap(([first, second]) =>
        first === undefined || second === undefined
            ? []
            : [
                  {
                      key: second,
                      message: `${second.value} is the same setting as ${first.value} in line ${lineNumberOf(text, first)}: remove one of them`,
                  },
              ],
    );

/** Text without quotes of which YAML makes a number or a time, so that another text is read: `1.1` for `1.10`. */
const changedTexts = (config: unknown): KeyProblem[] =>
    isMap(config)
        ? config.items.flatMap(({ key, value }) => {
              const isText = isScalar<string>(key) && isTextSetting(settingOf(fullConfigKey(key.value)));
              if (!isText || !isScalar(value) || typeof value.value === "string" || value.value === null) {
                  return [];
              }
              const [written = "", read] = [value.source, toConfigText(plainScalar(value.value))];
              return written === read
                  ? []
                  : [{ key, message: `${key.value} must be in quotes: without them ${written} is read as ${read}` }];
          })
        : [];

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
