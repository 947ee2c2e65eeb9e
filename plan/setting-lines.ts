import { readFileSync } from "node:fs";
import { isMap, isScalar, isSeq, type Node } from "yaml";
import type { ProblemPlace } from "../lib/settings/problem.ts";
import { lineNumberOf, parsePulumiYaml, sourceText } from "./pulumi-yaml.ts";
import { fullConfigKey, stackFilePath } from "./stack-file.ts";

/** A key of a map, or an item of a list, with what belongs to it. */
interface Entry {
    readonly key: string;
    readonly node: Node;
    readonly value: unknown;
}

/**
 * Problems of a stack's settings, each with the line of its file below it: that of the setting, or of the nearest group that the
 * file has. A setting that is not in the file, such as one of `Pulumi.yaml`, has none. Of a line that may have a credential only the
 * number is given, whatever else is wrong in it.
 *
 * @param places of the problems, in the same order
 */
export function withSourceLines(
    root: string,
    stack: string,
    problems: readonly string[],
    places: readonly ProblemPlace[],
): string[] {
    const file = stackFilePath(root, stack);
    const text = readFileSync(file, "utf8");
    const config = parsePulumiYaml(text, file).get("config");
    const lines = places.map(({ path }) => {
        const node = nearestNode(config, path);
        return node === undefined ? undefined : lineNumberOf(text, node);
    });
    const hidden = lines.filter((_, i) => places[i]?.mayBeCredential);
    return problems.map((problem, i) => {
        const line = lines[i];
        if (line === undefined) {
            return problem;
        }
        const shown = hidden.includes(line)
            ? `line ${line}, which is not shown: it may have a credential`
            : sourceText(text.split("\n")[line - 1] ?? "", line);
        return `${problem}\n    ${shown}`;
    });
}

function nearestNode(config: unknown, path: readonly PropertyKey[]): Node | undefined {
    let [value, nearest]: [unknown, Node | undefined] = [config, undefined];
    for (const [depth, step] of path.entries()) {
        const wanted = depth === 0 ? fullConfigKey(String(step)) : String(step);
        const entry = entriesOf(value).find(({ key }) => (depth === 0 ? fullConfigKey(key) : key) === wanted);
        if (entry === undefined) {
            break;
        }
        [value, nearest] = [entry.value, entry.node];
    }
    return nearest;
}

function entriesOf(group: unknown): Entry[] {
    if (isMap(group)) {
        return group.items.flatMap(({ key, value }) =>
            isScalar(key) ? [{ key: String(key.value), node: key, value }] : [],
        );
    }
    return isSeq<Node>(group) ? group.items.map((node, i) => ({ key: String(i), node, value: node })) : [];
}
