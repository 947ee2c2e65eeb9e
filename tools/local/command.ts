import { readSettingsOfStack } from "../../plan/stack-settings.ts";
import { argument, defineCommand, option, optionWithDefault } from "../frame/command.ts";
import { ExitError } from "../frame/exit.ts";
import { stackProblem } from "../frame/stack-argument.ts";
import { parsePort } from "../frame/values.ts";
import { requireCacheServer } from "./machine/cache.ts";
import { portProblem } from "./machine/ports.ts";
import { plannedPlatform } from "./platform.ts";
import { runSession } from "./run-session.ts";

const spec = {
    arguments: {
        action: argument("[action]", "demo: send some payments, show the life of each, and end", {
            problem: (value) =>
                value === undefined || value === "demo" ? undefined : `no action "${value}": there is only demo`,
        }),
    },
    options: {
        stack: optionWithDefault("<stack>", "the stack whose plan says what the services find", "dev", {
            problem: stackProblem,
        }),
        port: option("<port>", "port of the address in API Gateway's place; any free one by default", {
            parse: parsePort,
        }),
    },
    helpText: "See docs/local.md.",
    exitReasons: ["done", "failed", "usage", "refused", "cancelled"] as const,
};

export const command = defineCommand(spec, async ({ action, stack, port = 0 }, context) => {
    const server = requireCacheServer(context.env);
    const problem = await portProblem(port);
    if (problem !== undefined) {
        throw new ExitError("refused", problem);
    }
    const platform = plannedPlatform(await context.planStack(context.root, stack));
    const merchants = Object.keys(readSettingsOfStack(context.root, stack).gateway.merchants);
    await runSession({ action, stack, platform, merchants, port, cacheServer: server }, context);
});
