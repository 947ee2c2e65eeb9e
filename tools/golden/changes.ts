/** A file as lines that make sense one by one: an identity, or a line of a table. */
function recordLines(file: string, content: string): string[] {
    return file.endsWith(".json")
        ? Object.entries(JSON.parse(content) as object).map(([key, value]) => `${key} ${JSON.stringify(value)}`)
        : content.split("\n");
}

/** What a reviewer reads: removed lines, then added lines. */
export function lineChanges(file: string, before: string, after: string): string[] {
    const [old, now] = [before, after].map((content) => (content === "" ? [] : recordLines(file, content)));
    const without = (lines: string[] = [], others: string[] = []) => {
        const known = new Set(others);
        return lines.filter((line) => !known.has(line));
    };
    return [...without(old, now).map((line) => `- ${line}`), ...without(now, old).map((line) => `+ ${line}`)];
}
