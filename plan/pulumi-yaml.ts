import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import {
    isMap,
    isScalar,
    isSeq,
    parseDocument,
    type Document,
    type DocumentOptions,
    type Node,
    type SchemaOptions,
    type Tags,
} from "yaml";
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
    // Without lines of the library on the standard error.
    logLevel: "error",
    customTags: (tags: Tags): Tags => [...tags.filter((tag) => !isUnusedYamlTag(tag)), "bool", "intOct"],
} satisfies DocumentOptions & SchemaOptions;

const isUnusedYamlTag = (tag: Tags[number]): boolean =>
    typeof tag === "object" && (tag.tag === "tag:yaml.org,2002:bool" || ("format" in tag && tag.format === "TIME"));

/**
 * `Pulumi.yaml` or `Pulumi.<stack>.yaml`. A changed document is written with its comments, order and quotes (`textOf`).
 *
 * @param file path, for messages
 * @throws PlanError for a YAML syntax error, as `throwIfYamlIsWrong`, and for what has no plain value
 */
export function parsePulumiYaml(text: string, file: string): Document {
    const name = basename(file);
    // What remains of UTF-16 and of other encodings when it is read as UTF-8.
    if (/[\0\uFFFD]/.test(text)) {
        throw new PlanError([`${name} is not in UTF-8: save it as UTF-8`]);
    }
    const document = parseDocument(text, pulumiYamlOptions);
    throwIfYamlIsWrong(document, text, name);
    const wrong = document.contents === null ? undefined : nodeWithoutValue(document, document.contents);
    if (wrong !== undefined) {
        throw new PlanError([messageAt(wrong.node.range?.[0] ?? 0, text, name, wrong.reason)]);
    }
    return document;
}

/** @throws PlanError with file, line, column and the text of the line of the first syntax error */
export function throwIfYamlIsWrong({ errors: [error] }: Document, text: string, file: string): void {
    if (error === undefined) {
        return;
    }
    const [message = ""] =
        error.code === "MULTIPLE_DOCS"
            ? ["The file must be one YAML document, and a second one begins here"]
            : error.message.split(/ at line \d+|\n/);
    throw new PlanError([messageAt(error.pos[0], text, file, message)]);
}

/** Number of the line on which a node begins. */
export const lineNumberOf = (text: string, node: Node): number => text.slice(0, node.range?.[0]).split("\n").length;

/** A message with file, line, column and the text of the line. */
function messageAt(offset: number, text: string, file: string, message: string): string {
    const lines = text.split("\n").map((line) => line.trimEnd());
    const before = text.slice(0, offset).split("\n");
    // What is not closed is found after the last line that has a text.
    const last = lines.findLastIndex((line) => line !== "") + 1;
    const [line, column] =
        last < before.length
            ? [last, (lines[last - 1]?.length ?? 0) + 1]
            : [before.length, (before.at(-1)?.length ?? 0) + 1];
    return `${file}:${line}:${column}: ${message}\n${sourceLine(lines[line - 1] ?? "", line, column)}`;
}

/** The innermost node that has no plain value although it is written correctly, and why. */
function nodeWithoutValue(document: Document, node: Node): { node: Node; reason: string } | undefined {
    try {
        plainValueOf(document, node);
        return undefined;
    } catch (error) {
        const children = isMap<Node, Node | null>(node)
            ? node.items.flatMap(({ key, value }) => [key, value])
            : isSeq<Node>(node)
              ? node.items
              : [];
        const inner = children
            .filter((child) => child !== null)
            .map((child) => nodeWithoutValue(document, child))
            .find((found) => found !== undefined);
        return inner ?? { node: children.find(isMergeKey) ?? node, reason: reasonOf(error) };
    }
}

/** `<<` */
export const isMergeKey = (node: unknown): boolean => isScalar(node) && typeof node.value === "symbol";

const reasonOf = (error: unknown): string =>
    error instanceof RangeError ? "An alias must not be inside of what it stands for" : (error as Error).message;

/** Characters of a source line that a message shows. */
const maxSourceLength = 100;

/** The line with a mark below its column: `  3 |     cidr: [` and `    |           ^`. */
function sourceLine(text: string, line: number, column: number): string {
    const start = Math.max(0, column - maxSourceLength);
    const margin = String(line).length;
    return [`  ${sourceText(text, line, start)}`, `  ${" ".repeat(margin)} | ${" ".repeat(column - 1 - start)}^`].join(
        "\n",
    );
}

/** A line of a file with its number, from a column on: `3 |     cidr: [`. */
export const sourceText = (text: string, line: number, start = 0): string =>
    // A tab has one column, and a terminal shows it wider.
    `${line} | ${text.replaceAll("\t", " ").slice(start, start + maxSourceLength)}`;

/** @throws PlanError as `parsePulumiYaml`, and for a file that may not be read */
export function readPulumiYaml(file: string): Document {
    try {
        return parsePulumiYaml(readFileSync(file, "utf8"), file);
    } catch (error) {
        throw error instanceof Error && "code" in error && error.code === "EACCES"
            ? new PlanError([`${basename(file)} cannot be read: you have no permission to read it`])
            : error;
    }
}

/** The content as plain values; an empty object if the file is empty or has no map. */
export function yamlMapOf(document: Document): YamlMap {
    const content = document.contents === null ? null : plainValueOf(document, document.contents);
    return isYamlMap(content) ? content : {};
}

/** @throws Error if there is none, as for an alias without its anchor */
const plainValueOf = (document: Document, node: Node): Yaml =>
    node.toJS(document, {
        reviver: (_, value: unknown) => {
            if (typeof value === "number" && !Number.isFinite(value)) {
                throw new Error("A number must be finite; a text needs quotes");
            }
            return plainScalar(value);
        },
    }) as Yaml;

/** A value of the YAML library, with a time as Pulumi writes it. The only place that types the parsed YAML. */
export const plainScalar = (value: unknown): Yaml => (value instanceof Date ? formatGoTime(value) : value) as Yaml;

/** A text in a document; undefined if there is none. */
export function yamlTextAt(document: Document, path: readonly string[]): string | undefined {
    const found = document.getIn(path);
    return typeof found === "string" ? found : undefined;
}

/** The document as text, in the format of Pulumi's files. Lines end with LF, also where those of the file ended with CRLF. */
export const stringifyPulumiYaml = (document: Document): string =>
    // The library ends lines with LF, and keeps the CR between the lines of a comment.
    document.toString({ lineWidth: 0, flowCollectionPadding: false }).replaceAll("\r\n", "\n");

/** How the lines of a file end. Git can check files out with CRLF on Windows. */
export const lineEndOf = (text: string): "\r\n" | "\n" => (text.includes("\r\n") ? "\r\n" : "\n");

/**
 * Writes a changed document into its file, whose lines end as before.
 *
 * @returns the text
 */
export function writePulumiYaml(file: string, document: Document): string {
    const text = stringifyPulumiYaml(document).replaceAll("\n", lineEndOf(readFileSync(file, "utf8")));
    writeFileSync(file, text);
    return text;
}

/** A time in Go's format: `2027-03-31 00:00:00 +0000 UTC`. */
const formatGoTime = (time: Date): string =>
    time
        .toISOString()
        .replace("T", " ")
        .replace(/\.\d+Z$/, " +0000 UTC");
