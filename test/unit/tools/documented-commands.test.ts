import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const pages = [
    "README.md",
    "AGENTS.md",
    ...readdirSync("docs")
        .filter((file) => file.endsWith(".md"))
        .map((file) => join("docs", file)),
];
const ignored = (file: string): string[] => readFileSync(file, "utf8").split("\n");

/** Lines of code of a page, in fences and in sentences, that run an npm script, without comments and placeholders. */
const commandsIn = (page: string): string[] => {
    const text = readFileSync(page, "utf8");
    const fenced = [...text.matchAll(/^ *```\w*\n([^]*?)^ *```/gm)].flatMap(([, code = ""]) => code.split("\n"));
    const inline = [...text.replaceAll(/^ *```[^]*?^ *```/gm, "").matchAll(/`([^`\n]+)`/g)].map(
        ([, code = ""]) => code,
    );
    return [...fenced, ...inline]
        .filter((line) => line.includes("npm run "))
        .map((line) =>
            line
                .replace(/ #.*$/, "")
                .replaceAll(/<[^<>]+>/g, "X")
                .replaceAll("\\|", "|"),
        );
};

test.each(pages)(
    "%s reads the standard output of a command with `npm run -s`, which prints nothing of npm's own",
    (page) => {
        const piped = commandsIn(page).filter((line) =>
            /npm run (?!-s |--silent )[^|;&]*(\|(?!\|)|>(?!&))|\$\(npm run (?!-s |--silent )/.test(line),
        );
        expect(piped).toEqual([]);
    },
);

test.each(pages)("Git and Prettier ignore the files that the commands of %s write", (page) => {
    const written = commandsIn(page).flatMap((line) =>
        [...line.matchAll(/(?:--json|--manifest|--deployer-policy|--out|>) ([\w./-]+\.\w+)/g)].map(
            ([, file = ""]) => file,
        ),
    );
    expect(written.filter((file) => !file.startsWith("outputs/"))).toEqual([]);
    // Prettier reads it, too.
    expect(ignored(".gitignore")).toContain("outputs/");
});

test("Prettier leaves the reviewed files alone that Git keeps", () => {
    const written = pages
        .flatMap(commandsIn)
        .flatMap((line) => [...line.matchAll(/--write-accept-file ([\w./-]+)/g)].map(([, file = ""]) => file));
    expect(written.length).toBeGreaterThan(0);
    expect(written.filter((file) => !file.startsWith("approvals/"))).toEqual([]);
    expect(ignored(".prettierignore")).toContain("approvals/");
});
