import { expect, test } from "@jest/globals";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const floors = ["contract", "validator", "lib", "plan", "analysis", "checks", "tools"];

type TypeDeclaration = ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.ClassDeclaration | ts.EnumDeclaration;

const isTypeDeclaration = (node: ts.Statement): node is TypeDeclaration =>
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isEnumDeclaration(node);

const isExported = (node: TypeDeclaration): boolean =>
    node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;

/** Names in `export { A, B as C }` without `from`: the types themselves are declared in the same file. */
const listedExports = ({ statements }: ts.SourceFile): { name: string; localName: string }[] =>
    statements.flatMap((node) =>
        ts.isExportDeclaration(node) &&
        node.moduleSpecifier === undefined &&
        node.exportClause !== undefined &&
        ts.isNamedExports(node.exportClause)
            ? node.exportClause.elements.map(({ name, propertyName }) => ({
                  name: name.text,
                  localName: (propertyName ?? name).text,
              }))
            : [],
    );

/** Names of the interfaces, types, classes and enums that a file declares and exports. */
function exportedTypeNames(path: string, text: string): string[] {
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
    const declarations = file.statements.filter(isTypeDeclaration);
    const declared = declarations.flatMap(({ name }) => name?.text ?? []);
    const listed = listedExports(file).filter(({ localName }) => declared.includes(localName));
    return [
        ...new Set([
            ...declarations.filter(isExported).flatMap(({ name }) => name?.text ?? []),
            ...listed.map(({ name }) => name),
        ]),
    ];
}

/** `Name: file, file` for each name that several files export. */
function sharedTypeNames(files: readonly { readonly path: string; readonly text: string }[]): string[] {
    const exports = files.flatMap(({ path, text }) => exportedTypeNames(path, text).map((name) => ({ name, path })));
    return [...Map.groupBy(exports, ({ name }) => name)]
        .filter(([, places]) => places.length > 1)
        .map(([name, places]) => `${name}: ${places.map(({ path }) => path).join(", ")}`);
}

test("a type name is exported by one file only, so it means one thing", () => {
    const paths = floors.flatMap((floor) =>
        readdirSync(floor, { recursive: true, encoding: "utf8" })
            .filter((path) => path.endsWith(".ts"))
            .map((path) => join(floor, path)),
    );
    expect(paths.length).toBeGreaterThan(200);
    expect(sharedTypeNames(paths.map((path) => ({ path, text: readFileSync(path, "utf8") })))).toEqual([]);
});

test.each([
    ["an interface and a type", "export interface Queue { url: string }", "export type Queue = string;"],
    ["a class and an enum", "export class Queue {}", "export enum Queue { Main }"],
    ["a list of exports", "interface Queue { url: string }\nexport type { Queue };", "export class Queue {}"],
    [
        "another name in a list of exports",
        "interface Row { url: string }\nexport type { Row as Queue };",
        "export class Queue {}",
    ],
])("two meanings of a name are found: %s", (_, first, second) => {
    const files = [
        { path: "lib/a.ts", text: first },
        { path: "plan/b.ts", text: second },
    ];
    expect(sharedTypeNames(files)).toEqual(["Queue: lib/a.ts, plan/b.ts"]);
});

test.each([
    ["a type that only its file uses", "interface Queue { url: string }", "export class Queue {}"],
    ["a type that another file exports again", 'export type { Queue } from "../plan/b.ts";', "export class Queue {}"],
    ["a value and a type", "export const Queue = 1;", "export class Queue {}"],
])("one meaning of a name is accepted: %s", (_, first, second) => {
    const files = [
        { path: "lib/a.ts", text: first },
        { path: "plan/b.ts", text: second },
    ];
    expect(sharedTypeNames(files)).toEqual([]);
});
