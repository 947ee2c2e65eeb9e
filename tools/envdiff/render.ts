import type { EnvironmentDifference, ExplainedDifference } from "../../analysis/consistency/stack-differences.ts";
import { wrapLine } from "../frame/table.ts";

const maxValueLength = 60;

function shorten(text: string): string {
    const line = text.replace(/\s+/g, " ").trim();
    return line.length > maxValueLength ? `${line.slice(0, maxValueLength)}…` : line;
}

const formatValues = (values: readonly (string | undefined)[]): string =>
    values.map((value) => (value === undefined ? "(none)" : shorten(value))).join(" | ");

const formatProperty = ({ line, values }: ExplainedDifference): string => `${line}: ${formatValues(values)}`;

/**
 * What two stacks do not have in common, for people to read: structure, settings with what they explain, all else.
 *
 * @param width characters of a line, which continues below
 */
export function renderEnvironmentDifference(
    { stacks, structure, settings, properties }: EnvironmentDifference,
    width = Infinity,
): string {
    const part = (title: string, lines: readonly string[]): string[] => [
        "",
        title,
        ...lines.flatMap((line) => wrapLine(`  ${line}`, width)),
    ];
    const others = properties.filter(({ setting }) => setting === undefined);
    return [
        stacks.join(" | "),
        ...part(
            `Structure: ${structure.length} kinds of resources in one stack only`,
            structure.map(({ line, only }) => `only ${only}: ${line}`),
        ),
        ...part(
            `Settings: ${settings.length} differ, and explain ${properties.length - others.length} properties`,
            settings.flatMap(({ field, values }) => [
                `${field}: ${formatValues(values)}`,
                ...properties.filter(({ setting }) => setting === field).map((each) => `  ${formatProperty(each)}`),
            ]),
        ),
        ...part(
            `Properties: ${others.length} differ where no setting has the same two values`,
            others.map(formatProperty),
        ),
        "",
    ].join("\n");
}
