import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { PlanError } from "./plan-error.ts";

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

type Yaml = string | number | boolean | null | Yaml[] | YamlMap;
interface YamlMap {
    [key: string]: Yaml;
}

const isMap = (value: Yaml | undefined): value is YamlMap =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/** Names of the stacks that have a file. */
export const stacksOf = (root: string): string[] =>
    readdirSync(root)
        .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.slice(1) ?? [])
        .sort();

/** @throws PlanError when there is no such stack or a file is no YAML */
export function readStack(root: string, stack: string): StackFiles {
    const stacks = stacksOf(root);
    if (!stacks.includes(stack)) {
        throw new PlanError([`no stack "${stack}": there are ${stacks.length === 0 ? "none" : stacks.join(", ")}`]);
    }
    const projectFile = read(root, "Pulumi.yaml");
    const { name, main } = projectFile;
    const project = typeof name === "string" ? name : "";
    const config: Record<string, string> = {};
    const secrets = new Map<string, string[]>();
    for (const [key, value] of [...defaultsOf(projectFile), ...entriesOf(read(root, `Pulumi.${stack}.yaml`).config)]) {
        const full = key.includes(":") ? key : `${project}:${key}`;
        const placeholders: string[] = [];
        config[full] = asSent(withPlaceholders(value, full, placeholders));
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

/** Values that the project gives to all stacks: bare, under `value`, or as the `default` of a declared key. */
const defaultsOf = (projectFile: YamlMap): [string, Yaml][] =>
    entriesOf(projectFile.config).flatMap(([key, declared]): [string, Yaml][] => {
        const value = isMap(declared) ? (declared.value ?? declared.default) : declared;
        return value === undefined ? [] : [[key, value]];
    });

const entriesOf = (map: Yaml | undefined): [string, Yaml][] => (isMap(map) ? Object.entries(map) : []);

/** Replaces what is encrypted, at any depth, by a text that tells where it belongs. */
function withPlaceholders(value: Yaml, path: string, placeholders: string[]): Yaml {
    if (Array.isArray(value)) {
        return value.map((item, index) => withPlaceholders(item, `${path}[${index}]`, placeholders));
    }
    if (!isMap(value)) {
        return value;
    }
    if (typeof value.secure === "string" && Object.keys(value).length === 1) {
        const placeholder = `secret(${path})`;
        placeholders.push(placeholder);
        return placeholder;
    }
    return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, withPlaceholders(inner, `${path}.${key}`, placeholders)]),
    );
}

/** The engine sends text: scalars as they are written, all else as JSON. */
const asSent = (value: Yaml): string =>
    typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);

function read(root: string, file: string): YamlMap {
    const document = parseDocument(readFileSync(join(root, file), "utf8"));
    const [error] = document.errors;
    if (error !== undefined) {
        const [position = { line: 1, col: 1 }] = error.linePos ?? [];
        const [message = ""] = error.message.split(/ at line \d+|\n/);
        throw new PlanError([`${file}:${position.line}:${position.col}: ${message}`]);
    }
    // The one place where YAML, which is anything, becomes typed.
    const content = document.toJS() as Yaml;
    return isMap(content) ? content : {};
}
