import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isAlias, isCollection, isMap, isScalar, isSeq, type Document, type Node, type Scalar } from "yaml";
import { newStackHint } from "../lib/settings/no-settings.ts";
import { settingOf } from "../lib/settings/config-key.ts";
import { isTextSetting } from "../lib/settings.ts";
import { namespace, nearestName } from "../lib/settings/problem.ts";
import { sortedKeys } from "../lib/sorted-keys.ts";
import { PlanError } from "./plan-error.ts";
import {
    encryptionKeys,
    isMergeKey,
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
    const entries = entriesOf(document, document.contents);
    const settings = entriesOf(document, entries.find(({ key }) => key.value === "config")?.value);
    const problems = [
        ...unknownKeys(entries),
        ...repeatedSettings(settings, text),
        ...changedTexts(document, settings),
    ];
    if (problems.length > 0) {
        const file = basename(path);
        // Without the text of the line, which may have a credential.
        throw new PlanError(problems.map(({ node, message }) => `${file}:${lineNumberOf(text, node)}: ${message}`));
    }
    return document;
}

interface NodeProblem {
    readonly node: Node;
    readonly message: string;
}

/** A key that is a text, and its value, which may be an alias. */
interface Entry {
    readonly key: Scalar<string>;
    readonly value: unknown;
}

/** The entries of a map, and then those that it merges (`<<: *shared`) and does not have itself. */
function entriesOf(document: Document, node: unknown): Entry[] {
    const map = resolved(document, node);
    const items = isMap(map) ? map.items : [];
    const own = items.flatMap(({ key, value }) => (isTextKey(key) ? [{ key, value }] : []));
    const merged = items
        .filter(({ key }) => isMergeKey(key))
        .map(({ value }) => resolved(document, value))
        .flatMap((source) => (isSeq(source) ? source.items : [source]))
        .flatMap((source) => entriesOf(document, source));
    // The first of several wins, in YAML too.
    return [...Map.groupBy([...own, ...merged], ({ key }) => key.value).values()].flatMap(([first]) => first ?? []);
}

/** The node that an alias stands for. */
const resolved = (document: Document, node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);

const isTextKey = (key: unknown): key is Scalar<string> => isScalar(key) && typeof key.value === "string";

/**
 * Pulumi ignores a key of a stack file that it does not have, and all that is below it. That is meant where the value has an anchor,
 * with which aliases repeat it.
 */
function unknownKeys(entries: readonly Entry[]): NodeProblem[] {
    const missing = stackFileKeys.filter((known) => !entries.some(({ key }) => key.value === known));
    return entries
        .filter(({ key, value }) => !stackFileKeys.includes(key.value) && !hasAnchor(value))
        .map(({ key }) => {
            const nearest = nearestName(key.value, missing);
            const advice =
                nearest === undefined
                    ? `indent it, if it belongs below config; Pulumi reads ${stackFileKeys.join(", ")}`
                    : `did you mean ${nearest}?`;
            return { node: key, message: `${key.value} is not a key of a stack file: ${advice}` };
        });
}

const hasAnchor = (node: unknown): boolean => (isScalar(node) || isCollection(node)) && node.anchor !== undefined;

/** Settings that are there with the namespace and without: only one of the two values counts. */
const repeatedSettings = (settings: readonly Entry[], text: string): NodeProblem[] =>
    [...Map.groupBy(settings, ({ key }) => fullConfigKey(key.value)).values()].flatMap(([first, second]) =>
        first === undefined || second === undefined
            ? []
            : [
                  {
                      node: second.key,
                      message: `${second.key.value} is the same setting as ${first.key.value} in line ${lineNumberOf(text, first.key)}: remove one of them`,
                  },
              ],
    );

/** Text without quotes of which YAML makes a number or a time, so that another text is read: `1.1` for `1.10`. */
const changedTexts = (document: Document, settings: readonly Entry[]): NodeProblem[] =>
    settings.flatMap(({ key, value }) => {
        const node = resolved(document, value);
        const isText = isTextSetting(settingOf(fullConfigKey(key.value)));
        if (!isText || !isScalar(node) || typeof node.value === "string" || node.value === null) {
            return [];
        }
        const [written = "", read] = [node.source, toConfigText(plainScalar(node.value))];
        return written === read
            ? []
            : [{ node, message: `${key.value} must be in quotes: without them ${written} is read as ${read}` }];
    });

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
