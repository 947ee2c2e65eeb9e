import { findingExceptionsOf, readExceptions, type FindingException } from "../../checks/exceptions.ts";
import { stackNamesIn } from "../../plan/stack-file.ts";
import type { CommandContext } from "../frame/context.ts";
import { dayOf } from "../frame/values.ts";

/** What a stack accepts of the scans of its images, by the name of the finding. */
export type FindingExceptions = ReadonlyMap<string, FindingException>;

/** @throws PlanError with all problems of the file */
export async function readFindingExceptions(
    { root, rules, clock }: Pick<CommandContext, "root" | "rules" | "clock">,
    stack: string,
): Promise<FindingExceptions> {
    const known = { rules: (await rules()).map(({ name }) => name), stacks: stackNamesIn(root) };
    const found = findingExceptionsOf(readExceptions(root, known), stack, dayOf(clock.now()));
    return new Map(found.map((each) => [each.exception.resource, each]));
}
