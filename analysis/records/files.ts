import { escapeMarkdown, tableLines } from "../markdown.ts";
import type { Plan } from "../../plan/plan.ts";
import { identitiesOf } from "./identities.ts";
import { pathsOf, type NetworkPath } from "./paths.ts";
import { rightKinds, rightsOf, resourcesWithoutRights } from "./rights.ts";

/** Folder of the records in the project. */
export const recordsFolder = "golden";

const markdownSection = (heading: string, head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
    rows.length === 0
        ? []
        : [
              `## ${heading}`,
              "",
              ...tableLines(
                  head,
                  rows.map((cells) => cells.map(escapeMarkdown)),
              ),
              "",
          ];

/** Permissions as Markdown: one table for each kind of resource, one row for each permission. */
export function rightsText(plan: Plan): string {
    const rights = rightsOf(plan);
    return [
        `# Who may do what in ${plan.stack}`,
        "",
        "One right a line, read from the plan (docs/access.md). What no line allows is refused.",
        "",
        ...rightKinds.flatMap((kind) =>
            markdownSection(
                kind,
                ["resource", "principal", "action", "part", "condition"],
                rights
                    .filter((right) => right.kind === kind)
                    .map(({ resource, principal, action, part, condition }) => [
                        resource,
                        principal,
                        action,
                        part,
                        condition,
                    ]),
            ),
        ),
        ...markdownSection(
            "No right by name",
            ["kind", "resource"],
            resourcesWithoutRights(plan).map(({ kind, resource }) => [kind, resource]),
        ),
    ].join("\n");
}

/** Network paths as Markdown: from the internet, between resources, and to the internet. */
export function pathsText(plan: Plan): string {
    const paths = pathsOf(plan);
    const isIn = ({ fromKind }: NetworkPath) => fromKind === "internet";
    const isOut = ({ toKind }: NetworkPath) => toKind === "internet";
    const from = ({ from: name, fromKind }: NetworkPath) => `${name} (${fromKind})`;
    const to = ({ to: name, toKind }: NetworkPath) => `${name} (${toKind})`;
    const rows = (holds: (path: NetworkPath) => boolean, ...columns: ((path: NetworkPath) => string)[]) =>
        paths.filter(holds).map((path) => columns.map((column) => column(path)));
    const port = (path: NetworkPath) => path.port;
    const addresses = (path: NetworkPath) => path.addresses;
    return [
        `# What can reach what in ${plan.stack}`,
        "",
        "One path a line, read from the plan's security groups, NACLs, routes, listeners and integrations (docs/reachability.md).",
        "What no line allows cannot connect.",
        "",
        ...markdownSection("From the internet", ["to", "port", "addresses"], rows(isIn, to, port, addresses)),
        ...markdownSection(
            "Between resources",
            ["from", "to", "port"],
            rows((path) => !isIn(path) && !isOut(path), from, to, port),
        ),
        ...markdownSection("Out to the internet", ["from", "port", "addresses"], rows(isOut, from, port, addresses)),
    ].join("\n");
}

/** File name endings of a stack's records, and the content of each for a plan. */
const recordTextsByEnding: Readonly<Record<string, (plan: Plan) => string>> = {
    ".rights.md": rightsText,
    ".paths.md": pathsText,
    ".identities.json": (plan) => `${JSON.stringify(identitiesOf(plan), null, 2)}\n`,
};

/** Records of a stack that Git keeps, by file name. */
export const recordsOf = (plan: Plan): ReadonlyMap<string, string> =>
    new Map(Object.entries(recordTextsByEnding).map(([ending, textOf]) => [plan.stack + ending, textOf(plan)]));

/** The stack to which a record file belongs; undefined for another file. */
export function stackOfRecord(file: string): string | undefined {
    const ending = Object.keys(recordTextsByEnding).find((each) => file.endsWith(each));
    return ending === undefined ? undefined : file.slice(0, -ending.length);
}
