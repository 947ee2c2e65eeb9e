/** A command as its words, such as `["npm", "run", "plan", "--", "dev"]`. */
export type Words = readonly string[];

/** Words that begin or separate commands, and are none themselves. */
const keywords = new Set(["do", "done", "then", "fi", "else", "{", "}", "while", "if"]);

/** Commands that run the words after their own options: with those of their options that take a value. */
const prefixes: Readonly<Record<string, readonly string[]>> = { xargs: ["-n"], export: [] };

/**
 * The commands of a text in the syntax of a shell, also those in `$(...)` and in functions, with the variables as they are.
 *
 * Knows what the pages use: quotes, comments, continued lines, pipes, redirections, `for`, `while` and functions.
 */
export function commandsOf(text: string): Words[] {
    return new Reader(text).commands.map(ownWords).filter((words) => words.length > 0);
}

/** Without keywords, assignments and names of functions before the command. */
function ownWords(words: Words): Words {
    const [first = "", ...rest] = words;
    if (words.length === 0 || first === "for" || first === "read") {
        return [];
    }
    if (keywords.has(first) || /^\w+=/.test(first) || first.endsWith("()")) {
        return ownWords(rest);
    }
    const optionsWithValue = prefixes[first];
    if (optionsWithValue === undefined) {
        return words;
    }
    const [option = "", value, ...others] = rest;
    return option.startsWith("-")
        ? ownWords([first, ...(optionsWithValue.includes(option) ? others : [value ?? "", ...others])])
        : ownWords(rest);
}

/** Reads a text once, from its beginning. */
class Reader {
    readonly commands: Words[] = [];
    private at = 0;
    private words: string[] = [];
    /** The word that is being read; undefined between words. */
    private word: string | undefined;
    private readonly text: string;

    constructor(text: string) {
        this.text = text;
        while (this.at < this.text.length) {
            this.readNext();
        }
        this.endCommand();
    }

    private readNext(): void {
        const rest = this.text.slice(this.at);
        const [character = ""] = rest;
        const comment = /^#[^\n]*/.exec(rest);
        const redirection = /^\d?(?:>>?|<)&?[ \t]*/.exec(rest);
        if (rest.startsWith("\\\n")) {
            this.endWord();
            this.at += 2;
        } else if (comment !== null && this.word === undefined) {
            this.at += comment[0].length;
        } else if (rest.startsWith("$(") || rest.startsWith("<(")) {
            this.readSubstitution();
        } else if (redirection !== null && this.word === undefined) {
            this.at += redirection[0].length;
            this.skipWord();
        } else if (rest.startsWith("()")) {
            this.word = `${this.word ?? ""}()`;
            this.at += 2;
        } else if (/[\n;&|()]/.test(character)) {
            this.endCommand();
            this.at += 1;
        } else if (/\s/.test(character)) {
            this.endWord();
            this.at += 1;
        } else if (character === "'") {
            const end = this.text.indexOf("'", this.at + 1);
            this.append(this.text.slice(this.at + 1, end));
            this.at = end + 1;
        } else if (character === '"') {
            this.readQuoted();
        } else {
            this.append(character);
            this.at += 1;
        }
    }

    /** Text in double quotes, in which `$(...)` is a command. */
    private readQuoted(): void {
        this.append("");
        this.at += 1;
        while (this.text[this.at] !== '"' && this.at < this.text.length) {
            if (this.text.startsWith("$(", this.at)) {
                this.readSubstitution();
            } else {
                this.append(this.text[this.at] ?? "");
                this.at += 1;
            }
        }
        this.at += 1;
    }

    /** `$(...)`, whose commands count, and `$((...))`, which has none. */
    private readSubstitution(): void {
        const start = this.at + 2;
        let depth = 1;
        for (this.at = start; depth > 0 && this.at < this.text.length; this.at++) {
            depth += Number(this.text[this.at] === "(") - Number(this.text[this.at] === ")");
        }
        const inside = this.text.slice(start, this.at - 1);
        if (!inside.startsWith("(")) {
            this.commands.push(...new Reader(inside).commands);
        }
        this.append(`$(${inside})`);
    }

    /** The file of a redirection. */
    private skipWord(): void {
        const before = this.words;
        this.words = [];
        while (this.at < this.text.length && (this.word === undefined || !/[\s;&|)]/.test(this.text[this.at] ?? ""))) {
            this.readNext();
        }
        this.word = undefined;
        this.words = before;
    }

    private append(text: string): void {
        this.word = (this.word ?? "") + text;
    }

    private endWord(): void {
        if (this.word !== undefined) {
            this.words.push(this.word);
            this.word = undefined;
        }
    }

    private endCommand(): void {
        this.endWord();
        this.commands.push(this.words);
        this.words = [];
    }
}
