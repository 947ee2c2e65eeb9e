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

/** Keys of Pulumi about the encryption of the stack's secrets. Their values are not secret. */
export const encryptionKeys = ["secretsprovider", "encryptedkey", "encryptionsalt"] as const;

/**
 * Scalars as Pulumi reads them, with Go's yaml.v3: YAML 1.1 (`010` is 8, `1_000` is 1000, an unquoted date is a time), but
 * `yes`, `on` and `12:30:45` are text. Verified with CLI 3.274.
 */
const pulumiYamlOptions = {
    version: "1.1",
    customTags: (tags: Tags): Tags => [...tags.filter((tag) => !isUnusedYamlTag(tag)), "bool", "intOct"],
} satisfies DocumentOptions & SchemaOptions;

const isUnusedYamlTag = (tag: Tags[number]): boolean =>
    typeof tag === "object" && (tag.tag === "tag:yaml.org,2002:bool" || ("format" in tag && tag.format === "TIME"));

/**
 * `Pulumi.yaml` or `Pulumi.<stack>.yaml`. A changed document is written with its comments, order and quotes (`textOf`).
 *
 * @param file path, for messages
 * @throws PlanError with file, line and column of a YAML syntax error
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

/** The content as plain values; an empty object if the file is empty or has no map. */
export function yamlMapOf(document: Document): YamlMap {
    // The only place that types the parsed YAML.
    const content = document.toJS({
        reviver: (_, value: unknown) => (value instanceof Date ? formatGoTime(value) : value),
    }) as Yaml;
    return isYamlMap(content) ? content : {};
}

/** A text in a document; undefined if there is none. */
export function yamlTextAt(document: Document, path: readonly string[]): string | undefined {
    const found = document.getIn(path);
    return typeof found === "string" ? found : undefined;
}

/** The document as text, in the format of Pulumi's files. */
export const stringifyPulumiYaml = (document: Document): string =>
    document.toString({ lineWidth: 0, flowCollectionPadding: false });

/** A time in Go's format: `2027-03-31 00:00:00 +0000 UTC`. */
const formatGoTime = (time: Date): string =>
    time
        .toISOString()
        .replace("T", " ")
        .replace(/\.\d+Z$/, " +0000 UTC");
