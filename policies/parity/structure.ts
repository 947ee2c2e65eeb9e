import { golden, recorded } from "./golden.ts";
import { explains, matches, type Records } from "./records.ts";

/** File of the kinds that every committed stack has. */
export const structureFile = "structure.json";

/** Kinds that every committed stack has, as recorded. */
export const readStructure = (root?: string): readonly string[] =>
    JSON.parse(recorded(structureFile, root) ?? "[]") as string[];

/** Where a stack's kinds are not those of all stacks, with the differences that are recorded for it. */
export function structureProblems(
    stack: string,
    kinds: readonly string[],
    common: readonly string[],
    { structure }: Pick<Records, "structure">,
): string[] {
    const own = structure.filter(({ stacks }) => stacks.includes(stack));
    const others = structure.filter(({ stacks }) => !stacks.includes(stack));
    const present = new Set(kinds);
    const shared = new Set(common);
    const unmatched = (records: typeof structure) =>
        records.flatMap(({ lines }) => lines.filter((line) => !kinds.some((kind) => matches(line, kind))));
    return [
        ...common
            .filter((kind) => !present.has(kind))
            .map((kind) => `lacks ${kind}, which ${golden}/${structureFile} says every stack has`),
        ...kinds
            .filter((kind) => !shared.has(kind) && !own.some((record) => explains(record, kind)))
            .map((kind) => `has ${kind}, which is recorded neither for every stack nor for this one`),
        ...unmatched(own).map((line) => `has nothing like ${line}, which is recorded for it: delete the record`),
        ...others
            .flatMap(({ lines }) => lines)
            .filter((line) => kinds.some((kind) => !shared.has(kind) && matches(line, kind)))
            .map((line) => `has ${line}, which is recorded for other stacks only`),
    ];
}
