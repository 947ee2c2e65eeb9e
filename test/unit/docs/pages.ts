import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/** A block of code, or code within a line. */
export interface Code {
    /** Page and line, such as `docs/deploy.md:12`. */
    readonly place: string;
    /** Language of a block; undefined for code within a line. */
    readonly language?: string;
    readonly text: string;
}

/** A page of the documentation. */
export interface Page {
    readonly file: string;
    readonly code: readonly Code[];
    /** Where `[text](target)` leads to, without those in code. */
    readonly links: readonly string[];
    /** Anchors of the headings, as GitHub makes them. */
    readonly anchors: readonly string[];
}

const isMarkdown = (file: string): boolean => file.endsWith(".md");

/** All pages for people who use or change the project. The changelog is about releases whose commands may be gone. */
export const pageFiles: readonly string[] = [
    ...readdirSync(".").filter((file) => isMarkdown(file) && file !== "CHANGELOG.md"),
    ...readdirSync("docs")
        .filter(isMarkdown)
        .map((file) => `docs/${file}`),
];

/** @param text content of the file, read from it by default */
export function readPage(file: string, text = readFileSync(file, "utf8")): Page {
    const code: Code[] = [];
    const prose: string[] = [];
    let block: { line: number; language: string; lines: string[] } | undefined;
    text.split("\n").forEach((line, index) => {
        const fence = /^\s*```(\w*)/.exec(line);
        if (fence !== null && block === undefined) {
            block = { line: index + 1, language: fence[1] ?? "", lines: [] };
        } else if (fence !== null && block !== undefined) {
            code.push({ place: `${file}:${block.line}`, language: block.language, text: block.lines.join("\n") });
            block = undefined;
        } else if (block !== undefined) {
            block.lines.push(line);
        } else {
            prose.push(line);
            for (const [, span = ""] of line.matchAll(/`([^`]+)`/g)) {
                code.push({ place: `${file}:${index + 1}`, text: span });
            }
        }
    });
    const plain = prose.join("\n").replaceAll(/`[^`\n]*`/g, "``");
    return {
        file,
        code,
        links: [...plain.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target),
        anchors: [...prose.join("\n").matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading)),
    };
}

/** Lower case, hyphens for spaces, nothing but letters, digits, underscores and hyphens. */
const anchorOf = (heading: string): string =>
    heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-");

/** A file of the project as a page names it, below the root. */
export const resolveLink = (page: string, target: string): string =>
    new URL(target, `file:///${dirname(page)}/`).pathname.slice(1);
