import { accessMatrix, matrixFile } from "../../policies/access/matrix.ts";
import { identitiesOf, identityFile } from "../../policies/identity/upgrade.ts";
import { kindsOf } from "../../policies/parity/kinds.ts";
import { structureFile } from "../../policies/parity/structure.ts";
import type { Planned } from "../envdiff/planned.ts";

const json = (content: object): string => `${JSON.stringify(content, null, 2)}\n`;

/** What is recorded of a stack, by file. */
export const stackFiles = ({ plan }: Planned): Map<string, string> =>
    new Map([
        [identityFile(plan.stack), json(identitiesOf(plan))],
        [matrixFile(plan.stack), accessMatrix(plan)],
    ]);

/** What is recorded of all stacks together, by file. */
export function commonFiles(all: readonly Planned[]): Map<string, string> {
    const [first = [], ...others] = all.map(({ plan, settings }) => kindsOf(plan, settings.environmentSuffix));
    const common = others.reduce((kinds, more) => kinds.filter((kind) => more.includes(kind)), first);
    return new Map([[structureFile, json(common)]]);
}

/** A file as lines that make sense one by one: an identity, a kind of resource, a line of a table. */
function linesOf(file: string, content: string): string[] {
    if (!file.endsWith(".json")) {
        return content.split("\n");
    }
    const items = JSON.parse(content) as object;
    return Array.isArray(items)
        ? items.map(String)
        : Object.entries(items).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
}

/** What a reviewer reads: lines that go, then lines that come. */
export function changesOf(file: string, before: string | undefined, after: string): string[] {
    const [old, now] = [before === undefined ? [] : linesOf(file, before), linesOf(file, after)];
    const less = (lines: string[], others: string[]) => {
        const known = new Set(others);
        return lines.filter((line) => !known.has(line));
    };
    return [...less(old, now).map((line) => `- ${line}`), ...less(now, old).map((line) => `+ ${line}`)];
}
