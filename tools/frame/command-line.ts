import { Command as Parser, CommanderError, InvalidArgumentError, Option } from "commander";
import { alternatives, nearestName } from "../../lib/settings/problem.ts";
import type { CommandContext } from "./context.ts";
import type { CommandSpec, OptionSpec } from "./command.ts";
import { exitCodes, ExitError, type ExitReason } from "./exit.ts";
import { formatColumns, wrapWidth } from "./table.ts";

interface ParsedArguments {
    readonly values: Readonly<Record<string, unknown>>;
    /** The words that are not the command's own. */
    readonly rest: readonly string[];
}

/**
 * Parses the words of a command line.
 *
 * @returns nothing after `--help`, which it prints
 * @throws ExitError `usage`
 */
export function parseArguments(
    spec: CommandSpec,
    title: string,
    summary: string,
    argv: readonly string[],
    { root, out, width, onTerminal }: CommandContext,
): ParsedArguments | undefined {
    const ownWords = spec.ownWords?.(argv) ?? argv.length;
    const parser = createParser(spec, title, summary, wrapWidth({ onTerminal, width })).configureOutput({
        writeOut: out,
        writeErr: () => undefined,
        getOutHelpWidth: () => width,
    });
    try {
        parser.parse(argv.slice(0, ownWords), { from: "user" });
        const values = argumentValues(spec, parser);
        checkOrder(spec, values, { title, root });
        checkValues(spec, values, root);
        checkSubcommandOptions(spec, values);
        checkOptionsWithoutEffect(spec, values);
        return { values, rest: argv.slice(ownWords) };
    } catch (error) {
        if (error instanceof CommanderError && error.exitCode === 0) {
            return undefined;
        }
        if (error instanceof CommanderError) {
            throw new ExitError("usage", error.message.replace(/\s*\n\s*/g, " ").replace(/^error: /, ""));
        }
        throw error;
    }
}

function createParser(spec: CommandSpec, title: string, summary: string, width: number): Parser {
    const positional = Object.values(spec.arguments);
    const parser = new Parser(title)
        .description(`${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}.`)
        .usage([...positional.map(({ usage }) => usage), "[options]"].join(" "))
        .exitOverride();
    for (const { usage, text } of positional) {
        // This program says itself what is missing, and what there is.
        parser.argument(usage.replace("<", "[").replace(">", "]"), text);
    }
    for (const [name, option] of Object.entries(spec.options)) {
        parser.addOption(createOption(name, option));
    }
    const { subcommands = {}, helpText = "", exitReasons = commonExitReasons } = spec;
    const sections = [
        ...section(
            "Subcommands:",
            Object.entries(subcommands).map(([name, row]) => [name, row.summary]),
            width,
        ),
        ...section(
            "Exit codes:",
            exitReasons
                .map((reason) => exitCodes[reason])
                .toSorted((a, b) => a.code - b.code)
                .map(({ code, meaning }) => [String(code), meaning]),
            width,
        ),
        ...(helpText === "" ? [] : ["", helpText]),
    ];
    return parser.addHelpText("after", sections.join("\n"));
}

const commonExitReasons: readonly ExitReason[] = ["done", "failed", "usage", "cancelled"];

const section = (title: string, rows: readonly (readonly string[])[], width: number): string[] =>
    rows.length === 0 ? [] : ["", title, ...formatColumns(rows, [], width - 2).map((line) => `  ${line}`)];

const flagName = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function createOption(name: string, spec: OptionSpec): Option {
    const { usage, text, subcommands = [], parse, preset, choices, conflicts = [], isRepeatable } = spec;
    const option = new Option(
        usage === undefined ? flagName(name) : `${flagName(name)} ${usage}`,
        subcommands.length === 0 ? text : `${subcommands.join(", ")}: ${text}`,
    ).conflicts([...conflicts]);
    if (preset !== undefined) {
        option.default(preset);
    }
    if (choices !== undefined) {
        return option.argParser((value) => {
            if (!choices.includes(value)) {
                const nearest = nearestName(value, choices);
                throw new InvalidArgumentError(
                    nearest === undefined ? `It must be ${alternatives(choices)}.` : `Did you mean ${nearest}?`,
                );
            }
            return value;
        });
    }
    if (isRepeatable) {
        return option.argParser<unknown[] | undefined>((value, before) => [...(before ?? []), parse?.(value) ?? value]);
    }
    return parse === undefined ? option : option.argParser((value) => parse(value));
}

/** Arguments and options by name. */
function argumentValues(spec: CommandSpec, parser: Parser): Record<string, unknown> {
    const options: Record<string, unknown> = parser.opts();
    const names = Object.keys(spec.arguments);
    const values: Record<string, unknown> = {
        ...options,
        ...Object.fromEntries(names.map((name, index) => [name, parser.processedArgs[index]])),
    };
    const [missing] = Object.entries(spec.arguments).filter(
        ([name, { usage }]) => usage.startsWith("<") && values[name] === undefined,
    );
    const [taken] = Object.entries(spec.options).filter(
        ([name, { usage = "" }]) => usage.startsWith("[") && typeof values[name] === "string",
    );
    // In `--json dev`, the only word is the stack, not the file.
    return missing !== undefined && taken !== undefined && missing[0] === names.at(-1)
        ? { ...values, [missing[0]]: values[taken[0]], [taken[0]]: true }
        : values;
}

/**
 * A refused stack that would be accepted as the next argument is no stack to create: `deploy up dev` and `deploy up`.
 *
 * @throws ExitError `usage`
 */
function checkOrder(
    spec: CommandSpec,
    values: Readonly<Record<string, unknown>>,
    { title, root }: { title: string; root: string },
): void {
    const [first, second] = Object.entries(spec.arguments).map(([name, row]) => ({ ...row, given: values[name] }));
    if (typeof first?.given !== "string" || first.problem?.(first.given, root) === undefined || second === undefined) {
        return;
    }
    if (second.problem?.(first.given, root) !== undefined) {
        return;
    }
    if (typeof second.given === "string" && first.problem(second.given, root) === undefined) {
        const words = [second.given, first.given].map(quoteWord).join(" ");
        throw new ExitError("usage", `${first.usage} and ${second.usage} are swapped: ${title} ${words}`);
    }
    if (second.isName?.(first.given, root) || (second.problem !== undefined && second.given === undefined)) {
        const missing = first.problem(undefined, root) ?? "";
        throw new ExitError("usage", `${first.usage} is missing before ${first.given}: ${missing}`);
    }
}

/** A word as a shell takes it. */
const quoteWord = (word: string): string => (/^[\w.-]+$/.test(word) ? word : JSON.stringify(word));

/** @throws ExitError `usage` for a value that is missing or refused */
function checkValues(spec: CommandSpec, values: Readonly<Record<string, unknown>>, root: string): void {
    const required = [
        ...Object.entries(spec.arguments).filter(([, { usage }]) => usage.startsWith("<")),
        ...Object.entries(spec.options).filter(([, { isRequired }]) => isRequired),
    ].map(([name]) => name);
    for (const [name, { usage = "", problem }] of [
        ...Object.entries(spec.arguments),
        ...Object.entries(spec.options),
    ]) {
        const given = [values[name]].flat().filter((value) => typeof value === "string");
        const label = name in spec.options ? `${flagName(name)} ${usage}` : usage;
        const found =
            required.includes(name) && given.length === 0
                ? (problem?.(undefined, root) ?? `missing ${label}`)
                : given.map((value) => problem?.(value, root)).find((text) => text !== undefined);
        if (found !== undefined) {
            throw new ExitError("usage", found);
        }
    }
}

/** Elsewhere an option of some subcommands would have no effect, and nothing would say so. */
function checkSubcommandOptions(spec: CommandSpec, values: Readonly<Record<string, unknown>>): void {
    const given = String(values.subcommand);
    for (const [name, { subcommands }] of Object.entries(spec.options)) {
        if (subcommands?.includes(given) === false && values[name] !== undefined) {
            throw new ExitError("usage", `${flagName(name)} belongs to ${subcommands.join(", ")}, not to ${given}`);
        }
    }
}

/** @throws ExitError `usage` for an option that would be ignored, as the one that it belongs to is not given */
function checkOptionsWithoutEffect(spec: CommandSpec, values: Readonly<Record<string, unknown>>): void {
    for (const [name, { onlyWith }] of Object.entries(spec.options)) {
        if (onlyWith === undefined || values[name] === undefined) {
            continue;
        }
        const { option, value } = onlyWith;
        if (value === undefined ? values[option] === undefined : values[option] !== value) {
            const needed = [flagName(option), value].filter((word) => word !== undefined).join(" ");
            throw new ExitError("usage", `${flagName(name)} has no effect without ${needed}`);
        }
    }
}
