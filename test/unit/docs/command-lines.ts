import { placeholders, variables } from "./command-table.ts";
import type { Page } from "./pages.ts";
import { commandsOf, type Words } from "./shell.ts";

/** A command of a page. */
export interface CommandLine {
    readonly page: string;
    /** Page and line, or the first line of the block. */
    readonly place: string;
    readonly isBlock: boolean;
    /** With values in the place of placeholders and variables. */
    readonly words: Words;
    readonly text: string;
    /** What the table of commands finds it by, such as `npm run deploy up`. */
    readonly key: string;
    /** The npm script, or empty. */
    readonly script: string;
    /** What follows `--`. */
    readonly argv: Words;
}

/** Programs whose name at the beginning of code within a line makes it a command. */
const programs = /^(?:[A-Z_]+=\S+ )*(?:npm|npx|node|pulumi|aws|git|docker|curl|psql|jq|openssl) \S/;

export function commandLinesOf({ file, code }: Page): CommandLine[] {
    return code
        .filter(({ language, text }) => (language === undefined ? programs.test(text) : language === "sh"))
        .flatMap(({ place, language, text }) =>
            commandsOf(fillPlaceholders(text)).map((words) => ({
                ...{ page: file, place, isBlock: language !== undefined },
                ...describeWords(words.map(fillVariables)),
            })),
        );
}

/** `<stack>` becomes a stack that there is; another placeholder becomes a word. */
export const fillPlaceholders = (text: string): string =>
    text
        .replaceAll("npm run new -- <stack>", "npm run new -- another")
        .replaceAll(/<([A-Za-z][\w -]*)>/g, (_, name: string) => placeholders[name] ?? "placeholder");

const fillVariables = (word: string): string =>
    word.replaceAll(/\$\{?([A-Z_]+)\}?/g, (text, name: string) => variables[name] ?? text);

function describeWords(all: Words): Pick<CommandLine, "words" | "text" | "key" | "script" | "argv"> {
    // `...` stands for what a reader adds.
    const ellipsis = all.indexOf("...");
    // `npx` runs the same program, of the project's packages.
    const words = all.slice(all[0] === "npx" ? 1 : 0, ellipsis === -1 ? undefined : ellipsis);
    const [program = "", second = ""] = words;
    const text = words.join(" ");
    if (program !== "npm" || second !== "run") {
        return { words, text, key: text, script: "", argv: [] };
    }
    const [script = "", ...rest] = words.slice(2).filter((word) => word !== "--silent" && word !== "-s");
    const argv = rest.slice(rest[0] === "--" ? 1 : 0);
    // A subcommand follows the stack.
    const identifying = script === "deploy" ? argv.slice(1) : argv;
    return { words, text, key: ["npm", "run", script, ...identifying].join(" "), script, argv };
}
