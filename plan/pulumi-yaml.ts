import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseDocument, type Document, type DocumentOptions, type SchemaOptions, type Tags } from "yaml";
import { PlanError } from "./plan-error.ts";

export type Yaml = string | number | boolean | null | Yaml[] | YamlMap;
export interface YamlMap {
    [key: string]: Yaml;
}

export const isYamlMap = (value: Yaml | undefined): value is YamlMap =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/** What Pulumi writes beside the configuration: how the stack's secrets are encrypted. None of it is secret. */
export const encryptionKeys = ["secretsprovider", "encryptedkey", "encryptionsalt"] as const;

/**
 * Scalars as Pulumi reads them, with Go's yaml.v3: YAML 1.1 (`010` is 8, `1_000` is 1000, an unquoted date is a time), but
 * `yes` and `on` are text, as is `12:30:45`. Seen with the CLI 3.274.
 */
const pulumiYamlOptions = {
    version: "1.1",
    customTags: (tags: Tags): Tags => [...tags.filter((tag) => !isUnusedYamlTag(tag)), "bool", "intOct"],
} satisfies DocumentOptions & SchemaOptions;

const isUnusedYamlTag = (tag: Tags[number]): boolean =>
    typeof tag === "object" && (tag.tag === "tag:yaml.org,2002:bool" || ("format" in tag && tag.format === "TIME"));

/**
 * A file of Pulumi's, `Pulumi.yaml` or `Pulumi.<stack>.yaml`. The document can be changed and written again with its
 * comments, its order and its quotes (`textOf`).
 *
 * @param file path, for messages
 * @throws PlanError with file, line and column where it is no YAML
 */
export function parsePulumiYaml(text: string, file: string): Document {
    const document = parseDocument(text, pulumiYamlOptions);
    const [error] = document.errors;
    if (error !== undefined) {
        const [position = { line: 1, col: 1 }] = error.linePos ?? [];
        const [message = ""] = error.message.split(/ at line \d+|\n/);
        throw new PlanError([`${basename(file)}:${position.line}:${position.col}: ${message}`]);
    }
    return document;
}

/** @throws PlanError as `parsePulumiYaml` */
export const readPulumiYaml = (file: string): Document => parsePulumiYaml(readFileSync(file, "utf8"), file);

/** The content as plain values; nothing where the file is empty or holds no map. */
export function yamlMapOf(document: Document): YamlMap {
    // The one place where YAML, which is anything, becomes typed.
    const content = document.toJS({
        reviver: (_, value: unknown) => (value instanceof Date ? formatGoTime(value) : value),
    }) as Yaml;
    return isYamlMap(content) ? content : {};
}

/** A text in a document; nothing where there is none. */
export function yamlTextAt(document: Document, path: readonly string[]): string | undefined {
    const found = document.getIn(path);
    return typeof found === "string" ? found : undefined;
}

/** The document as Pulumi's files are written. */
export const stringifyPulumiYaml = (document: Document): string =>
    document.toString({ lineWidth: 0, flowCollectionPadding: false });

/** A time as Go writes it: `2027-03-31 00:00:00 +0000 UTC`. */
const formatGoTime = (time: Date): string =>
    time
        .toISOString()
        .replace("T", " ")
        .replace(/\.\d+Z$/, " +0000 UTC");
