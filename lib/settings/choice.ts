import { z } from "zod";

/** A choice between groups of settings: the value of one setting, the tag, says which of them it is. */
interface Choice {
    readonly tag: string;
    readonly members: readonly z.ZodObject[];
}

const choices = new WeakMap<z.ZodObject, Choice>();

/** A discriminated union whose members know each other, for the message about a setting that only another member has. */
export function choice<const T extends readonly [z.ZodObject, ...z.ZodObject[]]>(
    tag: string,
    members: T,
): z.ZodDiscriminatedUnion<T> {
    members.forEach((member) => choices.set(member, { tag, members }));
    return z.discriminatedUnion(tag, members);
}

/** The choice of which a group is a member. */
export const choiceOf = (group: z.ZodObject): Choice | undefined => choices.get(group);
