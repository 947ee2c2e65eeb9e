import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { estimateCost, totalOf, type EstimateOptions } from "../../analysis/cost/cost.ts";
import { dollars } from "../../analysis/cost/inputs.ts";
import { pricedRegions } from "../../analysis/cost/prices.ts";
import { planStacks } from "../../plan/planned-stacks.ts";
import { stackNamesIn } from "../../plan/stack-file.ts";
import { tasksByService } from "../../plan/stack-settings.ts";
import { defineCommand, flag, option, optionWithDefault } from "../frame/command.ts";
import type { CommandContext } from "../frame/context.ts";
import { ExitError } from "../frame/exit.ts";
import { stacksArgument } from "../frame/stack-argument.ts";
import { wrapWidth } from "../frame/table.ts";
import { parsePositiveNumber } from "../frame/values.ts";
import { replaceBetween } from "../schema/markdown.ts";
import { costReport, markdownReport, textReport, totalText, type StackCost } from "./report.ts";

/** The page with the costs of the committed stacks. */
const costPage = "docs/cost.md";

const spec = {
    arguments: { stacks: stacksArgument },
    options: {
        requestsPerSecond: optionWithDefault("<n>", "add what this traffic costs, by stated assumptions", 0, {
            parse: parsePositiveNumber,
        }),
        budget: option("<usd>", "end with 1 if a stack costs more a month", { parse: parsePositiveNumber }),
        pricesOf: option("<region>", "use the prices of another region than that of the stack", {
            choices: pricedRegions,
        }),
        write: flag(`write the costs at rest into ${costPage}`, {
            conflicts: ["requestsPerSecond", "budget", "pricesOf"],
        }),
        check: flag(`write nothing, say in one line whether ${costPage} is up to date, and fail if it is not`, {
            conflicts: ["requestsPerSecond", "budget", "pricesOf", "write"],
        }),
    },
};

export const command = defineCommand(spec, async (given, context) => {
    const { stacks, requestsPerSecond, budget, pricesOf, write, check } = given;
    const { root, out } = context;
    if (write && stacks.length > 0) {
        throw new ExitError("usage", `--write takes no stack: ${costPage} has all of them`);
    }
    const names = stacks.length > 0 ? stacks : stacksByPromotion(root);
    const costs = await stackCosts(context, names, { requestsPerSecond, pricesOf });
    if (write || check) {
        const file = join(root, costPage);
        const before = readFileSync(file, "utf8");
        // Prettier wants an empty line after a list.
        const after = replaceBetween(before, "cost", `${costReport(costs, 0, markdownReport)}\n`);
        if (check) {
            checkPage(before, after, out);
            return;
        }
        writeFileSync(file, after);
    }
    out(`${costReport(costs, requestsPerSecond, textReport(wrapWidth(context)))}\n`);
    if (budget !== undefined) {
        checkBudget(costs, budget);
    }
});

/** @throws ExitError `failed` where the page is not up to date */
function checkPage(before: string, after: string, out: CommandContext["out"]): void {
    if (before === after) {
        out(`${costPage} is up to date\n`);
        return;
    }
    out(`not up to date: ${costPage}; renew with "npm run cost -- --write"\n`);
    throw new ExitError("failed");
}

async function stackCosts(
    { root, planStack }: Pick<CommandContext, "root" | "planStack">,
    stacks: readonly string[],
    options: EstimateOptions,
): Promise<StackCost[]> {
    const planned = await planStacks(root, stacks, planStack);
    return planned.map(({ plan, settings }) => ({
        stack: plan.stack,
        region: settings.region,
        estimate: estimateCost(plan, tasksByService(settings), options),
    }));
}

/** @throws ExitError `failed` with a line for each stack that costs more, or has no complete total */
function checkBudget(costs: readonly StackCost[], budget: number): void {
    const problems = costs.flatMap(({ stack, estimate }) => {
        const total = totalOf(estimate.rows);
        if (total > budget) {
            return [
                `${stack} costs ${totalText(estimate)} a month, ${dollars(total - budget)} over the budget of ${dollars(budget)}`,
            ];
        }
        return estimate.missing.length > 0
            ? [
                  `${stack} cannot be compared with the budget: ${estimate.missing.length} of its parts have no price in ${estimate.region}`,
              ]
            : [];
    });
    if (problems.length > 0) {
        throw new ExitError("failed", problems.join("\n"));
    }
}

/** All stacks, the first ones in the order in which a release reaches them. */
function stacksByPromotion(root: string): string[] {
    const [all, promotion] = [stackNamesIn(root), ["dev", "staging", "prod"]];
    return [...promotion.filter((stack) => all.includes(stack)), ...all.filter((stack) => !promotion.includes(stack))];
}
