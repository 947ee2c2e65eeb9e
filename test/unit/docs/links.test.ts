import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "@jest/globals";
import { commands } from "../../../tools/commands.ts";
import { runTool } from "../tools/run-tool.ts";
import { pageFiles, readPage, resolveLink, type Page } from "./pages.ts";

const pages = [...pageFiles, "CHANGELOG.md"].map((file) => readPage(file));
const isOwn = (target: string): boolean => !/^[a-z]+:/.test(target);

/** Why a link leads nowhere; nothing where it leads to a file, and to a heading of it. */
function linkProblem(page: Page, link: string): string | undefined {
    const [target = "", anchor] = link.split("#");
    const file = target === "" ? page.file : resolveLink(page.file, target);
    if (!existsSync(file)) {
        return `${page.file}: ${link}: no such file`;
    }
    return anchor === undefined || (file.endsWith(".md") && readPage(file).anchors.includes(anchor))
        ? undefined
        : `${page.file}: ${link}: no such heading`;
}

test("every link leads to a file of the project, and to a heading that it has", () => {
    const links = pages.flatMap((page) => page.links.filter(isOwn).map((link) => ({ page, link })));
    expect(links.length).toBeGreaterThan(100);
    expect(links.flatMap(({ page, link }) => linkProblem(page, link) ?? [])).toEqual([]);
});

test("a decision is cited by the beginning of its title, which a new decision before it does not change", () => {
    const design = readFileSync("docs/design.md", "utf8");
    const isTitle = (text: string): boolean => ["**", "## "].some((mark) => design.includes(`${mark}${text}`));
    const files = globSync("**/*.{ts,md,yaml}", { exclude: ["node_modules", "outputs"] });
    const cited = files.flatMap((file) =>
        [...readFileSync(file, "utf8").matchAll(/design\.md\)?,[\s*/]+(\d+|"[^"]+")/g)].map(([, title = ""]) => ({
            file,
            title,
        })),
    );
    expect(cited.length).toBeGreaterThan(5);
    expect(cited.filter(({ title }) => !title.startsWith('"') || !isTitle(title.slice(1, -1)))).toEqual([]);
});

/** Folders and files at the top of the repository, as code within a line names them. */
const projectPath =
    /^(?:(?:analysis|approvals|bootstrap|checks|contract|docs|golden|lib|plan|schema|test|tools|validator|\.github)\/|(?:[\w-]+\.)+(?:ts|md|cjs|mjs|js)$)/;
/** Files that commands write. */
const isWritten = (path: string): boolean =>
    path.startsWith("approvals/") || path === "evidence.md" || path.includes("...");

/** A file is named from the root, from the page, or as a file of a folder that the page names. */
function isThere(page: Page, path: string): boolean {
    const name = path.replace(/#.*$/, "").replaceAll(/<[\w-]+>/g, "*");
    return (
        globSync(name).length > 0 ||
        globSync(`${dirname(page.file)}/${name}`).length > 0 ||
        globSync(`**/${name}`, { exclude: ["node_modules"] }).length > 0
    );
}

test("code within a line ends on that line, so that no command is overlooked", () => {
    const open = pageFiles.flatMap((file) =>
        readFileSync(file, "utf8")
            .replaceAll(/^\s*```[^]*?```/gm, "")
            .split("\n")
            .filter((line) => line.split("`").length % 2 === 0)
            .map((line) => `${file}: ${line}`),
    );
    expect(open).toEqual([]);
});

test("every file that code within a line names is there", () => {
    const named = pages
        .filter(({ file }) => file !== "CHANGELOG.md")
        .flatMap((page) =>
            page.code
                .filter(({ language, text }) => language === undefined && projectPath.test(text) && !/[\s$]/.test(text))
                .map(({ place, text }) => ({ page, place, text })),
        );
    expect(named.length).toBeGreaterThan(150);
    const missing = named.filter(({ page, text }) => !isWritten(text) && !isThere(page, text));
    expect(missing.map(({ place, text }) => `${place}: ${text}`)).toEqual([]);
});

/** Options of other programs that the pages name alone. */
const otherOptions = [
    ...["--refresh", "--replace", "--skip-preview", "--target", "--target-replace"].map((flag) => ["pulumi", flag]),
    ["checkov", "--framework"],
    ["npm", "--silent"],
];

test("every option that code within a line names is one of a command", async () => {
    const flags = new Set(otherOptions.flatMap(([, flag = ""]) => flag));
    for (const name of Object.keys(commands)) {
        const { out } = await runTool(name, ["--help"]);
        out.match(/--[a-z-]+/g)?.forEach((flag) => flags.add(flag));
    }
    const named = pages
        .filter(({ file }) => file !== "CHANGELOG.md")
        .flatMap(({ code }) => code)
        .filter(({ language }) => language === undefined)
        .flatMap(({ place, text }) => {
            const [, flag] = /^(--[a-z-]+)(?: |$)/.exec(text) ?? [];
            return flag === undefined ? [] : [{ place, flag }];
        });
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter(({ flag }) => !flags.has(flag)).map(({ place, flag }) => `${place}: ${flag}`)).toEqual([]);
});

test("the index of the pages names each of them", () => {
    const index = readPage("docs/README.md");
    const named = index.links.map((link) => resolveLink(index.file, link.replace(/#.*/, "")));
    const others = pageFiles.filter((file) => file !== index.file && file.startsWith("docs/"));
    expect(others.filter((file) => !named.includes(file))).toEqual([]);
});
