import { expiryProblem, imageFindings, readExceptions, type Exception } from "../../checks/exceptions.ts";
import { stackNamesIn } from "../../plan/stack-file.ts";
import type { CommandContext } from "../frame/context.ts";
import { dayOf } from "../frame/values.ts";

/** An entry of `checks/exceptions.yaml`, and why it does not hold today, if it does not. */
interface FindingException {
    readonly exception: Exception;
    readonly problem?: string;
}

/** What a stack accepts of the scans of its images, by the name of the finding. */
export type FindingExceptions = ReadonlyMap<string, FindingException>;

/** @throws PlanError with all problems of the file */
export async function readFindingExceptions(
    { root, rules, clock }: Pick<CommandContext, "root" | "rules" | "clock">,
    stack: string,
): Promise<FindingExceptions> {
    const known = { rules: (await rules()).map(({ name }) => name), stacks: stackNamesIn(root) };
    const today = dayOf(clock.now());
    return new Map(
        [...readExceptions(root, known).entries()]
            .filter(([, { rule, stack: of }]) => rule === imageFindings && of === stack)
            .map(([i, exception]) => [exception.resource, { exception, problem: expiryProblem(i, exception, today) }]),
    );
}
