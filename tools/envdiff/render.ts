import type { EnvironmentDifference } from "./difference.ts";

const longest = 60;

function shorten(text: string): string {
    const line = text.replace(/\s+/g, " ").trim();
    return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

const told = (values: readonly (string | undefined)[]): string =>
    values.map((value) => (value === undefined ? "(none)" : shorten(value))).join(" | ");

/** What is not recorded comes first. */
function byReason<T extends { readonly reason?: string }>(items: readonly T[], line: (item: T) => string): string[] {
    const reasons = [...new Set([undefined, ...items.map(({ reason }) => reason)])];
    return reasons.flatMap((reason) => {
        const lines = items.filter((item) => item.reason === reason).map((item) => `  ${line(item)}`);
        return lines.length === 0 ? [] : [reason === undefined ? "NOT RECORDED" : `recorded: ${reason}`, ...lines];
    });
}

/** What two stacks do not have in common, for people to read: structure, settings, what else differs. */
export function render({ stacks, structure, settings, explained, properties, unused }: EnvironmentDifference): string {
    const part = (title: string, lines: readonly string[]): string[] => [
        "",
        title,
        ...lines.map((line) => `  ${line}`),
    ];
    return [
        stacks.join(" | "),
        ...part(
            `Structure: ${structure.length} kinds of resources in one stack only`,
            byReason(structure, ({ line, only }) => `only ${only}: ${line}`),
        ),
        ...part(
            `Settings: ${settings.length} differ, and explain ${explained.length} properties`,
            settings.map(({ field, values }) => `${field}: ${told(values)}`),
        ),
        ...part(
            `Properties: ${properties.length} differ where no setting has the same two values`,
            byReason(properties, ({ line, values }) => `${line}: ${told(values)}`),
        ),
        ...(unused.length === 0
            ? []
            : part(`Records: ${unused.length} tell of no difference; delete them from golden/parity.yaml`, unused)),
        "",
    ].join("\n");
}
