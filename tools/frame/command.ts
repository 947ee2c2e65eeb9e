import { suggestName } from "../../lib/settings/problem.ts";
import type { CommandContext } from "./context.ts";
import { parseArguments } from "./command-line.ts";
import type { ExitReason } from "./exit.ts";

/** An argument that has a place on the command line. */
export interface ArgumentSpec<Value = unknown> {
    /** As the help shows it: `<stack>` must be given, `[image]` may be, `[stacks...]` may be repeated. */
    readonly usage: string;
    readonly text: string;
    /** Why a value is refused, or that it is missing; nothing where it is accepted. */
    readonly problem?: (value: string | undefined, root: string) => string | undefined;
    /** Whether some stack has a value of this name; read where the word is in the place of the stack. */
    readonly isName?: (word: string, root: string) => boolean;
    /** Carries the type of the value, and is never set. */
    readonly value?: Value;
}

type ArgumentValue<Usage extends string> = Usage extends `${string}...${string}`
    ? readonly string[]
    : Usage extends `<${string}`
      ? string
      : string | undefined;

/** @param usage `<stack>` must be given, `[image]` may be, `[stacks...]` may be repeated */
export const argument = <Usage extends string>(
    usage: Usage,
    text: string,
    details: Pick<ArgumentSpec, "problem" | "isName"> = {},
): ArgumentSpec<ArgumentValue<Usage>> => ({ usage, text, ...details });

/** An argument that is one of some names. */
export const choiceArgument = <Name extends string>(
    usage: `<${string}>`,
    text: string,
    names: readonly Name[],
): ArgumentSpec<Name> => ({
    usage,
    text,
    problem: (value) => {
        const known: readonly string[] = names;
        if (value === undefined) {
            return `missing ${usage}: ${names.join(", ")}`;
        }
        return known.includes(value) ? undefined : `no ${usage} "${value}": ${suggestName(value, names)}`;
    },
});

/** An option, by its name in camel case: `acceptFile` is `--accept-file`. */
export interface OptionSpec<Value = unknown> {
    /** The value as the help shows it: `<file>` must be given, `[file]` may be. Without it the option is a switch. */
    readonly usage?: string;
    readonly text: string;
    /** @throws InvalidArgumentError for a text that is no value */
    readonly parse?: (text: string) => unknown;
    readonly preset?: Value;
    readonly choices?: readonly string[];
    /** Why a value is refused. */
    readonly problem?: (value: string | undefined, root: string) => string | undefined;
    /** Options that cannot be given together with this one. */
    readonly conflicts?: readonly string[];
    /** The option without which it has no effect, and the value that this one must have. */
    readonly onlyWith?: { readonly option: string; readonly value?: string };
    /** The subcommands that take it, where not all do. */
    readonly subcommands?: readonly string[];
    readonly isRequired?: boolean;
    /** It may be given several times: the value is the list of all. */
    readonly isRepeatable?: boolean;
}

/** What an option has in addition to its text. */
interface OptionDetails<Value> extends Pick<
    OptionSpec,
    "choices" | "problem" | "conflicts" | "onlyWith" | "subcommands"
> {
    readonly parse?: (text: string) => Value;
}

/** A switch: true where it is given. */
export const flag = (
    text: string,
    details: Pick<OptionSpec, "conflicts" | "onlyWith" | "subcommands"> = {},
): OptionSpec<true | undefined> => ({ text, ...details });

/** An option with a value; nothing where it is not given. */
export const option = <Value = string>(
    usage: `<${string}>`,
    text: string,
    details: OptionDetails<Value> = {},
): OptionSpec<Value | undefined> => ({ usage, text, ...details });

/** An option that may be given several times. */
export const repeatableOption = (
    usage: `<${string}>`,
    text: string,
    details: OptionDetails<string> = {},
): OptionSpec<readonly string[] | undefined> => ({
    usage,
    text: `${text}; may be repeated`,
    isRepeatable: true,
    ...details,
});

/** An option with a value that has a default. */
export const optionWithDefault = <Value>(
    usage: `<${string}>`,
    text: string,
    preset: Value,
    details: OptionDetails<Value> = {},
): OptionSpec<Value> => ({ usage, text, preset, ...details });

/** An option that must be given. */
export const requiredOption = (
    usage: `<${string}>`,
    text: string,
    details: OptionDetails<string> = {},
): OptionSpec<string> => ({
    usage,
    text,
    isRequired: true,
    ...details,
});

/** Where JSON is written: a file, or true for the standard output. */
export type JsonDestination = string | true | undefined;

/** An option whose value is a file, or none for the standard output. */
export const jsonOption = (text: string, conflicts: readonly string[] = []): OptionSpec<JsonDestination> => ({
    usage: "[file]",
    text,
    conflicts,
});

type ArgumentSpecs = Readonly<Record<string, ArgumentSpec>>;
type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** What the command line says, by the names of arguments and options. */
export type ArgumentsOf<A extends ArgumentSpecs, O extends OptionSpecs> = {
    readonly [K in keyof A]: A[K] extends ArgumentSpec<infer Value> ? Value : never;
} & { readonly [K in keyof O]: O[K] extends OptionSpec<infer Value> ? Value : never };

/** The arguments and options of a command, and what it does. */
export interface CommandSpec<A extends ArgumentSpecs = ArgumentSpecs, O extends OptionSpecs = OptionSpecs> {
    readonly arguments: A;
    readonly options: O;
    /** What the argument `subcommand` can be, by name, with a line for the help. */
    readonly subcommands?: Readonly<Record<string, { readonly summary: string }>>;
    /** Ends the help. */
    readonly helpText?: string;
    /**
     * Exit codes that the help shows.
     *
     * @default those that every command has
     */
    readonly exitReasons?: readonly ExitReason[];
    /**
     * Number of leading words that are the command's own; those that follow are returned as `rest`.
     *
     * @default all
     */
    readonly ownWords?: (argv: readonly string[]) => number;
}

/** A command as the table of commands loads it. */
export interface Command {
    readonly spec: CommandSpec;
    /**
     * Parses the command line, and does what it says.
     *
     * @param title in help and messages, such as `npm run plan --`
     * @throws ExitError where its exit code is not 0, and every other error of what the command does
     */
    readonly run: (title: string, summary: string, argv: readonly string[], context: CommandContext) => Promise<void>;
}

/**
 * @param run what the command does; `rest` holds the words that are not its own. Its exit code is 0 where it returns, and that
 * of an `ExitError` that it throws
 */
export const defineCommand = <A extends ArgumentSpecs, O extends OptionSpecs>(
    spec: CommandSpec<A, O>,
    run: (values: ArgumentsOf<A, O>, context: CommandContext, rest: readonly string[]) => Promise<void> | void,
): Command => ({
    spec,
    run: async (title, summary, argv, context) => {
        const parsed = parseArguments(spec, title, summary, argv, context);
        if (parsed !== undefined) {
            // The specs say which types commander's values have.
            await run(parsed.values as ArgumentsOf<A, O>, context, parsed.rest);
        }
    },
});
