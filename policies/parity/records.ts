import { parse } from "yaml";
import { z } from "zod";
import { golden, recorded } from "./golden.ts";

const file = "parity.yaml";

const record = z.strictObject({
    /** Lines that it explains; `*` stands for any text. */
    lines: z.array(z.string().min(1)).min(1),
    /** Stacks that stand apart from the others. */
    stacks: z.array(z.string()).min(1),
    reason: z.string().min(1),
});

const records = z.strictObject({
    /** Committed stacks, which are held to each other; a copy, such as one for a pull request, is not among them. */
    stacks: z.array(z.string()).min(2),
    /** Kinds of resources that only some stacks have. */
    structure: z.array(record),
    /** Properties that differ where no setting says so. */
    properties: z.array(record),
});

/** A difference between stacks that is wanted, and why. */
export type Difference = Readonly<z.infer<typeof record>>;
export type Records = Readonly<z.infer<typeof records>>;

/** What a project without recorded differences says: no stack is held to another. */
const none: Records = { stacks: [], structure: [], properties: [] };

/** @throws Error that names the field when the file is not as it must be */
export function readRecords(root?: string): Records {
    const content = recorded(file, root);
    if (content === undefined) {
        return none;
    }
    const { data, error } = records.safeParse(parse(content));
    if (error) {
        throw new Error(`${golden}/${file} is wrong:\n${z.prettifyError(error)}`);
    }
    return data;
}

const escaped = (text: string) => text.replace(/[.+^${}()|[\]\\?]/g, "\\$&");

const compiled = new Map<string, RegExp>();

/** Whether a pattern, in which `*` stands for any text, is that of the line. */
export function matches(pattern: string, line: string): boolean {
    const regex = compiled.get(pattern) ?? new RegExp(`^${pattern.split("*").map(escaped).join(".*")}$`);
    compiled.set(pattern, regex);
    return regex.test(line);
}

/** Whether a line is one of those that the difference explains. */
export const explains = ({ lines }: Difference, line: string): boolean =>
    lines.some((pattern) => matches(pattern, line));

/** Whether one of the two stacks stands apart, and the other does not. */
export const parts = ({ stacks }: Difference, one: string, other: string): boolean =>
    stacks.includes(one) !== stacks.includes(other);
