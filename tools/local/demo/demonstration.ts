import type { CommandContext } from "../../frame/context.ts";
import { ExitError } from "../../frame/exit.ts";
import { live } from "../machine/live.ts";
import { merchantAt } from "../merchant-client.ts";
import type { LocalSession } from "../machine/session.ts";
import { scenarios, type Scenario } from "./scenarios.ts";
import { lifeLines, problemsOf, type Life } from "./timeline.ts";

/** Lets a payment live in a session. */
export type LiveIn = (session: LocalSession, scenario: Scenario) => Promise<Life>;

const liveThere: LiveIn = ({ address, apiKeys, running }, scenario) => {
    const [apiKey] = Object.values(apiKeys);
    const { machine, passages } = running;
    return live({ merchant: merchantAt(address, apiKey), machine, passages }, scenario);
};

/**
 * Shows the life of one payment after the other.
 *
 * @throws ExitError `failed` with the titles of those that were not as expected
 */
export async function demonstrate(
    { out, progress }: Pick<CommandContext, "out" | "progress">,
    { stack, session, liveIn = liveThere }: { stack: string; session: LocalSession; liveIn?: LiveIn },
): Promise<void> {
    out(`${stack} on this machine: ${scenarios.length} payments\n`);
    const failed: string[] = [];
    for (const scenario of scenarios) {
        progress.step(scenario.title);
        const life = await liveIn(session, scenario);
        out(`\n${lifeLines(scenario, life).join("\n")}\n`);
        failed.push(...(problemsOf(scenario, life).length === 0 ? [] : [scenario.title]));
    }
    if (failed.length > 0) {
        throw new ExitError("failed", `not as expected: ${failed.join("; ")}`);
    }
    out("\nevery payment as expected\n");
}
